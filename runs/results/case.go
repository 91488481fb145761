package results

import (
	"context"
	"fmt"
	"reflect"

	"evenkeel/objective"
	"evenkeel/objective/evidence/confirm"
	"evenkeel/objective/evidence/explain"
	"evenkeel/objective/evidence/posthoc"
	"evenkeel/runs"
	"evenkeel/search"
)

// Case is an arm of a study with all that is recorded of it.
type Case struct {
	// Case is what package explain reads.
	explain.Case
	Trial      *runs.Trial
	Definition *search.Definition
	Plan       objective.Plan
	// OwnModel says that the trial's model is another one than the reference.
	OwnModel bool
	// State is how the study's last invocation ended. Several says that the history has
	// several studies, so that commands must name theirs.
	State   runs.State
	Several bool
	// Confirmed is what a confirmation found of the arm, nil if there is none.
	Confirmed *Confirmed
}

// ReadCase returns the case of an arm of the named study, "" for the newest; the leader's,
// or else the best arm's, if no trial is named. All of it is read from one state of the
// history.
func ReadCase(ctx context.Context, db *runs.DB, study string, a Arm) (c *Case, err error) {
	err = db.Snapshot(ctx, func(db *runs.DB) error {
		c, err = readCase(ctx, db, study, a)
		return err
	})
	return c, err
}

func readCase(ctx context.Context, db *runs.DB, study string, a Arm) (*Case, error) {
	board, err := db.Leaderboard(ctx, study)
	if err != nil {
		return nil, err
	}
	if a.Trial == 0 {
		if len(board.Rows) == 0 {
			failure, err := db.Failure(ctx, board.Study.Name)
			if err != nil {
				return nil, err
			}
			return nil, search.InputError{Err: nothingToExplain(board.Study, failure)}
		}
		row := board.Rows[max(board.Leader(), 0)]
		a = Arm{Trial: row.Trial, Round: row.Round}
	}
	e, err := db.Evidence(ctx, study, a.Trial, max(a.Round, 0))
	if err != nil {
		return nil, err
	}
	if _, err := roundOf(e.Trial, a.Round, true); err != nil {
		return nil, err
	}
	c := &Case{Trial: e.Trial}
	name := e.Trial.Study.Name
	if c.Definition, err = Definition(ctx, db, name, nil); err != nil {
		return nil, err
	}
	if c.Plan, err = c.Definition.Plan(e.Trial.Point); err != nil {
		return nil, err
	}
	arms, err := Confirmations(ctx, db, name)
	if err != nil {
		return nil, err
	}
	c.Confirmed = Of(arms, a.Trial, e.Round)
	if c.Several, err = Several(ctx, db); err != nil {
		return nil, err
	}
	c.OwnModel = !reflect.DeepEqual(c.Plan.Model, c.Definition.ReferenceModel())
	c.Case = caseOf(e, c.Definition, c.Plan, c.OwnModel)
	c.Test = testOf(c.Confirmed, objective.OptionWeightsRemeasured, objective.OptionNothing)
	c.TestOffsets = testOf(c.Confirmed, objective.OptionWeightsRemeasured, objective.OptionOffsetsRefitted)
	c.TestFixed = testOf(c.Confirmed, objective.OptionWeightsFixed, objective.OptionNothing)
	c.Together = togetherOf(e.Alike, board, arms)
	var plain []objective.Round
	for _, rep := range e.Trial.Replicates {
		plain = append(plain, rep.Rounds[0])
	}
	if c.Training, err = trainingOf(ctx, db, c.Plan.Model, e.Trial.Study.TrainCounts, plain); err != nil {
		return nil, err
	}
	c.State, err = db.State(ctx, name)
	return c, err
}

// nothingToExplain says why a study has no ranked arm, and what can be explained of it;
// failure is why its search broke off, "" where it did not.
func nothingToExplain(h runs.StudyHead, failure string) error {
	switch {
	case h.Failed > 0 && h.Failed == h.Done:
		return fmt.Errorf("study %s has no arms to explain: every trial failed (%s)", h.Name, h.Failure)
	case h.Done > h.Failed:
		return fmt.Errorf("study %s has no arms to explain: every trial that ended well was declared invalid; name one of them", h.Name)
	}
	if failure != "" {
		return fmt.Errorf("study %s has no arms to explain: the search failed: %s", h.Name, failure)
	}
	return fmt.Errorf("study %s has no arms to explain yet: no trial is complete", h.Name)
}

