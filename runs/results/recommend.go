package results

import (
	"math"
	"slices"

	"evenkeel/objective"
	"evenkeel/objective/evidence/interval"
	"evenkeel/search/followup"
)

// equal is the difference of scores up to which the cheaper one of two options is chosen.
// See decision 0057.
const equal = 0.002

// level is that of every test that a recommendation rests on.
const level = 1 - interval.Confidence

// Recommend says what to use. It is the one place that decides:
//
//   - The option is chosen by the search's figures: the one with the lowest score, or a
//     cheaper one whose score is at most .002 higher; where a training for it failed in
//     the confirmation, the next one that was measured there.
//   - It is recommended only where the test part shows its score below that of nothing
//     (one-sided, 5 %); else the answer is nothing.
//   - Another option takes its place only where its score on the test part is better than
//     the chosen one's beyond noise (two-sided 5 %, Holm over the others), by more than .002
//     if it is dearer, and it passes the same test against nothing.
//   - Where the chosen one fails its test, the search's next one within the limit takes its
//     place that is better than nothing there (one-sided 5 %, Holm over those within the
//     limit).
//   - Where that option loses more accuracy than the study allows with a probability above
//     one half, the best one that does not is to be used; where none passes, nothing.
//
// Before a confirmation the search's figures stand for those of the test part, and the
// answer is provisional.
func Recommend(e Evidence) *Recommendation {
	r := &Recommendation{Use: objective.OptionNothing, Chosen: objective.OptionNothing, Undetectable: math.NaN()}
	for _, option := range objective.Options() {
		r.Options = append(r.Options, optionOf(e.Options, option))
	}
	if e.None != "" {
		r.State, r.Why = NoRecommendation, e.None
		return r
	}
	r.State = Provisional
	if e.Confirmed {
		r.State = RecommendationConfirmed
	}
	r.Chosen = choose(r.Options)
	if e.Confirmed && r.Of(r.Chosen).Reason == followup.ReasonFailed {
		if next := choose(r.tested()); next != objective.OptionNothing {
			r.Chosen = next // of the other one nothing is known on the test part, since its trainings failed there
		}
	}
	r.Use, r.Why = r.Chosen, ChosenBySearch
	if e.Confirmed {
		r.confirm(e.Pairs)
	}
	if r.Use == objective.OptionNothing && r.Why == ChosenBySearch {
		r.Why = NothingChosen
	}
	r.keepLimit()
	if r.Corrected {
		r.widen()
	}
	r.Cheaper = r.cheaper()
	r.LongerFirst = r.longerFirst()
	r.Undetectable = r.undetectable()
	r.Alternatives = r.alternatives()
	return r
}

// tested are the options that the test part measured.
func (r *Recommendation) tested() []MeasuredOption {
	return slices.DeleteFunc(slices.Clone(r.Options), func(o MeasuredOption) bool { return o.Test.Seeds == 0 })
}

// choose returns the option that the search's figures put first.
func choose(list []MeasuredOption) objective.Option {
	lowest := 0.0 // nothing's
	for _, o := range list {
		if o.Search.Seeds > 0 && o.Search.Score < lowest {
			lowest = o.Search.Score
		}
	}
	for _, o := range list { // the cheapest first
		if o.Option == objective.OptionNothing && lowest >= -equal || o.Search.Seeds > 0 && o.Option != objective.OptionNothing && o.Search.Score <= lowest+equal {
			return o.Option
		}
	}
	return objective.OptionNothing
}

// confirm holds the chosen option against the test part.
func (r *Recommendation) confirm(pairs []Pair) {
	if better := r.betterOnTest(pairs, r.Chosen); better != "" {
		r.Use, r.Why, r.Corrected = better, BetterOnTest, true
		return
	}
	if r.Use == objective.OptionNothing || passes(r.Of(r.Use).Test) {
		return
	}
	r.Use, r.Why = objective.OptionNothing, NotConfirmedBetter
	if inside := r.inside(); inside != "" {
		r.Use, r.Why, r.Corrected = inside, InsteadOfChosen, true
	}
}

// passes reports whether the test part shows a score below that of nothing.
func passes(f Figures) bool { return f.Seeds > 0 && f.Score < 0 && f.ScoreP <= level }

// betterOnTest returns the option with the lowest score on the test part of those whose
// score is below that of another one beyond noise, by more than .002 if it is the dearer one,
// and below that of nothing; "" without one.
func (r *Recommendation) betterOnTest(pairs []Pair, than objective.Option) objective.Option {
	var against []Pair
	for _, o := range r.Options {
		if o.Option == than || o.Option == objective.OptionNothing || o.Test.Seeds == 0 {
			continue
		}
		if p, ok := pairOf(pairs, o, than); ok {
			against = append(against, p)
		}
	}
	values := make([]float64, len(against))
	for i, p := range against {
		values[i] = p.PValue
	}
	order := objective.Options() // the cheapest first
	var best objective.Option
	for i, p := range interval.Holm(values) {
		o := r.Of(against[i].What)
		worth := 0.0
		if slices.Index(order, o.Option) > slices.Index(order, than) {
			worth = equal
		}
		if p <= level && against[i].Score < -worth && passes(o.Test) && (best == "" || o.Test.Score < r.Of(best).Test.Score) {
			best = o.Option
		}
	}
	return best
}

