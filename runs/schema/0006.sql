-- The charge for lost accuracy is the expected one, given how well the loss is known:
-- rank 1 leads, and no second rule says which arm may.
ALTER TABLE arms DROP COLUMN holds_tolerance;
ALTER TABLE arms DROP COLUMN over_tolerance;
ALTER TABLE arms ADD COLUMN accuracy_drop_se REAL; -- standard error of accuracy_drop, for other seeds and other images.
                                                   -- NULL: computed by an earlier rule; resuming the study brings it up to date
ALTER TABLE arms ADD COLUMN charge REAL;           -- the expected charge for accuracy_drop that difference contains
ALTER TABLE arms ADD COLUMN loss_probability REAL; -- that the true drop exceeds the study's tolerance

-- Arms that are made of the same runs are one arm: the leaderboard has it once.
CREATE INDEX trial_runs_by_run
-- Finds the arms that share a run.
ON trial_runs (study, run, round);

DROP VIEW leaderboard;

CREATE VIEW leaderboard AS
-- Ranked arms on the validation part: for choosing, not for quoting. Ties share
-- a rank. difference_low and difference_high hold for all arms together. Arms of
-- invalid trials are left out, and of arms that have the same run on every common seed all
-- but the first: the one with the most seeds, of equals the earlier one. tier is the number
-- of seeds, by which arms are ranked first.
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
WHERE t.invalid IS NULL AND NOT EXISTS (
  SELECT 1 FROM trial_runs x
  JOIN trial_runs y ON y.study = x.study AND y.run = x.run AND y.round > 0 AND y.replicate = x.replicate
  JOIN arms b ON b.study = y.study AND b.trial = y.trial AND b.round = y.round
  JOIN trials v ON v.study = b.study AND v.number = b.trial
  WHERE x.study = a.study AND x.trial = a.trial AND x.round = a.round AND x.replicate = 0 AND v.invalid IS NULL
    AND (b.seeds > a.seeds OR b.seeds = a.seeds AND (b.trial, b.round) < (a.trial, a.round))
    AND NOT EXISTS (
      SELECT 1 FROM trial_runs p
      JOIN trial_runs q ON q.study = p.study AND q.trial = b.trial AND q.replicate = p.replicate AND q.round = b.round
      WHERE p.study = a.study AND p.trial = a.trial AND p.round = a.round AND q.run <> p.run));
