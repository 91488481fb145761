package posthoc_test

import (
	"math"
	"math/rand/v2"
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

// TestOptimism: weights look better on the examples that they were measured on than on fresh
// ones, in uneven and in even worlds; with the optimism added they do not, and most of what
// they looked better by is gone.
func TestOptimism(t *testing.T) {
	t.Parallel()
	chain := posthoc.Chain{Recipe: recipe(t, "error-power", "exponent", 0.5), Rounds: 2}
	chain.Recipe.Update = schemes.Accumulate
	for name, world := range map[string]func(rng *rand.Rand) world{
		"uneven": func(rng *rand.Rand) world { return uneven(6, rng) },
		"even":   func(*rand.Rand) world { return even(6, 3) },
	} {
		var apparent, corrected, accuracy, correctedAccuracy []float64
		for seed := range uint64(60) {
			rng := generator(seed)
			w := world(rng)
			f := folds(t, w.draw(t, rng, 60))
			rounds, err := chain.Run(f.Whole())
			if err != nil {
				t.Fatal(err)
			}
			spread, loss, err := chain.Optimism(f)
			if err != nil {
				t.Fatal(err)
			}
			shift := posthoc.FromWeights(rounds[2].Weights)
			var fresh, drop float64
			for range 20 {
				p := w.draw(t, rng, 60)
				plain, shifted := p.Confusion(make([]float64, 6)), p.Confusion(shift)
				fresh += (objective.StdDev.Of(shifted.Recall()) - objective.StdDev.Of(plain.Recall())) / 20
				drop += (plain.BalancedAccuracy() - shifted.BalancedAccuracy()) / 20
			}
			seen, lost := rounds[2].Spread-rounds[0].Spread, rounds[0].BalancedAccuracy-rounds[2].BalancedAccuracy
			apparent, corrected = append(apparent, seen-fresh), append(corrected, seen+spread-fresh)
			accuracy, correctedAccuracy = append(accuracy, lost-drop), append(correctedAccuracy, lost+loss-drop)
		}
		a, aSE := meanSE(apparent)
		c, cSE := meanSE(corrected)
		la, _ := meanSE(accuracy)
		lc, lcSE := meanSE(correctedAccuracy)
		t.Logf("%s: apparent %+.4f +- %.4f, corrected %+.4f +- %.4f; loss apparent %+.4f, corrected %+.4f +- %.4f", name, a, aSE, c, cSE, la, lc, lcSE)
		if a > -3*aSE {
			t.Errorf("%s: weights look better by %v +- %v on their own examples; want a bias to correct", name, -a, aSE)
		}
		if c < -2*cSE || math.Abs(c) > math.Abs(a)/2 {
			t.Errorf("%s: corrected they are off by %v +- %v; want no better than on fresh examples, and less than half of %v", name, c, cSE, a)
		}
		if math.Abs(lc) > 0.003+2*lcSE {
			t.Errorf("%s: the corrected loss of accuracy is off by %v +- %v", name, lc, lcSE)
		}
	}
}
