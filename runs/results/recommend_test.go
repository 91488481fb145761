package results

import (
	"math"
	"reflect"
	"testing"

	"evenkeel/objective"
	"evenkeel/search/followup"
)

const (
	nothing     = objective.OptionNothing
	fixedOffset = objective.OptionOffsetsFixed
	refitted    = objective.OptionOffsetsRefitted
	fixedWeight = objective.OptionWeightsFixed
	longerTrain = objective.OptionLonger
	remeasured  = objective.OptionWeightsRemeasured
)

// figures are those of a score with a one-sided p-value, without a charge, at a change of
// accuracy and a probability of losing too much.
func figures(score, p, accuracy, loss float64) Figures {
	half := -score / 2
	if p > 0.05 {
		half = -2 * score
	}
	return Figures{
		Seeds: 10, Score: score, ScoreP: p, ScoreTwoSided: 2 * min(p, 1-p), Change: score, ChangeLow: score - half, ChangeHigh: score + half,
		AccuracyChange: accuracy, AccuracyLow: accuracy - 0.004, AccuracyHigh: accuracy + 0.004, LossProbability: loss, Measurable: 0.018,
	}
}

// searched is an option that only the search measured, tested one of both parts.
func searched(o objective.Option, score, accuracy float64) MeasuredOption {
	return MeasuredOption{Option: o, Search: figures(score, 0, accuracy, 0)}
}

func tested(o objective.Option, search float64, test Figures) MeasuredOption {
	m := MeasuredOption{Option: o, Test: test}
	if !math.IsNaN(search) {
		m.Search = figures(search, 0, test.AccuracyChange, 0)
	}
	return m
}

// TestChoice: the lowest score of the search, a cheaper option up to .002 above it, and
// nothing where nothing is gained.
func TestChoice(t *testing.T) {
	for _, c := range []struct {
		name    string
		options []MeasuredOption
		want    objective.Option
	}{
		{"nothing measured", nil, nothing},
		{"the lowest score", []MeasuredOption{searched(refitted, -0.020, 0), searched(remeasured, -0.030, 0)}, remeasured},
		{"a cheaper one within .002", []MeasuredOption{searched(refitted, -0.0281, 0), searched(remeasured, -0.030, 0)}, refitted},
		{"a cheaper one just beyond", []MeasuredOption{searched(refitted, -0.0279, 0), searched(remeasured, -0.030, 0)}, remeasured},
		{"the cheapest of several", []MeasuredOption{searched(fixedOffset, -0.0285, 0), searched(refitted, -0.0295, 0), searched(remeasured, -0.030, 0)}, fixedOffset},
		{"a dearer one within .002 is not", []MeasuredOption{searched(refitted, -0.030, 0), searched(remeasured, -0.029, 0)}, refitted},
		{"a gain below .002", []MeasuredOption{searched(refitted, -0.0019, 0)}, nothing},
		{"a gain above .002", []MeasuredOption{searched(refitted, -0.0021, 0)}, refitted},
		{"a loss", []MeasuredOption{searched(refitted, 0.01, 0)}, nothing},
		{"what only the test part measured", []MeasuredOption{tested(fixedWeight, math.NaN(), figures(-0.05, 0.001, 0, 0))}, nothing},
	} {
		r := Recommend(Evidence{Options: c.options})
		if r.Use != c.want || r.Chosen != c.want || r.State != Provisional {
			t.Errorf("%s: %s, chosen %s, %s; want %s, provisional", c.name, r.Use, r.Chosen, r.State, c.want)
		}
	}
}

