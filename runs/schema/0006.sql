-- Schema version 6: confirmations measure every option alike, under the names of
-- objective.Option and the control equal-cost, and longer training has results in the
-- search. Words of version 5 are renamed; what it did not measure is NULL.

DROP VIEW confirmations;
DROP VIEW readings;
DROP VIEW class_recalls;

ALTER TABLE confirm_runs RENAME TO confirm_runs_5;
CREATE TABLE confirm_runs (
  -- The training runs of confirmations that have a test part, one for each fresh seed.
  study     INTEGER NOT NULL REFERENCES studies (number),
  what      TEXT    NOT NULL CHECK (what IN ('nothing', 'weights-fixed', 'longer', 'weights-remeasured', 'equal-cost')),
                                        -- the option that such a model is, without offsets; equal-cost: the reference
                                        -- trained as long as all rounds together
  trial     INTEGER NOT NULL,           -- 0: nothing, longer and equal-cost
  round     INTEGER NOT NULL,           -- equal-cost: of the arm
  replicate INTEGER NOT NULL,           -- from 0
  resplit   INTEGER NOT NULL,           -- 1: on training and validation part drawn anew for this seed
  seed      INTEGER NOT NULL,           -- the training seed, of which no search has runs
  run       TEXT    NOT NULL REFERENCES runs (hash),
  weights   TEXT,                       -- at mean 1; NULL = all 1
  PRIMARY KEY (study, what, trial, round, replicate, resplit)
) STRICT, WITHOUT ROWID;
INSERT INTO confirm_runs (study, what, trial, round, replicate, resplit, seed, run, weights)
SELECT study, CASE what WHEN 'reference' THEN 'nothing' WHEN 'recipe' THEN 'weights-remeasured'
  WHEN 'vector' THEN 'weights-fixed' ELSE 'equal-cost' END, trial, round, replicate, resplit, seed, run, weights
FROM confirm_runs_5;
DROP TABLE confirm_runs_5;

ALTER TABLE confirmed_arms RENAME TO confirmed_arms_5;
CREATE TABLE confirmed_arms (
  -- What fresh seeds and the test part said of a fixed arm, one row a comparison:
  -- "what" minus "against", both named after what a user can do (see confirmed_options).
  -- Spreads are corrected for the noise of these test images unless they are plain.
  -- A later confirmation of the arm, of the same kind and on at least as many seeds,
  -- replaces an earlier one. NULL: not known, as of confirmations by earlier versions.
  study  INTEGER NOT NULL REFERENCES studies (number),
  number INTEGER NOT NULL,              -- from 1
  trial  INTEGER NOT NULL,
  round  INTEGER NOT NULL,
  what    TEXT NOT NULL CHECK (what IN ('offsets-fixed', 'offsets-refitted', 'weights-fixed', 'weights-then-offsets', 'longer',
                                        'longer-then-offsets', 'weights-remeasured', 'equal-cost')),
  against TEXT NOT NULL CHECK (against IN ('nothing', 'offsets-fixed', 'offsets-refitted', 'weights-fixed', 'weights-then-offsets',
                                        'longer', 'longer-then-offsets', 'equal-cost')),
  seeds   INTEGER NOT NULL,
  test_spread                    REAL NOT NULL,
  test_balanced_accuracy         REAL NOT NULL,
  against_test_spread            REAL NOT NULL,
  against_test_balanced_accuracy REAL NOT NULL,
  difference      REAL NOT NULL,        -- of the spreads
  difference_low  REAL,                 -- 95 %, for other seeds and other images
  difference_high REAL,
  difference_se   REAL,                 -- its standard error
  freedom         REAL,                 -- degrees of freedom of that
  p_value         REAL,                 -- that there is no difference; of this arm alone
  confirmed TEXT NOT NULL,
  seed_p_value    REAL,                 -- sign-flip test over seeds, on these very images
  measurable      REAL,                 -- a difference that would have been seen with a probability of 80 %
  plain_spread         REAL NOT NULL,   -- not corrected
  against_plain_spread REAL NOT NULL,
  plain_difference_low  REAL,           -- 95 %, of the difference of these two
  plain_difference_high REAL,
  accuracy_drop      REAL NOT NULL,     -- balanced accuracy lost
  accuracy_drop_low  REAL,              -- one-sided 95 % bounds
  accuracy_drop_high REAL,
  accuracy_low       REAL,              -- 95 %, of the change of balanced accuracy
  accuracy_high      REAL,
  accuracy_se        REAL,              -- its standard error
  accuracy_freedom   REAL,              -- degrees of freedom of that
  tolerance TEXT NOT NULL,              -- of the study's accuracy_tolerance: held, not held, undecided
  over_tolerance REAL,                  -- probability that more is lost than accuracy_tolerance
  score_difference REAL,                -- of the spreads, each with the expected charge for what was lost against nothing
  score_low        REAL,                -- 95 %
  score_high       REAL,
  score_se         REAL,
  score_freedom    REAL,
  score_p_value    REAL,                -- one-sided: that the score is not lower
  gained    TEXT NOT NULL,              -- list of [class index, recall of against, recall of what] beyond noise, for all
  lost      TEXT NOT NULL,              -- classes together with 95 %, the largest change first
  images    TEXT NOT NULL,              -- test examples of each class
  resplit   INTEGER NOT NULL,           -- 1: training and validation part were drawn anew for every fresh seed
  PRIMARY KEY (study, number)
) STRICT, WITHOUT ROWID;
INSERT INTO confirmed_arms (study, number, trial, round, what, against, seeds, test_spread, test_balanced_accuracy,
  against_test_spread, against_test_balanced_accuracy, difference, difference_low, difference_high, p_value, confirmed,
  seed_p_value, measurable, plain_spread, against_plain_spread, accuracy_drop, accuracy_drop_low, accuracy_drop_high,
  tolerance, gained, lost, images, resplit)
