//go:build !linux

package disk

import (
	"errors"
	"os"
)

// errNoPartLocks says that the system has no locks on parts of a file that leave those of
// SQLite alone.
var errNoPartLocks = errors.New("no locks on parts of a file")

func lockPart(*os.File, int) (bool, error) { return false, errNoPartLocks }

func unlockPart(*os.File, int) error { return errNoPartLocks }

func partLocked(*os.File, int) (bool, error) { return false, errNoPartLocks }
