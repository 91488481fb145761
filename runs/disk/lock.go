package disk

import (
	"fmt"
	"os"
	"strconv"

	"github.com/gofrs/flock"
)

// Lock is the operating system's lock on a numbered part of a file, in a file of its
// own beside it. The system releases it when the process ends, however it ends.
type Lock struct{ flock *flock.Flock }

// lockPath returns the path of the lock file of a part.
func (f *File) lockPath(part int) string { return f.path + "." + strconv.Itoa(part) + ".lock" }

// TryLock takes the lock on a part; nil if somebody else has it.
func (f *File) TryLock(part int) (*Lock, error) {
	path := f.lockPath(part)
	for {
		lock := flock.New(path)
		ok, err := lock.TryLock()
		if err != nil {
			return nil, fmt.Errorf("lock file %s: %w", path, reason(err))
		}
		if !ok {
			return nil, nil
		}
		if sameFile(lock, path) {
			return &Lock{lock}, nil
		}
		// Its holder removed the file between our opening and locking it.
		if err := lock.Close(); err != nil {
			return nil, fmt.Errorf("lock file %s: %w", path, reason(err))
		}
	}
}

// sameFile reports whether a locked file is still the one at path.
func sameFile(lock *flock.Flock, path string) bool {
	at, err := os.Stat(path)
	if err != nil {
		return false
	}
	have, err := lock.Stat()
	return err == nil && os.SameFile(at, have)
}

// Locked reports whether somebody has the lock on a part. It takes and changes nothing,
// and reports false where it cannot tell: [File.TryLock] decides.
func (f *File) Locked(part int) (bool, error) {
	path := f.lockPath(part)
	if _, err := os.Stat(path); err != nil {
		return false, nil // nobody has; trying to lock it would make the file
	}
	lock := flock.New(path)
	free, err := lock.TryRLock()
	if err != nil {
		return false, nil
	}
	if free {
		return false, lock.Close()
	}
	return true, nil
}

// Release releases the lock and removes its file while it is still ours. A nil lock
// is held by nobody.
func (l *Lock) Release() error {
	if l == nil {
		return nil
	}
	_ = os.Remove(l.flock.Path()) // where an open file cannot be removed, it stays
	if err := l.flock.Close(); err != nil {
		return fmt.Errorf("lock file: %w", reason(err))
	}
	return nil
}
