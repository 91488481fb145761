-- Schema version 3: screening, image noise in the leaderboard's intervals,
-- confirmations on splits drawn anew. Comments behind a column stay with the table.

-- What shifting the reference's logits predicted for the trial before it was
-- trained: the difference and the round of its best arm. NULL = not screened.
ALTER TABLE trials ADD COLUMN predicted_difference REAL;
ALTER TABLE trials ADD COLUMN predicted_round INTEGER;

-- How many points of the space were predicted without training, how much of the
-- predicted changes of the recalls arrived in training (1 = all), its standard
-- error, and the number of trained arms, each on one seed, that say so.
ALTER TABLE studies ADD COLUMN screened INTEGER NOT NULL DEFAULT 0;
ALTER TABLE studies ADD COLUMN transmission REAL;
ALTER TABLE studies ADD COLUMN transmission_se REAL;
ALTER TABLE studies ADD COLUMN transmission_effects INTEGER NOT NULL DEFAULT 0;

-- The variance, over validation images, of the mean over seeds that difference is.
-- It is part of half_width, which is 95 % for other seeds and other images then, and
-- not only as far as training seeds go. 0 in arms of version 1 and 2, until their
-- study goes on.
ALTER TABLE arms ADD COLUMN image_variance REAL NOT NULL DEFAULT 0;

-- 1: training and validation part were drawn anew for every fresh seed.
ALTER TABLE confirmed_arms ADD COLUMN resplit INTEGER NOT NULL DEFAULT 0;
