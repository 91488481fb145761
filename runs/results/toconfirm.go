package results

import (
	"context"
	"fmt"

	"evenkeel/runs"
	"evenkeel/search"
	"evenkeel/search/followup"
)

// ArmToConfirm reads what a confirmation needs of an arm: its plan, the vector and the fixed
// sets of offsets that the search measured. A trial that was declared invalid is a
// [search.InputError].
func ArmToConfirm(ctx context.Context, db *runs.DB, def *search.Definition, named Arm) (a followup.Arm, err error) {
	t, round, err := ReadArm(ctx, db, def.Name, named, true)
	switch {
	case err != nil:
		return a, err
	case t.Invalid != "":
		return a, search.Inputf("trial %d was declared invalid: %s", t.Number, t.Invalid)
	}
	a.Trial, a.Round = t.Number, round
	vector, err := VectorOf(t.Replicates, round)
	if err != nil {
		return a, fmt.Errorf("trial %d, round %d: %w", t.Number, round, err)
	}
	a.Vector = vector.Weights
	if a.Offsets, err = FixedOffsets(ctx, db, def.Name); err != nil {
		return a, err
	}
	if err := ReadLongerOffsets(ctx, db, def.Name, &a); err != nil {
		return a, err
	}
	if a.Stops, err = db.ReferenceStops(ctx, def.Name); err != nil {
		return a, err
	}
	if a.Plan, err = def.Plan(t.Point); err != nil {
		return a, fmt.Errorf("trial %d: %w", t.Number, err)
	}
	return a, nil
}

// ReadLongerOffsets reads into an arm the fixed set of offsets that the search of a study has for
// the model that is trained longer, or why it has none.
func ReadLongerOffsets(ctx context.Context, db *runs.DB, study string, into *followup.Arm) error {
	board, err := db.Leaderboard(ctx, study)
	if err != nil {
		return err
	}
	longer := board.Longer.Offsets
	if longer == nil {
		return nil
	}
	into.LongerOffsets, into.LongerReason = longer.Offsets, longer.Reason
	if longer.Reason == followup.ReasonFailed { // in the search, not on fresh seeds
		into.LongerReason = ""
	}
	return nil
}