// TestGates: what the test part has to show.
func TestGates(t *testing.T) {
	sure, unsure := figures(-0.02, 0.04, 0, 0), figures(-0.02, 0.06, 0, 0)
	better := func(p float64) []Pair { return []Pair{{fixedWeight, refitted, -0.03, p}} }
	for _, c := range []struct {
		name    string
		options []MeasuredOption
		pairs   []Pair
		want    objective.Option
		why     Why
	}{
		{"below nothing", []MeasuredOption{tested(refitted, -0.03, sure)}, nil, refitted, ChosenBySearch},
		{"not beyond noise", []MeasuredOption{tested(refitted, -0.03, unsure)}, nil, nothing, NotConfirmedBetter},
		{"worse, with a small p-value of its own", []MeasuredOption{tested(refitted, -0.03, figures(0.02, 0.01, 0, 0))}, nil, nothing, NotConfirmedBetter},
		{"not measured there", []MeasuredOption{searched(refitted, -0.03, 0)}, nil, nothing, NotConfirmedBetter},
		{"a training for it failed there, and the next one was measured", []MeasuredOption{{Option: longerTrain, Search: figures(-0.04, 0, 0, 0), Reason: followup.ReasonFailed}, tested(refitted, -0.03, sure)}, nil, refitted, ChosenBySearch},
		{"nothing was chosen", []MeasuredOption{tested(refitted, -0.001, unsure)}, nil, nothing, NothingChosen},
		{
			"another is better beyond noise",
			[]MeasuredOption{tested(refitted, -0.03, sure), tested(fixedWeight, math.NaN(), figures(-0.05, 0.001, 0, 0))},
			better(0.04), fixedWeight, BetterOnTest,
		}, {
			"another is better within noise",
			[]MeasuredOption{tested(refitted, -0.03, sure), tested(fixedWeight, math.NaN(), figures(-0.05, 0.001, 0, 0))},
			better(0.06), refitted, ChosenBySearch,
		}, {
			"Holm: the same p-value among two",
			[]MeasuredOption{
				tested(refitted, -0.03, sure), tested(fixedWeight, math.NaN(), figures(-0.05, 0.001, 0, 0)), tested(remeasured, -0.02, sure),
			},
			append(better(0.04), Pair{remeasured, refitted, 0, 0.9}), refitted, ChosenBySearch,
		}, {
			"the pair the other way round",
			[]MeasuredOption{tested(refitted, -0.03, sure), tested(fixedWeight, math.NaN(), figures(-0.05, 0.001, 0, 0))},
			[]Pair{{refitted, fixedWeight, 0.03, 0.04}}, fixedWeight, BetterOnTest,
		}, {
			"worse beyond noise",
			[]MeasuredOption{tested(refitted, -0.03, sure), tested(fixedWeight, math.NaN(), figures(-0.01, 0.001, 0, 0))},
			[]Pair{{fixedWeight, refitted, 0.03, 0.001}}, refitted, ChosenBySearch,
		}, {
			"better than one that is not better than nothing",
			[]MeasuredOption{tested(refitted, -0.03, unsure), tested(fixedWeight, math.NaN(), figures(-0.05, 0.001, 0, 0))},
			better(0.04), fixedWeight, BetterOnTest,
		}, {
			"better than the chosen one, and not than nothing",
			[]MeasuredOption{tested(refitted, -0.03, unsure), tested(fixedWeight, math.NaN(), figures(-0.05, 0.06, 0, 0))},
			better(0.04), nothing, NotConfirmedBetter,
		}, {
			"better than nothing, and not than the chosen one, which is not better than nothing",
			[]MeasuredOption{tested(refitted, -0.03, unsure), tested(fixedWeight, math.NaN(), figures(-0.05, 0.001, 0, 0))},
			better(0.5), fixedWeight, InsteadOfChosen,
		}, {
			"the same, by Holm within noise",
			[]MeasuredOption{tested(refitted, -0.03, unsure), tested(fixedWeight, math.NaN(), figures(-0.05, 0.03, 0, 0))},
			better(0.5), nothing, NotConfirmedBetter,
		}, {
			"better than nothing and beyond the limit, where the chosen one is not better",
			[]MeasuredOption{tested(refitted, -0.03, unsure), tested(fixedWeight, math.NaN(), figures(-0.05, 0.001, -0.03, 0.9))},
			better(0.5), nothing, NotConfirmedBetter,
		}, {
			"the search's next one within the limit",
			[]MeasuredOption{tested(fixedOffset, -0.01, figures(-0.03, 0.01, 0, 0)), tested(refitted, -0.02, figures(-0.02, 0.01, 0, 0)), tested(remeasured, -0.03, unsure)},
			nil, refitted, InsteadOfChosen,
		}, {
			"better than nothing, which was chosen, and not by more than .002",
			[]MeasuredOption{tested(refitted, 0.01, figures(-0.0019, 0.001, 0, 0))},
			nil, nothing, NothingChosen,
		}, {
			"better than nothing, which was chosen",
			[]MeasuredOption{tested(refitted, 0.01, figures(-0.05, 0.02, 0, 0))},
			nil, refitted, BetterOnTest,
		}, {
			"better than nothing, which was chosen, by one side only",
			[]MeasuredOption{tested(refitted, 0.01, figures(-0.05, 0.03, 0, 0))},
			nil, nothing, NothingChosen,
		},
	} {
		r := Recommend(Evidence{Options: c.options, Pairs: c.pairs, Confirmed: true})
		if r.Use != c.want || r.Why != c.why || r.State != RecommendationConfirmed || r.Corrected != (c.why == BetterOnTest || c.why == InsteadOfChosen) {
			t.Errorf("%s: %s because %q, %s, corrected %v; want %s because %q", c.name, r.Use, r.Why, r.State, r.Corrected, c.want, c.why)
		}
		if r.Undetectable != 0.018 && c.options[0].Test.Seeds > 0 {
			t.Errorf("%s: smaller than %v cannot be seen; want .018", c.name, r.Undetectable)
		}
	}
}

