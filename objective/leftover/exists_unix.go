//go:build unix && !linux

package leftover

import (
	"errors"
	"syscall"
)

// exists reports whether there is a process of a number.
func exists(pid int) bool {
	err := syscall.Kill(pid, 0)
	return err == nil || errors.Is(err, syscall.EPERM) // somebody else's
}
