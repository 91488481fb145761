package posthoc

import (
	"fmt"
	"math"

	"evenkeel/objective"
	"evenkeel/objective/evidence/interval"
)

// Effect is the observed and the predicted effect of weights on the recalls of one run:
// the changes against the unweighted run, one entry per class.
type Effect struct{ Observed, Predicted []float64 }

// EffectOf returns the effect of weights, from confusion matrices: plain is that of the
// unweighted model whose logits are known, shifted that of these logits shifted by the
// weights; before and after are those of the model trained without and with the weights.
// Where it is the model of the logits, before is plain. It panics if the matrices are of
// different numbers of classes.
func EffectOf(plain, shifted, before, after *objective.Confusion) Effect {
	for _, m := range []*objective.Confusion{shifted, before, after} {
		if m.Classes() != plain.Classes() {
			panic(fmt.Sprintf("posthoc: an effect from matrices of %d and of %d classes; want the same number", plain.Classes(), m.Classes()))
		}
	}
	e := Effect{Observed: after.Recall(), Predicted: shifted.Recall()}
	for c, r := range before.Recall() {
		e.Observed[c] -= r
	}
	for c, r := range plain.Recall() {
		e.Predicted[c] -= r
	}
	return e
}

// Transmission says how much of a predicted effect training delivers.
type Transmission struct {
	// Tau is 1 where training delivers all of the predicted change, 0 where weights
	// have no effect, and below 0 where they have the opposite one. It is NaN where no
	// change was predicted.
	Tau float64
	// SE is the standard error of Tau; NaN for a single effect on fewer than two
	// classes, and where Tau is NaN.
	SE float64
	// Effects is the number of effects that Tau is made of: those for which a
	// change was predicted.
	Effects int
}

const (
	// leastTau is the share of a predicted change below which weights count as without
	// effect. Our choice.
	leastTau = 0.3
	// enoughEffects is the number of effects from which on that is judged.
	enoughEffects = 3
)

// Ineffective reports whether training ended as if there were no weights: it delivered
// less than 30 % of the predicted changes, by one standard error, on three effects or more.
func (t Transmission) Ineffective() bool {
	return t.Effects >= enoughEffects && t.Tau+t.SE < leastTau
}

// HalfWidth returns half the width of the 95 % interval of Tau, SE times the quantile of
// Student's t with Effects - 1 degrees of freedom, since the effects are independent. It
// is NaN for fewer than two.
func (t Transmission) HalfWidth() float64 {
	if t.Effects < 2 {
		return math.NaN()
	}
	return t.SE * interval.Quantile(interval.TwoSided, float64(t.Effects-1))
}

// String writes the share with the half width of its interval, both in percent:
// 83 % (+- 7), or 83 % where there is no interval.
func (t Transmission) String() string {
	text := fmt.Sprintf("%.0f %%", math.Round(100*t.Tau)+0) // + 0: no negative zero
	if half := t.HalfWidth(); !math.IsNaN(half) {
		text += fmt.Sprintf(" (+- %.0f)", 100*half)
	}
	return text
}

// Transmit returns the transmission of the effects together, the slope of the
// observed changes o over the predicted changes p through the origin:
//
//	tau = sum_g <o_g, p_g> / sum_g |p_g|^2
//
// so that an effect counts by the size of the predicted change. For one effect
//
//	SE^2 = |o - tau p|^2 / (K - 1) / |p|^2
//
// as if the classes' residuals were independent and of one variance. For G >= 2 effects
// nothing is assumed within an effect, since the changes of the classes of one run
// depend on each other,
//
//	SE^2 = G / (G - 1) * sum_g <o_g - tau p_g, p_g>^2 / (sum_g |p_g|^2)^2
//
// but effects are taken to be independent. Rounds of one trial and seed are not quite,
// nor are arms that share the seed of the unweighted run. For fewer than about ten
// effects SE tends to be too small.
//
// Effects without a predicted change are left out. It panics if an effect has
// slices of different lengths.
//
// Source: the sandwich estimator for clusters, K.-Y. Liang and S. L. Zeger,
// Longitudinal data analysis using generalized linear models, Biometrika 73 (1),
// 1986, with the usual factor for few clusters.
func Transmit(effects ...Effect) Transmission {
	var together, size float64
	var used []Effect
	for _, e := range effects {
		if len(e.Observed) != len(e.Predicted) {
			panic(fmt.Sprintf("posthoc: an effect with %d observed and %d predicted changes", len(e.Observed), len(e.Predicted)))
		}
		if s := dot(e.Predicted, e.Predicted); s > 0 {
			together += dot(e.Observed, e.Predicted)
			size += s
			used = append(used, e)
		}
	}
	t := Transmission{Tau: math.NaN(), SE: math.NaN(), Effects: len(used)}
	if len(used) == 0 {
		return t
	}
	t.Tau = together / size
	var sum float64
	if len(used) == 1 {
		e := used[0]
		for c, o := range e.Observed {
			rest := o - float64(t.Tau*e.Predicted[c])
			sum += float64(rest * rest)
		}
		if k := len(e.Observed); k > 1 {
			t.SE = math.Sqrt(sum / float64(k-1) / size)
		}
		return t
	}
	for _, e := range used {
		score := dot(e.Observed, e.Predicted) - float64(t.Tau*dot(e.Predicted, e.Predicted))
		sum += float64(score * score)
	}
	g := float64(len(used))
	t.SE = math.Sqrt(g/(g-1)*sum) / size
	return t
}

// dot returns the inner product.
func dot(a, b []float64) float64 {
	var sum float64
	for c, v := range a {
		sum += float64(v * b[c])
	}
	return sum
}
