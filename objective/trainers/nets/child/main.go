package child

import (
	"context"
	"fmt"
	"os"
	"strings"
	"sync/atomic"

	"evenkeel/objective"
)

// The process is named so in ps and top, and so in the place of its program's name.
const (
	name  = "training-child"
	title = name + ": trains for evenkeel"
)

// called says that this program can be its own child.
var called atomic.Bool

// Possible reports whether [Main] was called, so that there can be a process.
func Possible() bool { return called.Load() }

// Main is called first in main, and in the TestMain of a test that isolates runs. In an ordinary
// process it returns at once. In one that a [Trainer] started it opens a trainer by what was
// given to [New], performs runs as long as somebody asks for them, and never returns.
func Main(open func(setup []byte) (objective.Trainer, error)) {
	if len(os.Args) == 1 && strings.HasPrefix(os.Args[0], name) {
		serve(open)
		os.Exit(0)
	}
	called.Store(true)
}

// serve performs runs until nobody asks for any.
func serve(open func(setup []byte) (objective.Trainer, error)) {
	out := os.Stdout
	os.Stdout = os.Stderr // what anybody else prints is no answer
	prepare()
	w := newWire(os.Stdin, out)
	var setup []byte
	if w.in.Decode(&setup) != nil {
		return
	}
	requests := make(chan request)
	go func() { // also while a run goes on: the end of the input is the end of the program
		for {
			var r request
			if w.in.Decode(&r) != nil {
				os.Exit(0)
			}
			requests <- r
		}
	}()
	var trainer objective.Trainer
	var err error
	for r := range requests {
		if trainer == nil {
			trainer, err = open(setup)
		}
		var a answer
		if err == nil {
			a, err = perform(trainer, r, w)
		}
		if err != nil {
			a, err = answer{Error: err.Error()}, nil
		}
		if err := w.out.Encode(a); err != nil {
			fmt.Fprintln(os.Stderr, "the answer cannot be sent:", err)
			os.Exit(1)
		}
	}
}

// perform performs a run. Epochs are sent as they end.
func perform(t objective.Trainer, r request, w *wire) (answer, error) {
	result, err := t.Train(context.Background(), objective.Job{Spec: r.Spec, Test: r.Test, TestShape: r.TestShape, OnEpoch: func(e objective.Epoch) {
		_ = w.out.Encode(answer{Epoch: &e}) // the run's end says so too
	}})
	if err != nil {
		return answer{}, err
	}
	return pack(result)
}
