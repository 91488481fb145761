//go:build unix

package process

import "syscall"

// guardAttributes give a guard a session of its own: no terminal's signal
// reaches it or the program, the driver alone decides.
func guardAttributes() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setsid: true} }

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

// nonblocking is the flag with which opening a named pipe does not hang.
func nonblocking() int { return syscall.O_NONBLOCK }
