-- Schema version 2: trainers outside the program. Comments behind a column stay
-- with the table, as in version 1.

-- The code that a study's runs are made with; when it changes, the search asks.
ALTER TABLE studies ADD COLUMN trainer TEXT; -- NULL in studies of version 1 until they are continued
ALTER TABLE studies ADD COLUMN trainer_version TEXT;
ALTER TABLE studies ADD COLUMN numerics TEXT;

-- 1: the run came with the labels of its validation examples, which are datasets.labels.
ALTER TABLE runs ADD COLUMN labels INTEGER NOT NULL DEFAULT 0;

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