// TestCorrected: an option that was picked on the test part has an interval for all that
// were measured there: with three of them and 9 degrees of freedom t(1 - .05/6) = 2.9333.
func TestCorrected(t *testing.T) {
	better := tested(fixedWeight, math.NaN(), figures(-0.05, 0.001, 0, 0))
	better.Test.ChangeSE, better.Test.ChangeFreedom = 0.01, 9
	r := Recommend(Evidence{
		Options: []MeasuredOption{
			{Option: nothing, Test: Figures{Seeds: 10}}, better,
			tested(refitted, -0.03, figures(-0.02, 0.04, 0, 0)), tested(longerTrain, 0, figures(-0.01, 0.5, 0, 0)),
		},
		Pairs: []Pair{{fixedWeight, refitted, -0.03, 0.02}}, Confirmed: true,
	})
	f := r.Of(fixedWeight).Test
	if r.Use != fixedWeight || math.Abs(f.ChangeLow+0.079333) > 1e-5 || math.Abs(f.ChangeHigh+0.020667) > 1e-5 {
		t.Errorf("use %s, %v to %v; want %s, -.0793 to -.0207", r.Use, f.ChangeLow, f.ChangeHigh, fixedWeight)
	}
	if o := r.Of(refitted).Test; o.ChangeLow != -0.03 || o.ChangeHigh != -0.01 {
		t.Errorf("another option's interval is %v to %v; want it as it was", o.ChangeLow, o.ChangeHigh)
	}
}

// TestLimit: one half is where "beyond your limit" begins; the best option within it is
// named where there is one that is better than nothing.
func TestLimit(t *testing.T) {
	inside := tested(refitted, -0.02, figures(-0.02, 0.04, -0.01, 0.4))
	for _, c := range []struct {
		name        string
		options     []MeasuredOption
		use, beyond objective.Option
		corrected   bool
	}{
		{"at one half", []MeasuredOption{tested(remeasured, -0.06, figures(-0.06, 0.001, -0.02, 0.5)), inside}, remeasured, "", false},
		{"above", []MeasuredOption{tested(remeasured, -0.06, figures(-0.06, 0.001, -0.02, 0.51)), inside}, refitted, remeasured, true},
		{"with nothing within", []MeasuredOption{tested(remeasured, -0.06, figures(-0.06, 0.001, -0.02, 0.9))}, nothing, remeasured, false},
		{
			"the one within is not better than nothing",
			[]MeasuredOption{tested(remeasured, -0.06, figures(-0.06, 0.001, -0.02, 0.9)), tested(refitted, -0.02, figures(-0.02, 0.06, 0, 0))},
			nothing, remeasured, false,
		}, {
			"the best within by the search",
			[]MeasuredOption{
				tested(remeasured, -0.06, figures(-0.06, 0.001, -0.02, 0.9)), inside, tested(longerTrain, -0.03, figures(-0.01, 0.01, 0.01, 0)),
				tested(fixedWeight, math.NaN(), figures(-0.05, 0.001, 0, 0)),
			},
			longerTrain, remeasured, true,
		}, {
			"Holm: two within, each at 4 %",
			[]MeasuredOption{
				tested(remeasured, -0.06, figures(-0.06, 0.001, -0.02, 0.9)), inside, tested(longerTrain, -0.03, figures(-0.01, 0.04, 0.01, 0)),
			},
			nothing, remeasured, false,
		}, {
			"within, and worse than nothing in the search",
			[]MeasuredOption{tested(remeasured, -0.06, figures(-0.06, 0.001, -0.02, 0.9)), tested(refitted, 0.0015, figures(-0.02, 0.001, 0, 0))},
			nothing, remeasured, false,
		}, {
			"a risk that is not known",
			[]MeasuredOption{tested(refitted, -0.06, figures(-0.06, 0.001, -0.05, math.NaN()))},
			nothing, refitted, false,
		}, {
			"one that only the test part measured",
			[]MeasuredOption{tested(remeasured, -0.06, figures(-0.06, 0.001, -0.02, 0.9)), tested(fixedWeight, math.NaN(), figures(-0.05, 0.001, 0, 0))},
			fixedWeight, remeasured, true,
		},
	} {
		r := Recommend(Evidence{Options: c.options, Confirmed: true})
		if r.Use != c.use || r.Beyond != c.beyond || r.Corrected != c.corrected {
			t.Errorf("%s: %s, beyond %q, corrected %v; want %s, %q, %v", c.name, r.Use, r.Beyond, r.Corrected, c.use, c.beyond, c.corrected)
		}
	}
	risky := searched(remeasured, -0.06, -0.02)
	risky.Search.LossProbability = 0.8
	if r := Recommend(Evidence{Options: []MeasuredOption{risky, searched(refitted, -0.02, 0)}}); r.Use != refitted || r.Beyond != remeasured {
		t.Errorf("before a confirmation: %s, beyond %q; want %s, %s", r.Use, r.Beyond, refitted, remeasured)
	}
}

