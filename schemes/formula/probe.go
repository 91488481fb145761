package formula

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"evenkeel/schemes"
)

// probe is a made-up measurement.
type probe struct {
	what string
	m    schemes.Measurement
}

// probes lists what formulas are tried on: ordinary and equal signals, the ends
// (which smoothing keeps off 0 and 1, by the less the more examples there are),
// few and many classes, balanced and unbalanced training counts.
func probes() []probe {
	many := schemes.Measurement{}
	for c := range int64(100) {
		many.TruePositives = append(many.TruePositives, 10*c)
		many.Support = append(many.Support, 990)
		many.Predicted = append(many.Predicted, 990)
		many.Train = append(many.Train, 1+int(c*c))
	}
	return []probe{
		{"ordinary signals", measurement([]int64{478, 368, 390}, 500, []int64{520, 450, 530}, []int{4499, 4480, 4521})},
		{"equal signals", measurement([]int64{400, 400, 400}, 500, []int64{500, 500, 500}, []int{2000, 2000, 2000})},
		{"no class recognised", measurement([]int64{0, 0, 0}, 500, []int64{500, 500, 500}, []int{2000, 2000, 2000})},
		{"every class fully recognised", measurement([]int64{500, 500}, 500, []int64{500, 500}, []int{2000, 1000})},
		{"one class never and one fully recognised", measurement([]int64{0, 500}, 500, []int64{0, 1000}, []int{10, 50000})},
		{"the same at 10,000 examples a class", measurement([]int64{0, 10000, 5000}, 10000, []int64{0, 20000, 10000}, []int{50000, 50000, 50000})},
		{"one example a class", measurement([]int64{0, 1}, 1, []int64{1, 1}, []int{4, 4})},
		{"100 classes", many},
	}
}

// measurement returns one with equal supports.
func measurement(hits []int64, support int64, predicted []int64, train []int) schemes.Measurement {
	return schemes.Measurement{
		TruePositives: hits, Support: slices.Repeat([]int64{support}, len(hits)), Predicted: predicted, Train: train,
	}
}

// Probe tries a recipe, the scheme of which is a formula, on made-up
// measurements and reports the first for which there are no usable weights:
// negative ones, ones that are not finite, or none above 0. It tries the values
// of the parameters at the corners of the box from low to high (many classes only
// at the low one), in round 1 and, after uneven weights, in the last of the given
// rounds; what r.Values say does not matter. A strength counts as out of reach if none of the measurements
// reaches it.
func Probe(r schemes.Recipe, low, high schemes.Values, rounds int) error {
	all := probes()
	few := slices.DeleteFunc(probes(), func(p probe) bool { return len(p.m.Support) > 3 })
	for i, values := range corners(low, high) {
		r.Values = values
		tried := few
		if i == 0 && r.Strength == 0 { // many classes cost time, a strength many evaluations
			tried = all
		}
		var unreached error
		reached := false
		for _, p := range tried {
			solved, err := try(r, p, rounds)
			switch {
			case errors.Is(err, schemes.ErrStrength):
				unreached = err
			case err != nil:
				return fmt.Errorf("%w (on a probe: %s%s); max(a, b) and clamp can avoid such values", err, p.what, settings(r, values))
			}
			reached = reached || solved
		}
		if unreached != nil && !reached {
			return fmt.Errorf("%w, nor for any other probe%s", unreached, settings(r, values))
		}
	}
	return nil
}

// try applies a recipe to a measurement, in round 1 and in the last round. It
// returns whether a strength was reached.
func try(r schemes.Recipe, p probe, rounds int) (solved bool, err error) {
	step, err := r.Next(p.m, 1, schemes.State{})
	if err != nil {
		return false, err
	}
	if rounds > 1 {
		uneven := make([]float64, len(p.m.Support))
		for c := range uneven {
			uneven[c] = 0.1 + 2*float64(c)/float64(len(uneven))
		}
		if _, err = r.Next(p.m, rounds, schemes.State{Weights: uneven, Solved: step.Solved}); err != nil {
			err = fmt.Errorf("round %d: %w", rounds, err)
		}
	}
	return step.Solved != nil, err
}

// fullBox is up to how many parameters every corner of the box is tried.
const fullBox = 4

// corners returns the values at the corners of the box from low to high: all of
// them for a few parameters; for more, the two outermost and those where one
// parameter differs from one of these.
func corners(low, high schemes.Values) []schemes.Values {
	var open []string
	for _, name := range slices.Sorted(maps.Keys(low)) {
		if low[name] != high[name] {
			open = append(open, name)
		}
	}
	var out []schemes.Values
	for mask := range 1 << len(open) {
		highs := 0
		values := maps.Clone(low)
		for i, name := range open {
			if mask>>i&1 == 1 {
				values[name] = high[name]
				highs++
			}
		}
		if len(open) <= fullBox || highs <= 1 || highs >= len(open)-1 {
			out = append(out, values)
		}
	}
	return out
}

// settings names the values of a probe.
func settings(r schemes.Recipe, values schemes.Values) string {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(values)) {
		fmt.Fprintf(&b, ", %s = %v", name, values[name])
	}
	if r.Smoothing == schemes.NoSmoothing {
		b.WriteString(", smoothing none")
	}
	if r.Signal != "" && r.Signal != schemes.Recall {
		fmt.Fprintf(&b, ", signal %s", r.Signal)
	}
	return b.String()
}
