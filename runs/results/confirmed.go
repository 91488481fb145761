package results

import (
	"context"

	"evenkeel/objective/evidence/confirm"
	"evenkeel/objective/evidence/interval"
	"evenkeel/runs"
	"evenkeel/search/followup"
)

// Confirmed is a confirmed arm with the verdict on each of its rows.
type Confirmed struct {
	runs.ConfirmedArm
	// Verdicts has the verdict on each of Rows, after Holm's correction for all arms of
	// the study that were confirmed in the same way.
	Verdicts []confirm.Verdict
	// Family is how many arms these are.
	Family int
}

// Confirmations returns the confirmed arms of the named study, "" for the newest, with
// their verdicts.
func Confirmations(ctx context.Context, db *runs.DB, study string) ([]Confirmed, error) {
	arms, err := db.Confirmations(ctx, study)
	return Judge(arms), err
}

// Judge returns the arms of one study with their verdicts. Arms that were confirmed in
// the same way, with or without parts drawn again, are one family of tests: p-values of
// the same comparison are adjusted by Holm's method. Offsets belong to no arm: they are
// one and the same test beside all of them, and their p-value stays as it is.
func Judge(arms []runs.ConfirmedArm) []Confirmed {
	list := make([]Confirmed, len(arms))
	for i, a := range arms {
		var family []runs.ConfirmedArm
		at := 0
		for j, other := range arms {
			if other.Resplit == a.Resplit {
				if i == j {
					at = len(family)
				}
				family = append(family, other)
			}
		}
		list[i] = Confirmed{ConfirmedArm: a, Family: len(family)}
		for _, row := range a.Rows {
			list[i].Verdicts = append(list[i].Verdicts, row.Verdict(adjusted(family, at, row)))
		}
	}
	return list
}

// adjusted returns the p-value of a row of family[at].
func adjusted(family []runs.ConfirmedArm, at int, row runs.ConfirmedRow) float64 {
	if row.What == followup.WhatOffsets {
		return row.PValue
	}
	var values []float64
	own := 0
	for i, other := range family {
		for _, c := range other.Rows {
			if c.What == row.What && c.Against == row.Against {
				if i == at {
					own = len(values)
				}
				values = append(values, c.PValue)
			}
		}
	}
	return interval.Holm(values)[own]
}

// Row returns the comparison of what with against and the verdict on it, nil if there is
// none.
func (c Confirmed) Row(what, against string) (*runs.ConfirmedRow, confirm.Verdict) {
	for i, r := range c.Rows {
		if r.What == what && r.Against == against {
			return &c.Rows[i], c.Verdicts[i]
		}
	}
	return nil, ""
}

// FewTest is the number of test examples of a class below which its intervals are not to be
// relied on: the standard error of a recall of .8 is then above 9 points. Our choice.
const FewTest = 20

// FewImages returns the number of classes with fewer than [FewTest] test examples.
func (c Confirmed) FewImages() (classes int) {
	for _, n := range c.Images {
		if n < FewTest {
			classes++
		}
	}
	return classes
}

// Judged returns the confirmed arm that a leaderboard concludes on: the leader's, or that
// of the last trial that is confirmed where the leader is not; on the study's own split
// rather than on others; nil if there is none. Invalidated trials are left out.
func Judged(arms []Confirmed, board *runs.Board) *Confirmed {
	var found *Confirmed
	at := board.Leader()
	leads := func(a *Confirmed) bool {
		return at >= 0 && a.Trial == board.Rows[at].Trial && a.Round == board.Rows[at].Round
	}
	for i := range arms {
		a := &arms[i]
		switch {
		case a.Invalid:
		case found == nil, leads(a) && !leads(found):
			found = a
		case leads(found) && !leads(a):
		case !a.Resplit || found.Resplit:
			found = a // a later one, or the same arm on the study's own split
		}
	}
	return found
}

// Find returns the confirmation of an arm that was made in the given way, nil if there is
// none.
func Find(arms []Confirmed, trial, round int, resplit bool) *Confirmed {
	for i, a := range arms {
		if a.Trial == trial && a.Round == round && a.Resplit == resplit {
			return &arms[i]
		}
	}
	return nil
}

// Of returns the confirmation of an arm to quote: the one on the study's own split if
// there are two; nil if it has none, or its trial is invalid.
func Of(arms []Confirmed, trial, round int) *Confirmed {
	found := Find(arms, trial, round, false)
	if found == nil {
		found = Find(arms, trial, round, true)
	}
	if found == nil || found.Invalid {
		return nil
	}
	return found
}
