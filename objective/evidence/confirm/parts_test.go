package confirm

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"evenkeel/objective"
)

// twoParts draws a model's rounds on a validation part and its recalls on a test part, of
// other seeds.
func twoParts(t *testing.T, rng *rand.Rand, validation, test model) ([]objective.Round, []Recall) {
	t.Helper()
	labels := validation.labels()
	var rounds []objective.Round
	runs, _ := validation.draw(rng)
	for _, predictions := range runs {
		m := objective.NewConfusion(len(validation.a))
		for i, c := range labels {
			m.Add(int(c), int(predictions[i]), 1)
		}
		rounds = append(rounds, objective.Round{Val: m, Hits: objective.NewHits(m, labels, predictions)})
	}
	sample, err := NewSample(len(test.a), test.labels())
	if err != nil {
		t.Fatal(err)
	}
	runs, _ = test.draw(rng)
	measured, err := sample.Measure(runs)
	if err != nil {
		t.Fatal(err)
	}
	return rounds, measured.Recalls()
}

// part is a part of ten classes with so many images each, on so many seeds.
func part(recalls []float64, images, seeds int) model {
	return model{a: recalls, b: recalls, images: slices.Repeat([]int{images}, len(recalls)), seeds: seeds, seedSD: .1, image: .7, both: .1, own: .2}
}

// TestPartsAlike: two parts of one population are called unlike in at most 1 % of studies,
// with few seeds and few images too. 2.5 % of 400 are 1 % and three standard deviations.
func TestPartsAlike(t *testing.T) {
	const studies = 400
	for _, c := range []struct{ seeds, validation, test int }{{8, 120, 400}, {3, 120, 400}, {8, 30, 30}} {
		rng := rand.New(rand.NewPCG(7, uint64(c.seeds)))
		unlike := 0
		for range studies {
			rounds, recalls := twoParts(t, rng, part(profile(10), c.validation, c.seeds), part(profile(10), c.test, 10))
			if CompareParts(rounds, recalls).Unlike() {
				unlike++
			}
		}
		if t.Logf("%+v: %d of %d", c, unlike, studies); unlike > studies*25/1000 {
			t.Errorf("%+v: unlike in %d of %d studies", c, unlike, studies)
		}
	}
}

// TestPartsUnlike: a loss of eight points everywhere is seen, and one of 25 points in one class
// is and names it; where the recalls are equal the difference and its interval are about 0.
func TestPartsUnlike(t *testing.T) {
	rng := rand.New(rand.NewPCG(8, 8))
	harder, one := slices.Clone(profile(10)), slices.Clone(profile(10))
	for c := range harder {
		harder[c] -= .08
	}
	one[4] -= .25
	rounds, recalls := twoParts(t, rng, part(profile(10), 120, 8), part(harder, 400, 10))
	if p := CompareParts(rounds, recalls); !p.Balanced || p.High >= 0 || !(p.Low < p.Test-p.Validation && p.Test-p.Validation < p.High) {
		t.Errorf("everything harder: %+v", p)
	}
	rounds, recalls = twoParts(t, rng, part(profile(10), 120, 8), part(one, 400, 10))
	if p := CompareParts(rounds, recalls); !p.Unlike() || !slices.Equal(p.Classes, []int{4}) {
		t.Errorf("class 4 harder: %+v", p)
	}
}

// TestPartsByHand: two seeds with recalls .8 and .6 of class 0, .9 and .9 of class 1, on ten
// images each, and .5 and .7 on test, class 2 having none there: balanced .8 and .6.
func TestPartsByHand(t *testing.T) {
	round := func(a int64) objective.Round {
		m, err := objective.ConfusionFromRows([][]int64{{a, 10 - a, 0}, {1, 9, 0}, {0, 0, 10}})
		if err != nil {
			t.Fatal(err)
		}
		return objective.Round{Val: m}
	}
	nan := math.NaN()
	test := []Recall{{.5, .4, .6}, {.7, .6, .8}, {nan, nan, nan}}
	p := CompareParts([]objective.Round{round(8), round(6)}, test)
	if math.Abs(p.Validation-.8) > 1e-12 || math.Abs(p.Test-.6) > 1e-12 || p.Unlike() {
		t.Errorf("%+v", p)
	}
	if CompareParts([]objective.Round{round(8)}, test) != nil || CompareParts([]objective.Round{round(8), round(6)}, nil) != nil {
		t.Error("one seed, or no test part, is compared")
	}
}
