//go:build unix && !linux

package process

import (
	"os"
	"syscall"
	"time"
)

// nameGuard does nothing: the arguments tell what the process is.
func nameGuard() {}

// adoptOrphans does nothing: what leaves the process group cannot be followed
// here.
func adoptOrphans() {}

// programAttributes puts the program into a group of its own.
func programAttributes() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }

// sweep does nothing: the group is dead, and nothing else is known.
func sweep(time.Time) {}

// executable is the running program.
func executable() (string, error) { return os.Executable() }
