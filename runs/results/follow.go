package results

import (
	"evenkeel/objective"
	"evenkeel/objective/evidence/confirm"
	"evenkeel/objective/evidence/explain"
)

// Follow hands over what the study recommends and what its recommendation rests on, so that
// the explanation of the case says why, and proposes nothing in its place. What the commands
// are is the caller's to set.
func (c *Case) Follow(o *Overview) {
	r := o.Recommendation
	c.Recommended = r.State != NoRecommendation
	c.Longer, c.Parts, c.Confirming = o.longer(), nil, o.toConfirm()
	c.Leading = r.Arm == Arm{Trial: c.Trial.Number, Round: c.Round}
	if kind := o.Board.Optimism; c.Leading && kind.Trial == r.Arm.Trial && kind.Round == r.Arm.Round {
		c.Optimism = max(0, r.Of(objective.OptionWeightsRemeasured).Search.Score-c.Stored.Difference)
	}
	if p := r.Parts; p != nil {
		c.Parts = &explain.Parts{
			Parts: *p, ValidationSpread: o.Board.Reference.Spread, TestSpread: r.Of(objective.OptionNothing).Test.Spread, Images: r.Confirmed.Images,
		}
		seeds := o.Board.Reference.Replicates
		for _, rep := range seeds {
			m := rep.Reference.Val
			c.Parts.ValidationCorrected += confirm.WithoutNoise(o.Definition.Objective.Spread, m.Recall(), m.Support()) / float64(len(seeds))
		}
	}
}

// toConfirm reports whether a confirmation is what comes next.
func (o *Overview) toConfirm() bool {
	r := o.Recommendation
	return r.State == Provisional && r.Use != objective.OptionNothing && r.Arm.Trial > 0 && !o.NoTestPart && !o.OnlyFirstSeeds()
}

// longer is what was measured of longer training, nil where it is not recommended.
func (o *Overview) longer() *explain.Longer {
	r := o.Recommendation
	usual, _ := o.Definition.ReferenceModel()["epochs"].(int64)
	f := r.Quoted(r.Of(objective.OptionLonger))
	if r.State == NoRecommendation || usual == 0 || f.Seeds == 0 || !r.LongerFirst && !Longer(r.Use) {
		return nil
	}
	return &explain.Longer{
		Usual: usual, Epochs: objective.LongerFactor * usual, Test: r.State == RecommendationConfirmed, Seeds: f.Seeds,
		Spread: f.Change, SpreadLow: f.ChangeLow, SpreadHigh: f.ChangeHigh,
		Accuracy: f.AccuracyChange, AccuracyLow: f.AccuracyLow, AccuracyHigh: f.AccuracyHigh,
		Train: o.Training.Train, Val: o.Training.Val, Fall: o.Training.Fall, Offsets: r.Use == objective.OptionLongerThenOffsets,
	}
}

// Longer reports whether an option is trained longer.
func Longer(o objective.Option) bool {
	return o == objective.OptionLonger || o == objective.OptionLongerThenOffsets
}

// partsOf compares the unweighted model on validation and on the test part; nil without a
// confirmation.
func (o *Overview) partsOf(r *Recommendation) *confirm.Parts {
	test := r.Of(objective.OptionNothing).Test
	if r.Confirmed == nil || test.Seeds == 0 {
		return nil
	}
	var rounds []objective.Round
	for _, rep := range o.Board.Reference.Replicates {
		rounds = append(rounds, rep.Reference)
	}
	return confirm.CompareParts(rounds, test.Recalls, r.Confirmed.Images, r.Confirmed.Seeds)
}
