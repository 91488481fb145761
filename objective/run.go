package objective

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
)

// SpecVersion is the version of the canonical form of a [Spec]. It changes when
// the same fields would describe a different computation.
const SpecVersion = 1

// RunID addresses a training run: the lower-case hexadecimal SHA-256 of the
// canonical form of its [Spec].
type RunID string

// Spec says exactly what a training run computes, and nothing else: two runs
// with equal specs have equal results, on any machine with the same numerics
// id. Threads, slots and the normalization of weights are not part of it.
type Spec struct {
	Schema int `json:"schema"`
	// Trainer, Version and Numerics identify the code that trains.
	Trainer  string `json:"trainer"`
	Version  string `json:"version"`
	Numerics string `json:"numerics"`
	// Data is the fingerprint of the data after preparation.
	Data  string `json:"data"`
	Split Split  `json:"split"`
	// Model holds the resolved model keys that the kind uses. Values are
	// string, bool, int64, float64, []int64 or []string.
	Model map[string]any `json:"model"`
	Seed  int64          `json:"seed"`
	// Weights are the class weights at mean 1, rounded to float32; nil when
	// they are all equal, which is the unweighted run however it came about.
	Weights []float32 `json:"weights,omitempty"`
	// Apply and WeightsFrom say how, and from which share of the epochs on,
	// the weights act. Both are empty for an unweighted run.
	Apply       string  `json:"apply,omitempty"`
	WeightsFrom float64 `json:"weights_from,omitempty"`
	// Parent is the run whose parameters this one starts from, if any.
	Parent RunID `json:"parent,omitempty"`
}

// Split says how a source's examples become training, validation and test part.
type Split struct {
	// Validation is the share of the training part that is held out.
	Validation float64 `json:"validation"`
	// Test is the share held out first where the source has no test part.
	Test float64 `json:"test"`
	// Limit is the number of training-part examples kept per class, 0 = all.
	Limit int   `json:"limit"`
	Seed  int64 `json:"seed"`
	// Resplit, where it is not 0, takes the place of Seed in everything that comes
	// after the test part: the same examples are held out for it, and training and
	// validation part are drawn again from the rest. Where it is 0, as in every
	// search, it is not in the canonical form.
	Resplit int64 `json:"resplit,omitempty"`
}

// WithWeights returns the spec of the run that applies w, given at any scale,
// in the given way from the share `from` of the epochs on. Weights that are all
// equal, after rounding to float32 at mean 1, give the unweighted spec.
func (s Spec) WithWeights(w []float64, apply string, from float64) (Spec, error) {
	s.Weights, s.Apply, s.WeightsFrom = nil, "", 0
	f, err := roundWeights(w)
	if err != nil || f == nil {
		return s, err
	}
	s.Weights, s.Apply, s.WeightsFrom = f, apply, from
	return s, nil
}

// roundWeights scales w to mean 1, rounds to float32, and returns nil when all
// entries are equal.
func roundWeights(w []float64) ([]float32, error) {
	var sum float64
	for c, v := range w {
		if !(v > 0) || math.IsInf(v, 0) {
			return nil, fmt.Errorf("class weight %d is %v; want a positive finite number", c, v)
		}
		sum += v
	}
	mean := sum / float64(len(w))
	f := make([]float32, len(w))
	equal := true
	for c, v := range w {
		f[c] = float32(v / mean)
		equal = equal && f[c] == f[0]
	}
	if equal {
		return nil, nil
	}
	return f, nil
}

// Canonical returns the canonical JSON of the spec: fixed field order, sorted
// map keys, shortest numbers.
func (s Spec) Canonical() ([]byte, error) {
	b, err := json.Marshal(s)
	if err != nil {
		return nil, fmt.Errorf("canonical form of a run: %w", err)
	}
	return b, nil
}

// ID returns the address of the run.
func (s Spec) ID() (RunID, error) {
	b, err := s.Canonical()
	if err != nil {
		return "", err
	}
	h := sha256.Sum256(b)
	return RunID(hex.EncodeToString(h[:])), nil
}

// Unweighted reports whether all classes weigh the same.
func (s Spec) Unweighted() bool { return s.Weights == nil }

// Trained reports whether a trainer performs the run. One that is not is computed from
// the logits of the unweighted run.
func (s Spec) Trained() bool { return s.Unweighted() || Trained(s.Apply) }
