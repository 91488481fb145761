package process

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// child is one process of the program with its guard. Its methods are called
// from one goroutine at a time.
type child struct {
	guard    *exec.Cmd
	in       *os.File // the program's standard input
	lifeline *os.File // orders to the guard
	out      *reader
	log      *pump
	waits    waits

	// begun is closed when the guard has started the program or could not;
	// exited when the program has ended; gone when the guard has too, and with it
	// everything that the program had started.
	begun, exited, gone chan struct{}
	leader              int    // set before begun is closed; 0 if failed is set
	failed              string // set before begun is closed
	lost                bool   // the guard was killed; set before begun and exited are closed
	status              string // set before exited is closed
	runs                int    // how many it has been given
}

// launch starts the program under a guard, which removes the temporary folder if
// the driver cannot.
func launch(ctx context.Context, o Options, slot int, temporary string, log *pump, w waits) (*child, error) {
	path, err := executable()
	if err != nil {
		return nil, err
	}
	var pipes pipes
	c := &child{log: log, waits: w, begun: make(chan struct{}), exited: make(chan struct{}), gone: make(chan struct{})}
	stdin, in := pipes.down()
	lifelineEnd, lifeline := pipes.down()
	stdout, out := pipes.up()
	stderr, errs := pipes.up()
	reportEnd, report := pipes.up()
	if pipes.err != nil {
		pipes.closeTheirs()
		pipes.closeOurs()
		return nil, &lackError{err: pipes.err}
	}
	c.in, c.lifeline, c.out = in, lifeline, newReader(out)
	c.guard = &exec.Cmd{
		Path: path, Args: guardArguments(o.Command, temporary), Dir: o.Dir, Env: o.environment(slot),
		Stdin: stdin, Stdout: stdout, Stderr: stderr, ExtraFiles: []*os.File{lifelineEnd, reportEnd},
		SysProcAttr: guardAttributes(),
	}
	err = c.startGuard()
	pipes.closeTheirs()
	if err != nil {
		pipes.closeOurs()
		return nil, &lackError{err: fmt.Errorf("starting the guard process: %w", err)}
	}
	go c.out.loop()
	c.log.from = errs
	go c.log.loop()
	go c.follow(report)
	select {
	case <-c.begun:
	case <-ctx.Done():
	}
	if err := ctx.Err(); err != nil {
		_ = c.end(forced)
		return nil, err
	}
	if c.failed != "" {
		_ = c.end(forced)
		err := errors.New(c.failed)
		if c.lost {
			return nil, &lostError{err}
		}
		return nil, err
	}
	return c, nil
}

// startGuard starts the guard, which nobody takes for a process that a guard has left.
func (c *child) startGuard() error {
	guards.starting.RLock()
	defer guards.starting.RUnlock()
	if err := c.guard.Start(); err != nil {
		return err
	}
	noteGuard(c.guard.Process.Pid, true)
	return nil
}

// pipes are the pipes between the driver and a child.
type pipes struct {
	ours, theirs []*os.File
	err          error
}

// down makes a pipe that the driver writes, up one that it reads.
func (p *pipes) down() (theirs, ours *os.File) {
	r, w := p.pipe()
	p.ours, p.theirs = append(p.ours, w), append(p.theirs, r)
	return r, w
}

func (p *pipes) up() (theirs, ours *os.File) {
	r, w := p.pipe()
	p.ours, p.theirs = append(p.ours, r), append(p.theirs, w)
	return w, r
}

func (p *pipes) pipe() (r, w *os.File) {
	if p.err == nil {
		r, w, p.err = os.Pipe()
	}
	return r, w
}

func (p *pipes) closeOurs()   { closeAll(p.ours) }
func (p *pipes) closeTheirs() { closeAll(p.theirs) }

func closeAll(files []*os.File) {
	for _, f := range files {
		_ = f.Close() // a nil file, whose pipe could not be made, says so and no more
	}
}

