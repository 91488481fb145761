//go:build !linux && !darwin

package child

import (
	"fmt"
	"os"
	"syscall"
)

func attributes() *syscall.SysProcAttr { return nil }

func executable() (string, error) { return os.Executable() }

func prepare() {}

func how(s *os.ProcessState) string { return fmt.Sprintf("ended with status %d", s.ExitCode()) }

func peak(*os.ProcessState) int64 { return 0 }
