package nets

import (
	"context"
	"fmt"

	"evenkeel/objective"
	"evenkeel/objective/data"
	"evenkeel/objective/trainers/nets/kernels"
)

// The number of examples of a forward pass: of images so few that what lies
// between the layers of a cnn stays small. It changes no prediction.
const evaluationRows, evaluationImages = 256, 32

// evaluator runs the forward pass of the current parameters over whole parts.
type evaluator struct {
	net      *network
	input    standardizer
	level    kernels.Level
	rows     int // of a forward pass
	features int
	classes  int
	scratch  []float32
}

// measured is what a model says about a part.
type measured struct {
	logits      []float32 // examples x classes
	predictions []uint16
	loss        float64 // unweighted mean cross-entropy
}

// measure evaluates a part that is not empty. It ends early with ctx.
func (e *evaluator) measure(ctx context.Context, p data.Part) (measured, error) {
	m := measured{logits: make([]float32, 0, p.Len()*e.classes), predictions: make([]uint16, 0, p.Len())}
	e.scratch = append(e.scratch[:0], make([]float32, e.rows*e.classes)...)
	for from := 0; from < p.Len(); from += e.rows {
		if err := ctx.Err(); err != nil {
			return m, err
		}
		to := min(from+e.rows, p.Len())
		x := floats(e.net.x)
		e.input.apply(e.level, x[:(to-from)*e.features], p.X[from*e.features:to*e.features])
		clear(x[(to-from)*e.features:])
		if err := e.net.run(); err != nil {
			return m, fmt.Errorf("evaluation: %w", err)
		}
		logits := e.net.logits()[:(to-from)*e.classes]
		loss, _ := e.level.SoftmaxCE(logits, p.Y[from:to], nil, nil, e.classes, e.scratch)
		m.loss += float64(loss * float64(to-from))
		m.logits = append(m.logits, logits...)
		for ; len(logits) > 0; logits = logits[e.classes:] {
			m.predictions = append(m.predictions, argmax(logits[:e.classes]))
		}
	}
	m.loss /= float64(p.Len())
	return m, nil
}

// confusion evaluates a part and counts.
func (e *evaluator) confusion(ctx context.Context, p data.Part) (*objective.Confusion, error) {
	m, err := e.measure(ctx, p)
	if err != nil {
		return nil, err
	}
	return objective.ConfusionFromLabels(e.classes, p.Y, m.predictions)
}

// argmax returns the index of the largest entry, the lowest of several.
func argmax(x []float32) uint16 {
	best := 0
	for i, v := range x {
		if v > x[best] {
			best = i
		}
	}
	return uint16(best)
}
