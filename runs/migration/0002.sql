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
