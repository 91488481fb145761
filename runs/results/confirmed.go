package results

import (
	"context"
	"math"
	"slices"

	"evenkeel/objective"
	"evenkeel/objective/evidence/confirm"
	"evenkeel/objective/evidence/interval"
	"evenkeel/runs"
)

// Confirmed is a confirmed arm with the verdict on each of its rows.
type Confirmed struct {
	runs.ConfirmedArm
	// Verdicts has the verdict on each of Rows, after Holm's correction for all arms of
	// the study that were confirmed in the same way.
	Verdicts []confirm.Verdict
	// PValues are those of Rows after this correction, ScorePValues the one-sided ones of
	// their scores and ScoreTwoSided the two-sided ones, which are adjusted as such.
	PValues, ScorePValues, ScoreTwoSided []float64
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
// the same comparison are adjusted by Holm's method. Comparisons of options that no arm has
// a part in, such as offsets or longer training, are one and the same test beside all of
// them, and their p-value stays as it is.
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
			p := adjusted(family, at, row, func(r runs.ConfirmedRow) float64 { return r.PValue })
			list[i].PValues = append(list[i].PValues, p)
			list[i].ScorePValues = append(list[i].ScorePValues, adjusted(family, at, row, func(r runs.ConfirmedRow) float64 { return r.ScorePValue }))
			list[i].ScoreTwoSided = append(list[i].ScoreTwoSided, adjusted(family, at, row, func(r runs.ConfirmedRow) float64 {
				return 2 * min(r.ScorePValue, 1-r.ScorePValue)
			}))
			list[i].Verdicts = append(list[i].Verdicts, row.Verdict(p))
		}
	}
	return list
}

// adjusted returns a p-value of a row of family[at]; NaN where it has none. Arms that have
// none, of confirmations by an earlier version, are no part of the family.
func adjusted(family []runs.ConfirmedArm, at int, row runs.ConfirmedRow, value func(runs.ConfirmedRow) float64) float64 {
	if OfNoArm(row.What) && OfNoArm(row.Against) || math.IsNaN(value(row)) {
		return value(row)
	}
	var values []float64
	own := 0
	for i, other := range family {
		for _, c := range other.Rows {
			if c.What != row.What || c.Against != row.Against || math.IsNaN(value(c)) {
				continue
			}
			if i == at {
				own = len(values)
			}
			values = append(values, value(c))
		}
	}
	return interval.Holm(values)[own]
}

// OfNoArm reports whether an option is the same for every arm that is confirmed.
func OfNoArm(o objective.Option) bool {
	switch o {
	case objective.OptionNothing, objective.OptionOffsetsFixed, objective.OptionOffsetsRefitted, objective.OptionLonger, objective.OptionLongerThenOffsets:
		return true
	}
	return false
}

// Row returns the comparison of what with against and the verdict on it, nil if there is
// none. One that is stored the other way round is turned.
func (c Confirmed) Row(what, against objective.Option) (*runs.ConfirmedRow, confirm.Verdict) {
	row := c.ConfirmedArm.Row(what, against)
	for i, r := range c.Rows {
		if r.What == what && r.Against == against || r.What == against && r.Against == what {
			return row, row.Verdict(c.PValues[i])
		}
	}
	return nil, ""
}

// MeasuredRow is what a confirmation found of an option against nothing, on so many fresh
// seeds; Resplit says that each had its own training and validation part.
type MeasuredRow struct {
	runs.ConfirmedRow
	Seeds   int
	Resplit bool
}

// MeasuredOf returns what the confirmation found of an option against nothing, nil where it did
// not measure it.
func (c Confirmed) MeasuredOf(o objective.Option) *MeasuredRow {
	row, _ := c.Row(o, objective.OptionNothing)
	if row == nil {
		return nil
	}
	return &MeasuredRow{ConfirmedRow: *row, Seeds: c.Seeds, Resplit: c.Resplit}
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

// measuredOptionsOf returns the confirmation that says what options do on the test part:
// that of [Judged], and where it has none that of [judgedWithoutArm]; nil without one. One by
// an earlier version did not measure every option.
func measuredOptionsOf(arms []Confirmed, board *runs.Board) *Confirmed {
	whole := slices.DeleteFunc(slices.Clone(arms), func(c Confirmed) bool { return len(c.Options) == 0 })
	if judged := Judged(whole, board); judged != nil {
		return judged
	}
	return judgedWithoutArm(whole)
}

// OfEarlierVersion returns the last confirmation that an earlier version of the program made,
// which did not measure every option, of a valid trial; nil without one. It counts for nothing
// that is recommended.
func OfEarlierVersion(arms []Confirmed) *Confirmed {
	for i := len(arms) - 1; i >= 0; i-- {
		if len(arms[i].Options) == 0 && !arms[i].Invalid {
			return &arms[i]
		}
	}
	return nil
}

// judgedWithoutArm returns what the last confirmation of an invalid trial measured of the
// options that no arm has a part in, which stay valid; nil where there is none. Of the
// options with weights, nothing is left.
func judgedWithoutArm(arms []Confirmed) *Confirmed {
	var found *Confirmed
	for i := range arms {
		if a := &arms[i]; a.Invalid && len(a.Options) > 0 && (found == nil || !a.Resplit || found.Resplit) {
			found = a
		}
	}
	if found == nil {
		return nil
	}
	kept := *found
	kept.Options, kept.Rows, kept.Verdicts, kept.PValues, kept.ScorePValues, kept.ScoreTwoSided = nil, nil, nil, nil, nil, nil
	for _, m := range found.Options {
		if OfNoArm(m.Option) {
			kept.Options = append(kept.Options, m)
		}
	}
	for i, row := range found.Rows {
		if OfNoArm(row.What) && OfNoArm(row.Against) {
			kept.Rows, kept.Verdicts = append(kept.Rows, row), append(kept.Verdicts, found.Verdicts[i])
			kept.PValues, kept.ScorePValues = append(kept.PValues, found.PValues[i]), append(kept.ScorePValues, found.ScorePValues[i])
			kept.ScoreTwoSided = append(kept.ScoreTwoSided, found.ScoreTwoSided[i])
		}
	}
	return &kept
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
