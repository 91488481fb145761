package disk

import (
	"fmt"
	"os"
	"strings"

	"golang.org/x/sys/unix"
)

// networkFileSystems are the file systems whose locks SQLite cannot trust, by
// the magic number of statfs(2) (linux/magic.h and the file systems' sources).
var networkFileSystems = map[uint32]string{
	0x6969:     "NFS",
	0x517b:     "SMB",
	0xff534d42: "CIFS",
	0xfe534d42: "SMB2",
	0x5346414f: "AFS",
	0x73757245: "Coda",
	0x00c36400: "Ceph",
	0x0bd00bd0: "Lustre",
	0x47504653: "GPFS",
	0x19830326: "BeeGFS",
}

// refuseNetwork returns an error if a folder is on a network file system. A
// folder that does not exist is left to others.
func refuseNetwork(folder string) error {
	var stat unix.Statfs_t
	if err := unix.Statfs(folder, &stat); err != nil {
		return nil
	}
	name, ok := networkFileSystems[uint32(stat.Type)]
	if uint32(stat.Type) == fuseMagic {
		mounts, err := os.ReadFile("/proc/self/mountinfo")
		if err != nil {
			return nil
		}
		name, ok = remoteFUSE(folder, string(mounts))
	}
	return networkError(folder, name, ok)
}

// fuseMagic marks every file system run by a program, local or remote.
const fuseMagic = 0x65735546

// remoteFUSE looks up the type of a FUSE file system in the text of
// /proc/self/mountinfo (see proc(5)) and returns it, unless it is on a local
// block device.
func remoteFUSE(folder, mounts string) (string, bool) {
	var kind, at string
	for line := range strings.Lines(mounts) {
		before, after, ok := strings.Cut(line, " - ")
		left, right := strings.Fields(before), strings.Fields(after)
		if !ok || len(left) < 5 || len(right) < 1 {
			continue
		}
		point := left[4]
		inside := folder == point || strings.HasPrefix(folder, strings.TrimSuffix(point, "/")+"/")
		if inside && len(point) >= len(at) { // later mounts hide earlier ones
			kind, at = right[0], point
		}
	}
	return kind, strings.HasPrefix(kind, "fuse.")
}

// networkError is the verdict on a folder whose file system has the given name.
func networkError(folder, name string, remote bool) error {
	if !remote {
		return nil
	}
	return fmt.Errorf("%s is on a network file system (%s), where SQLite's locks and shared memory do not work; put it on a local disk", folder, name)
}
