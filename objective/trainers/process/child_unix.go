//go:build unix

package process

import (
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// wake lets a guard go on that its program, or somebody else, has stopped.
func wake(guard *os.Process) { _ = guard.Signal(syscall.SIGCONT) }

// killGroup kills what a guard that was killed itself has left.
func killGroup(leader int) { _ = syscall.Kill(-leader, syscall.SIGKILL) }

// readAvailable reads from a pipe what is there and does not wait for more.
func readAvailable(fd uintptr, p []byte) int {
	n, err := syscall.Read(int(fd), p)
	if err != nil {
		return 0
	}
	return n
}

// readable reports whether there is something to read in a pipe.
func readable(fd uintptr) bool {
	p := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}
	n, err := unix.Poll(p, 0)
	return err == nil && n == 1 && p[0].Revents&unix.POLLIN != 0
}

// nonblocking is the flag with which opening a named pipe does not hang.
func nonblocking() int { return syscall.O_NONBLOCK }
