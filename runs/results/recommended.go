package results

import (
	"math"

	"evenkeel/objective"
	"evenkeel/objective/evidence/interval"
	"evenkeel/runs"
	"evenkeel/search/followup"
)

// recommendation makes the recommendation of a study from what the overview has of it.
func (o *Overview) recommendation() *Recommendation {
	judged := Judged(o.Confirmed, o.Board)
	e := Evidence{None: o.noRecommendation(), Confirmed: judged != nil}
	arm, leader := Arm{}, Arm{}
	if o.Leader.At >= 0 {
		row := o.Board.Rows[o.Leader.At]
		leader = Arm{Trial: row.Trial, Round: row.Round}
		arm = leader
	}
	if judged != nil {
		arm = Arm{Trial: judged.Trial, Round: judged.Round}
	}
	e.Options = o.measuredOptions(arm)
	if judged != nil {
		e.Pairs = addTest(e.Options, judged)
	}
	r := Recommend(e)
	r.Arm, r.Confirmed, r.Seeds = arm, judged, o.searchSeeds()
	if judged != nil {
		r.Seeds = judged.Seeds
	}
	r.NewLeader = judged != nil && leader.Trial > 0 && leader != arm
	r.Searching = o.Running
	return r
}

// noRecommendation says why there is nothing to recommend; "" where there is.
func (o *Overview) noRecommendation() Why {
	switch {
	case o.Board.Reference.Seeds == 0:
		return NothingTrained
	case o.Judgement.Blocks():
		return NoBetterThanGuessing
	case o.Leader.Why == AllFailed:
		return EveryTrialFailed
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
		Spread: nan, Change: nan, ChangeLow: nan, ChangeHigh: nan, PlainSpread: nan, PlainChange: nan, Score: nan, ScoreP: nan,
		BalancedAccuracy: nan, AccuracyChange: nan, AccuracyLow: nan, AccuracyHigh: nan, LossProbability: nan, Measurable: nan, WorstRecall: nan,
	}
}

// measuredOptions returns all options with the search's figures, where it has them; the
// weights are those of the arm.
func (o *Overview) measuredOptions(arm Arm) []MeasuredOption {
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
		}
		list = append(list, m)
	}
	return list
}

// OptionsOf returns all options with the figures of a confirmation and, where it has them,
// of the search.
func (o *Overview) OptionsOf(c *Confirmed) []MeasuredOption {
	list := o.measuredOptions(Arm{Trial: c.Trial, Round: c.Round})
	addTest(list, c)
	return list
}

// searchedNothing are the search's figures of the reference.
func (o *Overview) searchedNothing() Figures {
	ref, f := o.Board.Reference, unknown()
	f.Seeds, f.Spread, f.Change, f.Score, f.PlainSpread, f.PlainChange = ref.Seeds, ref.Spread, 0, 0, ref.Spread, 0
	f.BalancedAccuracy, f.AccuracyChange, f.LossProbability = ref.BalancedAccuracy, 0, 0
	f.WorstClass, f.WorstRecall = ref.WorstClass, ref.WorstRecall
	return f
}

// searchedOffsets are those of offsets fitted to each of the reference's models.
func (o *Overview) searchedOffsets() Figures {
	row, f := o.Board.Offsets, unknown()
	if row.Seeds == 0 {
		return f
	}
	f.Seeds, f.Spread, f.Change, f.Score, f.PlainSpread, f.PlainChange = row.Seeds, row.Spread, row.Change, row.Difference(o.Definition.Objective), row.Spread, row.Change
	f.BalancedAccuracy, f.AccuracyChange = row.BalancedAccuracy, -row.Drop
	f.WorstClass, f.WorstRecall = row.WorstClass, row.WorstRecall
	return f
}

// searchedArm are those of an arm.
func (o *Overview) searchedArm(arm Arm) Figures {
	f := unknown()
	for _, row := range o.Board.Rows {
		if row.Trial != arm.Trial || row.Round != arm.Round {
			continue
		}
		f.Seeds, f.Spread, f.PlainSpread, f.Score, f.LossProbability = row.Seeds, row.Spread, row.Spread, row.Difference, row.LossProbability
		f.Change = row.Spread - row.ReferenceSpread
		f.PlainChange = f.Change
		f.ChangeLow, f.ChangeHigh = row.DifferenceLow-row.Difference+f.Change, row.DifferenceHigh-row.Difference+f.Change
		f.BalancedAccuracy, f.AccuracyChange = row.BalancedAccuracy, -row.Drop
		f.WorstClass, f.WorstRecall = row.WorstClass, row.WorstRecall
	}
	return f
}

// optionNames are the options of what was compared.
var optionNames = map[string]objective.Option{
	followup.WhatReference: objective.OptionNothing,
	followup.WhatRecipe:    objective.OptionWeightsRemeasured,
	followup.WhatVector:    objective.OptionWeightsFixed,
	followup.WhatOffsets:   objective.OptionOffsetsRefitted,
	followup.WhatLonger:    objective.OptionLonger,
}

// addTest adds the figures of a confirmation to the options, and returns the comparisons of
// two of them.
func addTest(list []MeasuredOption, c *Confirmed) (pairs []Pair) {
	at := func(option objective.Option) *MeasuredOption {
		for i := range list {
			if list[i].Option == option {
				return &list[i]
			}
		}
		return &MeasuredOption{}
	}
	for _, row := range c.Rows {
		what, against := optionNames[row.What], optionNames[row.Against]
		if against != objective.OptionNothing {
			pairs = append(pairs, Pair{What: what, Against: against, Score: row.Difference, PValue: row.PValue})
			continue
		}
		at(what).Test = testFigures(c, row)
		nothing := unknown()
		nothing.Seeds, nothing.Spread, nothing.PlainSpread, nothing.BalancedAccuracy = c.Seeds, row.AgainstSpread, row.AgainstPlainSpread, row.AgainstBalancedAccuracy
		nothing.Change, nothing.PlainChange, nothing.Score, nothing.AccuracyChange, nothing.LossProbability = 0, 0, 0, 0, 0
		at(objective.OptionNothing).Test = nothing
	}
	return pairs
}

// testFigures are the figures of a row against the reference.
func testFigures(c *Confirmed, row runs.ConfirmedRow) Figures {
	f := unknown()
	f.Seeds, f.Spread, f.Change, f.ChangeLow, f.ChangeHigh = c.Seeds, row.Spread, row.Difference, row.DifferenceLow, row.DifferenceHigh
	f.PlainSpread, f.PlainChange, f.Measurable = row.PlainSpread, row.PlainSpread-row.AgainstPlainSpread, row.Measurable
	f.Score, f.ScoreP = row.Difference, row.PValue/2
	if row.Difference > 0 {
		f.ScoreP = 1 - f.ScoreP
	}
	f.BalancedAccuracy, f.AccuracyChange, f.AccuracyLow, f.AccuracyHigh = row.BalancedAccuracy, -row.AccuracyDrop, -row.AccuracyDropHigh, -row.AccuracyDropLow
	f.LossProbability = interval.PValue(0, 1, 10)
	f.Gained, f.Lost = row.Gained, row.Lost
	return f
}
