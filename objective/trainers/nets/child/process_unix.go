//go:build linux || darwin

package child

import (
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

// ignoreSignals leaves it to the program to react to signals that ask for an end.
func ignoreSignals() { signal.Ignore(syscall.SIGHUP, syscall.SIGINT, syscall.SIGTERM, syscall.SIGQUIT) }

// how says how a process ended.
func how(s *os.ProcessState) string {
	if status, ok := s.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return fmt.Sprintf("was killed by signal %d (%v)", status.Signal(), status.Signal())
	}
	return fmt.Sprintf("ended with status %d", s.ExitCode())
}

// peak returns the most memory that a process had, in bytes. It is not less than what the program
// had when it started the process: so the system counts.
func peak(s *os.ProcessState) int64 {
	usage, ok := s.SysUsage().(*syscall.Rusage)
	if !ok {
		return 0
	}
	return int64(usage.Maxrss) * unit //nolint:unconvert // it is an int32 on some machines
}
