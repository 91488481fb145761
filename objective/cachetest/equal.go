package cachetest

import (
	"fmt"
	"math"
	"slices"

	"evenkeel/objective"
)

// Difference says in what got differs from want, or nil. Logits are compared bit
// by bit; of other numbers all NaNs are one and both zeros are one, which is what
// SQL keeps apart. Nil and empty slices are the same.
func Difference(want, got *objective.Result) error {
	if want == nil || got == nil {
		if want != got {
			return fmt.Errorf("one of the results is nil")
		}
		return nil
	}
	for _, m := range []struct {
		part      string
		want, got *objective.Confusion
	}{{"val", want.Val, got.Val}, {"train", want.Train, got.Train}, {"test", want.Test, got.Test}} {
		if !m.want.Equal(m.got) {
			return fmt.Errorf("the %s matrix differs", m.part)
		}
	}
	if !slices.Equal(want.ValPredictions, got.ValPredictions) || !slices.Equal(want.TestPredictions, got.TestPredictions) {
		return fmt.Errorf("the predictions differ")
	}
	if !sameLogits(want.ValLogits, got.ValLogits) || !sameLogits(want.TestLogits, got.TestLogits) {
		return fmt.Errorf("the logits differ")
	}
	if len(want.Epochs) != len(got.Epochs) {
		return fmt.Errorf("there are %d epochs; want %d", len(got.Epochs), len(want.Epochs))
	}
	for i, e := range want.Epochs {
		if !sameEpoch(e, got.Epochs[i]) {
			return fmt.Errorf("entry %d of the epochs is %v; want %v", i, got.Epochs[i], e)
		}
	}
	if want.Stopped != got.Stopped || want.Parameters != got.Parameters || !same(want.Seconds, got.Seconds) {
		return fmt.Errorf("stopped, parameters, seconds are %v, %q, %v; want %v, %q, %v",
			got.Stopped, got.Parameters, got.Seconds, want.Stopped, want.Parameters, want.Seconds)
	}
	return nil
}

func sameLogits(a, b []float32) bool {
	return slices.EqualFunc(a, b, func(a, b float32) bool { return math.Float32bits(a) == math.Float32bits(b) })
}

func sameEpoch(a, b objective.Epoch) bool {
	return a.Epoch == b.Epoch && same(a.Loss, b.Loss) && same(a.ValLoss, b.ValLoss)
}

// same reports whether two numbers are equal; all NaNs are one.
func same(a, b float64) bool { return a == b || math.IsNaN(a) && math.IsNaN(b) }
