package confirm

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"evenkeel/objective"
)

// twoParts draws a model's rounds on a validation part and its recalls on a test part, of
// other seeds, and compares them.
func twoParts(t *testing.T, rng *rand.Rand, validation, test model) *Parts {
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
	examples := make([]int64, len(test.images))
	for c, n := range test.images {
		examples[c] = int64(n)
	}
	return CompareParts(rounds, measured.Recalls(), examples, test.seeds)
}

// part is a part of ten classes with so many images each, on so many seeds, which
// raise or lower all recalls together by a common effect.
func part(recalls []float64, images, seeds int, common float64) model {
	return model{a: recalls, b: recalls, images: slices.Repeat([]int{images}, len(recalls)), seeds: seeds, seedSD: .1, common: common, image: .7, both: .1, own: .2}
}

// TestPartsAlike: two parts of one population are called unlike in at most 1 % of studies,
// with few seeds and few images too, and where a
// seed raises or lowers all classes together. 2.5 % of 400 are 1 % and three standard deviations.
func TestPartsAlike(t *testing.T) {
	const studies = 400
	for _, c := range []struct {
		seeds, validation, test int
		recalls                 []float64
		common                  float64
	}{
		{8, 120, 400, profile(10), 0}, {3, 120, 400, profile(10), 0}, {8, 30, 30, profile(10), 0}, {3, 20, 400, shrunk(profile(10), .2, -.1), 0},
		{8, 120, 400, profile(10), .15}, {20, 400, 400, profile(10), .3}, {3, 400, 400, profile(10), .3},
	} {
		rng := rand.New(rand.NewPCG(7, uint64(c.seeds)))
		unlike := 0
		for range studies {
			if twoParts(t, rng, part(c.recalls, c.validation, c.seeds, c.common), part(c.recalls, c.test, 6, c.common)).Unlike() {
				unlike++
			}
		}
		if t.Logf("%+v: %d of %d", c, unlike, studies); unlike > studies*25/1000 {
			t.Errorf("%+v: unlike in %d of %d studies", c, unlike, studies)
		}
	}
}

// TestPartsUnlike: a loss of eight points everywhere is seen, and one of 35 points in one class
// is and names it; where the recalls are equal the difference and its interval are about 0.
func TestPartsUnlike(t *testing.T) {
	rng := rand.New(rand.NewPCG(8, 8))
	harder, one := slices.Clone(profile(10)), slices.Clone(profile(10))
	for c := range harder {
		harder[c] -= .08
	}
	one[4] -= .35
	if p := twoParts(t, rng, part(profile(10), 120, 8, 0), part(harder, 400, 10, 0)); !p.Balanced || p.High >= 0 || !(p.Low < p.Test-p.Validation && p.Test-p.Validation < p.High) {
		t.Errorf("everything harder: %+v", p)
	}
	if p := twoParts(t, rng, part(profile(10), 120, 8, 0), part(one, 400, 10, 0)); !p.Unlike() || !slices.Equal(p.Classes, []int{4}) {
		t.Errorf("class 4 harder: %+v", p)
	}
}

// TestPartsByHand: two seeds with recalls .8 and .6 of class 0, .9 and .9 of class 1, on ten
// images each, and .5 and .7 on test, class 2 having none there: balanced .8 and .6. The half width
// is sqrt(12.7062^2 .005 (1/2 + 1/10) + 1.95996^2 (.011302 + .001302)).
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
	examples := []int64{100, 100, 0}
	p := CompareParts([]objective.Round{round(8), round(6)}, test, examples, 10)
	if math.Abs(p.Validation-.8) > 1e-12 || math.Abs(p.Test-.6) > 1e-12 || math.Abs((p.High-p.Low)/2-.7299) > 1e-4 || p.Unlike() {
		t.Errorf("%+v", p)
	}
	if CompareParts([]objective.Round{round(8)}, test, examples, 10) != nil || CompareParts([]objective.Round{round(8), round(6)}, nil, nil, 10) != nil {
		t.Error("one seed, or no test part, is compared")
	}
}

// TestPartsOfPerfectRecalls: a class that is recognised every time on 20 images of validation
// and in 89 % of 400 on test is not called unlike: 20 of 20 has a probability of .1.
func TestPartsOfPerfectRecalls(t *testing.T) {
	m, err := objective.ConfusionFromRows([][]int64{{20, 0}, {2, 18}})
	if err != nil {
		t.Fatal(err)
	}
	rounds := []objective.Round{{Val: m}, {Val: m}, {Val: m}}
	if p := CompareParts(rounds, []Recall{{.894, .86, .92}, {.9, .87, .93}}, []int64{400, 400}, 10); p.Unlike() {
		t.Errorf("%+v", p)
	}
}
