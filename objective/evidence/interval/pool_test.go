package interval

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// TestTrigamma compares with trigamma(1) = pi^2/6, trigamma(1/2) = pi^2/2 and
// trigamma(2) = pi^2/6 - 1, and goes back.
func TestTrigamma(t *testing.T) {
	for x, want := range map[float64]float64{1: math.Pi * math.Pi / 6, 0.5: math.Pi * math.Pi / 2, 2: math.Pi*math.Pi/6 - 1} {
		if got := trigamma(x); math.Abs(got-want) > 1e-13*want {
			t.Errorf("trigamma(%v) = %v, want %v", x, got, want)
		}
	}
	for _, x := range []float64{1e-3, 0.1, 0.5, 1, 2, 7.5, 100, 1e5} {
		if got := trigammaInverse(trigamma(x)); math.Abs(got-x) > 1e-9*x {
			t.Errorf("trigammaInverse(trigamma(%v)) = %v", x, got)
		}
	}
}

// TestPoolKnowsTheTruth draws variances from the assumed distribution
// and finds its parameters again, the freedom halved.
func TestPoolKnowsTheTruth(t *testing.T) {
	for _, freedom := range []float64{2, 8} {
		rng := rand.New(rand.NewPCG(7, uint64(freedom)))
		var groups []Group
		for range 4000 {
			variance := freedom * 0.0004 / chiSquared(rng, int(freedom))
			groups = append(groups, Group{Seeds: 5, SumSquares: variance * chiSquared(rng, 4)})
		}
		n := NewPool(groups)
		if math.Abs(2*n.Freedom-freedom) > 0.15*freedom || math.Abs(n.Variance-0.0004) > 0.04*0.0004 {
			t.Errorf("freedom %v, variance .0004: estimated %v, %v", freedom, n.Freedom, n.Variance)
		}
	}
}

// TestIntervalsHoldTogether draws studies in which every arm's true difference
// is known and its noise is its own, and counts the studies in which all intervals
// hold. The aim is 95 %; the bound leaves two points to the approximation and
// three standard errors of 500 repetitions.
func TestIntervalsHoldTogether(t *testing.T) {
	const studies = 500
	kinds := []struct {
		name string
		sd   func(rng *rand.Rand, arm int) float64
	}{
		{"alike", func(*rand.Rand, int) float64 { return 0.01 }},
		{"lognormal", func(rng *rand.Rand, _ int) float64 { return 0.01 * math.Exp(0.7*rng.NormFloat64()) }},
		{"two kinds", func(_ *rand.Rand, arm int) float64 { return []float64{0.01, 0.1}[arm%2] }},
		{"one loud by 4", func(_ *rand.Rand, arm int) float64 { return []float64{0.04, 0.01}[min(arm, 1)] }},
		{"one loud by 10", func(_ *rand.Rand, arm int) float64 { return []float64{0.1, 0.01}[min(arm, 1)] }},
	}
	for _, size := range []struct{ arms, seeds int }{{3, 3}, {12, 3}, {12, 5}, {49, 3}} {
		for _, k := range kinds {
			t.Run(fmt.Sprintf("%s/%d arms of %d seeds", k.name, size.arms, size.seeds), func(t *testing.T) {
				rng := rand.New(rand.NewPCG(11, 13))
				good := 0
				for range studies {
					if holdTogether(rng, size.arms, size.seeds, k.sd) {
						good++
					}
				}
				share := float64(good) / studies
				t.Logf("all intervals hold in %.1f %% of studies", 100*share)
				if bound := 0.93 - 3*math.Sqrt(0.93*0.07/studies); share < bound {
					t.Errorf("all intervals hold in %.1f %% of studies, want at least %.1f %%", 100*share, 100*bound)
				}
			})
		}
	}
}

// holdTogether draws one study and says whether all its intervals hold.
func holdTogether(rng *rand.Rand, arms, seeds int, sdOf func(*rand.Rand, int) float64) bool {
	list, mean, truth := make([]Group, arms), make([]float64, arms), make([]float64, arms)
	for g := range list {
		sd, x := sdOf(rng, g), make([]float64, seeds)
		truth[g] = 0.1 * rng.NormFloat64()
		for s := range x {
			x[s] = truth[g] + sd*rng.NormFloat64()
		}
		list[g], mean[g] = Group{Seeds: seeds, SumSquares: SumSquares(x)}, Mean(x)
	}
	pool, all := NewPool(list), true
	for g, a := range list {
		all = all && math.Abs(mean[g]-truth[g]) <= pool.HalfWidth(a)
	}
	return all
}

// TestPoolOfLittle: two seeds have no interval; few arms have their own variance;
// arms that never vary have an interval of width 0.
func TestPoolOfLittle(t *testing.T) {
	two := []Group{{Seeds: 3, SumSquares: 0.02}, {Seeds: 3, SumSquares: 0.08}, {Seeds: 2, SumSquares: 0.01}}
	n := NewPool(two)
	if n.Freedom != 0 || !math.IsNaN(n.HalfWidth(two[2])) {
		t.Errorf("pool of three arms %+v; half width of two seeds %v", n, n.HalfWidth(two[2]))
	}
	want := Quantile(Bonferroni(3), 2) * math.Sqrt(0.02/2/3)
	if got := n.HalfWidth(two[0]); math.Abs(got-want) > 1e-12*want {
		t.Errorf("half width %v, want %v", got, want)
	}
	// With an image variance the squares of the half widths add up; 2.3940 is the
	// normal quantile at 1 - .05/6 of every table.
	two[0].ImageVariance = 0.0009
	want = math.Hypot(want, 2.3940*0.03)
	if got := n.HalfWidth(two[0]); math.Abs(got-want) > 1e-4*want {
		t.Errorf("half width with images %v, want %v", got, want)
	}
	still := []Group{{Seeds: 3}, {Seeds: 3}, {Seeds: 3}}
	if got := NewPool(still).HalfWidth(still[0]); got != 0 {
		t.Errorf("arms that never vary have half width %v", got)
	}
}

// chiSquared draws from the chi-squared distribution.
func chiSquared(rng *rand.Rand, freedom int) float64 {
	var sum float64
	for range freedom {
		z := rng.NormFloat64()
		sum += z * z
	}
	return sum
}
