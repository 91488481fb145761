-- Schema version 5, the first one. Comments are inside the statements, because SQLite
-- keeps them there: `evenkeel schema` and any tool show them. Keys are natural
-- throughout (a study's number, a trial's number, a run's hash), so that no row
-- depends on the order in which runs happened to finish.
--
-- Times are UTC in ISO 8601, lists are JSON, flags are 0 or 1.
--
-- The words in CHECK constraints and views are those of Go constants: what confirmations
-- compare is search/followup.What*, states are runs.State*. SQL has no constants, so they
-- are repeated here. Nothing writes the states waiting and pruned of trials and partial of
-- runs yet: they are kept for trials that are imported or stopped early, so that these
-- need no rebuilt table.

CREATE TABLE studies (
  -- One study: a search with a fixed space, objective and seed.
  number  INTEGER PRIMARY KEY,          -- from 1, in the order of creation
  name    TEXT    NOT NULL UNIQUE,
  model   TEXT    NOT NULL,             -- model.kind, or its choices
  created TEXT    NOT NULL,
  window  INTEGER NOT NULL,             -- step n knows the outcomes of the steps <= n - window
  data    TEXT,                         -- with split: the row of datasets; NULL before the trainer has started
  split   TEXT,
  -- The reference: means over all its seeds on the validation part.
  reference_spread            REAL,
  reference_balanced_accuracy REAL,
  reference_accuracy          REAL,
  reference_seeds             INTEGER NOT NULL DEFAULT 0,
  arms INTEGER NOT NULL DEFAULT 0,      -- number of arms ranked
  -- The code that the runs are made with; a search that finds other code stops and asks.
  trainer         TEXT,
  trainer_version TEXT,
  numerics        TEXT,
  -- Screening: predicting points from the reference's logits, without training.
  screened             INTEGER NOT NULL DEFAULT 0, -- number of points predicted
  screen_seeds         TEXT,            -- the reference's seeds that predict, by index; NULL = not screened
  transmission         REAL,            -- share of the predicted changes of the recalls that training delivered, 1 = all
  transmission_se      REAL,            -- its standard error
  transmission_effects INTEGER NOT NULL DEFAULT 0, -- number of trials it is measured on
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
  study      INTEGER NOT NULL REFERENCES studies (number),
  number     INTEGER NOT NULL,          -- from 1
  host       TEXT    NOT NULL,
  user       TEXT    NOT NULL,
  pid        INTEGER NOT NULL,
  program    TEXT    NOT NULL,          -- version of the program
  started    TEXT    NOT NULL,
  seconds    REAL    NOT NULL DEFAULT 0, -- brought up to date in every transaction
  ended      TEXT,                      -- how: done, time (limit reached), interrupted, failed, killed; NULL = running, or
                                        -- killed and not continued since
  git_commit TEXT,                      -- of the study file's folder, "+changes" behind it if files under version control
                                        -- differed; NULL outside version control
  phase      TEXT,                      -- searching, confirming or measuring; NULL = not known
  PRIMARY KEY (study, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE steps (
  -- The numbered sequence of decisions that makes a study.
  study       INTEGER NOT NULL REFERENCES studies (number),
  number      INTEGER NOT NULL,         -- from 1
  kind        TEXT    NOT NULL,         -- trial: a new point; seeds: further seeds of a trial
  trial       INTEGER NOT NULL,
  replicates  TEXT    NOT NULL,         -- the seeds this step adds, by index
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
  conditioned INTEGER NOT NULL,         -- the last step whose outcome the choice of the point knew
  seeds       INTEGER NOT NULL DEFAULT 0, -- of its arms
  best_round      INTEGER,              -- the arm with the lowest difference
  best_difference REAL,
  error       TEXT,
  started     TEXT    NOT NULL,
  finished    TEXT,
  seconds     REAL    NOT NULL DEFAULT 0,
  invalid     TEXT,                     -- why somebody declared it invalid: it keeps its arms, and is not ranked, given more
                                        -- seeds or learned from. NULL = it is valid
  predicted_difference REAL,            -- of its best arm, predicted before it was trained; NULL without a prediction
  predicted_round      INTEGER,         -- of that arm; 0: screened, but nothing could be predicted; NULL: not screened
  PRIMARY KEY (study, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE arms (
  -- The arms of complete trials: what is ranked. Means over seeds on validation.
  study             INTEGER NOT NULL,
  trial             INTEGER NOT NULL,
  round             INTEGER NOT NULL,
  seeds             INTEGER NOT NULL,
  spread            REAL    NOT NULL,
  spread_se         REAL,               -- standard error over seeds, NULL for one seed
  gap               REAL    NOT NULL,
  worst_class       INTEGER NOT NULL,   -- index into datasets.classes
  worst_recall      REAL,
  balanced_accuracy REAL    NOT NULL,
  accuracy          REAL    NOT NULL,
  difference        REAL    NOT NULL,   -- score minus the reference's on the same seeds, charge included
  sum_squares       REAL    NOT NULL,   -- of the per-seed differences about their mean
  half_width        REAL,               -- of the interval of difference: 95 % for all arms of the study together, for other
                                        -- seeds and other images. NULL below three seeds. It depends on all arms and is
                                        -- brought up to date as seeds are added, and for good when a search pauses or ends
  accuracy_drop     REAL    NOT NULL,   -- balanced accuracy lost
  holds_tolerance   INTEGER NOT NULL,   -- 1: accuracy_drop plus its standard error is within the tolerance
  over_tolerance    INTEGER NOT NULL,   -- 1: accuracy_drop exceeds the tolerance
  weight_gain       REAL    NOT NULL,   -- own baseline's spread minus spread
  weight_ratio      REAL,               -- largest weight over smallest, geometric mean over seeds
  reference_spread            REAL NOT NULL, -- on the same seeds
  reference_balanced_accuracy REAL NOT NULL,
  image_variance    REAL    NOT NULL,   -- variance of difference over validation images; half_width contains it
  PRIMARY KEY (study, trial, round),
  FOREIGN KEY (study, trial) REFERENCES trials (study, number)
) STRICT, WITHOUT ROWID;

CREATE INDEX arms_ranked
-- Leaderboard order: the most seeds first, then by score (the reference's mean is the
-- same for all arms of a study, so the difference orders them).
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
  raw       TEXT,                       -- class weights as the formula gave them; NULL in round 0
  weights   TEXT,                       -- the same at mean 1, after every modifier
  shown     TEXT,                       -- the same, normalised as the study asks
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
  epochs     TEXT NOT NULL,             -- list of [epoch, loss, val_loss]; the view epochs has a row for each
  seconds    REAL,                      -- duration of the training
  finished   TEXT NOT NULL,
  labels     INTEGER NOT NULL,          -- 1: it came with the labels of its validation examples, which are datasets.labels
  derived    INTEGER NOT NULL           -- 1: computed from the logits of another run, and not trained
) STRICT;

CREATE TABLE matrices (
  -- Confusion matrices, one per run and part.
  run       TEXT NOT NULL REFERENCES runs (hash),
  part      TEXT NOT NULL CHECK (part IN ('val', 'train', 'test')),
  support   TEXT NOT NULL,              -- examples of each class
  correct   TEXT NOT NULL,              -- of these, predicted rightly; recall = correct / support
  predicted TEXT NOT NULL,              -- examples predicted as each class
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
  -- The classes of a data set, and the true classes of one validation and one test part.
  data         TEXT NOT NULL,           -- fingerprint
  split        TEXT NOT NULL,           -- JSON
  title        TEXT NOT NULL,
  classes      TEXT NOT NULL,           -- names, in the order of every per-class list
  train_counts TEXT NOT NULL,           -- training examples of each class
  labels        BLOB,                   -- like outputs.data, in labels_format; NULL = unknown
  labels_format TEXT,
  -- Examples of each class in the parts that runs were measured on, which are the same
  -- in every run. NULL = no run so far.
  val_support   TEXT,
  train_support TEXT,
  test_support  TEXT,
  test_labels        BLOB,              -- like labels; NULL until a confirmation came with them
  test_labels_format TEXT,
  PRIMARY KEY (data, split)
) STRICT, WITHOUT ROWID;

CREATE TABLE logs (
  -- What trainers logged.
  run    TEXT    NOT NULL REFERENCES runs (hash),
  number INTEGER NOT NULL,              -- from 1
  text   TEXT    NOT NULL,
  PRIMARY KEY (run, number)
) STRICT, WITHOUT ROWID;

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

CREATE TABLE events (
  -- What happened to a study that a person may want to know.
  study  INTEGER NOT NULL REFERENCES studies (number),
  number INTEGER NOT NULL,              -- from 1
  at     TEXT    NOT NULL,
  kind   TEXT    NOT NULL,
  text   TEXT    NOT NULL,
  PRIMARY KEY (study, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE offsets (
  -- What offsets on the reference's logits do without any training, one row for
  -- each training seed: fitted to the study's score on two thirds of the validation
  -- part and measured on the third, three times.
  study         INTEGER NOT NULL REFERENCES studies (number),
  replicate     INTEGER NOT NULL,       -- from 0
  shifts        TEXT    NOT NULL,       -- what to add to the logits, fitted on the whole validation part
  counts        BLOB    NOT NULL,       -- confusion matrix, like matrices.counts
  spread        REAL    NOT NULL,
  difference    REAL    NOT NULL,       -- score minus the reference's on this seed, charge included
  accuracy_drop REAL    NOT NULL,       -- balanced accuracy lost against the reference
  PRIMARY KEY (study, replicate)
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
  resplit   INTEGER NOT NULL,           -- 1: training and validation part were drawn anew for every fresh seed
  PRIMARY KEY (data, split, number)
) STRICT, WITHOUT ROWID;

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
  resplit   INTEGER NOT NULL,           -- 1: on training and validation part drawn anew for this seed
  seed      INTEGER NOT NULL,           -- the training seed, of which no search has runs
  run       TEXT    NOT NULL REFERENCES runs (hash),
  weights   TEXT,                       -- at mean 1; NULL = all 1
  PRIMARY KEY (study, what, trial, round, replicate, resplit)
) STRICT, WITHOUT ROWID;

CREATE TABLE confirmed_arms (
  -- What fresh seeds and the test part said of a fixed arm, one row a comparison:
  -- "what" minus "against". Spreads are corrected for the noise of these test images.
  -- A later confirmation of the arm, of the same kind and on at least as many seeds,
  -- replaces an earlier one.
  study  INTEGER NOT NULL REFERENCES studies (number),
  number INTEGER NOT NULL,              -- from 1
  trial  INTEGER NOT NULL,
  round  INTEGER NOT NULL,
  what    TEXT NOT NULL CHECK (what IN ('recipe', 'vector', 'longer', 'offsets')), -- weights measured anew on every seed,
                                        -- their geometric mean, the reference trained as long as all rounds together,
                                        -- or the reference with fitted offsets
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
  gained    TEXT NOT NULL,              -- list of [class index, recall of against, recall of what] beyond noise, for all
  lost      TEXT NOT NULL,              -- classes together with 95 %, the largest change first
  images    TEXT NOT NULL,              -- test examples of each class
  resplit   INTEGER NOT NULL,           -- 1: training and validation part were drawn anew for every fresh seed
  PRIMARY KEY (study, number)
) STRICT, WITHOUT ROWID;

CREATE VIEW leaderboard AS
-- Ranked arms on the validation part: for choosing, not for quoting. Ties share
-- a rank. difference_low and difference_high hold for all arms together. Arms of
-- invalid trials are left out. tier is the number of seeds, by which arms are ranked first.
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

CREATE VIEW readings AS
-- How often the test part of each study was read, by any study in this file. A source
-- that has a test part of its own has the same one for every split. For the others, the seed
-- of the split decides which examples are held out, and a larger share contains a smaller one.
SELECT s.number AS study, (
  SELECT count(*) FROM test_reads r
  WHERE r.data = s.data AND (coalesce(r.split ->> 'test', 0) > 0) = (coalesce(s.split ->> 'test', 0) > 0)
    AND (coalesce(s.split ->> 'test', 0) = 0 OR (r.split ->> 'seed') IS (s.split ->> 'seed'))
) AS test_reads
FROM studies s;

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
  r.test_reads,
  c.resplit
FROM confirmed_arms c
JOIN studies s ON s.number = c.study
JOIN readings r ON r.study = c.study;

CREATE VIEW class_recalls AS
-- Recall of every class in every training run of a study. Trial 0 is the
-- reference, round 0 is unweighted; support counts validation examples. Phase is
-- search, or for the runs of a confirmation on fresh seeds reference, recipe,
-- vector or longer, with "resplit " in front for runs on training and validation part
-- drawn anew for their seed; only those of a confirmation have a test_recall.
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

CREATE VIEW epochs AS
-- The course of every training run: epoch (from 1), mean weighted training loss,
-- and unweighted mean cross-entropy on the validation part, NULL if unknown.
SELECT r.hash AS run, e.value ->> 0 AS epoch, e.value ->> 1 AS loss, e.value ->> 2 AS val_loss
FROM runs r JOIN json_each(r.epochs) e;

CREATE VIEW trial_history AS
-- Every trial; score is that of its best arm, invalid why it was declared invalid.
SELECT
  s.name AS study, t.number AS trial, t.state, t.started, t.finished,
  s.reference_spread + t.best_difference AS score,
  t.error, t.invalid
FROM trials t
JOIN studies s ON s.number = t.study;
