package process

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"runtime"
	"time"

	"evenkeel/objective"
)

// maxAttempts is how often a run is tried while the program itself says that
// trying again may help, by the contract.
const maxAttempts = 3

// maxEpoch bounds the epochs of a run whose request names no number, and with it
// what a program can make us remember.
const maxEpoch = 1 << 20

// largeLine is the length of a result from which on it is worth the time to let
// go of its memory at once.
const largeLine = 4 << 20

// run performs a run, on a new process where the old one cannot be used, and
// again with the same seed where the program asks for that.
func (s *slot) run(ctx context.Context, job objective.Job) (*objective.Result, error) {
	s.lasted = 0
	if err := job.Spec.CheckFor(s.trainer.info); err != nil {
		return nil, err
	}
	req, err := newRequest(job, len(s.trainer.info.Classes))
	if err != nil {
		return nil, err
	}
	for n := (tries{}); ; {
		req.Attempt = n.asked + 1
		r, err := s.attempt(ctx, job, req)
		if errors.Is(err, errNotTaken) {
			r, err = s.attempt(ctx, job, req) // on a process that is new
		}
		if err == nil || ctx.Err() != nil {
			return r, err
		}
		wait, again := s.again(&n, err)
		if !again {
			return nil, s.final(err)
		}
		s.trainer.log.write(s.source("run "+req.Run), fmt.Appendf(nil, "evenkeel tries this run again in %v: %v\n", wait, err))
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// again decides whether a run is tried once more after a failure, and after how long.
func (s *slot) again(n *tries, err error) (wait time.Duration, again bool) {
	var own *answeredError
	w := s.trainer.waits
	switch {
	case errors.As(err, new(*lackError)):
		if n.lacked == len(w.lack) {
			return 0, false
		}
		n.lacked++
		return w.lack[n.lacked-1], true
	case errors.As(err, new(*lostError)):
		n.lost++
		return 0, n.lost < maxAttempts
	case errors.As(err, &own) && own.retry:
		if n.asked == len(w.retry) {
			return 0, false
		}
		n.asked++
		return w.retry[n.asked-1], true
	}
	return 0, false
}

// final is what a failure is to the search when the run is not tried again.
func (s *slot) final(err error) error {
	if errors.As(err, new(*lackError)) {
		return s.trainer.outOfRoom(err)
	}
	return err
}

// errNotTaken says that a process that had answered runs before ended soon after
// the next request, and sent nothing: most likely it was ending when the
// request was written, and no run was on it. It has been replaced.
var errNotTaken = errors.New("the training program ended before it could take the request")

// attempt is one request and its answer. The process stays unless it broke the
// protocol, ended, or had to be interrupted.
func (s *slot) attempt(ctx context.Context, job objective.Job, req train) (*objective.Result, error) {
	s.lasted = 0
	dir, err := s.trainer.scratch.folder(req.Run)
	if err != nil {
		return nil, err
	}
	defer dir.remove()
	req.Dir = dir.path
	c, err := s.process(ctx)
	if err != nil {
		return nil, err
	}
	reused, answered := c.runs > 0, false
	asked := time.Now()
	var r *objective.Result
	err = s.request(ctx, c, req)
	sent := err == nil
	if sent {
		r, answered, err = s.converse(ctx, c, job, req, dir)
	}
	s.lasted = time.Since(asked)
	switch {
	case err == nil:
		r.Log = c.tail()
		return r, nil
	case ctx.Err() != nil:
		if sent && c.stopRun(req.Run) {
			return nil, ctx.Err()
		}
		return nil, s.replaced(ctx.Err(), interrupt)
	}
	failure, lost := s.failed(c, err)
	if err := lackOfRoom(failure, lost); err != nil {
		return nil, err
	}
	switch {
	case dir.isGone() || c.isLost():
		return nil, &lostError{failure}
	case lost && reused && !answered && s.lasted < c.waits.quick:
		return nil, errNotTaken
	}
	return nil, failure
}

// failed replaces the process as the failure of a run demands, and returns the
// failure with its log. lost says that the process ended or closed its input
// or output.
func (s *slot) failed(c *child, err error) (failure *objective.LoggedError, lost bool) {
	var own *answeredError
	if errors.As(err, &own) { // in its own words, which need no help from the log
		log := c.tail()
		if own.exiting {
			err = s.replaced(err, interrupt)
		}
		return &objective.LoggedError{Err: err, Log: log}, false
	}
	if errors.Is(err, errClosedInput) && c.hasExited(c.waits.drain) {
		err = c.silenced()
	}
	mode := forced
	if errors.Is(err, errTimeUp) {
		mode = interrupt
	}
	log := c.tail()
	var ended *endedError
	lost = errors.As(err, &ended) || errors.Is(err, errClosedInput)
	if fault := s.replace(mode); fault != nil {
		err, lost = fmt.Errorf("%w; %w", err, fault), false
	}
	return &objective.LoggedError{Err: withLastLine(err, log), Log: log}, lost
}

// replaced ends the process because of err, and adds to err what could not be
// ended.
func (s *slot) replaced(err error, mode stopMode) error {
	if fault := s.replace(mode); fault != nil {
		return fmt.Errorf("%w; %w", err, fault)
	}
	return err
}

// request sends a request to a process that is silent, as it should be.
func (s *slot) request(ctx context.Context, c *child, req train) error {
	c.runs++
	c.log.begin(s.source("run " + req.Run))
	if l, early := c.out.pending(); early {
		return violation(l, "the training program sent something when nothing was asked of it; an earlier run had its answer")
	}
	return c.send(ctx, req, s.trainer.options.Silence)
}

// converse reads what the program sends until the run has its answer. answered
// says that the program sent anything at all.
func (s *slot) converse(ctx context.Context, c *child, job objective.Job, req train, dir *folder) (r *objective.Result, answered bool, err error) {
	o := s.trainer.options
	end := time.Now().Add(o.Timeout)
	var epochs []objective.Epoch
	for {
		left := time.Until(end)
		l, err := c.next(ctx, min(o.Silence, left))
		switch {
		case errors.Is(err, errTimeUp) && left <= o.Silence:
			return nil, answered, fmt.Errorf("%w: the run has not ended within %v (timeout)", err, o.Timeout)
		case errors.Is(err, errTimeUp):
			return nil, answered, fmt.Errorf("%w: no answer and no epoch for %v (silence)", err, o.Silence)
		case err != nil:
			return nil, answered, err
		}
		answered = true
		h, err := readHead(l)
		if err == nil {
			err = h.check(l, req.Run)
		}
		if err != nil {
			return nil, answered, err
		}
		switch h.Type {
		case "epoch":
			e, err := readEpoch(l, h, epochs, req.Epochs)
			if err != nil {
				return nil, answered, err
			}
			if epochs == nil {
				epochs = make([]objective.Epoch, 0, min(max(req.Epochs, 0), maxEpoch))
			}
			epochs = append(epochs, e)
			if job.OnEpoch != nil {
				job.OnEpoch(e)
			}
		case "error":
			var f failed
			if err := decode(l, h, &f); err != nil {
				return nil, answered, err
			}
			return nil, true, &answeredError{string(f.Message), f.Retry, f.Exiting}
		default:
			r, err := s.result(c, l, h, req, dir)
			if err == nil {
				r.Epochs = epochs
			}
			return r, true, err
		}
	}
}

// check makes sure that a message belongs to the run.
func (h head) check(l line, run string) error {
	switch h.Type {
	case "epoch", "result", "error":
	default:
		return violation(l, "the training program sent a message of type %q during a run; want epoch, result or error", abridged(string(h.Type)))
	}
	if string(h.Run) != run {
		return violation(l, "the training program answered for run %q; it was asked for run %q", abridged(string(h.Run)), run)
	}
	return nil
}

// readEpoch reads what is known of an epoch. The loss may be missing, but not be
// something else than a finite number. asked is how many epochs there are to be,
// 0 if the request did not say.
func readEpoch(l line, h head, before []objective.Epoch, asked int64) (objective.Epoch, error) {
	out := objective.Epoch{Loss: math.NaN(), ValLoss: math.NaN()}
	var e epoch
	if err := decode(l, h, &e); err != nil {
		return out, err
	}
	loss, given, err := e.Loss.real()
	if err != nil {
		return out, violation(l, "the loss is not finite: loss %w", err)
	}
	if given {
		out.Loss = loss
	}
	n, err := count(e.Epoch.raw)
	last := 0
	if len(before) > 0 {
		last = before[len(before)-1].Epoch
	}
	most := int64(maxEpoch)
	if asked > 0 {
		most = min(most, asked)
	}
	if err != nil || n <= int64(last) || n > most {
		return out, violation(l, "epoch is %s; want an integer above %d, the one before, and at most %d, the epochs of the run", orMissing(e.Epoch.raw), last, most)
	}
	out.Epoch = int(n)
	return out, nil
}

// result reads the answer to a run, and makes sure that it is the last word.
func (s *slot) result(c *child, l line, h head, req train, dir *folder) (*objective.Result, error) {
	t := s.trainer
	const wrong = "the result of the training program is wrong: %w"
	answer := newResult(len(t.info.Classes))
	if err := decode(l, h, answer); err != nil {
		return nil, err
	}
	r, err := answer.read(req, &t.info, dir)
	if err != nil {
		return nil, violation(l, wrong, err)
	}
	more, inHand := c.out.more(l), l.more
	if len(l.data) > largeLine {
		defer runtime.GC() // after it, or the next line would come on top
	}
	l = line{data: bytes.Clone(l.data[:min(len(l.data), excerptLength+1)])} // what comes next takes its place
	if more {
		// What came may be less than a line, or no more than the end of the output.
		if extra, err := c.next(context.Background(), c.waits.drain); err == nil || inHand {
			return nil, violation(extra, "the training program went on after its result; want one answer to a run")
		}
	}
	if err := t.constants.hold(r); err != nil { // last: it remembers what passes
		return nil, violation(l, wrong, err)
	}
	return r, nil
}

// stopRun asks the program to end a run early, and reports whether it did.
func (c *child) stopRun(run string) bool {
	ctx, cancel := context.WithTimeout(context.Background(), c.waits.stop)
	defer cancel()
	if c.send(ctx, stop{"stop", run}, c.waits.stop) != nil {
		return false
	}
	for {
		l, err := c.next(ctx, c.waits.stop)
		if err != nil {
			return false
		}
		h, err := readHead(l)
		if err != nil || h.check(l, run) != nil {
			return false
		}
		if h.Type != "epoch" {
			return true
		}
	}
}
