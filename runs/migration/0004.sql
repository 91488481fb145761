-- Schema version 4: fitted offsets against the reference are confirmed too, every
-- reading of a test part counts, whatever the rest of the split was, and an invocation
-- says what it is at.

-- searching, confirming or measuring; NULL = not known.
ALTER TABLE invocations ADD COLUMN phase TEXT;

DROP VIEW confirmations;

ALTER TABLE confirmed_arms RENAME TO confirmed_arms_2;

CREATE TABLE confirmed_arms (
  -- What fresh seeds and the test part said of a fixed arm, one row a comparison.
  -- Spreads are corrected for the noise of these test images, a and b in words:
  -- "what" minus "against". A later confirmation of the arm, of the same kind and on
  -- at least as many seeds, replaces an earlier one.
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
  gained    TEXT NOT NULL,              -- JSON: [class index, recall of against, recall of what] beyond noise, for all
  lost      TEXT NOT NULL,              -- classes together with 95 %, the largest change first
  images    TEXT NOT NULL,              -- JSON: test examples of each class
  resplit INTEGER NOT NULL DEFAULT 0,   -- 1: training and validation part were drawn anew for every fresh seed
  PRIMARY KEY (study, number)
) STRICT, WITHOUT ROWID;

INSERT INTO confirmed_arms (study, number, trial, round, what, against, seeds,
  test_spread, test_balanced_accuracy, against_test_spread, against_test_balanced_accuracy,
  difference, difference_low, difference_high, p_value, confirmed, seed_p_value, measurable, plain_spread, against_plain_spread,
  accuracy_drop, accuracy_drop_low, accuracy_drop_high, tolerance, gained, lost, images, resplit)
SELECT study, number, trial, round, what, against, seeds,
  test_spread, test_balanced_accuracy, against_test_spread, against_test_balanced_accuracy,
  difference, difference_low, difference_high, p_value, confirmed, seed_p_value, measurable, plain_spread, against_plain_spread,
  accuracy_drop, accuracy_drop_low, accuracy_drop_high, tolerance, gained, lost, images, resplit
FROM confirmed_arms_2;
DROP TABLE confirmed_arms_2;

CREATE VIEW readings AS
-- How often the test part of each study was read, by any study in this file. A source
-- that has a test part of its own has the same one whatever the split. Of others, who is
-- held out follows from the seed of the split, and a larger share holds a smaller one.
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
