-- Schema version 1. Comments stand inside the statements, because SQLite keeps
-- them there: `evenkeel schema` and any tool show them. Keys are natural
-- throughout (a study's number, a trial's number, a run's hash), so that no row
-- depends on the order in which runs happened to finish.

CREATE TABLE studies (
  -- One study: a search with a fixed space, objective and seed.
  number  INTEGER PRIMARY KEY,          -- from 1, in the order of creation
  name    TEXT    NOT NULL UNIQUE,
  model   TEXT    NOT NULL,             -- model.kind, or its choices
  created TEXT    NOT NULL,             -- times are UTC, ISO 8601
  window  INTEGER NOT NULL,             -- step n knows the outcomes of the steps <= n - window
  data    TEXT,                         -- with split: the row of datasets
  split   TEXT,
  -- The reference: means over all its seeds on the validation part.
  reference_spread            REAL,
  reference_balanced_accuracy REAL,
  reference_accuracy          REAL,
  reference_seeds             INTEGER NOT NULL DEFAULT 0,
  arms INTEGER NOT NULL DEFAULT 0,      -- number of arms ranked
  FOREIGN KEY (data, split) REFERENCES datasets (data, split)
) STRICT;

CREATE TABLE definitions (
  -- What a study file said, each time it was changed in a way that lets a study go on.
  study     INTEGER NOT NULL REFERENCES studies (number),
  revision  INTEGER NOT NULL,           -- from 1; the last one is in force
  canonical TEXT    NOT NULL,           -- JSON: every key with its value, defaults included
  source    TEXT    NOT NULL,           -- the study file's text after overrides
  folder    TEXT    NOT NULL,           -- where its relative paths start
  saved     TEXT    NOT NULL,
  PRIMARY KEY (study, revision)
) STRICT, WITHOUT ROWID;

CREATE TABLE invocations (
  -- Every time the program worked on a study.
  study   INTEGER NOT NULL REFERENCES studies (number),
  number  INTEGER NOT NULL,             -- from 1
  host    TEXT    NOT NULL,
  user    TEXT    NOT NULL,
  pid     INTEGER NOT NULL,
  program TEXT    NOT NULL,             -- version of the program
  started TEXT    NOT NULL,
  seconds REAL    NOT NULL DEFAULT 0,   -- brought up to date in every transaction
  ended   TEXT,                         -- how: done, time (is over), interrupted, failed, killed; NULL = running, or
                                        -- killed and not yet continued
  PRIMARY KEY (study, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE steps (
  -- The numbered sequence of decisions that makes a study.
  study       INTEGER NOT NULL REFERENCES studies (number),
  number      INTEGER NOT NULL,         -- from 1
  kind        TEXT    NOT NULL,         -- trial: a new point; seeds: further seeds of a trial
  trial       INTEGER NOT NULL,
  replicates  TEXT    NOT NULL,         -- JSON list: the seeds this step adds, by index
  conditioned INTEGER NOT NULL,         -- the last step whose outcome the decision knew
  state       TEXT    NOT NULL CHECK (state IN ('open', 'complete', 'failed')),
  error       TEXT,                     -- why it failed
  started     TEXT    NOT NULL,
  finished    TEXT,
  seconds     REAL,                     -- training time of the runs it had to perform itself
  PRIMARY KEY (study, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE trials (
  -- One point of the space, with its results.
  study       INTEGER NOT NULL REFERENCES studies (number),
  number      INTEGER NOT NULL,         -- from 1
  state       TEXT    NOT NULL CHECK (state IN ('waiting', 'running', 'complete', 'pruned', 'failed')),
  scheme      TEXT    NOT NULL,         -- its scheme's name
  rounds      INTEGER NOT NULL,         -- the limit: a trial with 3 rounds has three arms
  point       TEXT    NOT NULL,         -- JSON: every parameter as a number, choices by index
  params      TEXT    NOT NULL,         -- JSON: every parameter as a study file writes it
  conditioned INTEGER NOT NULL,
  seeds       INTEGER NOT NULL DEFAULT 0, -- of its arms
  best_round      INTEGER,              -- the arm with the lowest difference
  best_difference REAL,
  error       TEXT,
  started     TEXT    NOT NULL,
  finished    TEXT,
  seconds     REAL    NOT NULL DEFAULT 0,
  PRIMARY KEY (study, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE arms (
  -- The arms of complete trials: what is ranked. Means over seeds on validation.
  study             INTEGER NOT NULL,
  trial             INTEGER NOT NULL,
  round             INTEGER NOT NULL,
  seeds             INTEGER NOT NULL,   -- its tier
  spread            REAL    NOT NULL,
  spread_se         REAL,               -- standard error over seeds, NULL for one seed
  gap               REAL    NOT NULL,
  worst_class       INTEGER NOT NULL,   -- index into datasets.classes
  worst_recall      REAL,
  balanced_accuracy REAL    NOT NULL,
  accuracy          REAL    NOT NULL,
  difference        REAL    NOT NULL,   -- score minus the reference's on the same seeds, charge included
  sum_squares       REAL    NOT NULL,   -- of the per-seed differences about their mean
  half_width        REAL,               -- of the interval of difference: 95 % for all arms of the study together, as far
                                        -- as training seeds go. NULL below three seeds. It depends on all arms and is brought
                                        -- up to date as seeds are added, and for good when a search pauses or ends
  accuracy_drop     REAL    NOT NULL,   -- balanced accuracy lost
  holds_tolerance   INTEGER NOT NULL,   -- 1: with one standard error to spare
  over_tolerance    INTEGER NOT NULL,   -- 1: accuracy_drop exceeds the tolerance
  weight_gain       REAL    NOT NULL,   -- own baseline's spread minus spread
  weight_ratio      REAL,               -- largest weight over smallest, geometric mean over seeds
  reference_spread            REAL NOT NULL, -- on the same seeds
  reference_balanced_accuracy REAL NOT NULL,
  PRIMARY KEY (study, trial, round),
  FOREIGN KEY (study, trial) REFERENCES trials (study, number)
) STRICT, WITHOUT ROWID;

CREATE INDEX arms_ranked
-- Leaderboard order: the highest tier first, then by score (the reference's mean
-- is the same for all arms of a study, so the difference orders them).
ON arms (study, seeds DESC, difference, trial, round);

CREATE TABLE trial_runs (
  -- The training runs of a trial, one per seed and round. Trial 0 is the reference.
  study     INTEGER NOT NULL REFERENCES studies (number),
  trial     INTEGER NOT NULL,
  replicate INTEGER NOT NULL,           -- from 0
  round     INTEGER NOT NULL,
  seed      INTEGER NOT NULL,           -- the training seed
  purpose   TEXT    NOT NULL CHECK (purpose IN ('reference', 'baseline', 'arm')),
  run       TEXT    NOT NULL REFERENCES runs (hash),
  raw       TEXT,                       -- JSON: class weights as the formula gave them; NULL in round 0
  weights   TEXT,                       -- JSON: the same at mean 1, after every modifier
  shown     TEXT,                       -- JSON: the same, normalised as the study asks
  solved    REAL,                       -- the strength parameter in use, if one was solved
  fallback  INTEGER NOT NULL,           -- 1: the formula gave no usable weights, equal ones were used
  spread            REAL,
  balanced_accuracy REAL,
  accuracy          REAL,
  image_variance    REAL,               -- over images, of balanced accuracy minus the reference's
  PRIMARY KEY (study, trial, replicate, round)
) STRICT, WITHOUT ROWID;

CREATE TABLE runs (
  -- Training runs, addressed by what they compute and shared by all studies.
  hash       TEXT NOT NULL PRIMARY KEY, -- SHA-256 of spec, hexadecimal
  spec       TEXT NOT NULL,             -- canonical JSON of everything that determines the result
  state      TEXT NOT NULL CHECK (state IN ('complete', 'partial')), -- partial: broken off, never served
  trainer    TEXT NOT NULL,
  version    TEXT NOT NULL,
  numerics   TEXT NOT NULL,
  stopped    INTEGER NOT NULL,          -- 1: ended by its own early stopping
  parameters TEXT NOT NULL,             -- hash of the trained parameters, or empty
  epochs     TEXT NOT NULL,             -- JSON list of [epoch, loss, val_loss]; the view epochs has a row for each
  seconds    REAL,                      -- duration of the training
  finished   TEXT NOT NULL
) STRICT;

CREATE TABLE matrices (
  -- Confusion matrices, one per run and part.
  run       TEXT NOT NULL REFERENCES runs (hash),
  part      TEXT NOT NULL CHECK (part IN ('val', 'train', 'test')),
  support   TEXT NOT NULL,              -- JSON: examples of each class
  correct   TEXT NOT NULL,              -- JSON: of these, predicted rightly; recall = correct / support
  predicted TEXT NOT NULL,              -- JSON: examples predicted as each class
  counts    BLOB NOT NULL,              -- the matrix, as evenkeel's objective.Confusion writes it
  PRIMARY KEY (run, part)
) STRICT, WITHOUT ROWID;

CREATE TABLE outputs (
  -- What a run answered for each validation example, in the order of datasets.labels.
  run    TEXT NOT NULL REFERENCES runs (hash),
  kind   TEXT NOT NULL CHECK (kind IN ('predictions', 'logits')),
  format TEXT NOT NULL,                 -- numpy's name of the numbers: |u1, <u2, <f4
  data   BLOB NOT NULL,                 -- predictions: one number an example; logits: classes numbers an example.
                                        -- Logits may be evicted, predictions stay
  PRIMARY KEY (run, kind)
) STRICT;

CREATE TABLE datasets (
  -- The classes of a data set, and the true classes of one validation part.
  data         TEXT NOT NULL,           -- fingerprint
  split        TEXT NOT NULL,           -- JSON
  title        TEXT NOT NULL,
  classes      TEXT NOT NULL,           -- JSON: names, in the order of every per-class list
  train_counts TEXT NOT NULL,           -- JSON: training examples of each class
  labels       BLOB,                    -- like outputs.data, in labels_format; NULL = unknown
  labels_format TEXT,
  PRIMARY KEY (data, split)
) STRICT, WITHOUT ROWID;

CREATE TABLE logs (
  -- What trainers logged.
  run    TEXT    NOT NULL REFERENCES runs (hash),
  number INTEGER NOT NULL,              -- from 1
  text   TEXT    NOT NULL,
  PRIMARY KEY (run, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE events (
  -- What happened to a study that a person may want to know.
  study  INTEGER NOT NULL REFERENCES studies (number),
  number INTEGER NOT NULL,              -- from 1
  at     TEXT    NOT NULL,
  kind   TEXT    NOT NULL,
  text   TEXT    NOT NULL,
  PRIMARY KEY (study, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE confirmed_arms (
  -- What fresh seeds and the test part said of a fixed arm.
  study  INTEGER NOT NULL REFERENCES studies (number),
  number INTEGER NOT NULL,              -- from 1
  trial  INTEGER NOT NULL,
  round  INTEGER NOT NULL,
  what    TEXT NOT NULL CHECK (what IN ('recipe', 'vector')),
  against TEXT NOT NULL CHECK (against IN ('reference', 'offsets')),
  seeds   INTEGER NOT NULL,
  test_spread                    REAL NOT NULL,
  test_balanced_accuracy         REAL NOT NULL,
  against_test_spread            REAL NOT NULL,
  against_test_balanced_accuracy REAL NOT NULL,
  difference      REAL NOT NULL,
  difference_low  REAL,
  difference_high REAL,
  p_value         REAL,
  confirmed TEXT NOT NULL,
  PRIMARY KEY (study, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE test_reads (
  -- Every opening of a test part.
  data   TEXT    NOT NULL,
  split  TEXT    NOT NULL,
  number INTEGER NOT NULL,              -- from 1
  study  INTEGER NOT NULL REFERENCES studies (number),
  trial  INTEGER NOT NULL,
  at     TEXT    NOT NULL,
  PRIMARY KEY (data, split, number)
) STRICT, WITHOUT ROWID;

CREATE VIEW leaderboard AS
-- Ranked arms on the validation part: for choosing, not for quoting. Ties share
-- a rank. difference_low and difference_high hold for all arms together.
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
LEFT JOIN datasets d ON d.data = s.data AND d.split = s.split;

CREATE VIEW confirmations AS
-- Confirmed figures on the test part: the ones to quote. test_reads counts how
-- often that test part was opened, by anybody.
SELECT
  s.name AS study, c.trial, c.round, c.what, c.seeds,
  c.test_spread, c.test_balanced_accuracy,
  c.against, c.against_test_spread, c.against_test_balanced_accuracy,
  c.difference, c.difference_low, c.difference_high, c.p_value,
  (SELECT count(*) FROM test_reads r WHERE r.data = s.data AND r.split = s.split) AS test_reads
FROM confirmed_arms c
JOIN studies s ON s.number = c.study;

CREATE VIEW class_recalls AS
-- Recall of every class in every training run of a study. Trial 0 is the
-- reference, round 0 is unweighted; support counts validation examples.
-- test_recall exists only for confirmed runs.
SELECT
  s.name AS study, t.trial, t.replicate, t.round,
  coalesce(d.classes ->> val.key, CAST(val.key AS TEXT)) AS class,
  val.value AS support,
  coalesce(t.weights ->> val.key, 1.0) AS weight,
  (train.correct ->> val.key) * 1.0 / nullif(train.support ->> val.key, 0) AS train_recall,
  (v.correct     ->> val.key) * 1.0 / nullif(val.value, 0)                 AS val_recall,
  (test.correct  ->> val.key) * 1.0 / nullif(test.support  ->> val.key, 0) AS test_recall
FROM trial_runs t
JOIN studies s ON s.number = t.study
LEFT JOIN datasets d ON d.data = s.data AND d.split = s.split
JOIN matrices v ON v.run = t.run AND v.part = 'val'
LEFT JOIN matrices train ON train.run = t.run AND train.part = 'train'
LEFT JOIN matrices test  ON test.run  = t.run AND test.part  = 'test'
JOIN json_each(v.support) val;

CREATE VIEW epochs AS
-- The course of every training run: epoch (from 1), mean weighted training loss,
-- and unweighted mean cross-entropy on the validation part, NULL if unknown.
SELECT r.hash AS run, e.value ->> 0 AS epoch, e.value ->> 1 AS loss, e.value ->> 2 AS val_loss
FROM runs r JOIN json_each(r.epochs) e;

CREATE VIEW trial_history AS
-- Every trial; score is that of its best arm.
SELECT
  s.name AS study, t.number AS trial, t.state, t.started, t.finished,
  s.reference_spread + t.best_difference AS score,
  t.error
FROM trials t
JOIN studies s ON s.number = t.study;
