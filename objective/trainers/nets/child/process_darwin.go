package child

import (
	"os"
	"syscall"
)

// attributes put the process into a session of its own.
func attributes() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setsid: true} }

func executable() (string, error) { return os.Executable() }

// prepare makes the process the one that it is to be.
func prepare() { ignoreSignals() }

// unit is that of Rusage.Maxrss.
const unit = 1
