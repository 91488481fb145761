package trainertest

import (
	"context"
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"

	"evenkeel/objective"
)

// Synthetic is a trainer that computes its answer at once from a formula: every
// validation or test example of class c has a margin
//
//	margin_i = difficulty_c + noise_i(seed) + Response * (ln w_c - mean ln w) + Learning * ln epochs
//
// and is right where that is positive, else taken for the next class. It gives
// tests of the search a trainer that reacts to weights, is deterministic for a
// spec, and costs microseconds. Unlike a real trainer it performs every run, also one of
// another trainer's: tests put it behind an Info of their own.
type Synthetic struct {
	// Classes and PerClass are the number of classes and of validation examples
	// of each; 0 means 4 and 50.
	Classes, PerClass int
	// Response is how strongly the model follows the weights; 0 ignores them.
	Response float64
	// Learning is how much the model gains by more epochs; 0 learns all in the first.
	Learning float64
	// Before, if not nil, is called at the start of every run; an error it
	// returns is the run's.
	Before func(ctx context.Context, job objective.Job) error
}

// size returns the number of classes and of examples of each.
func (s *Synthetic) size() (classes, per int) {
	classes, per = s.Classes, s.PerClass
	if classes == 0 {
		classes = 4
	}
	if per == 0 {
		per = 50
	}
	return classes, per
}

// Info describes the synthetic task.
func (s *Synthetic) Info() objective.Info {
	classes, per := s.size()
	data := fmt.Sprintf("synthetic/%d/%d/%g", classes, per, s.Response)
	if s.Learning != 0 {
		data += fmt.Sprintf("/%g", s.Learning)
	}
	info := objective.Info{
		Trainer: "synthetic", Version: "1", Numerics: "float64",
		Data:     data,
		Supports: []string{objective.ApplyLoss},
	}
	for c := range classes {
		info.Classes = append(info.Classes, fmt.Sprintf("class %d", c))
		info.TrainCounts = append(info.TrainCounts, 4*per)
	}
	info.ValLabels = s.labels()
	return info
}

// Train answers at once.
func (s *Synthetic) Train(ctx context.Context, job objective.Job) (*objective.Result, error) {
	if s.Before != nil {
		if err := s.Before(ctx, job); err != nil {
			return nil, err
		}
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	classes, _ := s.size()
	epochs := int64(1)
	if e, ok := job.Spec.Model["epochs"].(int64); ok {
		epochs = e
	}
	shift := logShift(job.Spec.Weights, classes)
	for c := range shift {
		shift[c] = float64(s.Response*shift[c]) + float64(s.Learning*math.Log(float64(epochs)))
	}
	result := &objective.Result{Train: objective.NewConfusion(classes)}
	result.Val, result.ValPredictions, result.ValLogits = s.measure(job.Spec.Seed, 1, shift)
	for c := range classes {
		for p := range classes {
			result.Train.Add(c, p, 4*result.Val.At(c, p))
		}
	}
	for e := range int(epochs) {
		epoch := objective.Epoch{Epoch: e + 1, Loss: 1 / float64(e+1), ValLoss: 2 / float64(e+1)}
		result.Epochs = append(result.Epochs, epoch)
		if job.OnEpoch != nil {
			job.OnEpoch(epoch)
		}
	}
	if job.Test {
		result.Test, result.TestPredictions, result.TestLogits = s.measure(job.Spec.Seed, 2, shift)
		result.TestLabels = s.labels()
	}
	result.Parameters = fmt.Sprintf("%x", binary.LittleEndian.AppendUint64(nil, math.Float64bits(result.Val.BalancedAccuracy())))
	return result, nil
}

// measure returns the figures of one part. Every part has its own stream of noise.
func (s *Synthetic) measure(seed int64, part uint64, shift []float64) (m *objective.Confusion, predictions []uint16, logits []float32) {
	classes, per := s.size()
	rng := rand.New(rand.NewPCG(uint64(seed), part))
	m = objective.NewConfusion(classes)
	for c := range classes {
		for range per {
			margin := 0.2 + float64(c)/float64(classes) + rng.NormFloat64() + shift[c]
			predicted := c
			if margin <= 0 {
				predicted = (c + 1) % classes
			}
			m.Add(c, predicted, 1)
			predictions = append(predictions, uint16(predicted))
			row := make([]float32, classes)
			row[predicted] = float32(math.Abs(margin)) + 1
			logits = append(logits, row...)
		}
	}
	return m, predictions, logits
}

// labels returns the true classes of the examples of a part.
func (s *Synthetic) labels() []uint16 {
	classes, per := s.size()
	var labels []uint16
	for c := range classes {
		for range per {
			labels = append(labels, uint16(c))
		}
	}
	return labels
}

// logShift returns ln w_c - mean ln w, 0 for the unweighted run.
func logShift(w []float32, classes int) []float64 {
	shift := make([]float64, classes)
	if w == nil {
		return shift
	}
	var mean float64
	for c, v := range w {
		shift[c] = math.Log(float64(v))
		mean += shift[c] / float64(classes)
	}
	for c := range shift {
		shift[c] -= mean
	}
	return shift
}
