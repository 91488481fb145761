//go:build !linux

package main

import (
	"os"
	"os/exec"
)

// ownGroup lets a command be asked to end when its context ends.
func ownGroup(cmd *exec.Cmd) {
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
}
