package process

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"evenkeel/objective"
)

// slot performs one run at a time, on a process that it starts when it needs one
// and keeps while the process behaves.
type slot struct {
	trainer *Trainer
	number  int
	child   *child
	// lasted is how long the program was at the last attempt: from the request to
	// the answer or the failure, without the process's start and end. It is 0 if
	// there was no process to ask.
	lasted time.Duration
}

// answeredError is a failure that the program itself reported. It leaves the
// process as good as before, unless it says that it ends.
type answeredError struct {
	message string
	retry   bool
	exiting bool
}

// printableLines makes what the program says of its failure printable; a line that follows another
// begins with a bar, so that it cannot be read as one of ours.
func printableLines(message string) string {
	lines := strings.Split(strings.ReplaceAll(message, "\r\n", "\n"), "\n")
	for i, line := range lines {
		lines[i] = objective.Printable(line)
	}
	return strings.Join(lines, "\n  | ")
}

// maxMessage is how much of a program's own message is shown; the end of a long
// one, where Python has the error itself.
const maxMessage = 4 << 10

func (e *answeredError) Error() string {
	message := printableLines(strings.TrimSpace(e.message))
	if len(message) > maxMessage {
		message = "..." + strings.ToValidUTF8(message[len(message)-maxMessage:], "")
	}
	if message == "" {
		message = "no reason given"
	}
	return "the training program reports: " + message
}

// source names what a slot logs.
func (s *slot) source(what string) string { return fmt.Sprintf("slot %d, %s", s.number, what) }

// process returns a process that is ready for a request.
func (s *slot) process(ctx context.Context) (*child, error) {
	limit := s.trainer.options.RunsPerProcess
	if c := s.child; c != nil && (c.dead() || limit > 0 && c.runs >= limit) {
		if err := s.replace(graceful); err != nil { // which is no failure of the next run
			return nil, fmt.Errorf("%w: %w", objective.ErrTrainerBroken, err)
		}
	}
	if s.child != nil {
		return s.child, nil
	}
	c, info, err := s.start(ctx)
	if err != nil {
		return nil, err
	}
	if err := changed(s.trainer.Info(), info); err != nil {
		return nil, errors.Join(err, c.end(graceful))
	}
	s.child = c
	return c, nil
}

// replace ends the slot's process; the next run gets a new one.
func (s *slot) replace(mode stopMode) error {
	c := s.child
	s.child = nil
	if c == nil {
		return nil
	}
	return c.end(mode)
}

// start starts a process and shakes hands with it.
func (s *slot) start(ctx context.Context) (*child, objective.Info, error) {
	o := s.trainer.options
	limited, cancel := context.WithTimeout(ctx, o.StartTimeout)
	defer cancel()
	log := newPump(s.trainer.log, s.source("start"))
	c, err := launch(limited, o, s.number, s.trainer.scratch.orphan(), log, s.trainer.waits)
	var info objective.Info
	if err == nil {
		info, err = c.greet(limited, o.StartTimeout)
	}
	if err == nil {
		return c, info, nil
	}
	text := log.tail.String()
	if c != nil {
		text = c.tail()
		if fault := c.end(forced); fault != nil {
			err = fmt.Errorf("%w; %w", err, fault)
		}
		if c.isLost() {
			err = &lostError{err}
		}
	}
	switch {
	case ctx.Err() != nil:
		return nil, info, ctx.Err()
	case limited.Err() != nil:
		err = fmt.Errorf("the training program was not ready within %v (start_timeout)", o.StartTimeout)
	}
	err = withLastLine(fmt.Errorf("starting %s: %w", strings.Join(o.Command, " "), err), text)
	return nil, info, &objective.LoggedError{Err: err, Log: text}
}

// greet says hello and reads what the program says of itself.
func (c *child) greet(ctx context.Context, limit time.Duration) (objective.Info, error) {
	if err := c.send(ctx, greeting, limit); err != nil && !errors.Is(err, errClosedInput) {
		return objective.Info{}, err
	}
	// A program that has ended or does not listen may have said why.
	l, err := c.next(ctx, limit)
	if err != nil {
		return objective.Info{}, err
	}
	return readReady(l)
}

// withLastLine adds the last line of the log to a failure.
func withLastLine(err error, log string) error {
	text := strings.TrimSpace(log)
	if last := strings.TrimSpace(text[strings.LastIndexByte(text, '\n')+1:]); last != "" {
		if len(last) > excerptLength {
			last = strings.ToValidUTF8(last[:excerptLength], "") + "..."
		}
		err = fmt.Errorf("%w; its log ends: %s", err, objective.Printable(last))
	}
	return err
}
