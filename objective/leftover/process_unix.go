//go:build unix

package leftover

import (
	"io/fs"
	"os"
	"syscall"
)

// ofThisUser reports whether a file belongs to the user of this process.
func ofThisUser(info fs.FileInfo) bool {
	s, ok := info.Sys().(*syscall.Stat_t)
	return ok && int(s.Uid) == os.Geteuid()
}
