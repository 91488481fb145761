//go:build linux || darwin || freebsd

package doctor

import "golang.org/x/sys/unix"

// free returns how many bytes this user may still write on the disk of a folder.
func free(folder string) (bytes uint64, known bool) {
	var s unix.Statfs_t
	if err := unix.Statfs(folder, &s); err != nil {
		return 0, false
	}
	return uint64(float64(s.Bavail) * float64(s.Bsize)), true
}