SELECT study, number, trial, round,
  CASE what WHEN 'recipe' THEN 'weights-remeasured' WHEN 'vector' THEN 'weights-fixed' WHEN 'offsets' THEN 'offsets-refitted' ELSE 'equal-cost' END,
  CASE against WHEN 'offsets' THEN 'offsets-refitted' ELSE 'nothing' END,
  seeds, test_spread, test_balanced_accuracy, against_test_spread, against_test_balanced_accuracy, difference, difference_low,
  difference_high, p_value, confirmed, seed_p_value, measurable, plain_spread, against_plain_spread, accuracy_drop,
  accuracy_drop_low, accuracy_drop_high, tolerance, gained, lost, images, resplit
FROM confirmed_arms_5;
DROP TABLE confirmed_arms_5;

CREATE TABLE confirmed_options (
  -- What a user can do, each measured by a confirmation on the same fresh seeds and the
  -- test part: means over seeds.
  study   INTEGER NOT NULL REFERENCES studies (number),
  trial   INTEGER NOT NULL,
  round   INTEGER NOT NULL,
  resplit INTEGER NOT NULL,
  number  INTEGER NOT NULL,             -- from 1, the cheapest first
  option  TEXT    NOT NULL,             -- nothing: the unweighted model; offsets-fixed, offsets-refitted: one set of offsets
                                        -- for its logits, or fitted to each model; weights-fixed, weights-remeasured: one
                                        -- vector of weights, or measured anew for each model; longer: twice the epochs;
                                        -- weights-then-offsets, longer-then-offsets: with one fixed set of offsets;
                                        -- equal-cost: a control, trained as long as all rounds together
  reason  TEXT    NOT NULL,             -- why it was not measured; empty if it was
  test_spread            REAL,          -- corrected for the noise of the test images
  plain_spread           REAL,          -- not corrected
  test_balanced_accuracy REAL,
  recalls TEXT,                         -- list of [recall, low, high] of each class, with 95 %; null where unknown
  weights TEXT,                         -- the fixed vector that was measured, at mean 1
  offsets TEXT,                         -- the fixed set of offsets that was measured, in nats
  PRIMARY KEY (study, trial, round, resplit, option)
) STRICT, WITHOUT ROWID;

CREATE TABLE longer_runs (
  -- The reference, trained with twice its epochs on seeds of the search. They belong to no
  -- trial.
  study     INTEGER NOT NULL REFERENCES studies (number),
  replicate INTEGER NOT NULL,           -- from 0
  seed      INTEGER NOT NULL,           -- the training seed
  run       TEXT    NOT NULL REFERENCES runs (hash),
  PRIMARY KEY (study, replicate)
) STRICT, WITHOUT ROWID;

