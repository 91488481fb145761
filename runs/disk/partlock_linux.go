package disk

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// partOffset is where the locks on parts of a file begin: a part is one byte behind all that
// a file of SQLite can have (its largest is 2^48 bytes), so no lock of SQLite's is near.
const partOffset = 1 << 60

// errNoPartLocks says that the file system, or the system, has no such locks.
var errNoPartLocks = errors.New("no locks on parts of a file")

// partLock is a lock of fcntl(2) on a part. It belongs to the open file description, unlike
// POSIX locks: no other descriptor of the process takes it away when it is closed.
func partLock(part int, kind int16) unix.Flock_t {
	return unix.Flock_t{Type: kind, Start: partOffset + int64(part), Len: 1}
}

// lockPart takes the lock on a part of the open file, and reports whether it was free.
func lockPart(file *os.File, part int) (bool, error) {
	lock := partLock(part, unix.F_WRLCK)
	err := fcntl(file, unix.F_OFD_SETLK, &lock)
	if errors.Is(err, unix.EAGAIN) || errors.Is(err, unix.EACCES) {
		return false, nil
	}
	return err == nil, err
}

// unlockPart releases it.
func unlockPart(file *os.File, part int) error {
	lock := partLock(part, unix.F_UNLCK)
	return fcntl(file, unix.F_OFD_SETLK, &lock)
}

// partLocked reports whether another process has the lock on a part.
func partLocked(file *os.File, part int) (bool, error) {
	lock := partLock(part, unix.F_WRLCK)
	err := fcntl(file, unix.F_OFD_GETLK, &lock)
	return err == nil && lock.Type != unix.F_UNLCK, err
}

// fcntl calls fcntl(2) for a lock.
func fcntl(file *os.File, command int, lock *unix.Flock_t) error {
	raw, err := file.SyscallConn()
	if err != nil {
		return err
	}
	if control := raw.Control(func(fd uintptr) { err = unix.FcntlFlock(fd, command, lock) }); control != nil {
		return control
	}
	if errors.Is(err, unix.EINVAL) || errors.Is(err, unix.ENOSYS) || errors.Is(err, unix.EOPNOTSUPP) {
		return errNoPartLocks
	}
	return err
}
