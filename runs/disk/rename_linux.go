package disk

import (
	"errors"

	"golang.org/x/sys/unix"
)

// renameNew renames a file to a name that must be new, all at once; otherwise the error is
// [fs.ErrExist]. File systems that cannot do this answer EINVAL.
func renameNew(from, to string) error {
	err := unix.Renameat2(unix.AT_FDCWD, from, unix.AT_FDCWD, to, unix.RENAME_NOREPLACE)
	if errors.Is(err, unix.EINVAL) || errors.Is(err, unix.ENOSYS) {
		return renameTaken(from, to)
	}
	return err
}
