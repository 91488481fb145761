package schemes

import (
	"fmt"
	"math"
)

// check reports what is wrong with m as the counts of one measurement.
func (m Measurement) check() error {
	k := len(m.Support)
	if k == 0 {
		return fmt.Errorf("measurement of no classes; want at least 1")
	}
	if len(m.TruePositives) != k || len(m.Predicted) != k {
		return fmt.Errorf("measurement with %d supports, %d true positives and %d predicted counts; want one of each per class",
			k, len(m.TruePositives), len(m.Predicted))
	}
	for c, tp := range m.TruePositives {
		if tp < 0 || tp > m.Support[c] || tp > m.Predicted[c] {
			return fmt.Errorf("class %d has %d true positives of %d examples and %d predictions; want at least 0 and at most the smaller of the two",
				c, tp, m.Support[c], m.Predicted[c])
		}
	}
	return checkTrain(m.Train, k)
}

// checkTrain reports what is wrong with training counts; nil is in order.
func checkTrain(train []int, classes int) error {
	if train == nil {
		return nil
	}
	if len(train) != classes {
		return fmt.Errorf("%d training counts for %d classes; want one per class, or none at all", len(train), classes)
	}
	for c, n := range train {
		if n < 0 {
			return fmt.Errorf("class %d has %d training examples; want at least 0", c, n)
		}
	}
	return nil
}

// input returns the signals of m under the smoothing and signal of r.
func (m Measurement) input(r Recipe) Input {
	k := len(m.Support)
	in := Input{
		Recall: make([]float64, k), Precision: make([]float64, k), F1: make([]float64, k),
		Support: m.Train,
	}
	for c, tp := range m.TruePositives {
		hits, support, predicted := float64(tp), float64(m.Support[c]), float64(m.Predicted[c])
		in.Recall[c] = quotient(hits, support, r.Smoothing)
		in.Precision[c] = quotient(hits, predicted, r.Smoothing)
		in.F1[c] = quotient(2*hits, support+predicted, r.Smoothing)
	}
	switch r.Signal {
	case Precision:
		in.Signal = in.Precision
	case F1:
		in.Signal = in.F1
	default:
		in.Signal = in.Recall
	}
	return in
}

// quotient returns part / whole, smoothed; 0 where that is undefined.
//
//	laplace  (part + 1) / (whole + 2)
//	none     part / whole, 0/0 = 0
func quotient(part, whole float64, s Smoothing) float64 {
	switch {
	case s != NoSmoothing:
		return (part + 1) / (whole + 2)
	case whole == 0:
		return 0
	default:
		return part / whole
	}
}

// previous returns prev at mean 1, and ones for nil. It does not keep prev.
func previous(prev []float64, classes int) ([]float64, error) {
	if prev == nil {
		return ones(classes), nil
	}
	if len(prev) != classes {
		return nil, fmt.Errorf("%d previous weights for %d classes; want one per class", len(prev), classes)
	}
	for c, w := range prev {
		if !(w > 0) || math.IsInf(w, 0) {
			return nil, fmt.Errorf("previous weight of class %d is %v; want a positive finite number", c, w)
		}
	}
	return toMean1(prev), nil
}
