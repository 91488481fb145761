package objective_test

import (
	"context"
	"errors"
	"testing"

	"evenkeel/objective"
)

// TestUnless: who gives up does not wait for what cannot be ended; who does not gets what comes.
func TestUnless(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	begun, forever := make(chan struct{}), make(chan struct{})
	defer close(forever)
	go func() { <-begun; cancel() }()
	n, err := objective.Unless(ctx, func() (int, error) { close(begun); <-forever; return 1, nil })
	if n != 0 || !errors.Is(err, context.Canceled) || !objective.IsInterruption(err) {
		t.Errorf("%d, %v; want nothing, and an interruption by context.Canceled", n, err)
	}
	n, err = objective.Unless(ctx, func() (int, error) { t.Error("work is begun after the end"); return 1, nil })
	if n != 0 || !objective.IsInterruption(err) {
		t.Errorf("%d, %v after the end; want nothing, and an interruption", n, err)
	}
	fault := errors.New("fault")
	if n, err := objective.Unless(t.Context(), func() (int, error) { return 2, fault }); n != 2 || !errors.Is(err, fault) {
		t.Errorf("%d, %v; want 2 and the fault", n, err)
	}
}
