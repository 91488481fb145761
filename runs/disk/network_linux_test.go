package disk

import (
	"strings"
	"testing"
)

// The lines have the form of proc(5), section /proc/pid/mountinfo.
const mounts = `22 1 254:0 / / rw,relatime - ext4 /dev/root rw
30 22 0:40 / /home/eve/remote rw,nosuid shared:9 - fuse.sshfs eve@tower:/data rw
31 22 8:1 / /media/disk rw,nosuid - fuseblk /dev/sda1 rw
32 30 8:2 / /home/eve/remote/usb rw - fuseblk /dev/sdb1 rw
`

func TestRemoteFUSE(t *testing.T) {
	for folder, want := range map[string]bool{
		"/home/eve/remote": true, "/home/eve/remote/a/b": true, "/home/eve/remotely": false,
		"/media/disk/x": false, "/home/eve/remote/usb/x": false, "/": false,
	} {
		if name, remote := remoteFUSE(folder, mounts); remote != want {
			t.Errorf("remoteFUSE(%s) = %s, %v; want %v", folder, name, remote, want)
		}
	}
}

func TestNetworkFileSystemsAreRefused(t *testing.T) {
	if err := refuseNetwork(t.TempDir()); err != nil {
		t.Errorf("the test's own folder: %v", err)
	}
	err := networkError("/mnt/x", "NFS", true)
	if err == nil || !strings.Contains(err.Error(), "network file system (NFS)") || !strings.Contains(err.Error(), "local disk") {
		t.Errorf("NFS: %v", err)
	}
}