// TestCheaper: of options that take fewer trainings than what is used, the cheapest that is no
// worse on the test part by more than .002, within the limit and better than nothing.
func TestCheaper(t *testing.T) {
	used := tested(remeasured, -0.06, figures(-0.05, 0.001, 0, 0))
	used.Trainings = 3
	for _, c := range []struct {
		name  string
		other MeasuredOption
		want  objective.Option
	}{
		{"no worse", tested(refitted, -0.01, figures(-0.0485, 0.001, 0, 0)), refitted},
		{"worse by .003", tested(refitted, -0.01, figures(-0.047, 0.001, 0, 0)), ""},
		{"not better than nothing", tested(refitted, -0.01, figures(-0.05, 0.06, 0, 0)), ""},
		{"beyond the limit", tested(refitted, -0.01, figures(-0.05, 0.001, -0.02, 0.6)), ""},
	} {
		c.other.Trainings = 1
		r := Recommend(Evidence{Options: []MeasuredOption{used, c.other}, Confirmed: true})
		if r.Use != remeasured || r.Cheaper != c.want {
			t.Errorf("%s: %s, cheaper %q; want %s, %q", c.name, r.Use, r.Cheaper, remeasured, c.want)
		}
		if r = Recommend(Evidence{Options: []MeasuredOption{used, c.other}}); r.Cheaper != "" {
			t.Errorf("%s, before a confirmation: cheaper %q; want none", c.name, r.Cheaper)
		}
	}
}

// TestLongerFirst: more even and more accurate, both beyond noise, or itself what to use.
func TestLongerFirst(t *testing.T) {
	weights := tested(remeasured, -0.06, figures(-0.06, 0.001, 0, 0))
	for _, c := range []struct {
		name   string
		longer Figures
		want   bool
	}{
		{"both", figures(-0.02, 0.001, 0.015, 0), true},
		{"accuracy within noise", figures(-0.02, 0.001, 0.003, 0), false},
		{"evenness within noise", figures(-0.02, 0.2, 0.0099, 0), false},
		{"evenness within noise, and a point of accuracy", figures(-0.02, 0.2, 0.0101, 0), true},
		{"both within noise, and a point of accuracy", Figures{Seeds: 10, ChangeLow: -0.01, ChangeHigh: 0.01, AccuracyChange: 0.015, AccuracyLow: -0.001}, false},
		{"less even, and more than a point of accuracy", figures(0.02, 0.001, 0.05, 0), false},
	} {
		r := Recommend(Evidence{Options: []MeasuredOption{weights, tested(longerTrain, -0.01, c.longer)}, Confirmed: true})
		if r.LongerFirst != c.want || r.Use != remeasured {
			t.Errorf("%s: longer first %v, use %s; want %v, %s", c.name, r.LongerFirst, r.Use, c.want, remeasured)
		}
	}
	if r := Recommend(Evidence{Options: []MeasuredOption{tested(longerTrain, -0.03, figures(-0.02, 0.001, 0, 0))}, Confirmed: true}); !r.LongerFirst {
		t.Error("longer is what to use and does not come first")
	}
}

