-- Schema version 2: trainers outside the program, trials declared invalid, the
-- commit that a study file stood at. Comments behind a column stay with the
-- table, as in version 1.

-- The code that a study's runs are made with; when it changes, the search asks.
ALTER TABLE studies ADD COLUMN trainer TEXT; -- NULL in studies of version 1 until they are continued
ALTER TABLE studies ADD COLUMN trainer_version TEXT;
ALTER TABLE studies ADD COLUMN numerics TEXT;

-- 1: the run came with the labels of its validation examples, which are datasets.labels.
ALTER TABLE runs ADD COLUMN labels INTEGER NOT NULL DEFAULT 0;

-- 1: computed from the logits of another run, and not trained.
ALTER TABLE runs ADD COLUMN derived INTEGER NOT NULL DEFAULT 0;

-- Examples of each class in the parts that runs were measured on, which are the
-- same in every run. JSON; NULL = no run yet.
ALTER TABLE datasets ADD COLUMN val_support TEXT;
ALTER TABLE datasets ADD COLUMN train_support TEXT;
ALTER TABLE datasets ADD COLUMN test_support TEXT;

CREATE TABLE failed_runs (
  -- Training runs that failed, with what the trainer logged. They are never
  -- served: the same run is tried again when somebody asks for it.
  number  INTEGER PRIMARY KEY,          -- from 1, in the order in which they failed
  study   INTEGER NOT NULL REFERENCES studies (number),
  run     TEXT    NOT NULL,             -- the hash that it would have had
  spec    TEXT    NOT NULL,
  error   TEXT    NOT NULL,
  log     TEXT    NOT NULL,             -- the end of the trainer's log, or empty
  seconds REAL    NOT NULL,
  failed  TEXT    NOT NULL
) STRICT;

CREATE TABLE offsets (
  -- What offsets on the reference's logits do without any training, one row for
  -- each training seed: fitted to the study's score on two thirds of the validation
  -- part and measured on the third, three times.
  study         INTEGER NOT NULL REFERENCES studies (number),
  replicate     INTEGER NOT NULL,       -- from 0
  shifts        TEXT    NOT NULL,       -- JSON: what to add to the logits, fitted on the whole validation part
  counts        BLOB    NOT NULL,       -- confusion matrix, like matrices.counts
  spread        REAL    NOT NULL,
  difference    REAL    NOT NULL,       -- score minus the reference's on this seed, charge included
  accuracy_drop REAL    NOT NULL,       -- balanced accuracy lost against the reference
  PRIMARY KEY (study, replicate)
) STRICT, WITHOUT ROWID;

-- Where the study file stood: the commit of its folder, "+changes" behind it if
-- files under version control differed; NULL outside version control.
ALTER TABLE invocations ADD COLUMN git_commit TEXT;

-- Why somebody declared the trial invalid: it stays in the history with its arms,
-- and is not ranked, not raced and not learned from. NULL = it is valid.
ALTER TABLE trials ADD COLUMN invalid TEXT;

DROP VIEW leaderboard;

CREATE VIEW leaderboard AS
-- Ranked arms on the validation part: for choosing, not for quoting. Ties share
-- a rank. difference_low and difference_high hold for all arms together. Arms of
-- invalid trials are left out.
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
WHERE t.invalid IS NULL;

DROP VIEW trial_history;

CREATE VIEW trial_history AS
-- Every trial; score is that of its best arm, invalid why it was declared invalid.
SELECT
  s.name AS study, t.number AS trial, t.state, t.started, t.finished,
  s.reference_spread + t.best_difference AS score,
  t.error, t.invalid
FROM trials t
JOIN studies s ON s.number = t.study;

-- The true classes of the test part, like labels; NULL until a confirmation came
-- with them.
ALTER TABLE datasets ADD COLUMN test_labels BLOB;
ALTER TABLE datasets ADD COLUMN test_labels_format TEXT;

CREATE TABLE test_outputs (
  -- What a run of a confirmation answered for each test example, in the order of
  -- datasets.test_labels; formats are those of outputs. Logits are those of
  -- unweighted runs.
  run    TEXT NOT NULL REFERENCES runs (hash),
  kind   TEXT NOT NULL CHECK (kind IN ('predictions', 'logits')),
  format TEXT NOT NULL,
  data   BLOB NOT NULL,
  PRIMARY KEY (run, kind)
) STRICT;

CREATE TABLE confirm_runs (
  -- The training runs of confirmations that have a test part, one for each fresh seed.
  study     INTEGER NOT NULL REFERENCES studies (number),
  what      TEXT    NOT NULL CHECK (what IN ('reference', 'recipe', 'vector', 'longer')),
  trial     INTEGER NOT NULL,           -- 0: reference and longer, the reference trained as long as all rounds together
  round     INTEGER NOT NULL,           -- longer: of the arm
  replicate INTEGER NOT NULL,           -- from 0
  seed      INTEGER NOT NULL,           -- the training seed, of which no search has runs
  run       TEXT    NOT NULL REFERENCES runs (hash),
  weights   TEXT,                       -- JSON: at mean 1; NULL = all 1
  PRIMARY KEY (study, what, trial, round, replicate)
) STRICT, WITHOUT ROWID;

