package objective

import (
	"context"
	"errors"
	"fmt"
)

// ErrTrainerBroken is wrapped by the error of a [Trainer] that cannot be expected
// to perform any further run: whoever drives it must stop and say why.
var ErrTrainerBroken = errors.New("the trainer cannot go on")

// LoggedError is the failure of a run whose trainer kept a log. Its text is that
// of Err.
type LoggedError struct {
	Err error
	// Log is the end of what the trainer logged during the run.
	Log string
}

// Error returns the text of the failure itself.
func (e *LoggedError) Error() string { return e.Err.Error() }

// Unwrap returns the failure itself.
func (e *LoggedError) Unwrap() error { return e.Err }

// Trainer performs training runs. Implementations must be safe for several
// concurrent calls of Train, must be deterministic for a [Spec] and must not
// look at the test part unless [Job.Test] asks for it. Package trainertest
// holds the suite that every implementation passes.
type Trainer interface {
	// Info describes the trainer and the data it trains on. It does not change
	// during the trainer's life.
	Info() Info
	// Train performs one run. It refuses one that [Spec.CheckFor] refuses, returns
	// ctx.Err() (possibly wrapped) when ctx ends first, and an error when the loss stops
	// being a finite number.
	Train(ctx context.Context, job Job) (*Result, error)
}

// TestCounter is what a [Trainer] may also be: it knows before any run how many examples
// of each class its test part has. Others say so with their first run on it.
type TestCounter interface {
	// TestCounts returns the number of test examples of each class, all 0 without a test
	// part. It says nothing of what a model does there.
	TestCounts() []int
}

// Info is what a [Trainer] says of itself: its share of a run's identity, and
// what it can do.
type Info struct {
	// Trainer, Version, Numerics, Data and Split go into every [Spec] as they are.
	Trainer, Version, Numerics, Data string
	Split                            Split
	// Classes are the class names, in the order of every per-class slice.
	Classes []string
	// TrainCounts is the number of training examples of each class; nil when
	// unknown.
	TrainCounts []int
	// ValLabels are the true classes of the validation examples, in the order
	// of Result.ValPredictions; nil when unknown before the first run.
	ValLabels []uint16
	// Supports lists ways of applying weights, of [TrainedWays], and [Abilities].
	Supports []string
}

// Job is one request for a training run.
type Job struct {
	Spec Spec
	// Test asks for the test part to be evaluated too. Only a confirmation does.
	Test bool
	// TestShape asks how many examples the test part has, and nothing of what the model does
	// there. A trainer may leave it unanswered.
	TestShape bool
	// Persist says that whoever asks counts the runs that fail: a trainer that gives up after
	// some in a row does not count this one.
	Persist bool
	// Isolated asks for a process of its own, whose end is the failure of this run alone. A
	// trainer that has none, or always has one, need not do anything.
	Isolated bool
	// OnEpoch, if not nil, is called after every epoch, in order.
	OnEpoch func(Epoch)
}

// Epoch is what is known after one pass over the training part.
type Epoch struct {
	Epoch int // from 1
	// Loss is the mean weighted training loss of the epoch.
	Loss float64
	// ValLoss is the unweighted mean cross-entropy on validation; NaN if unknown.
	ValLoss float64
}

// Result is what a training run leaves behind. Its matrices are over the whole
// of each part, rows true, columns predicted.
type Result struct {
	Val *Confusion
	// Train and Test may be nil: not measured.
	Train, Test *Confusion
	// ValPredictions holds the predicted class of each validation example and
	// ValLogits the logits, examples x classes, row by row; both may be nil.
	ValPredictions []uint16
	ValLogits      []float32
	// ValLabels are the true classes of the validation examples where a trainer
	// says them with each result instead of in its [Info]; else nil.
	ValLabels []uint16
	// TestPredictions, TestLogits and TestLabels are the same for the test part.
	// They are set only where [Job.Test] asked for it, and may be nil even then.
	TestPredictions []uint16
	TestLogits      []float32
	TestLabels      []uint16
	// TestShape is the answer to [Job.TestShape]; nil where the trainer does not say. It is no
	// part of the result's identity.
	TestShape *TestShape
	// Epochs is the per-epoch record; the last entry is the last epoch trained.
	Epochs []Epoch
	// Stopped reports that the run was ended before its planned epochs by its
	// own early stopping.
	Stopped bool
	// Parameters is a hash of the trained parameters, or empty.
	Parameters string
	// Seconds is the duration of the training. It is not part of the result's
	// identity and differs between repetitions.
	Seconds float64
	// Log is the end of what the trainer logged during the run, or empty. It is
	// no part of the result's identity either.
	Log string
}

