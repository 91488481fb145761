package main

import (
	"os/exec"
	"syscall"
)

// dieWithParent makes a command end when this process is killed.
func dieWithParent(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
}
