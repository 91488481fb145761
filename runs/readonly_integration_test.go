//go:build integration && linux

package runs_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"evenkeel/runs"
)

// TestReadOnlyMount: a history on a mount that is read-only, with changes in its log, is read
// by root too. It needs root, unshare(1) and mount(8).
func TestReadOnlyMount(t *testing.T) {
	db, err := runs.Open(t.Context(), filepath.Join(t.TempDir(), "own.db"), runs.Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	s := openStudy(t, db, define(t))
	if err := drive(t.Context(), define(t), s, trainer(), 4); err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	for _, end := range []string{"", "-wal"} {
		copyFile(t, db.Path()+end, filepath.Join(folder, "history.db"+end))
	}
	closeStudy(t, s)
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "unshare", "--mount", "sh", "-c",
		`mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" && ! touch "$0/x" 2>/dev/null && exec "$1" "$2"`,
		folder, self, "SELECT count(*) FROM trials")
	cmd.Env = append(os.Environ(), unwritableVariable+"="+filepath.Join(folder, "history.db"), "TMPDIR="+t.TempDir())
	out, err := cmd.CombinedOutput()
	if err != nil || string(out) != "test [[12]]\n" {
		t.Errorf("read on a read-only mount: %v, %s; want all twelve trials", err, out)
	}
}
