package schemes

import (
	"errors"
	"fmt"
	"math"
	"slices"
)

// ErrStrength says that no value of a scheme's parameter reaches the strength.
var ErrStrength = errors.New("the strength cannot be reached")

// known reports what the formula reads and in does not have.
func (s *Scheme) known(in Input) error {
	for _, what := range s.Reads {
		missing := false
		switch what {
		case "recall":
			missing = in.Recall == nil
		case "precision":
			missing = in.Precision == nil
		case "f1":
			missing = in.F1 == nil
		case "support":
			missing = in.Support == nil
		}
		if missing {
			return fmt.Errorf("%s reads %s, which is not known here", s.Name, what)
		}
	}
	return nil
}

// unusable says which of the raw weights w cannot be used.
func (r Recipe) unusable(in Input, w []float64) error {
	for c, v := range w {
		if v < 0 || math.IsNaN(v) || math.IsInf(v, 0) {
			return fmt.Errorf("%s gives class %d, whose signal is %v, the weight %v; want a finite number of at least 0",
				r.Scheme.Name, c, in.Signal[c], v)
		}
	}
	return fmt.Errorf("%s gives no class a weight for the signal %s; want at least one above 0", r.Scheme.Name, some(in.Signal))
}

// some shows the first few numbers of a list.
func some(list []float64) string {
	const few = 6
	if len(list) <= few {
		return fmt.Sprint(list)
	}
	return fmt.Sprintf("%v and %d more", list[:few], len(list)-few)
}

// reciprocals returns 1/w.
func reciprocals(w []float64) []float64 {
	out := make([]float64, len(w))
	for c, v := range w {
		out[c] = 1 / v
	}
	return out
}

// liftZeros raises weights of 0 to 0.001 of the largest.
func liftZeros(w []float64) {
	least := 0.001 * slices.Max(w)
	for c, v := range w {
		if v == 0 {
			w[c] = least
		}
	}
}

// usable reports whether all weights are positive and finite.
func usable(w []float64) bool {
	for _, v := range w {
		if !(v > 0) || math.IsInf(v, 0) {
			return false
		}
	}
	return true
}
