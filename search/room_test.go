package search_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"evenkeel/objective"
	"evenkeel/objective/trainers/trainertest"
	"evenkeel/search/storetest"
)

// TestNoRoomIsNoOutcome: a training for which this machine has too little memory ends the search
// and is stored as nothing; where there is enough, the study ends as if it had never been tried.
func TestNoRoomIsNoOutcome(t *testing.T) {
	d := define(t, study, "model.batch=[32, 64]")
	want := storetest.NewMemory()
	complete(t, driver(d, want, &trainertest.Synthetic{Response: 0.3}, 4))
	short := &trainertest.Synthetic{Response: 0.3, Before: func(_ context.Context, job objective.Job) error {
		if job.Spec.Model["batch"] == int64(64) {
			return &objective.MemoryError{Need: 8e9, Have: 1e9, Bound: "available memory"}
		}
		return nil
	}}
	m := storetest.NewMemory()
	for range 2 { // and again, as often as it is tried
		_, err := driver(d, m, short, 4).Run(t.Context(), nil)
		if !errors.Is(err, objective.ErrNoRoom) {
			t.Fatalf("error %v; want that there is too little memory", err)
		}
		for _, text := range []string{"trial ", "about 8.0 GB", "here is 1.0 GB", "evenkeel resume test", "--study test", "Nothing is stored as failed"} {
			if !strings.Contains(err.Error(), text) {
				t.Errorf("error %q; want %q in it", err, text)
			}
		}
	}
	open := 0
	for _, r := range m.Records {
		if r.Outcome == nil {
			open++
		} else if r.Outcome.Err != "" {
			t.Errorf("step %d is stored as failed: %s", r.Step.Number, r.Outcome.Err)
		}
	}
	if open == 0 {
		t.Error("no step is open")
	}
	complete(t, driver(d, m, &trainertest.Synthetic{Response: 0.3}, 4))
	if textOf(m) != textOf(want) {
		t.Error("where there is enough memory, the study is another one than if it had been there at first")
	}
}

// TestReferenceWithoutRoom: nothing but a smaller model, or another machine, helps.
func TestReferenceWithoutRoom(t *testing.T) {
	for _, screen := range []string{"off", "auto"} {
		m := storetest.NewMemory()
		_, err := driver(define(t, study, "search.screen="+screen), m, &trainertest.Synthetic{Response: 0.3, Before: func(context.Context, objective.Job) error {
			return &objective.MemoryError{Need: 8e9, Have: 1e9, Bound: "available memory"}
		}}, 4).Run(t.Context(), nil)
		if !errors.Is(err, objective.ErrNoRoom) || !strings.Contains(err.Error(), "the unweighted model, with which every trial is compared: ") || strings.Contains(err.Error(), "invalidate") {
			t.Errorf("error %v; want that the reference does not fit", err)
		}
	}
}

// TestOpenTrialIsLeftOut: an open trial that does not fit and is declared invalid ends without a
// training, is no failure in a row, and the study comes to its end.
func TestOpenTrialIsLeftOut(t *testing.T) {
	d := define(t, study, "model.batch=[32, 64]", "search.trials=30")
	trained := 0
	short := &trainertest.Synthetic{Response: 0.3, Before: func(_ context.Context, job objective.Job) error {
		if job.Spec.Model["batch"] == int64(64) {
			trained++
			return &objective.MemoryError{Need: 8e9, Have: 1e9, Bound: "available memory"}
		}
		return nil
	}}
	m := storetest.NewMemory()
	left := 0
	for {
		_, err := driver(d, m, short, 1).Run(t.Context(), nil)
		if err == nil {
			break
		}
		if !errors.Is(err, objective.ErrNoRoom) {
			t.Fatal(err)
		}
		var trial int
		if _, err := fmt.Sscanf(err.Error(), "trial %d:", &trial); err != nil {
			t.Fatal(err)
		}
		for i := range m.Records {
			if m.Records[i].Step.Trial == trial {
				m.Records[i].Invalid = "too large"
				left++
			}
		}
	}
	ended := 0
	for _, r := range m.Records {
		if r.Outcome == nil {
			t.Fatalf("step %d is open", r.Step.Number)
		}
		if r.Outcome.Err != "" {
			ended++
			if r.Invalid == "" || r.Outcome.Err != "declared invalid before it was trained: too large" {
				t.Errorf("step %d, invalid %q: %s", r.Step.Number, r.Invalid, r.Outcome.Err)
			}
		}
	}
	if left == 0 || ended != left {
		t.Errorf("%d open trials were declared invalid, %d ended so", left, ended)
	}
}