// testOf returns what a confirmation found of an option against another one, nil where it did
// not compare them.
func testOf(c *Confirmed, what, against objective.Option) *explain.Test {
	if c == nil {
		return nil
	}
	row, verdict := c.Row(what, against)
	if row == nil {
		return nil
	}
	return &explain.Test{
		Spread: row.Spread, Against: row.AgainstSpread, Difference: row.Difference, Low: row.DifferenceLow, High: row.DifferenceHigh,
		Better: verdict.Gain(), Worse: verdict == confirm.Worse, Drop: row.AccuracyDrop, Loss: row.OverTolerance,
	}
}

// togetherOf returns what all arms of a study say.
func togetherOf(alike runs.Alike, board *runs.Board, arms []Confirmed) *explain.Together {
	t := &explain.Together{
		Vectors: alike.Vectors, Trials: alike.Trials, Strongest: alike.Strongest, Same: alike.Same, Exactly: alike.Exactly,
	}
	if Delivered(board.Screening) {
		t.Transmission = board.Screening.Transmission
	}
	for _, a := range arms {
		for _, offsets := range []objective.Option{objective.OptionOffsetsRefitted, objective.OptionOffsetsFixed} {
			row, verdict := a.Row(offsets, objective.OptionNothing)
			t.Offsets = t.Offsets || !a.Invalid && row != nil && verdict.Gain()
		}
	}
	for _, row := range board.Rows {
		found := Of(arms, row.Trial, row.Round)
		if found == nil {
			t.Better = t.Better || NoiseOf(row) == MoreEven && row.Spread < row.ReferenceSpread
			continue
		}
		if test := testOf(found, objective.OptionWeightsRemeasured, objective.OptionNothing); test != nil {
			t.Better = t.Better || test.Better
		}
	}
	return t
}

// caseOf hands over what was recorded of an arm; own says that its model is another one
// than the reference.
func caseOf(e *runs.Evidence, def *search.Definition, plan objective.Plan, own bool) explain.Case {
	c := explain.Case{
		Classes: make([]string, e.Trial.Replicates[0].Rounds[0].Val.Classes()), Score: def.Objective, Trial: e.Trial.Number, Round: e.Round,
		Replicates: e.Trial.Replicates, Posthoc: !plan.Trained(), OwnScript: def.Model.Trainer.Transport().OwnData, Pool: e.Pool,
		SeedsFail: e.Trial.Study.FailedSeeds > 0, Invalid: e.Trial.Invalid != "",
	}
	row := e.Trial.Arms[e.Round-1]
	c.Stored = &explain.Stored{Difference: row.Difference, Half: row.DifferenceHigh - row.Difference}
	if p := e.Trial.Predicted; p != nil && p.Round == e.Round {
		c.Screened = &p.Difference
	}
	for k := range c.Classes {
		c.Classes[k] = e.Trial.Study.Class(k)
	}
	for _, rep := range e.Trial.Reference.Replicates {
		c.References = append(c.References, rep.Reference.Spread)
	}
	for _, o := range e.Outputs {
		out := explain.Outputs{Weighted: partOf(o.After, o.Labels)}
		if out.Plain = partOf(o.Before, o.Labels); out.Plain == nil {
			out.Plain, out.OfReference = partOf(o.Reference, o.Labels), own
		}
		if o.Labels != nil {
			out.Labels, out.Reference, out.Before, out.After = o.Labels, o.Reference.ValPredictions, o.Before.ValPredictions, o.After.ValPredictions
		}
		if o.Offsets != nil {
			out.Offsets = &explain.Offsets{Values: o.Offsets.Values, Val: o.Offsets.Val, Spread: o.Offsets.Spread, Drop: o.Offsets.Drop}
		}
		c.Outputs = append(c.Outputs, out)
	}
	return c
}

// partOf returns a run's logits with their labels, nil if they were not kept or are not
// fit to be shifted.
func partOf(r *objective.Result, labels []uint16) *posthoc.Logits {
	if r.ValLogits == nil || labels == nil {
		return nil
	}
	part, err := posthoc.NewLogits(r.Val.Classes(), r.ValLogits, labels)
	if err != nil {
		return nil
	}
	return part
}
