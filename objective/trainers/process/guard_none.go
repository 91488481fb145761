//go:build !unix

package process

import (
	"errors"
	"os"
	"syscall"
	"time"
)

// errPlatform says that there are no process groups to end here.
var errPlatform = errors.New("a training program of your own needs Linux, macOS or another Unix")

func watch([]string, string) { os.Exit(2) }

func executable() (string, error) { return "", errPlatform }

func guardAttributes() *syscall.SysProcAttr { return nil }

func killGroup(int) {}

func adoptOrphans() {}

func killBelow(int, time.Time) {}

func sweepAdopted(time.Time) {}

func wake(*os.Process) {}

func readAvailable(uintptr, []byte) int { return 0 }

func readable(uintptr) bool { return false }

func nonblocking() int { return 0 }