// TestAlternatives: chosen by the search along accuracy, each with what it costs on the
// part where it cost more.
func TestAlternatives(t *testing.T) {
	both := func(o objective.Option, change, accuracy, testChange, testAccuracy float64) MeasuredOption {
		return MeasuredOption{Option: o, Search: figures(change, 0, accuracy, 0), Test: figures(testChange, 0.001, testAccuracy, 0)}
	}
	use := both(refitted, -0.03, -0.011, -0.03, -0.012) // gives up 1.5 points
	dear := both(remeasured, -0.05, -0.02, -0.05, -0.021)
	dear.Search.Score = -0.01 // its charge
	for _, c := range []struct {
		name    string
		options []MeasuredOption
		want    []Alternative
	}{
		{"none", []MeasuredOption{use}, nil},
		{"more", []MeasuredOption{use, dear}, []Alternative{{remeasured, 0.025}}},
		{"less", []MeasuredOption{use, both(remeasured, -0.02, -0.004, -0.02, -0.003)}, []Alternative{{remeasured, 0.005}}},
		{"less in the search, and as much on the test part", []MeasuredOption{use, both(remeasured, -0.02, -0.004, -0.02, -0.011)}, nil},
		{"nothing", []MeasuredOption{use, both(fixedOffset, -0.01, 0.013, -0.01, 0.012)}, []Alternative{{fixedOffset, 0}}},
		{"nothing in the search only", []MeasuredOption{use, both(fixedOffset, -0.01, 0.001, -0.01, -0.001)}, []Alternative{{fixedOffset, 0.005}}},
		{"not more even on the test part", []MeasuredOption{use, both(fixedOffset, -0.01, 0.013, 0.001, 0.012)}, nil},
		{"too little in the search", []MeasuredOption{use, both(fixedOffset, -0.0019, 0.013, -0.01, 0.012)}, nil},
		{
			"the better one of two",
			[]MeasuredOption{use, both(fixedOffset, -0.01, 0.013, -0.01, 0.012), both(remeasured, -0.012, 0.014, -0.01, 0.012)},
			[]Alternative{{remeasured, 0}},
		},
	} {
		r := Recommend(Evidence{Options: c.options, Confirmed: true})
		if r.Use != refitted || !reflect.DeepEqual(r.Alternatives, c.want) {
			t.Errorf("%s: use %s, %v; want %s, %v", c.name, r.Use, r.Alternatives, refitted, c.want)
		}
	}
}

// TestThreeClasses is the case of car, dog and cat: weights that halve the spread at twice
// the limit, offsets at the limit, longer training that gains accuracy.
func TestThreeClasses(t *testing.T) {
	weights := MeasuredOption{Option: remeasured, Search: figures(-0.045, 0, -0.005, 0.2), Test: figures(-0.077, 0.001, -0.021, 0.98)}
	offsets := MeasuredOption{Option: refitted, Search: figures(-0.042, 0, -0.010, 0.5), Test: figures(-0.062, 0.001, -0.016, 0.9)}
	longer := MeasuredOption{Option: longerTrain, Search: figures(-0.02, 0, 0.012, 0), Test: figures(-0.023, 0.001, 0.015, 0)}
	r := Recommend(Evidence{Options: []MeasuredOption{weights, offsets, longer}, Confirmed: true})
	if !r.LongerFirst || r.Use != longerTrain || r.Beyond != remeasured || r.Why != BestInside {
		t.Errorf("longer first %v, use %s because %q, beyond %s; want longer first, and the weights beyond the limit", r.LongerFirst, r.Use, r.Why, r.Beyond)
	}
}

// TestNoRecommendation: where nothing can be said there is no recommendation, with any figures.
func TestNoRecommendation(t *testing.T) {
	r := Recommend(Evidence{Options: []MeasuredOption{tested(refitted, -0.03, figures(-0.02, 0.01, 0, 0))}, Confirmed: true, None: NoBetterThanGuessing})
	if r.State != NoRecommendation || r.Why != NoBetterThanGuessing || r.Use != nothing || len(r.Options) != len(objective.Options()) {
		t.Errorf("%+v; want none", r)
	}
}
