package results

import (
	"math"
	"slices"

	"evenkeel/objective"
)

// step is the balanced accuracy in which an alternative's cost is counted, half a point.
const step = 0.005

// alternatives returns what to use instead where more accuracy may be given up, or less, or
// none. They are chosen by the search's figures, as the options to which no other is both
// more even and more accurate; of those that cost the same the most even. One that was
// measured on the test part too must be more even there, and costs what it cost there if
// that was more.
func (r *Recommendation) alternatives() []Alternative {
	own := r.givingUp(r.Of(r.Use))
	evener := r.Quoted(r.Of(r.Use)).Change
	var more, less, none []MeasuredOption
	for _, o := range r.Options {
		f := r.Quoted(o)
		if o.Option == r.Use || o.Option == r.Beyond || o.Option == objective.OptionLonger && r.LongerFirst || f.Seeds == 0 || !(f.Change < 0) || !r.efficient(o) ||
			r.State == RecommendationConfirmed && !passes(f) {
			continue
		}
		switch up := r.givingUp(o); {
		case up > own && f.Change < evener:
			more = append(more, o)
		case up == 0 && own > 0:
			none = append(none, o)
		case up > 0 && up < own:
			less = append(less, o)
		}
	}
	var list []Alternative
	for _, of := range [][]MeasuredOption{more, less, none} {
		if len(of) > 0 {
			o := slices.MinFunc(of, func(a, b MeasuredOption) int { return sign(a.Search.Change - b.Search.Change) })
			list = append(list, Alternative{Option: o.Option, GivingUp: r.givingUp(o)})
		}
	}
	return list
}

// efficient reports whether an option is more even than nothing in the search, and no other
// option is at least as even and as accurate there.
func (r *Recommendation) efficient(o MeasuredOption) bool {
	f := o.Search
	if f.Seeds == 0 || !(f.Change < -equal) {
		return false
	}
	for _, other := range r.Options {
		g := other.Search
		if other.Option == o.Option || other.Option == objective.OptionNothing || g.Seeds == 0 {
			continue
		}
		if g.Change <= f.Change && g.AccuracyChange >= f.AccuracyChange && (g.Change < f.Change || g.AccuracyChange > f.AccuracyChange) {
			return false
		}
	}
	return true
}

// givingUp returns the balanced accuracy that an option costs at most, by the figures of
// all parts on which it was measured, in steps.
func (r *Recommendation) givingUp(o MeasuredOption) float64 {
	loss := 0.0
	for _, f := range []Figures{o.Search, r.Quoted(o)} {
		if f.Seeds > 0 {
			loss = max(loss, -f.AccuracyChange)
		}
	}
	return float64(step * math.Ceil((loss-objective.Slack)/step))
}
