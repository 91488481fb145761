package followup_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"evenkeel/objective"
	"evenkeel/objective/cachetest"
	"evenkeel/objective/evidence/explain"
	"evenkeel/objective/trainers/trainertest"
	"evenkeel/search/followup"
)

// probes are those of class 0 and class 2 on so many seeds.
func probes(seeds int) explain.Probes {
	p := explain.Probes{Worst: 0, Classes: []int{0, 2}}
	for r := range seeds {
		p.Replicates = append(p.Replicates, objective.Replicate{Replicate: r, Seed: int64(100 + r)})
	}
	return p
}

func prober(store objective.Cache, trainer objective.Trainer, parallel int) *followup.Prober {
	return &followup.Prober{Cache: store, Trainer: trainer, Parallel: parallel, Clock: time.Now}
}

// probedText is what was probed as text, exactly.
func probedText(p *explain.Probed) string {
	var b strings.Builder
	for _, s := range p.Seeds {
		for _, t := range append([]explain.Trained{s.Plain}, s.Changed...) {
			fmt.Fprintln(&b, t.Val.Rows(), t.Predictions)
		}
	}
	return b.String()
}

// TestProbe: the runs are those announced, with the weights, the way of applying
// them and the seeds asked for; none has a test part, logits of weighted runs are not
// kept, and what is stored is not trained again, no matter what goes on at once.
func TestProbe(t *testing.T) {
	d := define(t, confirmStudy, "weighting.weights_from=0.5")
	plan := fixedArm(t, d, 6).Plan
	store := cachetest.NewMemory()
	trainer, all, test := watched(1, nil)
	var specs []objective.Spec
	before := trainer.Before
	trainer.Before = func(ctx context.Context, job objective.Job) error {
		specs = append(specs, job.Spec) // one at a time
		return before(ctx, job)
	}
	want := 2 * (1 + 2 + 4)
	if n, err := prober(store, trainer, 1).Missing(t.Context(), plan, probes(2)); n != want || err != nil {
		t.Fatalf("%d runs are missing, error %v; want %d", n, err, want)
	}
	first, err := prober(store, trainer, 1).Run(t.Context(), nil, plan, probes(2))
	if err != nil {
		t.Fatal(err)
	}
	if int(all.Load()) != want || test.Load() != 0 {
		t.Errorf("%d trainings, %d with the test part; want %d and none", all.Load(), test.Load(), want)
	}
	for _, s := range specs {
		if s.Seed != 100 && s.Seed != 101 || !s.Unweighted() && (s.Apply != plan.Apply || s.WeightsFrom != 0.5) || !reflect.DeepEqual(s.Model, plan.Model) {
			t.Errorf("spec %+v; want the seeds 100 and 101, and the trial's model and weights_from", s)
		}
		id, err := s.ID()
		if err != nil {
			t.Fatal(err)
		}
		r, found, err := store.Find(t.Context(), id)
		if err != nil || !found {
			t.Fatalf("weights %v: found %v, error %v", s.Weights, found, err)
		}
		if kept := r.ValLogits != nil; kept != s.Unweighted() {
			t.Errorf("weights %v: logits kept: %v", s.Weights, kept)
		}
	}
	for _, s := range first.Seeds {
		// x20 on a class that follows its weight is more than /20.
		if up, down := s.Changed[0].Val.Recall()[0], s.Changed[1].Val.Recall()[0]; !(up > 0.9 && down < 0.2) || s.Changed[0].Predictions == nil || s.Labels == nil {
			t.Errorf("recalls %.3f and %.3f of x20 and /20; want near 1 and 0", up, down)
		}
	}
	if n, err := prober(store, trainer, 1).Missing(t.Context(), plan, probes(2)); n != 0 || err != nil {
		t.Errorf("%d runs are missing afterwards, error %v", n, err)
	}
	again, err := prober(store, trainer, 1).Run(t.Context(), nil, plan, probes(2))
	if err != nil || probedText(again) != probedText(first) || int(all.Load()) != want {
		t.Errorf("repeated: %d trainings in all, error %v; want the same from %d", all.Load(), err, want)
	}
	trainer, _, _ = watched(1, nil)
	other, err := prober(cachetest.NewMemory(), trainer, 5).Run(t.Context(), nil, plan, probes(2))
	if err != nil || probedText(other) != probedText(first) {
		t.Errorf("five at once give others, error %v", err)
	}
}

// TestProbeGoesOn: interrupted, it says that it was, keeps what is finished and goes
// on from there.
func TestProbeGoesOn(t *testing.T) {
	plan := fixedArm(t, define(t, confirmStudy), 6).Plan
	for _, at := range []int64{1, 5, 14} {
		store := cachetest.NewMemory()
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		trainer, all, _ := watched(1, func(n int64) {
			if n == at {
				cancel()
			}
		})
		if _, err := prober(store, trainer, 1).Run(ctx, nil, plan, probes(2)); !objective.IsInterruption(err) {
			t.Fatalf("stopped at training %d: error %v; want an interruption", at, err)
		}
		if _, err := prober(store, trainer, 2).Run(t.Context(), nil, plan, probes(2)); err != nil {
			t.Fatal(err)
		}
		// The one under way was interrupted, and nothing else was done twice.
		if all.Load() != 15 || store.Len() != 14 {
			t.Errorf("stopped at training %d: %d trainings and %d runs in all; want 15 and 14", at, all.Load(), store.Len())
		}
	}
	stop := make(chan struct{})
	close(stop)
	trainer, all, _ := watched(1, nil)
	if _, err := prober(cachetest.NewMemory(), trainer, 1).Run(t.Context(), stop, plan, probes(2)); !objective.IsInterruption(err) || all.Load() != 0 {
		t.Errorf("stopped before it began: %d trainings, error %v; want none and an interruption", all.Load(), err)
	}
}

// TestProbeFails: a training that fails is reported with the class and its factor.
func TestProbeFails(t *testing.T) {
	plan := fixedArm(t, define(t, confirmStudy), 6).Plan
	trainer := &trainertest.Synthetic{Before: func(_ context.Context, job objective.Job) error {
		if !job.Spec.Unweighted() && job.Spec.Weights[0] > 3 {
			return errors.New("the loss is not a number")
		}
		return nil
	}}
	_, err := prober(cachetest.NewMemory(), trainer, 1).Run(t.Context(), nil, plan, probes(1))
	if err == nil || !strings.Contains(err.Error(), "probes, seed 1 of 1: class 0 times 20: the loss is not a number") {
		t.Errorf("error %v", err)
	}
}