// MaxScores is the largest number of scores, examples times classes, that a result may have of
// one part. They take 4 bytes each and are one value in the trial history, and a row of
// SQLite has at most 10^9 bytes (https://www.sqlite.org/limits.html).
const MaxScores = 249_000_000

// CheckScores reports that so many scores of a part cannot be recorded, or nil.
func CheckScores(examples, classes int64) error {
	if classes < 1 || examples <= MaxScores/classes {
		return nil
	}
	return fmt.Errorf("scores of %d examples and %d classes take %.1f GB, and the trial history can record %.2f GB of a part; "+
		"want at most %d examples, or predictions without scores", examples, classes, 4e-9*float64(examples)*float64(classes), 4e-9*MaxScores, MaxScores/classes)
}

// TestShape says what the test part is like. It says nothing of what a model does there.
type TestShape struct {
	// Examples is the number of examples of each class; nil where there is no test part.
	Examples []int64
	// Predictions says that each example's prediction would be sent with its label, as a
	// confirmation needs it.
	Predictions bool
}

// Check reports what is wrong with r as an answer for a task with the given
// number of classes, or nil.
func (r *Result) Check(classes int) error {
	if r == nil || r.Val == nil {
		return fmt.Errorf("the trainer returned no validation confusion matrix")
	}
	parts := []struct {
		name string
		m    *Confusion
	}{{"val", r.Val}, {"train", r.Train}, {"test", r.Test}}
	for _, p := range parts {
		if p.m == nil {
			continue
		}
		if p.m.Classes() != classes {
			return fmt.Errorf("the %s confusion matrix has %d classes; want %d", p.name, p.m.Classes(), classes)
		}
		for c, n := range p.m.Support() {
			if n == 0 {
				return fmt.Errorf("the %s confusion matrix has no example of class %d", p.name, c)
			}
		}
	}
	if err := checkExamples("validation", r.Val, r.ValPredictions, r.ValLogits, r.ValLabels); err != nil {
		return err
	}
	if r.Test == nil {
		if r.TestPredictions != nil || r.TestLogits != nil || r.TestLabels != nil {
			return fmt.Errorf("predictions, labels or logits of test examples without a test confusion matrix")
		}
		return nil
	}
	return checkExamples("test", r.Test, r.TestPredictions, r.TestLogits, r.TestLabels)
}

// checkExamples reports what is wrong with what a result says of the examples of
// one part, each of which may be nil, or nil.
func checkExamples(part string, m *Confusion, predictions []uint16, logits []float32, labels []uint16) error {
	if predictions != nil && int64(len(predictions)) != m.Total() {
		return fmt.Errorf("%d %s predictions for %d %s examples", len(predictions), part, m.Total(), part)
	}
	if labels != nil {
		if int64(len(labels)) != m.Total() {
			return fmt.Errorf("%d %s labels for %d %s examples", len(labels), part, m.Total(), part)
		}
		counts := make([]int64, m.Classes())
		for i, c := range labels {
			if int(c) >= m.Classes() {
				return fmt.Errorf("%s label %d is class %d; want one below %d", part, i, c, m.Classes())
			}
			counts[c]++
		}
		for c, n := range m.Support() {
			if counts[c] != n {
				return fmt.Errorf("%d %s labels of class %d; the confusion matrix has %d examples of it", counts[c], part, c, n)
			}
		}
	}
	if logits != nil {
		if err := CheckScores(m.Total(), int64(m.Classes())); err != nil {
			return err
		}
	}
	if logits != nil && int64(len(logits)) != m.Total()*int64(m.Classes()) {
		return fmt.Errorf("%d %s logits; want %d examples x %d classes", len(logits), part, m.Total(), m.Classes())
	}
	return nil
}
