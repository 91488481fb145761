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
	board, err := db.Leaderboard(ctx, def.Name)
	if err != nil {
		return a, err
	}
	if longer := board.Longer.Offsets; longer != nil {
		a.LongerOffsets = longer.Offsets
	}
	if a.Stops, err = db.ReferenceStops(ctx, def.Name); err != nil {
		return a, err
	}
	if a.Plan, err = def.Plan(t.Point); err != nil {
		return a, fmt.Errorf("trial %d: %w", t.Number, err)
	}
	return a, nil
}
