package results

import (
	"math"
	"slices"

	"evenkeel/objective"
	"evenkeel/objective/evidence/interval"
	"evenkeel/runs"
	"evenkeel/search/followup"
)

// recommendation makes the recommendation of a study from what the overview has of it.
func (o *Overview) recommendation() *Recommendation {
	judged := measuredOptionsOf(o.Confirmed, o.Board)
	e := Evidence{None: o.noRecommendation(), Confirmed: judged != nil}
	arm, leader := Arm{}, Arm{}
	if o.Leader.At >= 0 {
		row := o.Board.Rows[o.Leader.At]
		leader = Arm{Trial: row.Trial, Round: row.Round}
		arm = leader
	}
	switch {
	case judged == nil:
	case judged.Invalid: // no weights are measured
		arm = Arm{}
	default:
		arm = Arm{Trial: judged.Trial, Round: judged.Round}
	}
	e.Options = o.measuredOptions(arm)
	for i := range e.Options {
		if e.Options[i].Option == objective.OptionWeightsRemeasured && leader.Trial > 0 {
			e.Options[i].Search = o.searchedArm(leader) // the search chooses its leader, also where another arm was confirmed
		}
	}
	if judged != nil {
		e.Pairs = o.addTest(e.Options, judged)
	}
	r := Recommend(e)
	r.Arm, r.Confirmed, r.Seeds = arm, judged, o.searchSeeds()
	r.Parts = o.partsOf(r)
	if judged != nil {
		r.Seeds = judged.Seeds
	}
	r.NewLeader = judged != nil && leader.Trial > 0 && leader != arm
	r.Searching = o.Running
	for _, row := range o.Board.Rows {
		if row.Trial == arm.Trial && row.Round == arm.Round {
			plan, err := o.Definition.Plan(row.Point)
			o.Shifts = err == nil && !plan.Trained()
		}
	}
	return r
}

// noRecommendation says why there is nothing to recommend; "" where there is.
func (o *Overview) noRecommendation() Why {
	switch {
	case o.Failure != "" && len(o.Confirmed) == 0:
		return SearchFailed
	case o.Board.Reference.Seeds == 0:
		return NothingTrained
	case o.Training.Short && !slices.ContainsFunc(o.Confirmed, func(c Confirmed) bool { return len(c.Options) > 0 }): // measured on the test part, figures say what they say
		return NotTrained
	case o.Judgement.Blocks():
		return NoBetterThanGuessing
	case o.Leader.Why == AllFailed:
		return EveryTrialFailed
	case o.Leader.Why == AllInvalid && len(o.Confirmed) == 0:
		return EveryTrialInvalid
	case o.Leader.Why == NoneComplete:
		return NoTrialComplete
	}
	return ""
}

// searchSeeds returns the number of seeds of the highest tier of the search.
func (o *Overview) searchSeeds() int {
	if len(o.Board.Rows) == 0 {
		return o.Board.Reference.Seeds
	}
	return o.Board.Rows[0].Seeds
}

// unknown are the figures of an option that was not measured.
func unknown() Figures {
	nan := math.NaN()
	return Figures{
		Spread: nan, Change: nan, ChangeLow: nan, ChangeHigh: nan, PlainSpread: nan, PlainChange: nan, PlainChangeLow: nan, PlainChangeHigh: nan,
		Score: nan, ScoreP: nan, ScoreTwoSided: nan, ChangeSE: nan, ChangeFreedom: nan, BalancedAccuracy: nan, AccuracyChange: nan, AccuracyLow: nan, AccuracyHigh: nan, LossProbability: nan, Measurable: nan, WorstRecall: nan,
	}
}

// measuredOptions returns all options with the search's figures, where it has them; the
// weights are those of the arm.
func (o *Overview) measuredOptions(arm Arm) []MeasuredOption {
	searched := map[objective.Option]*followup.Searched{
		objective.OptionOffsetsFixed: o.Board.Offsets.Fixed, objective.OptionLonger: &o.Board.Longer.Searched,
		objective.OptionLongerThenOffsets: o.Board.Longer.Offsets,
	}
	var list []MeasuredOption
	for _, option := range objective.Options() {
		m := MeasuredOption{Option: option, Trainings: option.Trainings(arm.Round), Search: unknown(), Test: unknown()}
		switch option {
		case objective.OptionNothing:
			m.Search = o.searchedNothing()
		case objective.OptionOffsetsRefitted:
			m.Search = o.searchedOffsets()
		case objective.OptionWeightsRemeasured:
			m.Search = o.searchedArm(arm)
		default:
			if s := searched[option]; s != nil {
				m.Search, m.Reason = o.searchedOption(s), s.Reason
			}
		}
		list = append(list, m)
	}
	return list
}

