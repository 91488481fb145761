package results

import (
	"context"
	"fmt"

	"evenkeel/objective"
	"evenkeel/objective/evidence/explain"
	"evenkeel/objective/evidence/posthoc"
	"evenkeel/objective/trainers"
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
	// State is how the study's last invocation ended, Newest the newest study.
	State  runs.State
	Newest string
	// Confirmed is what a confirmation found of the arm, nil if there is none.
	Confirmed *Confirmed
}

// ReadCase returns the case of a trial of the named study, "" for the newest, after one
// of its rounds: its best one if round is 0; the leader, or else the best arm, if trial
// is 0.
func ReadCase(ctx context.Context, db *runs.DB, study string, trial, round int) (*Case, error) {
	if trial == 0 {
		board, err := db.Leaderboard(ctx, study, 0)
		if err != nil {
			return nil, err
		}
		if len(board.Rows) == 0 {
			return nil, fmt.Errorf("study %s has no arms to explain yet", board.Study.Name)
		}
		row := board.Rows[max(board.Leader(), 0)]
		trial, round = row.Trial, row.Round
	}
	e, err := db.Evidence(ctx, study, trial, round)
	if err != nil {
		return nil, err
	}
	c := &Case{Trial: e.Trial}
	switch {
	case len(e.Trial.Arms) == 0:
		return nil, fmt.Errorf("trial %d has no results to explain: it is %s", trial, e.Trial.State)
	case round > len(e.Trial.Arms):
		return nil, search.Inputf("round %d: trial %d has rounds 1 to %d", round, trial, len(e.Trial.Arms))
	}
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
	c.Confirmed = Of(arms, trial, e.Round)
	if c.Newest, err = Newest(ctx, db); err != nil {
		return nil, err
	}
	c.Case = caseOf(e, c.Definition.Objective, c.Plan)
	c.State, err = State(ctx, db, name)
	return c, err
}

// caseOf hands over what was recorded of an arm.
func caseOf(e *runs.Evidence, score objective.Score, plan objective.Plan) explain.Case {
	c := explain.Case{
		Classes: make([]string, e.Trial.Replicates[0].Rounds[0].Val.Classes()), Score: score, Trial: e.Trial.Number, Round: e.Round,
		Replicates: e.Trial.Replicates, Posthoc: !plan.Trained(), OwnScript: ownTrainer(e.Trial.Study.Model), Pool: e.Pool,
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
			out.Plain = partOf(o.Reference, o.Labels)
		}
		if o.Labels != nil {
			out.Labels, out.Before, out.After = o.Labels, o.Before.ValPredictions, o.After.ValPredictions
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

// ownTrainer reports whether a kind of model is trained by a program of the user's own.
func ownTrainer(kind string) bool {
	t := trainers.Of(kind)
	return t != nil && t.OwnData
}
