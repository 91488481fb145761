package posthoc_test

import (
	"math"
	"testing"

	"evenkeel/objective"
	"evenkeel/objective/evidence/interval"
	"evenkeel/objective/evidence/posthoc"
)

// Wanted values by hand.
func TestTransmit(t *testing.T) {
	t.Parallel()
	one := posthoc.Effect{Observed: []float64{.05, -.01, 0}, Predicted: []float64{.1, -.04, 0}}
	two := posthoc.Effect{Observed: []float64{.1, 0, 0}, Predicted: []float64{.1, 0, .1}}
	none := posthoc.Effect{Observed: []float64{.1, 0, 0}, Predicted: []float64{0, 0, 0}}
	tau := .0054 / .0116
	rest := square(.05-tau*.1) + square(-.01+tau*.04)
	pooled := (.0054 + .01) / (.0116 + .02)
	sandwich := math.Sqrt(2*(square(.0054-pooled*.0116)+square(.01-pooled*.02))) / (.0116 + .02)
	for _, c := range []struct {
		name    string
		effects []posthoc.Effect
		want    posthoc.Transmission
	}{
		{"one", []posthoc.Effect{one}, posthoc.Transmission{Tau: tau, SE: math.Sqrt(rest / 2 / .0116), Effects: 1}},
		{"pooled", []posthoc.Effect{one, none, two}, posthoc.Transmission{Tau: pooled, SE: sandwich, Effects: 2}},
		{"no prediction", []posthoc.Effect{none}, posthoc.Transmission{Tau: math.NaN(), SE: math.NaN()}},
		{"nothing", nil, posthoc.Transmission{Tau: math.NaN(), SE: math.NaN()}},
	} {
		got := posthoc.Transmit(c.effects...)
		if !near(got.Tau, c.want.Tau) || !near(got.SE, c.want.SE) || got.Effects != c.want.Effects {
			t.Errorf("%s: %+v; want %+v", c.name, got, c.want)
		}
	}
}

func square(x float64) float64 { return x * x }

func near(a, b float64) bool {
	return math.IsNaN(a) && math.IsNaN(b) || math.Abs(a-b) <= 1e-12*max(1, math.Abs(b))
}

func TestEffectOf(t *testing.T) {
	t.Parallel()
	matrix := func(a, b int64) *objective.Confusion {
		m, err := objective.ConfusionFromRows([][]int64{{a, 10 - a}, {20 - b, b}})
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	e := posthoc.EffectOf(matrix(5, 18), matrix(8, 14), matrix(4, 16), matrix(5, 15)) // before is another model's
	for c, want := range []float64{.1, -.05} {
		if !near(e.Observed[c], want) || !near(e.Predicted[c], []float64{.3, -.2}[c]) {
			t.Errorf("effect %+v", e)
		}
	}
}

// TestTransmissionIsEstimated: over many studies of 20 arms with a known
// transmission the mean is right, and the standard errors say how the estimates
// scatter.
func TestTransmissionIsEstimated(t *testing.T) {
	t.Parallel()
	for _, truth := range []float64{0, .3, 1} {
		var taus, squares []float64
		rng := generator(1)
		for range 400 {
			var effects []posthoc.Effect
			for range 20 {
				e := posthoc.Effect{}
				size := .02 + .08*rng.Float64()
				for range 10 {
					p := size * rng.NormFloat64()
					e.Predicted = append(e.Predicted, p)
					e.Observed = append(e.Observed, truth*p+.03*rng.NormFloat64())
				}
				effects = append(effects, e)
			}
			got := posthoc.Transmit(effects...)
			taus, squares = append(taus, got.Tau), append(squares, got.SE*got.SE)
		}
		m, se := meanSE(taus)
		if math.Abs(m-truth) > 4*se {
			t.Errorf("mean transmission %v +- %v; want %v", m, se, truth)
		}
		scatter := se * math.Sqrt(400)
		if said := math.Sqrt(interval.Mean(squares)); math.Abs(said/scatter-1) > .12 {
			t.Errorf("transmission %v: standard errors say %v; estimates scatter by %v", truth, said, scatter)
		}
	}
}

// TestTransmissionInterval: the quantiles of Student's t at .975 are 12.706, 4.303 and
// 2.365 with 1, 2 and 7 degrees of freedom.
func TestTransmissionInterval(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		effects     int
		tau, se     float64
		half        float64
		text        string
		ineffective bool
	}{
		{1, .1, .01, math.NaN(), "10 %", false},
		{2, .1, .01, .12706, "10 % (+- 13)", false},
		{3, .1, .01, .04303, "10 % (+- 4)", true},
		{8, .834, .03, .07095, "83 % (+- 7)", false},
		{8, .25, .06, .1419, "25 % (+- 14)", false},
		{8, -.004, .06, .1419, "0 % (+- 14)", true},
		{0, math.NaN(), math.NaN(), math.NaN(), "NaN %", false},
	} {
		got := posthoc.Transmission{Tau: c.tau, SE: c.se, Effects: c.effects}
		if half := got.HalfWidth(); !near(half, c.half) && math.Abs(half-c.half) > 2e-4 || got.String() != c.text || got.Ineffective() != c.ineffective {
			t.Errorf("%d effects: half width %v, %q, ineffective %v; want %v, %q, %v", c.effects, half, got, got.Ineffective(), c.half, c.text, c.ineffective)
		}
	}
}

// TestTransmissionIntervalHolds: the intervals of few studies hold in about 95 % of
// cases.
func TestTransmissionIntervalHolds(t *testing.T) {
	t.Parallel()
	for _, groups := range []int{3, 8} {
		rng, held := generator(2), 0
		const studies = 1000
		for range studies {
			var effects []posthoc.Effect
			for range groups {
				e := posthoc.Effect{}
				for range 10 {
					p := .05 * rng.NormFloat64()
					e.Predicted = append(e.Predicted, p)
					e.Observed = append(e.Observed, .6*p+.03*rng.NormFloat64())
				}
				effects = append(effects, e)
			}
			if got := posthoc.Transmit(effects...); math.Abs(got.Tau-.6) <= got.HalfWidth() {
				held++
			}
		}
		if held < studies*92/100 {
			t.Errorf("%d effects: %d of %d intervals hold; want about 95 %%", groups, held, studies)
		}
	}
}
