package results

import "evenkeel/runs"

// Baseline is a trial's own unweighted model, round 0, on validation: means over the seeds,
// and the class with the lowest mean recall.
type Baseline struct {
	Spread, BalancedAccuracy float64
	WorstClass               int
	WorstRecall              float64
}

// BaselineOf returns the baseline of a trial that has results.
func BaselineOf(t *runs.Trial) (b Baseline) {
	for _, rep := range t.Replicates {
		b.Spread += rep.Rounds[0].Spread / float64(len(t.Replicates))
		b.BalancedAccuracy += rep.Rounds[0].BalancedAccuracy / float64(len(t.Replicates))
	}
	recall := t.Recall(0)
	b.WorstClass, _ = Extremes(recall)
	b.WorstRecall = recall[b.WorstClass]
	return b
}

// Extremes returns the indices of the smallest and the largest number, the first of equals.
func Extremes(x []float64) (smallest, largest int) {
	for i, v := range x {
		if v < x[smallest] {
			smallest = i
		}
		if v > x[largest] {
			largest = i
		}
	}
	return smallest, largest
}
