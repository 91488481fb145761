//go:build unix

package disk

import "golang.org/x/sys/unix"

// canWrite reports whether this process may make files in a folder.
func canWrite(folder string) bool { return unix.Access(folder, unix.W_OK) == nil }
