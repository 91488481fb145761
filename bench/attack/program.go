//go:build linux

package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// ceiling is how long a command may take before it counts as hanging. It is far above what
// any of them needs on a loaded machine.
const ceiling = 2 * time.Minute

// markVariable marks all processes of a trial.
const markVariable = "ATTACK_MARK"

// capture keeps what a process prints, up to a limit.
type capture struct {
	mu    sync.Mutex
	kept  bytes.Buffer
	total int64
}

// mostKept of what a process prints, in bytes.
const mostKept = 4 << 20

func (c *capture) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.total += int64(len(p))
	c.kept.Write(p[:max(0, min(len(p), mostKept-c.kept.Len()))])
	return len(p), nil
}

func (c *capture) String() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.kept.String()
}

// process is a program that was started.
type process struct {
	cmd            *exec.Cmd
	stdout, stderr capture
	ended          chan struct{}
	began          time.Time
	took           time.Duration
	late           bool // it had to be killed, since it did not end
}

// start starts evenkeel in the folder of the studies. Each variable is NAME=VALUE.
func (t *trial) start(variables []string, args ...string) (*process, error) {
	return t.startProgram(variables, t.program, args...)
}

// startProgram starts any program.
func (t *trial) startProgram(variables []string, program string, args ...string) (*process, error) {
	p := &process{cmd: exec.Command(program, args...), ended: make(chan struct{}), began: time.Now()}
	p.cmd.Dir = t.bench.folder
	p.cmd.Stdout, p.cmd.Stderr = &p.stdout, &p.stderr
	p.cmd.Env = append(os.Environ(), "EVENKEEL_DB=", "TMPDIR="+filepath.Join(t.folder, "tmp"), markVariable+"="+t.mark, "GOMAXPROCS=2")
	p.cmd.Env = append(p.cmd.Env, variables...)
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	p.cmd.WaitDelay = 5 * time.Second // for a child that keeps the output open
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	go func() {
		_ = p.cmd.Wait() // its state says how it ended
		p.took = time.Since(p.began)
		close(p.ended)
	}()
	return p, nil
}

// await waits until the program has ended, for the ceiling at most.
func (p *process) await() {
	select {
	case <-p.ended:
		return
	case <-time.After(ceiling):
	}
	p.late = true
	_ = p.cmd.Process.Signal(syscall.SIGQUIT) // prints where it hangs
	select {
	case <-p.ended:
	case <-time.After(5 * time.Second):
		_ = p.cmd.Process.Kill() // if it has ended by now, so much the better
		<-p.ended
	}
}

// awaitText waits until the program has printed a text on standard error, or has ended. It reports
// whether it has.
func (p *process) awaitText(text string) bool {
	for deadline := time.Now().Add(ceiling); time.Now().Before(deadline); {
		if strings.Contains(p.stderr.String(), text) {
			return true
		}
		select {
		case <-p.ended:
			return strings.Contains(p.stderr.String(), text)
		case <-time.After(time.Millisecond):
		}
	}
	return false
}

// running reports whether the program has not ended yet.
func (p *process) running() bool {
	select {
	case <-p.ended:
		return false
	default:
		return true
	}
}

// status returns the exit status, -1 after a signal.
func (p *process) status() int { return p.cmd.ProcessState.ExitCode() }

// killed reports whether the program was ended by SIGKILL.
func (p *process) killed() bool {
	s, ok := p.cmd.ProcessState.Sys().(syscall.WaitStatus)
	return ok && s.Signaled() && s.Signal() == syscall.SIGKILL
}

// memory returns the most memory that the program had, in MB.
func (p *process) memory() int64 {
	if use, ok := p.cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		return use.Maxrss / 1024
	}
	return 0
}

