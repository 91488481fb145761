package posthoc_test

import (
	"math"
	"testing"

	"evenkeel/objective"
	"evenkeel/objective/evidence/interval"
	"evenkeel/objective/evidence/posthoc"
	"evenkeel/schemes"
)

// meanSE returns the mean and its standard error.
func meanSE(x []float64) (float64, float64) {
	return interval.Mean(x), math.Sqrt(interval.Variance(x) / float64(len(x)))
}

// TestNothingIsGainedFromNothing: logits that say nothing of the labels, made so
// or by shuffling the labels, leave nothing to gain, for offsets and for a strong
// chain. The added-up matrices claim a gain there, which is why they are not what
// is reported.
func TestNothingIsGainedFromNothing(t *testing.T) {
	t.Parallel()
	chain := posthoc.Chain{Recipe: recipe(t, "mean-ratio", "exponent", 1), Rounds: 4}
	chain.Recipe.Update = schemes.Accumulate
	for _, margin := range []float64{0, 4} {
		var offsets, spreads, weights, flattered []float64
		for seed := range uint64(80) {
			rng := generator(seed)
			logits, labels := even(5, margin).logits(rng, 40)
			rng.Shuffle(len(labels), func(i, j int) { labels[i], labels[j] = labels[j], labels[i] })
			f := folds(t, part(t, 5, logits, labels))
			fitted := f.Fit(score)
			offsets = append(offsets, fitted.Difference(score))
			free := f.Fit(objective.Score{Spread: objective.StdDev}) // accuracy may go
			spreads = append(spreads, free.Spread(objective.StdDev)-objective.StdDev.Of(free.Plain.Recall()))
			flattered = append(flattered, objective.StdDev.Of(fitted.Confusion.Recall())-objective.StdDev.Of(fitted.Plain.Recall()))
			rounds, err := chain.CrossFit(f)
			if err != nil {
				t.Fatal(err)
			}
			weights = append(weights, rounds[4].CrossFitted.Difference(score))
		}
		for name, gains := range map[string][]float64{"offsets": offsets, "offsets for the spread alone": spreads, "weights": weights} {
			m, se := meanSE(gains)
			t.Logf("margin %v: %s change the score by %+.4f +- %.4f", margin, name, m, se)
			if m < -2*se {
				t.Errorf("margin %v: %s change the score by %v +- %v on labels that mean nothing; want no gain", margin, name, m, se)
			}
		}
		if m, se := meanSE(flattered); m > -5*se {
			t.Errorf("margin %v: added-up matrices change the spread by %v +- %v; the rule for them is no longer needed", margin, m, se)
		}
	}
}

// TestCrossFittedAgainstFreshExamples: what is reported for offsets is neither
// better than what they do to fresh examples nor far from it.
func TestCrossFittedAgainstFreshExamples(t *testing.T) {
	t.Parallel()
	var reported, fresh []float64
	for seed := range uint64(30) {
		rng := generator(seed)
		w := uneven(6, rng)
		f := folds(t, w.draw(t, rng, 60))
		fitted := f.Fit(score)
		reported = append(reported, fitted.Difference(score))
		var sum float64
		for range 10 {
			p := w.draw(t, rng, 60)
			sum += (scored(score, p, fitted.All.Offsets) - scored(score, p, make([]float64, 6))) / 10
		}
		fresh = append(fresh, sum)
	}
	var off []float64
	for i := range fresh {
		off = append(off, reported[i]-fresh[i])
	}
	r, _ := meanSE(reported)
	m, se := meanSE(off)
	t.Logf("reported %+.4f, fresh %+.4f, apart %+.4f +- %.4f", r, interval.Mean(fresh), m, se)
	if m < -2*se || m > 0.02+2*se || r > -0.04 {
		t.Errorf("reported %v, on fresh examples %v; want no better and at most .02 worse", r, interval.Mean(fresh))
	}
}

// TestShiftsOfNothingChangeNothing to the last bit.
func TestShiftsOfNothingChangeNothing(t *testing.T) {
	t.Parallel()
	f := folds(t, uneven(4, generator(1)).draw(t, generator(2), 20))
	for _, s := range objective.Spreads() {
		rounds, err := posthoc.Chain{Recipe: recipe(t, "uniform", "", 0), Rounds: 1, Spread: s}.CrossFit(f)
		if err != nil {
			t.Fatal(err)
		}
		c := rounds[1].CrossFitted
		if c.Difference(objective.Score{Spread: s, Penalty: 2}) != 0 || c.Drop() != 0 || rounds[1].Spread != s.Of(c.Plain.Recall()) {
			t.Errorf("%s: equal weights change the score by %v", s, c.Difference(objective.Score{Spread: s}))
		}
	}
}
