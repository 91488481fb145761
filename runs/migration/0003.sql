-- Schema version 3: screening, image noise in the leaderboard's intervals,
-- confirmations on splits drawn anew. Comments behind a column stay with the table.

-- What shifting the reference's logits predicted for the trial before it was
-- trained: the difference and the round of its best arm. NULL = not screened; where
-- the point was and nothing could be predicted for it, the round is 0.
ALTER TABLE trials ADD COLUMN predicted_difference REAL;
ALTER TABLE trials ADD COLUMN predicted_round INTEGER;

-- How many points of the space were predicted without training, how much of the
-- predicted changes of the recalls arrived in training (1 = all), its standard
-- error, and the number of trials that say so. screen_seeds: JSON, the seeds of the
-- reference that predict, by index; NULL = not screened.
ALTER TABLE studies ADD COLUMN screened INTEGER NOT NULL DEFAULT 0;
ALTER TABLE studies ADD COLUMN screen_seeds TEXT;
ALTER TABLE studies ADD COLUMN transmission REAL;
ALTER TABLE studies ADD COLUMN transmission_se REAL;
ALTER TABLE studies ADD COLUMN transmission_effects INTEGER NOT NULL DEFAULT 0;

-- The variance, over validation images, of the mean over seeds that difference is.
-- It is part of half_width, which is 95 % for other seeds and other images then, and
-- not only as far as training seeds go. 0 in arms of version 1 and 2, until their
-- study goes on.
ALTER TABLE arms ADD COLUMN image_variance REAL NOT NULL DEFAULT 0;

-- 1: training and validation part were drawn anew for every fresh seed. A later
-- confirmation of an arm replaces an earlier one of the same kind only.
ALTER TABLE confirmed_arms ADD COLUMN resplit INTEGER NOT NULL DEFAULT 0;
ALTER TABLE test_reads ADD COLUMN resplit INTEGER NOT NULL DEFAULT 0;

-- The same for the runs behind it: it is part of their key.
CREATE TABLE confirm_runs_2 AS SELECT * FROM confirm_runs;
DROP TABLE confirm_runs;

CREATE TABLE confirm_runs (
  -- The training runs of confirmations that have a test part, one for each fresh seed.
  study     INTEGER NOT NULL REFERENCES studies (number),
  what      TEXT    NOT NULL CHECK (what IN ('reference', 'recipe', 'vector', 'longer')),
  trial     INTEGER NOT NULL,           -- 0: reference and longer, the reference trained as long as all rounds together
  round     INTEGER NOT NULL,           -- longer: of the arm
  replicate INTEGER NOT NULL,           -- from 0
  resplit   INTEGER NOT NULL,           -- 1: on training and validation part drawn anew for this seed
  seed      INTEGER NOT NULL,           -- the training seed, of which no search has runs
  run       TEXT    NOT NULL REFERENCES runs (hash),
  weights   TEXT,                       -- JSON: at mean 1; NULL = all 1
  PRIMARY KEY (study, what, trial, round, replicate, resplit)
) STRICT, WITHOUT ROWID;

INSERT INTO confirm_runs (study, what, trial, round, replicate, resplit, seed, run, weights)
SELECT study, what, trial, round, replicate, 0, seed, run, weights FROM confirm_runs_2;
DROP TABLE confirm_runs_2;

DROP VIEW confirmations;

CREATE VIEW confirmations AS
-- Confirmed figures on the test part: the ones to quote. test_reads counts how
-- often that test part was read, by any study in this file. resplit: 1 where
-- training and validation part were drawn anew for every fresh seed, so that the
-- interval is also for other training data of the source; such a confirmation of an
-- arm is kept beside one without.
SELECT
  s.name AS study, c.trial, c.round, c.what, c.seeds,
  c.test_spread, c.test_balanced_accuracy,
  c.against, c.against_test_spread, c.against_test_balanced_accuracy,
  c.difference, c.difference_low, c.difference_high, c.p_value,
  (SELECT count(*) FROM test_reads r WHERE r.data = s.data AND r.split = s.split) AS test_reads,
  c.resplit
FROM confirmed_arms c
JOIN studies s ON s.number = c.study;

DROP VIEW class_recalls;

CREATE VIEW class_recalls AS
-- Recall of every class in every training run of a study. Trial 0 is the
-- reference, round 0 is unweighted; support counts validation examples. Phase is
-- search, or for the runs of a confirmation on fresh seeds reference, recipe,
-- vector or longer; only those have a test_recall. Before it stands "resplit " for
-- runs on training and validation part drawn anew for their seed.
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
  SELECT study, trial, replicate, round, run, weights, iif(resplit, 'resplit ', '') || what FROM confirm_runs
) t
JOIN studies s ON s.number = t.study
LEFT JOIN datasets d ON d.data = s.data AND d.split = s.split
JOIN matrices v ON v.run = t.run AND v.part = 'val'
LEFT JOIN matrices train ON train.run = t.run AND train.part = 'train'
LEFT JOIN matrices test  ON test.run  = t.run AND test.part  = 'test'
JOIN json_each(v.support) val;