// follow reads what the guard reports until it ends, and reaps it.
func (c *child) follow(report *os.File) {
	lines := bufio.NewScanner(report)
	begun, exited := false, false
	for lines.Scan() {
		word, rest, _ := strings.Cut(lines.Text(), " ")
		number, _ := strconv.Atoi(rest)
		switch {
		case word == reportStarted && !begun:
			c.leader = number
			begun = true
			close(c.begun)
		case word == reportFailed && !begun:
			c.failed = rest
			begun = true
			close(c.begun)
		case word == reportExited && !exited:
			c.status = fmt.Sprintf("exited with status %d", number)
			exited = true
			close(c.exited)
		case word == reportSignaled && !exited:
			c.status = fmt.Sprintf("was killed by signal %d (%v)", number, syscall.Signal(number))
			exited = true
			close(c.exited)
		}
	}
	_ = report.Close()
	_ = c.guard.Wait() // its status is known from its report
	noteGuard(c.guard.Process.Pid, false)
	if !exited && c.leader != 0 {
		killGroup(c.leader)
	}
	c.lost = !exited && c.failed == ""
	if !begun {
		c.failed = "the guard process ended: " + c.guard.ProcessState.String()
		close(c.begun)
	}
	if !exited {
		c.status = "was ended together with its guard process"
		close(c.exited)
	}
	if c.lost {
		sweepAdopted(time.Now().Add(sweepLimit))
	}
	close(c.gone)
}

// dead reports whether the process has ended, or can say nothing more.
func (c *child) dead() bool {
	select {
	case <-c.exited:
		return true
	default:
		return c.out.ended()
	}
}

// hasExited waits for the end of the program, but not for ever. A guard that was stopped
// would not report it.
func (c *child) hasExited(limit time.Duration) bool {
	wake(c.guard.Process)
	return within(c.exited, limit)
}

// isLost reports whether the program has ended because its guard was killed.
func (c *child) isLost() bool {
	select {
	case <-c.exited:
		return c.lost
	default:
		return false
	}
}

// order gives the guard an order.
func (c *child) order(o byte) {
	wake(c.guard.Process)
	_, _ = c.lifeline.Write([]byte{o})
}

// within waits for what happens to a child, but not for ever.
func within(happened <-chan struct{}, limit time.Duration) bool {
	timer := time.NewTimer(limit)
	defer timer.Stop()
	select {
	case <-happened:
		return true
	case <-timer.C:
		return false
	}
}

// stopMode is how a process is made to end.
type stopMode int

const (
	graceful  stopMode = iota // it is idle: it gets a bye, and time to close down
	interrupt                 // it is in a run, which it may not leave for a bye
	forced                    // it broke the protocol: its output is no longer read
)

// end ends the process, if need be by force. Nothing it has started is left when
// end returns without an error.
func (c *child) end(mode stopMode) error {
	c.out.discard(mode != forced)
	limit := c.waits.busy
	if mode == graceful {
		limit = c.waits.bye
	}
	if mode != forced {
		// Nobody waits for an answer, so a fault here does not matter.
		_ = c.send(context.Background(), farewell, limit)
	}
	_ = c.in.Close()
	if c.failed == "" && !c.hasExited(limit) {
		c.order(orderTerminate)
		if !c.hasExited(c.waits.term) {
			c.order(orderKill)
		}
	}
	c.order(orderLeave)
	_ = c.lifeline.Close() // kills what is left
	gone := within(c.gone, c.waits.guard)
	if !gone { // the guard is stopped, again and again: then without it
		killGroup(c.leader)
		// Before the guard, or they would become the driver's and could stop that next.
		killBelow(c.guard.Process.Pid, time.Now().Add(sweepLimit))
		_ = c.guard.Process.Kill()
		gone = within(c.gone, c.waits.kill)
	}
	within(c.log.ended, c.waits.drain)
	c.out.close()
	c.log.close()
	if !gone {
		return fmt.Errorf("process %d of the training program could not be killed within %v", c.leader, c.waits.kill)
	}
	return nil
}

// tail returns the end of what the process has logged since the run began,
// everything included that it wrote before its last message or its end.
func (c *child) tail() string {
	select {
	case <-c.exited:
		within(c.log.ended, c.waits.drain)
	default:
		c.log.catchUp()
	}
	return c.log.tail.String()
}
