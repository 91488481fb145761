//go:build linux

package leftover

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// TestFolders: what a living process made stays; what one that has ended made is found, also
// where another process has its number now; and nothing else is touched.
func TestFolders(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a[b]*") // as a pattern it would be another one
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("TMPDIR", dir)
	ours, err := MakeFolder()
	if err != nil {
		t.Fatal(err)
	}
	ended := exec.Command("true")
	if err := ended.Run(); err != nil {
		t.Fatal(err)
	}
	zombie := exec.Command("true") // nobody waits for it until the end
	out, err := zombie.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := zombie.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = zombie.Wait() }()
	_, _ = out.Read(make([]byte, 1)) // it has closed its output
	for !isZombie(zombie.Process.Pid) {
	}
	start, _, _ := startOf(os.Getpid())
	make := func(name string) string {
		path := filepath.Join(dir, name)
		if err := os.Mkdir(path, 0o755); err != nil {
			t.Fatal(err)
		}
		return path
	}
	want := map[string]Folder{}
	for _, f := range []Folder{
		{Path: make(fmt.Sprintf("evenkeel-%s-%d-1-x", place(), ended.Process.Pid)), PID: ended.Process.Pid},
		{Path: make(fmt.Sprintf("evenkeel-%s-%d-1-x", place(), zombie.Process.Pid)), PID: zombie.Process.Pid},
		{Path: make(fmt.Sprintf("evenkeel-%s-%d-%d-reused", place(), os.Getpid(), start-1)), PID: os.Getpid()},
		{Path: make(fmt.Sprintf("evenkeel-zzzzzzzz-%d-1-x", ended.Process.Pid)), PID: ended.Process.Pid, Elsewhere: true},
	} {
		want[f.Path] = f
	}
	kept := []string{
		ours, make("evenkeel-123456"), make("evenkeel-my-own-notes-1"), make("other"),
		make(fmt.Sprintf("evenkeel-%s-%d-%d-y", place(), os.Getpid(), start)),
	}
	link := filepath.Join(dir, fmt.Sprintf("evenkeel-%s-%d-1-link", place(), ended.Process.Pid))
	if err := os.Symlink(kept[3], link); err != nil {
		t.Fatal(err)
	}
	found := Folders()
	if len(found) != len(want) {
		t.Errorf("found %+v; want %d folders", found, len(want))
	}
	for _, f := range found {
		if want[f.Path] != f {
			t.Errorf("found %+v; want %+v", f, want[f.Path])
		}
	}
	Clean()
	for _, f := range want {
		if _, err := os.Lstat(f.Path); (err == nil) != f.Elsewhere {
			t.Errorf("after Clean %s: %v", f.Path, err)
		}
	}
	for _, path := range append(kept, link) {
		if _, err := os.Lstat(path); err != nil {
			t.Errorf("Clean removed %s: %v", path, err)
		}
	}
}

func isZombie(pid int) bool {
	fields := status(pid)
	return fields != nil && fields[0] == "Z"
}
