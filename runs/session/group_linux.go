package session

import (
	"os"
	"os/exec"
	"syscall"
)

// ownGroup gives a command a process group of its own, which is asked to end with
// SIGTERM when the command's context ends; the command itself is killed when this
// process is.
func ownGroup(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	cmd.Cancel = func() error {
		if err := syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM); err != nil {
			return os.ErrProcessDone
		}
		return nil
	}
}
