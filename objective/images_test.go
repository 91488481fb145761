package objective

import (
	"math"
	"math/rand/v2"
	"testing"
)

// jackknifed is a made-up arm with its example-by-example answers.
type jackknifed struct {
	labels             []uint16
	ref, own, weighted [][]uint16 // by seed
}

// newJackknifed draws an arm that loses accuracy, or whose own baseline is the
// better one.
func newJackknifed(seeds int, ownIsBetter bool) jackknifed {
	rng := rand.New(rand.NewPCG(7, uint64(seeds)))
	var j jackknifed
	sizes := []int{300, 200, 250}
	for c, n := range sizes {
		for range n {
			j.labels = append(j.labels, uint16(c))
		}
	}
	rng.Shuffle(len(j.labels), func(a, b int) { j.labels[a], j.labels[b] = j.labels[b], j.labels[a] })
	answer := func(shift [3]float64, hard []float64) []uint16 {
		p := make([]uint16, len(j.labels))
		for i, c := range j.labels {
			if p[i] = c; shift[c]+hard[i]+0.6*rng.NormFloat64() < 0 {
				p[i] = (c + 1) % 3
			}
		}
		return p
	}
	hard := make([]float64, len(j.labels))
	for i := range hard {
		hard[i] = rng.NormFloat64()
	}
	plain := [3]float64{1.6, .9, .3}
	own := plain
	if ownIsBetter {
		own = [3]float64{2, 1.2, .5}
	}
	for range seeds {
		j.ref = append(j.ref, answer(plain, hard))
		j.own = append(j.own, answer(own, hard))
		j.weighted = append(j.weighted, answer([3]float64{.9, .5, .4}, hard))
	}
	return j
}

// measure returns the arm's replicates without one image; -1 leaves out none.
func (j jackknifed) measure(score Score, without int) []Replicate {
	keep := func(x []uint16) []uint16 {
		if without < 0 {
			return x
		}
		return append(append([]uint16(nil), x[:without]...), x[without+1:]...)
	}
	labels := keep(j.labels)
	round := func(p []uint16) Round {
		m, err := ConfusionFromLabels(3, labels, keep(p))
		if err != nil {
			panic(err)
		}
		return Round{Val: m, Hits: NewHits(m, labels, keep(p)), Spread: score.Spread.Of(m.Recall()), BalancedAccuracy: m.BalancedAccuracy()}
	}
	reps := make([]Replicate, len(j.ref))
	for s := range reps {
		reps[s] = Replicate{Reference: round(j.ref[s]), Rounds: []Round{round(j.own[s]), round(j.weighted[s])}}
	}
	return reps
}

// TestArmImageVariance compares with the stratified jackknife, which leaves out one
// image after the other and measures everything anew:
//
//	sum over classes of (m - 1)/m * sum over images of (difference without i - mean)^2
//
// B. Efron, The jackknife, the bootstrap and other resampling plans, 1982, section 3.
// The delta method agrees with it to the order of 1/m. The charge for lost accuracy
// is part of the difference in two of the cases.
func TestArmImageVariance(t *testing.T) {
	for _, c := range []struct {
		name    string
		score   Score
		better  bool
		seeds   int
		charged bool
	}{
		{"spread alone", Score{StdDev, 1, 2}, false, 3, false},
		{"one seed", Score{Gini, 1, 2}, false, 1, false},
		{"against the reference", Score{StdDev, 0, 2}, false, 4, true},
		{"against the own baseline", Score{StdDev, 0.01, 1.5}, true, 3, true},
	} {
		j := newJackknifed(c.seeds, c.better)
		arm := c.score.Arms(j.measure(c.score, -1))[0]
		if charged := arm.Charge > 1e-6; charged != c.charged {
			t.Errorf("%s: charged %v (%g), want %v", c.name, charged, arm.Charge, c.charged)
		}
		without := make([][]float64, 3)
		for i, class := range j.labels {
			without[class] = append(without[class], c.score.Arms(j.measure(c.score, i))[0].Difference)
		}
		var want float64
		for _, x := range without {
			m := float64(len(x))
			want += sumSquares(x) * (m - 1) / m
		}
		if math.Abs(arm.ImageVariance-want) > 0.02*want {
			t.Errorf("%s: image variance %v, jackknife %v", c.name, arm.ImageVariance, want)
		}
	}
}

// TestImageVariancesOfMatrices: without hits, class 0 has recalls .9 and .6 with
// slopes 1 and 2 on two seeds of one model and .8 with slope -3 on another, of ten
// images: ((1*.3 + 2*sqrt .24)^2 + (3*.4)^2) / 9. Class 1 has one image only.
func TestImageVariancesOfMatrices(t *testing.T) {
	round := func(right int64) Round {
		m, err := ConfusionFromRows([][]int64{{right, 10 - right}, {0, 1}})
		if err != nil {
			t.Fatal(err)
		}
		return Round{Val: m}
	}
	got := ImageVariances(
		Linear{Rounds: []Round{round(9), round(6)}, Slopes: [][]float64{{1, 5}, {2, 5}}},
		Linear{Rounds: []Round{round(8)}, Slopes: [][]float64{{-3, 5}}},
	)
	want := (math.Pow(0.3+2*math.Sqrt(0.24), 2) + 1.2*1.2) / 9
	if math.Abs(got[0]-want) > 1e-15 || got[1] != 0 {
		t.Errorf("variances %v, want %v and 0", got, want)
	}
}

// TestMatricesBoundImages: what matrices alone say is never below what the same runs say
// image by image, also of a class near the mean, whose slope changes its sign between
// seeds, and of one that two models have on different sides of it.
func TestMatricesBoundImages(t *testing.T) {
	j := newJackknifed(4, false)
	reps := j.measure(Score{Spread: StdDev, Tolerance: 1}, -1)
	for _, slopes := range [][2][]float64{
		{{1, 1, 1, 1}, {-1, -1, -1, -1}},
		{{1, -1, 1, -1}, {0, 0, 0, 0}},
		{{1, -1, .5, -.5}, {.1, -.2, .1, -.1}},
		{{1, .5, 1, 1}, {1, 1, .5, 1}},
	} {
		var parts [2]Linear
		for p := range parts {
			for s, rep := range reps {
				v := slopes[p][s]
				parts[p].Rounds, parts[p].Slopes = append(parts[p].Rounds, rep.Rounds[p]), append(parts[p].Slopes, []float64{v, v, v})
			}
		}
		paired := ImageVariances(parts[:]...)
		for p := range parts {
			for s := range parts[p].Rounds {
				parts[p].Rounds[s].Hits = nil
			}
		}
		for c, v := range ImageVariances(parts[:]...) {
			if !(v >= paired[c]) || paired[c] == 0 {
				t.Errorf("slopes %v, class %d: %v from matrices, %v image by image", slopes, c, v, paired[c])
			}
		}
	}
}

// TestImagesOfEquals: a model that answers like the reference has no noise, and one
// hit that is not known makes the matrices count.
func TestImagesOfEquals(t *testing.T) {
	score := Score{Spread: StdDev, Tolerance: 1}
	j := newJackknifed(3, false)
	j.weighted = j.ref
	reps := j.measure(score, -1)
	if v := score.Arms(reps)[0].ImageVariance; v > 1e-18 {
		t.Errorf("the reference itself has image variance %v", v)
	}
	reps[1].Rounds[1].Hits = nil
	if v := score.Arms(reps)[0].ImageVariance; v < 1e-5 {
		t.Errorf("image variance %v from matrices; want that of two independent models", v)
	}
}
