//go:build linux

package process

import (
	"bytes"
	"errors"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// nameGuard gives the process the name that ps and top show.
func nameGuard() {
	_ = os.WriteFile("/proc/self/comm", []byte(guardName), 0) // cosmetic
}

// adoptOrphans makes this process the parent of every descendant whose own parent ends, so
// that none can get away by leaving the process group. A guard does so for all that its
// program starts, and a driver for what a guard that was killed leaves.
func adoptOrphans() { _ = unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) }

// guardAttributes give a guard a session of its own: no terminal's signal reaches it or the
// program, the driver alone decides. When a thread of the driver ends that may have started
// it, and so when the driver is killed, the guard is made to go on if it was stopped.
func guardAttributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setsid: true, Pdeathsig: syscall.SIGCONT}
}

// programAttributes puts the program into a group of its own, and lets it die
// with the guard.
func programAttributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}

// sweep kills and reaps children, those of a killed child included, until there
// are none or the time is up.
func sweep(until time.Time) {
	died := make(chan os.Signal, 1)
	signal.Notify(died, syscall.SIGCHLD)
	defer signal.Stop(died)
	for time.Now().Before(until) {
		for pid := range childrenOf(os.Getpid()) {
			_ = syscall.Kill(pid, syscall.SIGKILL)
		}
		for {
			pid, err := syscall.Wait4(-1, nil, syscall.WNOHANG, nil)
			if errors.Is(err, syscall.ECHILD) {
				return
			}
			if err == nil && pid == 0 {
				break // the rest is not dead yet
			}
		}
		select {
		case <-died:
		case <-time.After(10 * time.Millisecond): // a child that was adopted meanwhile sends nothing
		}
	}
}

// sweepAdopted kills and reaps what guards that were killed have left to the driver, until
// there is nothing or the time is up. All of that is in another session than the driver: a
// guard begins one, and from there a process can only get into a new one.
func sweepAdopted(until time.Time) {
	for sweptAdopted() > 0 && time.Now().Before(until) {
		time.Sleep(5 * time.Millisecond) // until what was killed is dead
	}
}

// sweptAdopted is one look of sweepAdopted. It returns how many are not reaped yet.
func sweptAdopted() (left int) {
	guards.starting.Lock()
	defer guards.starting.Unlock()
	session, err := unix.Getsid(0)
	if err != nil {
		return 0
	}
	for pid := range childrenOf(os.Getpid()) {
		if other, err := unix.Getsid(pid); err != nil || other == session || isGuard(pid) {
			continue
		}
		_ = syscall.Kill(pid, syscall.SIGKILL)
		if reaped, _ := syscall.Wait4(pid, nil, syscall.WNOHANG, nil); reaped != pid {
			left++
		}
	}
	return left
}

// killBelow kills all that a guard has below it, which is what is left of its program, until
// there is nothing alive or the time is up. The guard reaps them when it can.
func killBelow(guard int, until time.Time) {
	for alive := true; alive && time.Now().Before(until); {
		alive = false
		for pid, state := range childrenOf(guard) {
			if state != "Z" && state != "X" {
				alive = true
				_ = syscall.Kill(pid, syscall.SIGKILL)
			}
		}
		if alive {
			time.Sleep(time.Millisecond) // until what was killed is dead, and its children are the guard's
		}
	}
}

// childrenOf returns the process ids of a process's children, with their states.
func childrenOf(parent int) map[int]string {
	pids, self := make(map[int]string), strconv.Itoa(parent)
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, name := range stats {
		stat, err := os.ReadFile(name)
		if err != nil {
			continue // it has ended
		}
		// PID (NAME) STATE PARENT ...; the name may hold anything.
		fields := bytes.Fields(stat[bytes.LastIndexByte(stat, ')')+1:])
		if len(fields) < 2 || string(fields[1]) != self {
			continue
		}
		if pid, err := strconv.Atoi(filepath.Base(filepath.Dir(name))); err == nil {
			pids[pid] = string(fields[0])
		}
	}
	return pids
}

// executable is the running program, even if its file was replaced meanwhile.
func executable() (string, error) {
	const self = "/proc/self/exe"
	if _, err := os.Stat(self); err == nil {
		return self, nil
	}
	return os.Executable()
}