// pairOf compares an option with another one.
func pairOf(pairs []Pair, o MeasuredOption, than objective.Option) (Pair, bool) {
	if than == objective.OptionNothing {
		return Pair{What: o.Option, Against: than, Score: o.Test.Score, PValue: o.Test.ScoreTwoSided}, true
	}
	for _, p := range pairs {
		switch {
		case p.What == o.Option && p.Against == than:
			return p, true
		case p.What == than && p.Against == o.Option:
			return Pair{What: o.Option, Against: than, Score: -p.Score, PValue: p.PValue}, true
		}
	}
	return Pair{}, false
}

// keepLimit puts the best option within the limit in the place of one beyond it.
func (r *Recommendation) keepLimit() {
	if r.Use == objective.OptionNothing || !r.Quoted(r.Of(r.Use)).BeyondLimit() {
		return
	}
	r.Beyond = r.Use
	if inside := r.inside(); inside != "" {
		r.Use, r.Why, r.Corrected = inside, BestInside, r.State == RecommendationConfirmed
		return
	}
	r.Use, r.Why, r.Corrected = objective.OptionNothing, NothingInside, false
}

// cheaper returns the option that takes the fewest trainings of those that take fewer than
// what is used, keep the limit, are better than nothing on the test part, and whose score
// there is at most .002 higher; "" without one, and before a confirmation.
func (r *Recommendation) cheaper() objective.Option {
	use := r.Of(r.Use)
	if r.State != RecommendationConfirmed || r.Use == objective.OptionNothing {
		return ""
	}
	for _, o := range r.Options { // the cheapest first
		if o.Trainings < use.Trainings && passes(o.Test) && !o.Test.BeyondLimit() && o.Test.Score <= use.Test.Score+equal {
			return o.Option
		}
	}
	return ""
}

// widen replaces the interval of Use's change by one that holds for all options together
// (Bonferroni), since it was picked on the test part.
func (r *Recommendation) widen() {
	options := 0
	for _, o := range r.Options {
		if o.Option != objective.OptionNothing && o.Test.Seeds > 0 {
			options++
		}
	}
	for i := range r.Options {
		if o := &r.Options[i]; o.Option == r.Use && o.Test.ChangeFreedom > 0 {
			wide := interval.Quantile(interval.Bonferroni(options), o.Test.ChangeFreedom) * o.Test.ChangeSE
			o.Test.ChangeLow, o.Test.ChangeHigh = o.Test.Change-wide, o.Test.Change+wide
		}
	}
}

// inside returns the best option that loses too much accuracy with a probability of at
// most one half and is better than nothing, on the test part by Holm's method over all
// such options: by the search's figures, and where none that it measured is, by those of
// the test part; "" without one.
func (r *Recommendation) inside() objective.Option {
	var candidates, list, unmeasured []MeasuredOption
	var values []float64
	for _, o := range r.Options {
		if f := r.Quoted(o); o.Option != objective.OptionNothing && f.Seeds > 0 && !f.BeyondLimit() && (r.State == Provisional || !math.IsNaN(f.ScoreP)) {
			candidates, values = append(candidates, o), append(values, f.ScoreP)
		}
	}
	if r.State == RecommendationConfirmed {
		values = interval.Holm(values)
	}
	for i, o := range candidates {
		if r.State == RecommendationConfirmed && !(r.Quoted(o).Score < 0 && values[i] <= level) {
			continue
		}
		switch {
		case o.Search.Seeds > 0 && o.Search.Score < -equal:
			list = append(list, o)
		case o.Search.Seeds == 0:
			unmeasured = append(unmeasured, o)
		}
	}
	if len(list) > 0 {
		if option := choose(list); option != objective.OptionNothing {
			return option
		}
	}
	if len(unmeasured) == 0 {
		return ""
	}
	return slices.MinFunc(unmeasured, func(a, b MeasuredOption) int { return sign(a.Test.Score - b.Test.Score) }).Option
}

// untrained is the balanced accuracy that training longer gains at least where it comes first
// although it is no more even beyond noise. See decision 0058.
const untrained = 0.01

// longerFirst reports whether the model was not trained enough: training longer is what to
// use, or it gains accuracy beyond noise and either evens the recalls out beyond noise, or
// gains a point at least and is not less even beyond noise.
func (r *Recommendation) longerFirst() bool {
	f := r.Quoted(r.Of(objective.OptionLonger))
	return f.Seeds > 0 && (r.Use == objective.OptionLonger || r.Use == objective.OptionLongerThenOffsets ||
		f.AccuracyLow > 0 && (f.ChangeHigh < 0 || f.ChangeLow <= 0 && f.AccuracyChange >= untrained))
}

// undetectable returns the smallest change that would have been found of what was chosen,
// or of anything where nothing was.
func (r *Recommendation) undetectable() float64 {
	for _, option := range []objective.Option{r.Use, r.Chosen, objective.OptionOffsetsRefitted, objective.OptionWeightsRemeasured} {
		if f := r.Quoted(r.Of(option)); option != objective.OptionNothing && f.Seeds > 0 && f.Measurable > 0 {
			return f.Measurable
		}
	}
	return math.NaN()
}

func sign(x float64) int {
	switch {
	case x < 0:
		return -1
	case x > 0:
		return 1
	}
	return 0
}
