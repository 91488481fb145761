package results

import (
	"context"
	"math"

	"evenkeel/objective/evidence/posthoc"
	"evenkeel/runs"
	"evenkeel/search"
)

// Overview is everything that a leaderboard shows.
type Overview struct {
	Board      *runs.Board
	Definition *search.Definition
	Leader     Leader
	// Runs and Seconds are what the study took.
	Runs    int
	Seconds float64
	// Confirmed are the confirmed arms, Conclusion what the one to conclude on comes to;
	// nil if there is none.
	Confirmed  []Confirmed
	Conclusion *Conclusion
	// Unfinished says that the search was cut short.
	Unfinished bool
	// Newest is the name of the newest study, which commands take by default.
	Newest string
	// NoiseFloor is the spread that perfectly even classes would show on as many
	// validation examples; NaN where it is not known.
	NoiseFloor float64
}

// ReadOverview reads the overview of the named study, "" for the newest.
func ReadOverview(ctx context.Context, db *runs.DB, study string) (o *Overview, err error) {
	o = &Overview{}
	if o.Board, err = db.Leaderboard(ctx, study, 0); err != nil {
		return nil, err
	}
	name := o.Board.Study.Name
	if o.Definition, err = Definition(ctx, db, name, nil); err != nil {
		return nil, err
	}
	o.Leader, o.NoiseFloor = LeaderOf(o.Board), math.NaN()
	if o.Board.Reference.Seeds > 0 {
		o.NoiseFloor = posthoc.EvenSpread(o.Definition.Objective.Spread, o.Board.Reference.BalancedAccuracy, o.Board.Study.ValCounts)
	}
	if o.Runs, o.Seconds, err = db.Effort(ctx, name); err != nil {
		return nil, err
	}
	if o.Confirmed, err = Confirmations(ctx, db, name); err != nil {
		return nil, err
	}
	if a := Judged(o.Confirmed, o.Board); a != nil {
		o.Conclusion = Conclude(*a)
	}
	state, err := State(ctx, db, name)
	if err != nil {
		return nil, err
	}
	o.Unfinished = state.Unfinished()
	o.Newest, err = Newest(ctx, db)
	return o, err
}
