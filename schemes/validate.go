package schemes

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
)

// StrengthMax bounds the wanted ln(max w / min w). Weights at mean 1 are kept
// above 2^-100 = e^-69, so that a larger ratio could not reach a training run.
const StrengthMax = 64

// Validate reports every fault of r: no scheme, values that the scheme
// refuses, an unknown signal, smoothing, update or normalization, and numbers
// out of range or at odds with the scheme. Empty names and zeros are in order
// and mean recall, laplace, replace, mean, no strength, no damping, no clip.
func (r Recipe) Validate() error {
	faults := []error{
		oneOf("signal", r.Signal, Signals()),
		oneOf("smoothing", r.Smoothing, Smoothings()),
		oneOf("update", r.Update, Updates()),
		oneOf("normalize", r.Normalize, Normalizations()),
	}
	add := func(format string, args ...any) { faults = append(faults, fmt.Errorf(format, args...)) }
	// Conditions are written so that NaN fails.
	if !(r.Damping >= 0 && r.Damping < 1) {
		add("damping is %v; want a number from 0 to below 1", r.Damping)
	}
	if r.Clip != 0 && !(r.Clip >= 1 && r.Clip <= math.MaxFloat64) {
		add("clip is %v; want 0 (off), or a finite ratio of at least 1", r.Clip)
	}
	if !(r.Strength >= 0 && r.Strength <= StrengthMax) {
		add("strength is %v; want 0 (not given), or a number up to %v", r.Strength, StrengthMax)
	}
	if r.Scheme == nil {
		add("no scheme; want one of the catalogue")
		return errors.Join(faults...)
	}
	faults = append(faults, r.Scheme.check(r.Values))
	if r.Strength != 0 && r.Scheme.StrengthOf == "" {
		add("scheme %s has no parameter that strength could solve for; leave strength out", r.Scheme.Name)
	}
	if r.Update == Accumulate && r.Scheme.ReadsPrevious {
		add("scheme %s reads the previous weights itself; want update replace, not accumulate", r.Scheme.Name)
	}
	return errors.Join(faults...)
}

// oneOf reports a value that is neither empty nor known.
func oneOf[T ~string](key string, v T, known []T) error {
	if v == "" || slices.Contains(known, v) {
		return nil
	}
	names := make([]string, len(known))
	for i, k := range known {
		names[i] = string(k)
	}
	return fmt.Errorf("unknown %s %q; want one of %s", key, string(v), strings.Join(names, ", "))
}
