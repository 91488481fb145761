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

// guardAttributes give a guard a session of its own: no terminal's signal
// reaches it or the program, the driver alone decides.
func guardAttributes() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setsid: true} }

// programAttributes puts the program into a group of its own.
func programAttributes() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }

// sweep does nothing: the group is dead, and nothing else is known.
func sweep(time.Time) {}

// killBelow does nothing: what a guard has below it is not known.
func killBelow(int, time.Time) {}

// sweepAdopted does nothing: what a killed guard leaves is not the driver's.
func sweepAdopted(time.Time) {}

// executable is the running program.
func executable() (string, error) { return os.Executable() }
