package results

import (
	"math"
	"testing"

	"evenkeel/objective"
	"evenkeel/runs"
	"evenkeel/search"
	"evenkeel/search/followup"
)

// TestOptimismIsTakenOff: the score of weights by which options are compared is without what
// they gain only on the examples that they were measured on; another arm's optimism does not
// count, and the figures that are shown stay those that were measured.
func TestOptimismIsTakenOff(t *testing.T) {
	score := objective.Score{Spread: objective.StdDev, Tolerance: 0.01, Penalty: 2}
	row := runs.Row{Trial: 3, Round: 2, Seeds: 5, Spread: 0.10, ReferenceSpread: 0.14, Difference: -0.04, Drop: 0.008, DropSE: 0.004}
	for _, c := range []struct {
		name     string
		optimism followup.Optimism
		want     float64
	}{
		{"none", followup.Optimism{}, -0.04},
		{"another arm's", followup.Optimism{Trial: 3, Round: 1, Seeds: 5, Spread: 0.01}, -0.04},
		{"its own", followup.Optimism{Trial: 3, Round: 2, Seeds: 5, Spread: 0.012, Accuracy: 0.002}, -0.028 + score.Charge(0.010, 0.004)},
	} {
		o := &Overview{Definition: &search.Definition{Objective: score}, Board: &runs.Board{Rows: []runs.Row{row}, Optimism: c.optimism}}
		f := o.searchedArm(Arm{Trial: 3, Round: 2})
		if math.Abs(f.Score-c.want) > 1e-15 || math.Abs(f.Change+0.04) > 1e-15 || f.AccuracyChange != -0.008 {
			t.Errorf("%s: score %v, change %v, accuracy %v; want %v, -.04, -.008", c.name, f.Score, f.Change, f.AccuracyChange, c.want)
		}
	}
}
