package check_test

import (
	"strings"
	"testing"
	"time"

	"evenkeel/objective"
	"evenkeel/objective/evidence/check"
)

func config(t objective.Trainer) check.Config {
	info := t.Info()
	return check.Config{
		Spec: objective.Spec{Schema: objective.SpecVersion, Trainer: info.Trainer, Version: info.Version,
			Numerics: info.Numerics, Data: info.Data, Model: map[string]any{"epochs": int64(4)}},
		Apply: []string{"loss"}, Seeds: []int64{11, 12, 13}, Trainings: 119, Length: 119,
	}
}

func run(t *testing.T, trainer objective.Trainer, change func(*check.Config)) []check.Line {
	t.Helper()
	cfg := config(trainer)
	if change != nil {
		change(&cfg)
	}
	found, err := check.Run(t.Context(), trainer, cfg, nil)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// find returns the finding with a name; its state is empty if there is none.
func find(found []check.Line, name string) check.Line {
	for _, f := range found {
		if f.Name == name {
			return f
		}
	}
	return check.Line{}
}

func text(found []check.Line) string {
	var b strings.Builder
	for _, f := range found {
		b.WriteString("\n  " + f.String())
	}
	return b.String()
}

// A trainer that is right and repeats itself takes 15 trainings for three seeds,
// and none of them asks for the test part.
func TestTrainings(t *testing.T) {
	trainer := settings{}.on(1)
	trainer.before = func(job objective.Job) error {
		if job.Test {
			t.Error("the test part was asked for")
		}
		return nil
	}
	var reported []check.Line
	cfg := config(trainer)
	found, err := check.Run(t.Context(), trainer, cfg, func(f check.Line) { reported = append(reported, f) })
	if err != nil {
		t.Fatal(err)
	}
	if n := trainer.count.Load(); n != 15 {
		t.Errorf("%d trainings; want 15", n)
	}
	if text(reported) != text(found) {
		t.Errorf("reported%s\nreturned%s", text(reported), text(found))
	}
	for _, name := range []string{"connection", "training", "same seed twice", "other seed", "one class x20",
		"order of weights", "all weights x10", "seconds per epoch", "time of the study"} {
		if f := find(found, name); f.State != check.OK || f.Advice != "" {
			t.Errorf("%s: %v; want ok and no advice", name, f)
		}
	}
}

// The lines do not depend on how many trainings go on at once.
func TestSideBySide(t *testing.T) {
	clock := func() time.Time { return time.Unix(0, 0) }
	var lines []string
	for _, parallel := range []int{0, 4} {
		found := run(t, settings{chaotic: true}.on(1), func(c *check.Config) { c.Parallel, c.Clock = parallel, clock })
		lines = append(lines, text(found[:len(found)-2]))
	}
	if lines[0] != lines[1] {
		t.Errorf("one at a time%s\nfour at once%s", lines[0], lines[1])
	}
}

// A clock that goes on by ten minutes whenever it is read times every training at
// ten minutes.
func TestTime(t *testing.T) {
	for _, c := range []struct {
		trainings float64
		parallel  int
		epoch     string
		study     string
	}{
		{119, 1, "2 min an epoch, 10 min a training (median of 15)", "about 19 h 50 min for 119 trainings (evenkeel search --dry-run lists them)"},
		{0, 1, "2 min an epoch, 10 min a training (median of 15)", "about 6 trainings an hour"},
	} {
		now := time.Unix(0, 0)
		found := run(t, settings{}.on(1), func(cfg *check.Config) {
			cfg.Trainings, cfg.Length, cfg.Parallel = c.trainings, c.trainings, c.parallel
			cfg.Clock = func() time.Time { now = now.Add(10 * time.Minute); return now }
			cfg.Spec.Model = map[string]any{"epochs": int64(5)}
		})
		if got := find(found, "seconds per epoch").Text; got != c.epoch {
			t.Errorf("%q; want %q", got, c.epoch)
		}
		if got := find(found, "time of the study").Text; got != c.study {
			t.Errorf("%q; want %q", got, c.study)
		}
	}
}

// A second way of applying weights is checked too, with six trainings.
func TestTwoWays(t *testing.T) {
	trainer := twoWays{settings{}.on(1)}
	found := run(t, trainer, func(c *check.Config) { c.Apply = []string{"loss", "logit"} })
	if n := trainer.count.Load(); n != 21 {
		t.Errorf("%d trainings; want 21", n)
	}
	for _, name := range []string{"one class x20 (loss)", "one class x20 (logit)", "all weights x10 (loss)", "all weights x10 (logit)"} {
		if find(found, name).State != check.OK {
			t.Errorf("%s is not ok:%s", name, text(found))
		}
	}
}

type twoWays struct{ *tiny }

func (t twoWays) Info() objective.Info {
	info := t.tiny.Info()
	info.Supports = []string{"logit", "loss", "warm_start"}
	return info
}
