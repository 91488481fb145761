package check_test

import (
	"context"
	"strings"
	"sync/atomic"
	"testing"

	"evenkeel/objective"
	"evenkeel/objective/evidence/check"
)

// shaped answers what is asked of the shape of its test part, and counts how often it is.
type shaped struct {
	*tiny
	shape *objective.TestShape
	asked *atomic.Int32
}

func (s shaped) Train(ctx context.Context, job objective.Job) (*objective.Result, error) {
	r, err := s.tiny.Train(ctx, job)
	if job.TestShape {
		s.asked.Add(1)
		if err == nil {
			r.TestShape = s.shape
		}
	}
	return r, err
}

// counted knows its test part before any run, as built-in models do.
type counted struct {
	*tiny
	test []int
}

func (c counted) TestCounts() []int { return c.test }

// TestTestPart: its shape is asked for once, and no result on it ever (see TestTrainings).
func TestTestPart(t *testing.T) {
	asked := new(atomic.Int32)
	for _, c := range []struct {
		name    string
		trainer objective.Trainer
		state   check.State
		says    string
	}{
		{"equal classes", shaped{settings{}.on(1), &objective.TestShape{Examples: []int64{40, 40, 40, 40, 40}, Predictions: true}, asked}, check.OK, "with 40 examples a class"},
		{"others", shaped{settings{}.on(1), &objective.TestShape{Examples: []int64{40, 30, 40, 40, 50}, Predictions: true}, asked}, check.OK, "with 30 to 50 examples a class"},
		{"none", shaped{settings{}.on(1), &objective.TestShape{}, asked}, check.Warning, "there is no test part"},
		{"a matrix only", shaped{settings{}.on(1), &objective.TestShape{Examples: []int64{1, 1, 1, 1, 1}}, asked}, check.Warning, "as a confusion matrix"},
		{"does not say", shaped{settings{}.on(1), nil, asked}, check.Warning, "did not say whether it has a test part"},
		{"built in", counted{settings{}.on(1), []int{7, 7, 7, 7, 8}}, check.OK, "7 to 8 examples a class"},
		{"built in, none", counted{settings{}.on(1), make([]int, 5)}, check.Warning, "there is no test part"},
	} {
		asked.Store(0)
		f := find(run(t, c.trainer, nil), "test part")
		if f.State != c.state || !strings.Contains(f.Text, c.says) || (f.Advice == "") != (c.state == check.OK) {
			t.Errorf("%s: %+v; want %s that says %q", c.name, f, c.state, c.says)
		}
		if _, is := c.trainer.(shaped); is && asked.Load() != 1 {
			t.Errorf("%s: asked %d times; want once", c.name, asked.Load())
		}
	}
}
