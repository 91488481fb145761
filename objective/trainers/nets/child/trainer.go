package child

import (
	"context"
	"errors"
	"fmt"
	"time"

	"evenkeel/objective"
)

// Trainer performs runs in a process of their own, one at a time. Make one with [New]; it is
// safe for concurrent use.
type Trainer struct {
	setup []byte
	// turn has the process, nil where none is started, unless somebody uses it.
	turn chan *process
	// grace is how long after the end of a process the program must live for it to be a failure.
	grace time.Duration
}

// New returns a trainer whose process is opened by a setup, see [Main]. It starts nothing.
func New(setup []byte) *Trainer {
	t := &Trainer{setup: setup, turn: make(chan *process, 1), grace: time.Second}
	t.turn <- nil
	return t
}

// DeadError says that the process ended during a run.
type DeadError struct {
	// How says how it ended, Peak how much memory it had at most, in bytes, 0 if that is not known.
	How  string
	Peak int64
	// Last is the first line that it wrote to its standard error, "" if it wrote none.
	Last string
}

// Error says so.
func (e *DeadError) Error() string {
	text := "the process that this training had for itself " + e.How
	if e.Peak > 0 {
		text += fmt.Sprintf("; it had %s of memory at most", objective.Bytes(e.Peak))
	}
	if e.Last != "" {
		text += "; it said: " + objective.Printable(e.Last)
	}
	return text
}

// Train performs one run. If the process ends instead of answering, the error is an
// [*objective.LoggedError] of a [*DeadError]; if ctx ends first, the process is killed, and the
// error is that of ctx.
func (t *Trainer) Train(ctx context.Context, job objective.Job) (*objective.Result, error) {
	var p *process
	select {
	case p = <-t.turn:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	defer func() { t.turn <- p }()
	if p != nil && p.ended() { // while it had nothing to do, so no run is to blame
		p.end()
		p = nil
	}
	if p == nil {
		var err error
		if p, err = start(t.setup); err != nil {
			return nil, err
		}
	}
	result, err := p.train(ctx, job)
	var dead *DeadError
	if err == nil || ctx.Err() == nil && !errors.As(err, &dead) {
		return result, err
	}
	log := p.end()
	p = nil
	if dead != nil {
		wait := time.NewTimer(t.grace)
		defer wait.Stop()
		select {
		case <-wait.C:
			err = &objective.LoggedError{Err: err, Log: log}
		case <-ctx.Done():
		}
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	return nil, err
}

// train sends a request and reads the answers.
func (p *process) train(ctx context.Context, job objective.Job) (*objective.Result, error) {
	answers := make(chan answer)
	given, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() {
		defer close(answers)
		if p.wire.out.Encode(request{Spec: job.Spec, Test: job.Test, TestShape: job.TestShape}) != nil {
			return // it has ended
		}
		for {
			var a answer
			if p.wire.in.Decode(&a) != nil {
				return
			}
			select {
			case answers <- a:
			case <-given.Done():
				return
			}
			if a.Epoch == nil {
				return
			}
		}
	}()
	for {
		select {
		case a, ok := <-answers:
			switch {
			case !ok:
				return nil, p.dead()
			case a.Epoch != nil:
				if job.OnEpoch != nil {
					job.OnEpoch(*a.Epoch)
				}
			case a.Error != "":
				return nil, errors.New(a.Error)
			default:
				return a.unpack()
			}
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// Close ends the process, if there is one, when the run that it performs is over.
func (t *Trainer) Close() error {
	p := <-t.turn
	if p != nil {
		p.end()
	}
	t.turn <- nil
	return nil
}
