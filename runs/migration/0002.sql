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
