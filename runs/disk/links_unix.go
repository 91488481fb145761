//go:build unix

package disk

import (
	"os"
	"syscall"
)

// links returns the number of names that a file has, 1 where that is not known.
func links(info os.FileInfo) uint64 {
	if stat, ok := info.Sys().(*syscall.Stat_t); ok {
		return uint64(stat.Nlink) //nolint:unconvert // its type is another one on other systems
	}
	return 1
}