CREATE TABLE search_options (
  -- What options other than weights do on the validation part, measured when a search
  -- ends: means over seeds. Changes are against the reference on the same seeds.
  study   INTEGER NOT NULL REFERENCES studies (number),
  option  TEXT    NOT NULL,             -- offsets-fixed, longer, longer-then-offsets; see confirmed_options
  reason  TEXT    NOT NULL,             -- why it was not measured; empty if it was
  seeds   INTEGER NOT NULL,
  epochs  INTEGER NOT NULL,             -- how long the model is trained; 0: not known
  spread        REAL,
  change        REAL,                   -- of the spread
  change_se     REAL,                   -- standard errors are for other seeds and other images
  balanced_accuracy REAL,
  accuracy_drop     REAL,               -- balanced accuracy lost
  accuracy_drop_se  REAL,
  charge        REAL,                   -- the expected charge for accuracy_drop
  difference    REAL,                   -- of the score: change + charge
  difference_se REAL,
  recalls TEXT,                         -- of each class
  offsets TEXT,                         -- the fixed set of offsets, in nats
  PRIMARY KEY (study, option)
) STRICT, WITHOUT ROWID;

CREATE TABLE optimism (
  -- How much too kind the validation figures of the leader are, because its weights were
  -- measured on the same examples: predicted from the logits of the reference, by cross-fitting,
  -- when a search ends. Taken off where options are compared on validation.
  study    INTEGER NOT NULL PRIMARY KEY REFERENCES studies (number),
  trial    INTEGER NOT NULL,
  round    INTEGER NOT NULL,
  seeds    INTEGER NOT NULL,            -- that it is the mean over
  spread   REAL    NOT NULL,            -- to be added to the spread
  accuracy REAL    NOT NULL             -- to be taken off the balanced accuracy
) STRICT;

-- A reading counts from when a result on the test part first reached the program. One that
-- failed before that showed nothing. Readings of version 5 count.
ALTER TABLE test_reads ADD COLUMN delivered INTEGER NOT NULL DEFAULT 1; -- 0: recorded, and no result of it has come yet

CREATE VIEW readings AS
-- How often the test part of each study was read, by any study in this file; a reading of
-- which no result ever came is none. A source that has a test part of its own has the same one
-- for every split. For the others, the seed of the split decides which examples are held out,
-- and a larger share contains a smaller one.
SELECT s.number AS study, (
  SELECT count(*) FROM test_reads r
  WHERE r.delivered AND r.data = s.data AND (coalesce(r.split ->> 'test', 0) > 0) = (coalesce(s.split ->> 'test', 0) > 0)
    AND (coalesce(s.split ->> 'test', 0) = 0 OR (r.split ->> 'seed') IS (s.split ->> 'seed'))
) AS test_reads
FROM studies s;

CREATE VIEW confirmations AS
-- Confirmed figures on the test part: the ones to quote. test_reads counts how
-- often that test part was read, by any study in this file. what and against are names of
-- options, see confirmed_options. resplit: 1 where
-- training and validation part were drawn anew for every fresh seed, so that the
-- interval is also for other training data of the source; such a confirmation of an
-- arm is kept beside one without.
SELECT
  s.name AS study, c.trial, c.round, c.what, c.seeds,
  c.test_spread, c.test_balanced_accuracy,
  c.against, c.against_test_spread, c.against_test_balanced_accuracy,
  c.difference, c.difference_low, c.difference_high, c.p_value,
  r.test_reads,
  c.resplit
FROM confirmed_arms c
JOIN studies s ON s.number = c.study
JOIN readings r ON r.study = c.study;

CREATE VIEW option_recalls AS
-- Recall of every class on the test part under every option that a confirmation measured:
-- means over fresh seeds with 95 % intervals.
SELECT
  s.name AS study, o.trial, o.round, o.resplit, o.option,
  coalesce(d.classes ->> r.key, CAST(r.key AS TEXT)) AS class,
  r.value ->> 0 AS test_recall, r.value ->> 1 AS recall_low, r.value ->> 2 AS recall_high
FROM confirmed_options o
JOIN studies s ON s.number = o.study
LEFT JOIN datasets d ON d.data = s.data AND d.split = s.split
JOIN json_each(o.recalls) r;

CREATE VIEW class_recalls AS
-- Recall of every class in every training run of a study. Trial 0 is the
-- reference, round 0 is unweighted; support counts validation examples. Phase is
-- search, search longer for the reference that is trained twice as long, or for the runs of a confirmation on fresh seeds nothing, weights-remeasured,
-- weights-fixed, longer or equal-cost, with "resplit " in front for runs on training and
-- validation part drawn anew for their seed; only those of a confirmation have a
-- test_recall.
SELECT
  s.name AS study, t.trial, t.replicate, t.round,
  coalesce(d.classes ->> val.key, CAST(val.key AS TEXT)) AS class,
  val.value AS support,
  coalesce(t.weights ->> val.key, 1.0) AS weight,
  (train.correct ->> val.key) * 1.0 / nullif(train.support ->> val.key, 0) AS train_recall,
  (v.correct     ->> val.key) * 1.0 / nullif(val.value, 0)                 AS val_recall,
  (test.correct  ->> val.key) * 1.0 / nullif(test.support  ->> val.key, 0) AS test_recall,
  t.phase