// fault returns what no program may do, whatever was done to it: hang, die of a panic or a
// signal, end with a status that is not documented, or pass on what acts on a terminal.
func (p *process) fault() error {
	p.await()
	name := fmt.Sprintf("evenkeel %s", brief(strings.Join(p.cmd.Args[1:], " ")))
	stderr := p.stderr.String()
	switch {
	case p.late:
		return fmt.Errorf("%s did not end within %v:\n%s", name, ceiling, tail(stderr))
	case strings.Contains(stderr, "panic:") || strings.Contains(stderr, "fatal error:") || strings.Contains(stderr, "\ngoroutine "):
		return fmt.Errorf("%s crashed:\n%s", name, head(stderr))
	case p.status() != 0 && p.status() != 1 && p.status() != 2 && p.status() != 130:
		return fmt.Errorf("%s ended with %v:\n%s", name, p.cmd.ProcessState, tail(stderr))
	case strings.ContainsAny(stderr+p.stdout.String(), "\x1b\x00\x07\x08\u202e\u009b"):
		return fmt.Errorf("%s printed characters that act on a terminal:\n%q", name, tail(stderr))
	}
	return nil
}

// want returns an error unless the program ends with one of these statuses.
func (p *process) want(statuses ...int) error {
	if err := p.fault(); err != nil {
		return err
	}
	for _, s := range statuses {
		if p.status() == s {
			return nil
		}
	}
	return fmt.Errorf("evenkeel %s: status %d, want %v:\n%s", brief(strings.Join(p.cmd.Args[1:], " ")), p.status(), statuses, tail(p.stderr.String()))
}

// run runs evenkeel and returns an error unless it ends with status 0.
func (t *trial) run(args ...string) error {
	p, err := t.start(nil, args...)
	if err != nil {
		return err
	}
	return p.want(0)
}

// kill kills a program by SIGKILL. It reports whether the program was still running.
func (t *trial) kill(p *process) bool {
	_ = p.cmd.Process.Kill() // an error says that it has ended
	<-p.ended
	if p.killed() {
		t.kills++
		return true
	}
	return false
}

// marked returns the processes of the trial that run, by the mark in their environment. A
// process that has ended and was not waited for has no environment.
func (t *trial) marked() (pids []int) {
	folders, err := filepath.Glob("/proc/[0-9]*")
	if err != nil {
		return nil
	}
	want := []byte(markVariable + "=" + t.mark + "\x00")
	for _, folder := range folders {
		environment, err := os.ReadFile(filepath.Join(folder, "environ"))
		if err != nil || !bytes.Contains(environment, want) {
			continue
		}
		if pid, err := strconv.Atoi(filepath.Base(folder)); err == nil {
			pids = append(pids, pid)
		}
	}
	return pids
}

// killMarked ends what is left of a trial.
func (t *trial) killMarked() {
	for range 100 {
		pids := t.marked()
		if len(pids) == 0 {
			return
		}
		for _, pid := range pids {
			_ = syscall.Kill(pid, syscall.SIGKILL) // it may have ended
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// nobodyLeft waits until no process of the trial runs.
func (t *trial) nobodyLeft() error {
	for deadline := time.Now().Add(30 * time.Second); ; {
		pids := t.marked()
		if len(pids) == 0 {
			return nil
		}
		if time.Now().After(deadline) {
			var names []string
			for _, pid := range pids {
				line, _ := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid)) // "" if it has ended
				names = append(names, fmt.Sprintf("%d %s", pid, bytes.ReplaceAll(line, []byte{0}, []byte{' '})))
			}
			return fmt.Errorf("30 s later there are still the processes %q", names)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// nothingTemporary returns an error if something is in the trial's TMPDIR.
func (t *trial) nothingTemporary() error {
	entries, err := os.ReadDir(filepath.Join(t.folder, "tmp"))
	if err != nil {
		return err
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	if len(names) > 0 {
		return fmt.Errorf("left in TMPDIR: %q", names)
	}
	return nil
}

// head, tail and brief shorten texts.
func head(s string) string  { return s[:min(len(s), 1500)] }
func tail(s string) string  { return s[max(0, len(s)-800):] }
func brief(s string) string { return s[:min(len(s), 200)] }

// copyFile copies a file.
func copyFile(from, to string) error {
	text, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	return os.WriteFile(to, text, 0o600)
}

// exists reports whether there is a file.
func exists(path string) bool {
	_, err := os.Lstat(path)
	return !errors.Is(err, os.ErrNotExist)
}
