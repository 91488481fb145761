package results

import (
	"evenkeel/objective"
	"evenkeel/objective/evidence/confirm"
	"evenkeel/runs"
	"evenkeel/search/followup"
)

// Figures are what was measured of an option on one part of the data. Changes are against
// nothing, the unweighted model, on the same seeds and examples; what is not known is NaN.
type Figures struct {
	// Seeds is the number of training seeds, 0 where the option was not measured.
	Seeds int
	// Spread, Change and its 95 % interval are corrected for the noise of the examples on
	// the test part, and as they were measured on validation. PlainSpread, PlainChange and
	// its interval are as anybody would compute them.
	Spread, Change, ChangeLow, ChangeHigh                     float64
	PlainSpread, PlainChange, PlainChangeLow, PlainChangeHigh float64
	// ChangeSE is the standard error of Change, ChangeFreedom its degrees of freedom.
	ChangeSE, ChangeFreedom float64
	// Score is the change of the score: Change plus the expected charge for accuracy lost.
	// ScoreP is the one-sided p-value of its being below 0, ScoreTwoSided that of its not
	// being 0.
	Score, ScoreP, ScoreTwoSided float64
	// AccuracyChange and its 95 % interval are of the balanced accuracy.
	BalancedAccuracy, AccuracyChange, AccuracyLow, AccuracyHigh float64
	// LossProbability is that of losing more balanced accuracy than the study allows.
	LossProbability float64
	// Measurable is the smallest true change that would have been found with a probability
	// of 80 %.
	Measurable float64
	// WorstClass is the class with the lowest recall.
	WorstClass  string
	WorstRecall float64
	// Recalls are those of each class with 95 % intervals; nil where they are not known.
	Recalls []confirm.Recall
	// Gained and Lost are the classes whose recall changed beyond noise, the largest
	// change first.
	Gained, Lost []runs.ClassChange
}

// MeasuredOption is an option with its figures on both parts.
type MeasuredOption struct {
	Option objective.Option
	// Reason says why the option was not measured, "" where it was or nothing is known.
	Reason followup.Reason
	// Trainings is how many times the usual epochs one model takes.
	Trainings int
	// Search has the figures that choose, of the search's seeds and the validation part;
	// Test those to quote, of fresh seeds and the test part.
	Search, Test Figures
}

// Pair compares the scores of two options on the test part: What minus Against, with the
// two-sided p-value.
type Pair struct {
	What, Against objective.Option
	Score, PValue float64
}

// Evidence is what a recommendation is made of.
type Evidence struct {
	// Options are those of a study, in any order. Nothing must be among them.
	Options []MeasuredOption
	// Pairs compare options other than nothing on the test part.
	Pairs []Pair
	// Confirmed says that the options were measured on the test part.
	Confirmed bool
	// None says why nothing can be recommended; "" where it can.
	None Why
}

// State says how far a recommendation can be relied on.
type State string

// The states.
const (
	// RecommendationConfirmed: its figures are of fresh seeds and the test part.
	RecommendationConfirmed State = "confirmed"
	// Provisional: they are of validation, which chose, and not for quoting.
	Provisional State = "provisional"
	// NoRecommendation: nothing is known yet, or what is known says nothing.
	NoRecommendation State = "none"
)

// Why says why a recommendation is what it is.
type Why string

// The reasons.
const (
	// ChosenBySearch: the search's figures put it first; confirmed, the test part shows
	// its score below that of nothing.
	ChosenBySearch Why = "chosen by the search"
	// BetterOnTest: it is better on the test part, beyond noise, than what the search
	// chose.
	BetterOnTest Why = "better on the test part beyond noise than the search's choice"
	// InsteadOfChosen: what the search chose is not better than nothing on the test part
	// beyond noise, and this is.
	InsteadOfChosen Why = "better than nothing on the test part beyond noise, which the search's choice is not"
	// BestInside: what would have been recommended loses more accuracy than allowed, and
	// this is the best that does not.
	BestInside Why = "best within the limit"
	// NothingInside: what would have been recommended loses more accuracy than allowed, and
	// nothing that does not is better than the unweighted model.
	NothingInside Why = "no option within the limit is better than nothing"
	// NothingChosen: no option has a better score than nothing in the search.
	NothingChosen Why = "no option is better than nothing in the search"
	// NotConfirmedBetter: the test part does not show that the option the search chose is
	// better than nothing.
	NotConfirmedBetter Why = "not better than nothing on the test part beyond noise"
	// The others say why there is no recommendation. SearchFailed: the search broke off with
	// the error [Overview].Failure.
	SearchFailed         Why = "the search failed"
	EveryTrialInvalid    Why = "every trial that ended well was declared invalid"
	NothingTrained       Why = "nothing has been trained yet"
	NoTrialComplete      Why = "no trial is complete yet"
	EveryTrialFailed     Why = "every trial failed"
	NotTrained           Why = "the unweighted model is not trained"
	NoBetterThanGuessing Why = "the unweighted model is no better than guessing"
)

// Recommendation is the answer to what should be used.
type Recommendation struct {
	State State
	Why   Why
	// Use is what to use. Chosen is what the search's figures put first.
	Use, Chosen objective.Option
	// Beyond is what would have been recommended and loses more accuracy than the study
	// allows, with a probability above one half; "" without one.
	Beyond objective.Option
	// Cheaper takes fewer trainings than Use and is no worse on the test part; "" without one.
	Cheaper objective.Option
	// Corrected says that the figures of Use were picked on the test part, so that its
	// interval is one for all options together.
	Corrected bool
	// LongerFirst says that the model was not trained enough.
	LongerFirst bool
	// Undetectable is the smallest change that would have been found with a probability of
	// 80 %; NaN where it is not known.
	Undetectable float64
	// Options are all options in the order of [objective.Options].
	Options []MeasuredOption
	// Alternatives give up more accuracy or less, the most first.
	Alternatives []Alternative

	// Arm is the one that the weights of the options are of, its Trial 0 without one.
	Arm Arm
	// Confirmed is the confirmation that is quoted, nil before one.
	Confirmed *Confirmed
	// Parts compares the unweighted model on validation and on the test part; nil before a
	// confirmation.
	Parts *confirm.Parts
	// Seeds is the number of training seeds of what is quoted.
	Seeds int
	// Searching says that a search of the study is under way, NewLeader that another arm
	// than the confirmed one leads by now.
	Searching, NewLeader bool
}

// Alternative is an option to use where more accuracy may be given up, or less.
type Alternative struct {
	Option objective.Option
	// GivingUp is the balanced accuracy that it costs at most, by the figures of all parts
	// on which it was measured, in steps of half a point; 0 is nothing.
	GivingUp float64
}

// Of returns an option with its figures, the zero value if the study has none.
func (r *Recommendation) Of(o objective.Option) MeasuredOption { return optionOf(r.Options, o) }

// Quoted returns the figures to show of an option: those of the test part, or before a
// confirmation those of the search.
func (r *Recommendation) Quoted(o MeasuredOption) Figures {
	if r.State == RecommendationConfirmed {
		return o.Test
	}
	return o.Search
}

// BeyondLimit reports whether more accuracy is lost than the study allows, with a
// probability above one half, or whether that is not known.
func (f Figures) BeyondLimit() bool { return !(f.LossProbability <= half) }

// half is the probability of losing too much above which an option is said to do so.
const half = 0.5

func optionOf(list []MeasuredOption, option objective.Option) MeasuredOption {
	for _, o := range list {
		if o.Option == option {
			return o
		}
	}
	return MeasuredOption{Option: option}
}
