package check_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"evenkeel/objective"
	"evenkeel/objective/evidence/check"
)

// failing returns a trainer whose run fails where the spec is as asked.
func failing(err error, where func(objective.Spec) bool) *tiny {
	trainer := settings{}.on(1)
	trainer.before = func(job objective.Job) error {
		if where(job.Spec) {
			return err
		}
		return nil
	}
	return trainer
}

func weighted(s objective.Spec) bool { return s.Weights != nil }

func tens(s objective.Spec) bool {
	return slices.ContainsFunc(s.Weights, func(w float32) bool { return w >= 10 })
}

func TestFailuresAreFindings(t *testing.T) {
	broken := fmt.Errorf("%w: it failed three times", objective.ErrTrainerBroken)
	logged := &objective.LoggedError{Err: errors.New("out of memory"), Log: "Traceback"}
	for _, c := range []struct {
		what            string
		trainer         *tiny
		line, says, log string
		last            string // the name of the last line
	}{
		{"every run", failing(logged, func(objective.Spec) bool { return true }), "training", "out of memory", "Traceback", "training"},
		{"weighted runs", failing(errors.New("wrong echo"), weighted), "one class x20", "fails with class weights, though it works without: wrong echo", "", "time of the study"},
		{"broken by weights", failing(broken, weighted), "one class x20", "three times", "", "one class x20"},
		{"ten times the weights", failing(errors.New("the loss is NaN"), tens), "all weights x10", "fails with ten times the weights", "", "time of the study"},
	} {
		found := run(t, c.trainer, nil)
		f := find(found, c.line)
		if f.State != check.Fault || !strings.Contains(f.Text, c.says) || f.Advice == "" || f.Log != c.log {
			t.Errorf("%s: %+v; want a fault that says %q", c.what, f, c.says)
		}
		if last := found[len(found)-1].Name; last != c.last {
			t.Errorf("%s: the last line is %q; want %q", c.what, last, c.last)
		}
	}
}

func TestPanicIsAFinding(t *testing.T) {
	trainer := settings{}.on(1)
	trainer.before = func(objective.Job) error { panic("oh") }
	if f := find(run(t, trainer, nil), "training"); f.State != check.Fault || !strings.Contains(f.Text, "panicked: oh") {
		t.Errorf("%+v; want a fault that names the panic", f)
	}
}

func TestEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	trainer := settings{}.on(1)
	trainer.before = func(objective.Job) error {
		if trainer.count.Load() == 5 {
			cancel()
		}
		return ctx.Err()
	}
	found, err := check.Run(ctx, trainer, config(trainer), nil)
	if !errors.Is(err, context.Canceled) || check.Worst(found) == check.Fault {
		t.Errorf("error %v, findings%s\nwant context.Canceled and no fault", err, text(found))
	}
	if n := trainer.count.Load(); n > 6 {
		t.Errorf("%d trainings, though the context ended in the fifth", n)
	}
}

// odd changes the results of a trainer.
type odd struct {
	*tiny
	change func(seed int64, r *objective.Result)
}

func (o odd) Train(ctx context.Context, job objective.Job) (*objective.Result, error) {
	r, err := o.tiny.Train(ctx, job)
	if err == nil {
		o.change(job.Spec.Seed, r)
	}
	return r, err
}

func TestOddUnweightedRuns(t *testing.T) {
	for _, c := range []struct {
		what    string
		trainer objective.Trainer
		state   check.State
		says    string
	}{
		{"another split for every seed", odd{settings{}.on(1), func(seed int64, r *objective.Result) {
			r.Val.Add(int(seed%5), 0, 1)
			r.ValPredictions, r.ValLogits = nil, nil
		}}, check.Fault, "change from one seed to the next"},
		{"epochs of its own", odd{settings{}.on(1), func(_ int64, r *objective.Result) { r.Epochs = r.Epochs[:2] }},
			check.Warning, "asked for 4 epochs, it reported 2"},
		{"few examples", settings{val: 29}.on(1), check.Warning, "5 of 5 classes have fewer than 30 validation examples, the fewest class 0: 29"},
		{"wrong shape", odd{settings{}.on(1), func(_ int64, r *objective.Result) { r.Val = objective.NewConfusion(3) }},
			check.Fault, "has 3 classes; want 5"},
		{"as it should be", settings{}.on(1), check.OK, "balanced accuracy"},
	} {
		f := find(run(t, c.trainer, nil), "training")
		if f.State != c.state || !strings.Contains(f.Text, c.says) || (f.Advice == "") != (c.state == check.OK) {
			t.Errorf("%s: %+v; want %s that says %q", c.what, f, c.state, c.says)
		}
	}
}

func TestConfigIsChecked(t *testing.T) {
	for _, c := range []struct {
		change func(*check.Config)
		says   string
	}{
		{func(c *check.Config) { c.Seeds = []int64{1} }, "at least two"},
		{func(c *check.Config) { c.Seeds = []int64{2, 1, 2} }, "all different"},
		{func(c *check.Config) { c.Apply = nil }, "at least one"},
		{func(c *check.Config) { c.Spec.Weights = []float32{1, 2, 1, 1, 1} }, "unweighted"},
	} {
		trainer := settings{}.on(1)
		cfg := config(trainer)
		c.change(&cfg)
		if _, err := check.Run(t.Context(), trainer, cfg, nil); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("error %v; want one that says %q", err, c.says)
		}
	}
}
