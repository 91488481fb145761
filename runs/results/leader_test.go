package results_test

import (
	"math"
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
		{"the first leads", runs.Board{Rows: []runs.Row{{Seeds: 3}, {Seeds: 3}}}, results.Leader{At: 0}},
		{"nothing yet", runs.Board{Study: runs.StudyHead{Trials: 2}}, results.Leader{At: -1, Why: results.NoneComplete}},
		{"one of two that ended failed", runs.Board{Study: runs.StudyHead{Trials: 2, Done: 2, Failed: 1}}, results.Leader{At: -1, Why: results.NoneComplete}},
		{"one failed, the other is invalid", runs.Board{Study: runs.StudyHead{Trials: 3, Done: 2, Failed: 1, Invalid: 1}}, results.Leader{At: -1, Why: results.AllInvalid}},
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

// TestStudiesHaveTheirLeader: the list names the arm that the leaderboard does.
func TestStudiesHaveTheirLeader(t *testing.T) {
	db := searched(t)
	list, err := results.Studies(t.Context(), db)
	if err != nil || len(list) != 1 {
		t.Fatalf("Studies = %+v, %v; want one", list, err)
	}
	board, err := db.Leaderboard(t.Context(), "small")
	if err != nil {
		t.Fatal(err)
	}
	leader, got := results.LeaderOf(board), list[0].Leader
	switch {
	case leader.At < 0:
		if got != nil {
			t.Errorf("leader %+v; want none", got)
		}
	case got == nil || got.Trial != board.Rows[leader.At].Trial || got.Round != board.Rows[leader.At].Round || got.Difference != board.Rows[leader.At].Difference:
		t.Errorf("leader %+v; want row %d of %+v", got, leader.At, board.Rows)
	}
}

// TestShownWeights: by default the figures of [results.VectorOf]; on another scale, these
// times one number.
func TestShownWeights(t *testing.T) {
	seeds := [][]float64{{2.4, 0.3, 0.3}, {1.5, 0.9, 0.6}}
	for _, scales := range [][]float64{{1, 1}, {1. / 3, 1. / 3}, {0.5, 8}} {
		trial := &runs.Trial{Number: 1}
		for s, w := range seeds {
			var shown []float64
			for _, x := range w {
				shown = append(shown, x*scales[s])
			}
			trial.Replicates = append(trial.Replicates, objective.Replicate{Rounds: []objective.Round{{}, {Weights: w, Shown: shown}}})
		}
		v, err := results.VectorOf(trial.Replicates, 1)
		if err != nil {
			t.Fatal(err)
		}
		got, err := results.ShownWeights(trial, 1)
		if err != nil {
			t.Fatal(err)
		}
		scale := math.Sqrt(scales[0] * scales[1])
		for c, w := range got {
			if want := v.Weights[c] * scale; math.Abs(w-want) > 1e-12 || scale == 1 && w != want {
				t.Errorf("scales %v: weight %d is %v; want %v", scales, c, w, want)
			}
		}
		if none, err := results.ShownWeights(trial, 0); none != nil || err != nil {
			t.Errorf("round 0 has weights %v, %v; want none", none, err)
		}
	}
}
