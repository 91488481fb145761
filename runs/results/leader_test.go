package results_test

import (
	"testing"

	"evenkeel/objective"
	"evenkeel/runs"
	"evenkeel/runs/results"
)

func TestLeaderOf(t *testing.T) {
	for _, c := range []struct {
		name  string
		board runs.Board
		want  results.Leader
	}{
		{"the first leads", runs.Board{Rows: []runs.Row{{Seeds: 3}, {Seeds: 3}}}, results.Leader{At: 0, Noise: results.NotMoreEven}},
		{"nothing yet", runs.Board{Study: runs.StudyHead{Trials: 2}}, results.Leader{At: -1, Why: results.NoneComplete}},
		{"one of two that ended failed", runs.Board{Study: runs.StudyHead{Trials: 2, Done: 2, Failed: 1}}, results.Leader{At: -1, Why: results.NoneComplete}},
		{"both failed", runs.Board{Study: runs.StudyHead{Trials: 3, Done: 2, Failed: 2}}, results.Leader{At: -1, Why: results.AllFailed}},
	} {
		if got := results.LeaderOf(&c.board); got != c.want {
			t.Errorf("%s: %+v; want %+v", c.name, got, c.want)
		}
	}
}

// TestVectorOf by hand: two seeds that are each other's reciprocals in the first two
// classes have the mean 1, 1, 1, which they miss by a factor of 2 in two classes of
// three.
func TestVectorOf(t *testing.T) {
	var reps []objective.Replicate
	for _, w := range [][]float64{{2, 0.5, 1}, {0.5, 2, 1}} {
		reps = append(reps, objective.Replicate{Rounds: []objective.Round{{}, {Weights: w}}})
	}
	v, err := results.VectorOf(reps, 1)
	if err != nil {
		t.Fatal(err)
	}
	for c, w := range v.Weights {
		if w < 1-1e-15 || w > 1+1e-15 {
			t.Errorf("weight %d is %v; want 1", c, w)
		}
	}
	// exp(ln 2 * sqrt(2/3))
	if typical := 1.7611241082; v.Most < 2-1e-12 || v.Most > 2+1e-12 || v.Typical < typical-1e-9 || v.Typical > typical+1e-9 || v.Lowest[0] != 0.5 || v.Highest[1] != 2 {
		t.Errorf("%+v; want factors %v and 2, lowest and highest .5 and 2", v, typical)
	}
}