// OptionsOf returns all options with the figures of a confirmation and, where it has them,
// of the search.
func (o *Overview) OptionsOf(c *Confirmed) []MeasuredOption {
	list := o.measuredOptions(Arm{Trial: c.Trial, Round: c.Round})
	o.addTest(list, c)
	return list
}

// ControlOf returns the figures of the control of a confirmation, the unweighted model trained
// as long as all rounds of the recipe together; its Test.Seeds is 0 where it was not measured.
func (o *Overview) ControlOf(c *Confirmed) MeasuredOption {
	list := []MeasuredOption{{Option: followup.EqualCost, Trainings: c.Round + 1, Search: unknown(), Test: unknown()}}
	o.addTest(list, c)
	return list[0]
}

// searchedNothing are the search's figures of the reference.
func (o *Overview) searchedNothing() Figures {
	ref, f := o.Board.Reference, unknown()
	f.Seeds, f.Spread, f.Change, f.Score, f.PlainSpread, f.PlainChange = ref.Seeds, ref.Spread, 0, 0, ref.Spread, 0
	f.BalancedAccuracy, f.AccuracyChange, f.LossProbability = ref.BalancedAccuracy, 0, 0
	f.WorstClass, f.WorstRecall = ref.WorstClass, ref.WorstRecall
	return f
}

// searchedOption are those of what was measured when the search ended.
func (o *Overview) searchedOption(s *followup.Searched) Figures {
	f := unknown()
	if s.Seeds == 0 || s.Reason != "" {
		return f
	}
	f.Seeds, f.Spread, f.Change, f.Score, f.PlainSpread, f.PlainChange = s.Seeds, s.Spread, s.Change, s.Difference, s.Spread, s.Change
	f.BalancedAccuracy, f.AccuracyChange = s.BalancedAccuracy, 0-s.Drop
	worst, low := objective.Lowest(s.Recall)
	f.WorstClass, f.WorstRecall = o.Board.Study.Class(worst), low
	o.spread(&f, s.ChangeSE, s.DropSE)
	return f
}

// spread adds what follows from standard errors, with 95 % intervals of the normal
// distribution.
func (o *Overview) spread(f *Figures, change, drop float64) {
	z := interval.Quantile(interval.TwoSided, math.Inf(1))
	f.ChangeSE, f.ChangeLow, f.ChangeHigh = change, f.Change-float64(z*change), f.Change+float64(z*change)
	f.PlainChangeLow, f.PlainChangeHigh = f.ChangeLow, f.ChangeHigh
	f.AccuracyLow, f.AccuracyHigh = f.AccuracyChange-float64(z*drop), f.AccuracyChange+float64(z*drop)
	f.LossProbability = o.Definition.Objective.LossProbability(-f.AccuracyChange, drop)
}

// searchedOffsets are those of offsets fitted to each of the reference's models. They have
// the standard errors of the fixed set.
func (o *Overview) searchedOffsets() Figures {
	row, f := o.Board.Offsets, unknown()
	if row.Seeds == 0 {
		return f
	}
	f.Seeds, f.Spread, f.Change, f.Score, f.PlainSpread, f.PlainChange = row.Seeds, row.Spread, row.Change, row.Difference(o.Definition.Objective), row.Spread, row.Change
	f.BalancedAccuracy, f.AccuracyChange = row.BalancedAccuracy, 0-row.Drop
	f.WorstClass, f.WorstRecall = row.WorstClass, row.WorstRecall
	if fixed := row.Fixed; fixed != nil && fixed.Reason == "" {
		o.spread(&f, fixed.ChangeSE, fixed.DropSE)
	} else { // no standard error is known
		f.LossProbability = o.Definition.Objective.LossProbability(row.Drop, 0)
	}
	return f
}

