//go:build !linux

package session

import (
	"os"
	"os/exec"
)

// ownGroup lets a command be asked to end when its context ends.
func ownGroup(cmd *exec.Cmd) {
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
}
