package runs_test

import (
	"errors"
	"slices"
	"testing"

	"evenkeel/objective"
	"evenkeel/objective/evidence/interval"
	"evenkeel/runs"
)

// TestEvidence compares what is kept of an arm with what the runs themselves say:
// logits of the reference and of the best round, predictions of all, labels that
// the predictions agree with, and the noise of all arms.
func TestEvidence(t *testing.T) {
	db := completed(t)
	board, err := db.Leaderboard(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	top := board.Rows[0]
	e, err := db.Evidence(t.Context(), "", top.Trial, 0)
	if err != nil {
		t.Fatal(err)
	}
	if e.Round != e.Trial.Best || len(e.Outputs) != len(e.Trial.Replicates) || len(e.Outputs) != top.Seeds {
		t.Fatalf("round %d with %d outputs for %d replicates; want round %d", e.Round, len(e.Outputs), len(e.Trial.Replicates), e.Trial.Best)
	}
	for i, o := range e.Outputs {
		rep := e.Trial.Replicates[i]
		want, found, err := db.Run(t.Context(), rep.Rounds[e.Round].Run)
		if err != nil || !found {
			t.Fatal(found, err)
		}
		if !slices.Equal(o.After.ValPredictions, want.ValPredictions) || !slices.Equal(o.After.ValLogits, want.ValLogits) || !o.After.Val.Equal(want.Val) {
			t.Errorf("replicate %d: the arm's outputs are not those of its run", i)
		}
		if o.Reference.ValLogits == nil || o.Before.ValPredictions == nil {
			t.Errorf("replicate %d: the reference has no logits, or round 0 no predictions", i)
		}
		m, err := objective.ConfusionFromLabels(len(e.Trial.Study.Classes), o.Labels, o.Before.ValPredictions)
		if err != nil || !m.Equal(rep.Rounds[0].Val) {
			t.Errorf("replicate %d: labels and predictions count %v, want the matrix of round 0 (%v)", i, m, err)
		}
		if o.Offsets == nil || o.Offsets.Replicate != rep.Replicate || len(o.Offsets.Values) != len(e.Trial.Study.Classes) || o.Offsets.Val.Total() != m.Total() {
			t.Errorf("replicate %d: offsets %+v", i, o.Offsets)
		}
	}
	if half := e.Pool.HalfWidth(interval.Group{Seeds: top.Seeds}); e.Pool.Groups != board.Study.Arms || half > top.DifferenceHigh-top.Difference+1e-12 {
		t.Errorf("pool of %d arms, half width %v for one that does not vary; want %d arms and at most %v", e.Pool.Groups, half, board.Study.Arms, top.DifferenceHigh-top.Difference)
	}
}

// TestEvidenceOfNothing: a trial or a round that does not exist.
func TestEvidenceOfNothing(t *testing.T) {
	db := completed(t)
	var missing *runs.NoTrialError
	if _, err := db.Evidence(t.Context(), "", 99, 0); !errors.As(err, &missing) {
		t.Errorf("trial 99: %v, want a NoTrialError", err)
	}
	e, err := db.Evidence(t.Context(), "", 1, 9)
	if err != nil || e.Outputs != nil {
		t.Errorf("round 9: %d outputs, %v; want none", len(e.Outputs), err)
	}
}