-- Tables of version 1 that nothing wrote to: made anew with what was missing.
DROP VIEW confirmations;
DROP TABLE confirmed_arms;
DROP TABLE test_reads;

CREATE TABLE confirmed_arms (
  -- What fresh seeds and the test part said of a fixed arm, one row a comparison.
  -- Spreads are corrected for the noise of these test images, a and b in words:
  -- "what" minus "against". A later confirmation of the arm replaces an earlier one.
  study  INTEGER NOT NULL REFERENCES studies (number),
  number INTEGER NOT NULL,              -- from 1
  trial  INTEGER NOT NULL,
  round  INTEGER NOT NULL,
  what    TEXT NOT NULL CHECK (what IN ('recipe', 'vector', 'longer')), -- weights measured anew on every seed, their
                                        -- geometric mean, or the reference trained as long as all rounds together
  against TEXT NOT NULL CHECK (against IN ('reference', 'offsets')),
  seeds   INTEGER NOT NULL,
  test_spread                    REAL NOT NULL,
  test_balanced_accuracy         REAL NOT NULL,
  against_test_spread            REAL NOT NULL,
  against_test_balanced_accuracy REAL NOT NULL,
  difference      REAL NOT NULL,        -- of the spreads
  difference_low  REAL,                 -- 95 %, for other seeds and other images
  difference_high REAL,
  p_value         REAL,                 -- that there is no difference; of this arm alone
  confirmed TEXT NOT NULL,
  seed_p_value    REAL,                 -- sign-flip test over seeds, on these very images
  measurable      REAL,                 -- a difference that would have been seen with a probability of 80 %
  plain_spread         REAL NOT NULL,   -- not corrected
  against_plain_spread REAL NOT NULL,
  accuracy_drop      REAL NOT NULL,     -- balanced accuracy lost
  accuracy_drop_low  REAL,              -- one-sided 95 % bounds
  accuracy_drop_high REAL,
  tolerance TEXT NOT NULL,              -- of the study's accuracy_tolerance: held, not held, undecided
  gained    TEXT NOT NULL,              -- JSON: [class index, recall of against, recall of what] beyond noise, for all
  lost      TEXT NOT NULL,              -- classes together with 95 %, the largest change first
  images    TEXT NOT NULL,              -- JSON: test examples of each class
  PRIMARY KEY (study, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE test_reads (
  -- Every reading of a test part: a fixed arm on so many fresh seeds. Continuing or
  -- repeating a confirmation is the same reading.
  data   TEXT    NOT NULL,
  split  TEXT    NOT NULL,
  number INTEGER NOT NULL,              -- from 1
  study  INTEGER NOT NULL REFERENCES studies (number),
  trial  INTEGER NOT NULL,
  at     TEXT    NOT NULL,
  round  INTEGER NOT NULL,
  seeds  INTEGER NOT NULL,
  reference TEXT NOT NULL,              -- hash of the reference's run on the first fresh seed: it stands for the code
  PRIMARY KEY (data, split, number)
) STRICT, WITHOUT ROWID;

CREATE VIEW confirmations AS
-- Confirmed figures on the test part: the ones to quote. test_reads counts how
-- often that test part was read, by any study in this file.
SELECT
  s.name AS study, c.trial, c.round, c.what, c.seeds,
  c.test_spread, c.test_balanced_accuracy,
  c.against, c.against_test_spread, c.against_test_balanced_accuracy,
  c.difference, c.difference_low, c.difference_high, c.p_value,
  (SELECT count(*) FROM test_reads r WHERE r.data = s.data AND r.split = s.split) AS test_reads
FROM confirmed_arms c
JOIN studies s ON s.number = c.study;

DROP VIEW class_recalls;

CREATE VIEW class_recalls AS
-- Recall of every class in every training run of a study. Trial 0 is the
-- reference, round 0 is unweighted; support counts validation examples. Phase is
-- search, or for the runs of a confirmation on fresh seeds reference, recipe,
-- vector or longer; only those have a test_recall.
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
  SELECT study, trial, replicate, round, run, weights, what FROM confirm_runs
) t
JOIN studies s ON s.number = t.study
LEFT JOIN datasets d ON d.data = s.data AND d.split = s.split
JOIN matrices v ON v.run = t.run AND v.part = 'val'
LEFT JOIN matrices train ON train.run = t.run AND train.part = 'train'
LEFT JOIN matrices test  ON test.run  = t.run AND test.part  = 'test'
JOIN json_each(v.support) val;