FROM (
  SELECT study, trial, replicate, round, run, weights, 'search' AS phase FROM trial_runs
  UNION ALL
  SELECT study, 0, replicate, 0, run, NULL, 'search longer' FROM longer_runs
  UNION ALL
  SELECT study, trial, replicate, round, run, weights, iif(resplit, 'resplit ', '') || what FROM confirm_runs
) t
JOIN studies s ON s.number = t.study
LEFT JOIN datasets d ON d.data = s.data AND d.split = s.split
JOIN matrices v ON v.run = t.run AND v.part = 'val'
LEFT JOIN matrices train ON train.run = t.run AND train.part = 'train'
LEFT JOIN matrices test  ON test.run  = t.run AND test.part  = 'test'
JOIN json_each(v.support) val;

-- The charge for lost accuracy is the expected one, given how well the loss is known:
-- rank 1 leads, and no second rule says which arm may.
ALTER TABLE arms DROP COLUMN holds_tolerance;
ALTER TABLE arms DROP COLUMN over_tolerance;
ALTER TABLE arms ADD COLUMN accuracy_drop_se REAL; -- standard error of accuracy_drop, for other seeds and other images.
                                                   -- NULL: computed by an earlier rule; resuming the study brings it up to date
ALTER TABLE arms ADD COLUMN charge REAL;           -- the expected charge for accuracy_drop that difference contains
ALTER TABLE arms ADD COLUMN loss_probability REAL; -- that the true drop exceeds the study's tolerance

-- Arms that are made of the same runs are one arm: the leaderboard has it once.
CREATE INDEX trial_runs_by_run
-- Finds the arms that share a run.
ON trial_runs (study, run, round);

DROP VIEW leaderboard;

CREATE VIEW leaderboard AS
-- Ranked arms on the validation part: for choosing, not for quoting. Ties share
-- a rank. difference_low and difference_high hold for all arms together. Arms of
-- invalid trials are left out, and of arms that have the same run on every common seed all
-- but the first: the one with the most seeds, of equals the earlier one. tier is the number
-- of seeds, by which arms are ranked first.
SELECT
  s.name AS study,
  rank() OVER (PARTITION BY a.study ORDER BY a.seeds DESC, a.difference) AS rank,
  a.trial, a.round, t.scheme, t.rounds, a.seeds,
  a.seeds AS tier,
  s.reference_spread + a.difference AS score,
  a.spread, a.spread_se, a.gap,
  coalesce(d.classes ->> a.worst_class, CAST(a.worst_class AS TEXT)) AS worst_class,
  a.worst_recall, a.balanced_accuracy, a.accuracy,
  a.difference,
  a.difference - a.half_width AS difference_low,
  a.difference + a.half_width AS difference_high,
  a.weight_gain, a.weight_ratio, a.reference_spread, a.reference_balanced_accuracy,
  t.params, t.seconds
FROM arms a
JOIN studies s ON s.number = a.study
JOIN trials t ON t.study = a.study AND t.number = a.trial
LEFT JOIN datasets d ON d.data = s.data AND d.split = s.split
WHERE t.invalid IS NULL AND NOT EXISTS (
  SELECT 1 FROM trial_runs x
  JOIN trial_runs y ON y.study = x.study AND y.run = x.run AND y.round > 0 AND y.replicate = x.replicate
  JOIN arms b ON b.study = y.study AND b.trial = y.trial AND b.round = y.round
  JOIN trials v ON v.study = b.study AND v.number = b.trial
  WHERE x.study = a.study AND x.trial = a.trial AND x.round = a.round AND x.replicate = 0 AND v.invalid IS NULL
    AND (b.seeds > a.seeds OR b.seeds = a.seeds AND (b.trial, b.round) < (a.trial, a.round))
    AND NOT EXISTS (
      SELECT 1 FROM trial_runs p
      JOIN trial_runs q ON q.study = p.study AND q.trial = b.trial AND q.replicate = p.replicate AND q.round = b.round
      WHERE p.study = a.study AND p.trial = a.trial AND p.round = a.round AND q.run <> p.run));
