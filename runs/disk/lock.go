package disk

import (
	"errors"
	"fmt"
	"os"
	"strconv"

	"github.com/gofrs/flock"
)

// Lock is the operating system's lock on a numbered part of a file. The system releases it
// when the process ends, however it ends. It is a lock on the file itself, not on a name of
// it; where the system has none that leaves SQLite's alone, it is one on a file beside it
// that is named after it, links followed. See decision 0080.
type Lock struct {
	held *held
	part int
	// beside is the lock on a file beside the database, nil where the file itself is locked.
	beside *flock.Flock
}

// lockPath returns the path of the lock file of a part.
func (f *File) lockPath(part int) string { return f.path + "." + strconv.Itoa(part) + ".lock" }

// TryLock takes the lock on a part; nil if somebody else has it.
func (f *File) TryLock(part int) (*Lock, error) {
	inUse.Lock()
	defer inUse.Unlock()
	if f.held.parts[part] {
		return nil, nil
	}
	l := &Lock{held: f.held, part: part}
	free, err := lockPart(f.held.file, part)
	if errors.Is(err, errNoPartLocks) {
		l.beside, err = lockBeside(f.lockPath(part))
		free = l.beside != nil
	}
	if err != nil {
		return nil, fmt.Errorf("lock on database %s: %w", f.path, reason(err))
	}
	if !free {
		return nil, nil
	}
	f.held.parts[part] = true
	return l, nil
}

// Locked reports whether somebody has the lock on a part. It takes and changes nothing,
// and reports false where it cannot tell: [File.TryLock] decides.
func (f *File) Locked(part int) (bool, error) {
	inUse.Lock()
	defer inUse.Unlock()
	if f.held.parts[part] {
		return true, nil
	}
	locked, err := partLocked(f.held.file, part)
	if errors.Is(err, errNoPartLocks) {
		return lockedBeside(f.lockPath(part))
	}
	return locked && err == nil, nil
}

// Release releases the lock. A nil lock is held by nobody.
func (l *Lock) Release() error {
	if l == nil {
		return nil
	}
	inUse.Lock()
	defer inUse.Unlock()
	delete(l.held.parts, l.part)
	var err error
	if l.beside == nil {
		err = unlockPart(l.held.file, l.part)
	} else {
		_ = os.Remove(l.beside.Path()) // where an open file cannot be removed, it stays
		err = l.beside.Close()
	}
	if err != nil {
		return fmt.Errorf("lock on a database: %w", reason(err))
	}
	return nil
}

// lockBeside takes the lock on a lock file; nil if somebody else has it.
func lockBeside(path string) (*flock.Flock, error) {
	for {
		lock := flock.New(path)
		ok, err := lock.TryLock()
		if err != nil || !ok {
			return nil, err
		}
		if sameFile(lock, path) {
			return lock, nil
		}
		// Its holder removed the file between our opening and locking it.
		if err := lock.Close(); err != nil {
			return nil, err
		}
	}
}

// Unlocked reports whether a lock file is there that nobody holds. Only systems without locks
// on a part of a file need one.
func Unlocked(path string) bool {
	if info, err := os.Lstat(path); err != nil || !info.Mode().IsRegular() {
		return false
	}
	locked, err := lockedBeside(path)
	return err == nil && !locked
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

// lockedBeside is [File.Locked] for a lock file.
func lockedBeside(path string) (bool, error) {
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
