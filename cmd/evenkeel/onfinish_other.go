//go:build !linux

package main

import "os/exec"

// dieWithParent does nothing where a death of the parent cannot be told to a child.
func dieWithParent(*exec.Cmd) {}