// searchedArm are those of an arm. The interval is that of its score on the leaderboard,
// around the change of its spread.
func (o *Overview) searchedArm(arm Arm) Figures {
	f := unknown()
	for _, row := range o.Board.Rows {
		if row.Trial != arm.Trial || row.Round != arm.Round {
			continue
		}
		f.Seeds, f.Spread, f.PlainSpread, f.Score = row.Seeds, row.Spread, row.Spread, row.Difference
		f.Change = row.Spread - row.ReferenceSpread
		f.PlainChange = f.Change
		f.BalancedAccuracy, f.AccuracyChange = row.BalancedAccuracy, 0-row.Drop
		o.spread(&f, math.NaN(), row.DropSE)
		f.ChangeLow, f.ChangeHigh = row.DifferenceLow-row.Difference+f.Change, row.DifferenceHigh-row.Difference+f.Change
		f.PlainChangeLow, f.PlainChangeHigh = f.ChangeLow, f.ChangeHigh
		if f.LossProbability = row.LossProbability; math.IsNaN(f.LossProbability) {
			f.LossProbability = o.Definition.Objective.LossProbability(row.Drop, 0)
		}
		if kind := o.Board.Optimism; kind.Trial == arm.Trial && kind.Round == arm.Round {
			f.Score = f.Change + kind.Spread + o.Definition.Objective.Charge(row.Drop+kind.Accuracy, row.DropSE)
		}
		f.WorstClass, f.WorstRecall = row.WorstClass, row.WorstRecall
	}
	return f
}

// addTest adds the figures of a confirmation to the options, and returns the comparisons of
// two of them.
func (o *Overview) addTest(list []MeasuredOption, c *Confirmed) (pairs []Pair) {
	for i := range list {
		m := c.Option(list[i].Option)
		switch {
		case m == nil:
			continue
		case m.Reason != "":
			list[i].Reason = m.Reason
			continue
		}
		list[i].Reason = ""
		f := unknown()
		f.Seeds, f.Spread, f.PlainSpread, f.BalancedAccuracy = c.Seeds, m.Spread, m.PlainSpread, m.BalancedAccuracy
		f.Recalls = m.Recalls
		var means []float64
		for _, r := range m.Recalls {
			means = append(means, r.Mean)
		}
		worst, low := objective.Lowest(means)
		f.WorstClass, f.WorstRecall = o.Board.Study.Class(worst), low
		if m.Option == objective.OptionNothing {
			f.Change, f.PlainChange, f.Score, f.AccuracyChange, f.LossProbability = 0, 0, 0, 0, 0
		}
		list[i].Test = f
	}
	for i, row := range c.Rows {
		p := c.ScorePValues[i]
		if row.Against != objective.OptionNothing {
			pairs = append(pairs, Pair{What: row.What, Against: row.Against, Score: row.ScoreDifference, PValue: c.ScoreTwoSided[i]})
			continue
		}
		for j := range list {
			if list[j].Option == row.What && list[j].Test.Seeds > 0 {
				list[j].Test.against(row, p, c.ScoreTwoSided[i])
			}
		}
	}
	return pairs
}

// against adds the comparison with nothing; p and both are the one-sided and the two-sided
// p-value of the score.
func (f *Figures) against(row runs.ConfirmedRow, p, both float64) {
	f.Change, f.ChangeLow, f.ChangeHigh = row.Difference, row.DifferenceLow, row.DifferenceHigh
	f.ChangeSE, f.ChangeFreedom = row.DifferenceSE, row.Freedom
	f.PlainChange, f.PlainChangeLow, f.PlainChangeHigh = row.PlainDifference(), row.PlainDifferenceLow, row.PlainDifferenceHigh
	f.Measurable = row.Measurable
	f.Score, f.ScoreP, f.ScoreTwoSided = row.ScoreDifference, p, both
	f.AccuracyChange, f.AccuracyLow, f.AccuracyHigh = row.AccuracyChange(), row.AccuracyLow, row.AccuracyHigh
	f.LossProbability = row.OverTolerance
	f.Gained, f.Lost = row.Gained, row.Lost
}
