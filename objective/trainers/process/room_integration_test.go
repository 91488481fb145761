//go:build integration && linux

package process

import (
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"evenkeel/objective"
)

// TestFullTemporaryDisk: a real disk that is full when a run needs its folder ends the search
// without a failed run, and when there is room the run is trained. It needs root.
func TestFullTemporaryDisk(t *testing.T) {
	disk := t.TempDir()
	if err := syscall.Mount("tmpfs", disk, "tmpfs", 0, "size=1m,nr_inodes=20"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(disk, 0); err != nil {
			t.Error(err)
		}
	})
	o := options(t)
	o.Scratch = filepath.Join(disk, "scratch")
	tr := open(t, o, short)
	filler := filepath.Join(disk, "filler")
	if err := os.Mkdir(filler, 0o777); err != nil {
		t.Fatal(err)
	}
	for n := 0; ; n++ {
		if err := os.WriteFile(filepath.Join(filler, strconv.Itoa(n)), nil, 0o666); errors.Is(err, syscall.ENOSPC) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
	}
	_, err := tr.Train(t.Context(), job(tr, 1, nil))
	if !errors.Is(err, objective.ErrTrainerBroken) || !strings.Contains(err.Error(), "no space left on device") || !strings.Contains(err.Error(), "make room in "+o.Scratch) {
		t.Errorf("Train on a full disk: %v; want an ErrTrainerBroken that says where to make room", err)
	}
	if err := os.RemoveAll(filler); err != nil {
		t.Fatal(err)
	}
	if err := tr.Close(); err != nil {
		t.Fatal(err)
	}
	again := open(t, o, short)
	mustTrain(t, again, job(again, 1, nil))
}
