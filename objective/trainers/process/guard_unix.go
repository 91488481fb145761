//go:build unix

package process

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// What a guard inherits beside the standard files, which are the program's.
const (
	lifelineFD = 3 // read: orders; its end means that the driver is gone
	reportFD   = 4 // write: what becomes of the program
)

// exitStatus of a guard that could not start the program, as a shell's.
const notStarted = 127

// watch is the whole life of a guard: it starts the program, waits for its end
// or for the driver's, and leaves nothing behind, nor the temporary folder if the
// driver is gone.
func watch(command []string, temporary string) {
	// A parent-death signal comes when the thread ends that started the child.
	runtime.LockOSThread()
	syscall.CloseOnExec(lifelineFD)
	syscall.CloseOnExec(reportFD)
	lifeline, report := os.NewFile(lifelineFD, "lifeline"), os.NewFile(reportFD, "report")
	// Notified, not ignored: what is ignored would be inherited as ignored.
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGHUP, syscall.SIGINT, syscall.SIGTERM, syscall.SIGQUIT)
	nameGuard()
	adoptOrphans()
	pid, err := startProgram(command)
	if err != nil {
		fmt.Fprintf(report, "%s %s\n", reportFailed, strings.ReplaceAll(err.Error(), "\n", " "))
		syscall.Exit(notStarted)
	}
	releaseStandard()
	fmt.Fprintf(report, "%s %d\n", reportStarted, pid)
	g := &group{leader: pid}
	orphaned := make(chan bool, 1)
	go func() { orphaned <- g.obey(lifeline) }()
	go func() {
		<-signals
		g.signal(syscall.SIGKILL)
	}()
	status := g.wait()
	word, number, exit := reportExited, status.ExitStatus(), status.ExitStatus()
	if status.Signaled() {
		word, number = reportSignaled, int(status.Signal())
		exit = 128 + number
	}
	fmt.Fprintf(report, "%s %d\n", word, number)
	sweep(time.Now().Add(sweepLimit))
	gone := hungUp(lifelineFD)
	runtime.KeepAlive(lifeline) // or a garbage collection closes it, and it looks alive
	if temporary != "" && gone && <-orphaned {
		_ = os.RemoveAll(temporary) // as far as it goes
	}
	syscall.Exit(exit) // at once: nothing of the ordinary program has to be closed down
}

// startProgram starts the program in a process group of its own, with the
// guard's standard files, folder and environment.
func startProgram(command []string) (int, error) {
	name := command[0]
	path, err := exec.LookPath(name)
	if err == nil {
		var pid int
		pid, err = syscall.ForkExec(path, command, &syscall.ProcAttr{
			Env: os.Environ(), Files: []uintptr{0, 1, 2}, Sys: programAttributes(),
		})
		if err == nil {
			return pid, nil
		}
		if errors.Is(err, fs.ErrNotExist) {
			return 0, fmt.Errorf("%s: the interpreter that its first line (#!) names does not exist", name)
		}
	}
	switch here, _ := os.Getwd(); {
	case errors.Is(err, syscall.ENOEXEC):
		return 0, fmt.Errorf("%s is not a program: give it a first line such as #!/bin/sh, or put its interpreter first, as in [python3, train.py]", name)
	case errors.Is(err, fs.ErrPermission):
		return 0, fmt.Errorf("%s is not executable: chmod +x it, or put its interpreter first, as in [python3, train.py]", name)
	case (errors.Is(err, fs.ErrNotExist) || errors.Is(err, exec.ErrNotFound)) && strings.Contains(name, "/"):
		return 0, fmt.Errorf("%s: no such file; the working directory is %s", name, here)
	case errors.Is(err, exec.ErrNotFound):
		return 0, fmt.Errorf("%s: command not found on the PATH", name)
	}
	return 0, fmt.Errorf("%s: %w", name, err)
}

// releaseStandard closes the guard's copies of the program's standard files, so that their other
// ends see when the program closes them.
func releaseStandard() {
	null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err != nil {
		return // they end with the guard, then
	}
	for fd := range 3 {
		_ = unix.Dup2(int(null.Fd()), fd)
	}
}

// group is the program's process group as seen by its guard.
type group struct {
	mu     sync.Mutex
	leader int
	ended  bool // the leader is gone: its number may be another's
}

// signal sends to the whole group while its leader lives.
func (g *group) signal(s syscall.Signal) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.ended {
		_ = syscall.Kill(-g.leader, s)
		_ = syscall.Kill(g.leader, s)
	}
}

// obey carries out the driver's orders until there is no driver, and reports
// whether it went without an order to leave.
func (g *group) obey(lifeline *os.File) (orphaned bool) {
	order := make([]byte, 1)
	orphaned = true
	for {
		switch n, err := lifeline.Read(order); {
		case err != nil:
			g.signal(syscall.SIGKILL)
			return orphaned
		case n == 0:
		case order[0] == orderTerminate:
			g.signal(syscall.SIGTERM)
		case order[0] == orderKill:
			g.signal(syscall.SIGKILL)
		case order[0] == orderLeave:
			orphaned = false
		}
	}
}

// hungUp reports whether the other end of a pipe is closed.
func hungUp(fd int) bool {
	p := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}
	n, err := unix.Poll(p, 0)
	return err == nil && n == 1 && p[0].Revents&unix.POLLHUP != 0
}

// wait returns how the program ended, after it killed the rest of its group. It
// reaps what else is the guard's child.
func (g *group) wait() syscall.WaitStatus {
	for {
		var status syscall.WaitStatus
		pid, err := syscall.Wait4(-1, &status, 0, nil)
		if errors.Is(err, syscall.EINTR) || err == nil && pid != g.leader {
			continue
		}
		g.mu.Lock()
		g.ended = true
		_ = syscall.Kill(-g.leader, syscall.SIGKILL)
		g.mu.Unlock()
		return status
	}
}
