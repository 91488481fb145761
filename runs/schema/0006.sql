-- The charge for lost accuracy is the expected one, given how well the loss is known:
-- rank 1 leads, and no second rule says which arm may.
ALTER TABLE arms DROP COLUMN holds_tolerance;
ALTER TABLE arms DROP COLUMN over_tolerance;
ALTER TABLE arms ADD COLUMN accuracy_drop_se REAL; -- standard error of accuracy_drop, for other seeds and other images.
                                                   -- NULL: computed by an earlier rule; resuming the study brings it up to date
ALTER TABLE arms ADD COLUMN charge REAL;           -- the expected charge for accuracy_drop that difference contains
ALTER TABLE arms ADD COLUMN loss_probability REAL; -- that the true drop exceeds the study's tolerance
