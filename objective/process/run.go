package process

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"evenkeel/objective"
)

// maxAttempts is how often a run is tried while the program itself says that
// trying again may help, by the contract.
const maxAttempts = 3

// maxEpoch bounds the epochs of a run, and with it what a program can make us
// remember.
const maxEpoch = 1 << 20

// run performs a run, on a new process where the old one cannot be used, and
// again with the same seed where the program asks for that.
func (s *slot) run(ctx context.Context, job objective.Job) (*objective.Result, error) {
	req, err := newRequest(job, len(s.trainer.info.Classes))
	if err != nil {
		return nil, err
	}
	for req.Attempt = 1; ; req.Attempt++ {
		r, err := s.attempt(ctx, job, req)
		var own *answeredError
		if !errors.As(err, &own) || !own.retry || req.Attempt == maxAttempts {
			return r, err
		}
	}
}

// attempt is one request and its answer. The process stays unless it broke the
// protocol, ended, or had to be interrupted.
func (s *slot) attempt(ctx context.Context, job objective.Job, req train) (*objective.Result, error) {
	dir, err := s.trainer.scratch.folder(req.Run)
	if err != nil {
		return nil, err
	}
	defer dir.remove()
	req.Dir = dir.path
	c, err := s.request(ctx, req)
	if err != nil {
		return nil, err
	}
	r, err := s.converse(ctx, c, job, req, dir)
	var own *answeredError
	switch {
	case err == nil:
		r.Log = c.tail()
		return r, nil
	case ctx.Err() != nil:
		err = ctx.Err()
		if !c.stopRun(req.Run) {
			if fault := s.replace(interrupt); fault != nil {
				err = fmt.Errorf("%w; %w", err, fault)
			}
		}
		return nil, err
	case errors.As(err, &own): // in its own words, which need no help from the log
		log := c.tail()
		if own.exiting {
			if fault := s.replace(interrupt); fault != nil {
				err = fmt.Errorf("%w; %w", err, fault)
			}
		}
		return nil, &objective.LoggedError{Err: err, Log: log}
	}
	log, how := c.tail(), expel
	if errors.Is(err, errTimeUp) {
		how = interrupt
	}
	if fault := s.replace(how); fault != nil {
		err = fmt.Errorf("%w; %w", err, fault)
	}
	return nil, logged(err, log)
}

// request sends a request to a process that takes it. One that ended before it
// could be asked is replaced without a word, as no run was on it.
func (s *slot) request(ctx context.Context, req train) (*child, error) {
	for {
		c, err := s.process(ctx)
		if err != nil {
			return nil, err
		}
		fresh := c.runs == 0
		c.runs++
		c.log.begin(s.source("run " + req.Run))
		if l, early := c.out.pending(); early {
			err = violation(l, "the training program sent something when nothing was asked of it; an earlier run had its answer")
		} else {
			err = c.send(ctx, req, s.trainer.options.Silence)
		}
		if err == nil {
			return c, nil
		}
		ended := errors.Is(err, errClosedInput) && within(c.exited, c.patience.drain)
		log := c.tail()
		if fault := s.replace(expel); fault != nil {
			err = fmt.Errorf("%w; %w", err, fault)
		}
		switch {
		case ctx.Err() != nil:
			return nil, ctx.Err()
		case ended && fresh:
			return nil, logged(errors.New("the training program "+c.status), log)
		case !ended:
			return nil, logged(err, log)
		}
	}
}

// converse reads what the program sends until the run has its answer.
func (s *slot) converse(ctx context.Context, c *child, job objective.Job, req train, dir *folder) (*objective.Result, error) {
	o := s.trainer.options
	end := time.Now().Add(o.Timeout)
	var epochs []objective.Epoch
	for {
		left := time.Until(end)
		l, err := c.next(ctx, min(o.Silence, left))
		switch {
		case errors.Is(err, errTimeUp) && left <= o.Silence:
			return nil, fmt.Errorf("%w: the run has not ended within %v (timeout)", err, o.Timeout)
		case errors.Is(err, errTimeUp):
			return nil, fmt.Errorf("%w: no answer and no epoch for %v (silence)", err, o.Silence)
		case err != nil:
			return nil, err
		}
		h, err := readHead(l)
		if err == nil {
			err = h.check(l, req.Run)
		}
		if err != nil {
			return nil, err
		}
		switch h.Type {
		case "epoch":
			e, err := readEpoch(l, h, epochs)
			if err != nil {
				return nil, err
			}
			epochs = append(epochs, e)
			if job.OnEpoch != nil {
				job.OnEpoch(e)
			}
		case "error":
			var f failed
			if err := decode(l, h, &f); err != nil {
				return nil, err
			}
			return nil, &answeredError{string(f.Message), f.Retry, f.Exiting}
		default:
			r, err := s.result(c, l, h, req, dir)
			if err == nil {
				r.Epochs = epochs
			}
			return r, err
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
// something else than a finite number.
func readEpoch(l line, h head, before []objective.Epoch) (objective.Epoch, error) {
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
	if err != nil || n <= int64(last) || n > maxEpoch {
		return out, violation(l, "epoch is %s; want an integer above %d, the one before, and at most %d", orMissing(e.Epoch.raw), last, maxEpoch)
	}
	out.Epoch = int(n)
	return out, nil
}

// result reads the answer to a run, and makes sure that it is the last word.
func (s *slot) result(c *child, l line, h head, req train, dir *folder) (*objective.Result, error) {
	t := s.trainer
	answer := newResult(len(t.info.Classes))
	if err := decode(l, h, answer); err != nil {
		return nil, err
	}
	r, err := answer.read(req, &t.info, dir)
	if err == nil {
		err = t.constants.hold(r)
	}
	if err != nil {
		return nil, violation(l, "the result of the training program is wrong: %w", err)
	}
	extra, ok := c.out.pending()
	if !ok && l.more { // it is in our hands, if not yet a line
		extra, _ = c.next(context.Background(), c.patience.drain)
		ok = true
	}
	if ok {
		return nil, violation(extra, "the training program went on after its result; want one answer to a run")
	}
	return r, nil
}

// stopRun asks the program to end a run early, and reports whether it did.
func (c *child) stopRun(run string) bool {
	ctx, cancel := context.WithTimeout(context.Background(), c.patience.stop)
	defer cancel()
	if c.send(ctx, stop{"stop", run}, c.patience.stop) != nil {
		return false
	}
	for {
		l, err := c.next(ctx, c.patience.stop)
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
