package check_test

import (
	"context"
	"strings"
	"testing"

	"evenkeel/objective"
	"evenkeel/objective/evidence/check"
)

// instead is a trainer whose predictions are replaced by those of predict, for example i of
// true class t; with weighted only those of runs with weights.
type instead struct {
	*tiny
	weighted bool
	predict  func(seed int64, i, t int) int
}

func (s instead) Train(ctx context.Context, job objective.Job) (*objective.Result, error) {
	r, err := s.tiny.Train(ctx, job)
	if err != nil || s.weighted && job.Spec.Weights == nil {
		return r, err
	}
	val, i := objective.NewConfusion(r.Val.Classes()), 0
	for t, n := range r.Val.Support() {
		for range n {
			val.Add(t, s.predict(job.Spec.Seed, i, t), 1)
			i++
		}
	}
	return &objective.Result{Val: val, Epochs: r.Epochs}, nil
}

// TestNoBetterThanGuessing: it is the first line about trainings, and the last line, since
// nothing else would mean anything.
func TestNoBetterThanGuessing(t *testing.T) {
	for _, c := range []struct {
		name    string
		predict func(seed int64, i, t int) int
		text    string
	}{
		{"shuffled", func(seed int64, i, _ int) int { return (i*7 + int(seed)) % 5 }, "the unweighted model is no better than guessing: balanced accuracy 20.0 %"},
		{"constant", func(int64, int, int) int { return 3 }, "the unweighted model predicts class 3 for everything: balanced accuracy 20.0 %"},
		{"argmax of NaN", func(int64, int, int) int { return 0 }, "Class 0 for everything is what argmax makes of NaN"},
		{"another order", func(_ int64, _, t int) int { return (t + 1) % 5 }, "the unweighted model is worse than guessing: balanced accuracy 0.0 %"},
	} {
		trainer := instead{settings{bare: true}.on(1), false, c.predict}
		found := run(t, trainer, nil)
		last := found[len(found)-1]
		if len(found) != 2 || last.Name != "guessing" || last.State != check.Fault || !strings.Contains(last.Text, c.text) || last.Advice == "" {
			t.Errorf("%s:%s", c.name, text(found))
		}
		if n := trainer.count.Load(); n != 3 {
			t.Errorf("%s: %d trainings; want the 3 unweighted ones", c.name, n)
		}
	}
}

// TestTrainingsWithWeightsBreakDown: class 0 for everything is no sign of weights in another
// order.
func TestTrainingsWithWeightsBreakDown(t *testing.T) {
	found := run(t, instead{settings{bare: true}.on(1), true, func(int64, int, int) int { return 0 }}, nil)
	f := find(found, "guessing")
	if f.State != check.Fault || !strings.Contains(f.Text, "the model trained with the weight of ") || !strings.Contains(f.Text, " x20 predicts class 0 for everything") || !strings.Contains(f.Text, "argmax makes of NaN") {
		t.Errorf("found%s", text(found))
	}
	for _, name := range []string{"one class x20", "order of weights", "all weights x10"} {
		if f := find(found, name); f.Name != "" {
			t.Errorf("also said: %v", f)
		}
	}
}
