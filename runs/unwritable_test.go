//go:build unix

package runs_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"evenkeel/runs"
	"evenkeel/runs/runstest"
)

// unwritableVariable makes the test binary somebody who may not write: it opens the database
// that the variable names, to search if it has no arguments, else to run the query that these
// are, and prints the leader and the answer.
const unwritableVariable = "EVENKEEL_TEST_UNWRITABLE"

func openUnwritable(path string, query []string) error {
	ctx := context.Background()
	db, err := runs.Open(ctx, path, runs.Options{ReadOnly: len(query) > 0})
	if err != nil {
		return err
	}
	defer db.Close()
	board, err := db.Leaderboard(ctx, "")
	if err != nil {
		return err
	}
	table, err := runstest.Ask(ctx, db, strings.Join(query, " "))
	if err != nil {
		return err
	}
	_, err = fmt.Println(board.Study.Name, table.Rows)
	return err
}

// unwritable is a folder whose files only its owner may change, and a program that is run by
// somebody else. Where the owner is root that is nobody: root may write everywhere.
type unwritable struct {
	folder, program string
	// temporary is the folder for temporary files of the program.
	temporary string
}

func newUnwritable(t *testing.T) unwritable {
	t.Helper()
	folder, err := os.MkdirTemp("", "unwritable") // t.TempDir is closed to others
	if err != nil {
		t.Fatal(err)
	}
	u := unwritable{filepath.Join(folder, "shared"), filepath.Join(folder, "program"), filepath.Join(folder, "temporary")}
	t.Cleanup(func() {
		u.mode(t, 0o755)
		if err := os.RemoveAll(folder); err != nil {
			t.Error(err)
		}
	})
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	copyFile(t, self, u.program)
	for path, mode := range map[string]os.FileMode{folder: 0o755, u.program: 0o755} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
	}
	for _, folder := range []string{u.folder, u.temporary} {
		if err := os.Mkdir(folder, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	u.setTemporary(t, 0o777)
	return u
}

// mode changes that of the folder, which an owner who is not root needs.
func (u unwritable) mode(t *testing.T, mode os.FileMode) {
	t.Helper()
	if err := os.Chmod(u.folder, mode); err != nil {
		t.Error(err)
	}
}

// setTemporary changes the mode of the folder for temporary files.
func (u unwritable) setTemporary(t *testing.T, mode os.FileMode) {
	t.Helper()
	if err := os.Chmod(u.temporary, mode); err != nil {
		t.Fatal(err)
	}
}

// run runs the program on a file of the folder.
func (u unwritable) run(t *testing.T, file string, query ...string) (stdout, stderr string) {
	t.Helper()
	u.mode(t, 0o555)
	defer u.mode(t, 0o755)
	cmd := exec.CommandContext(t.Context(), u.program, query...)
	cmd.Env = append(os.Environ(), unwritableVariable+"="+filepath.Join(u.folder, file), "TMPDIR="+u.temporary)
	if os.Geteuid() == 0 {
		const nobody = 65534
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	}
	var out, said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &said
	if err := cmd.Run(); err != nil && said.Len() == 0 {
		t.Fatal(err)
	}
	return out.String(), said.String()
}

// files are those of the folder.
func (u unwritable) files(t *testing.T) (names []string) {
	t.Helper()
	list, err := os.ReadDir(u.folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range list {
		names = append(names, e.Name())
	}
	return names
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	in, err := os.Open(from)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	out, err := os.Create(to)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(out, in); err != nil {
		t.Fatal(err)
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestUnwritableFolder: what is complete in a folder that cannot be written can be read there,
// and leaves nothing behind; nothing can be recorded.
func TestUnwritableFolder(t *testing.T) {
	t.Parallel()
	u := newUnwritable(t)
	copyFile(t, filepath.Join("testdata", "v6.db"), filepath.Join(u.folder, "history.db"))
	const count = "SELECT count(*) FROM studies"
	stdout, stderr := u.run(t, "history.db", count)
	if !strings.HasSuffix(stdout, " [[1]]\n") || stderr != "" {
		t.Errorf("read in a folder that cannot be written: %q, %s; want one study", stdout, stderr)
	}
	if files := u.files(t); len(files) != 1 {
		t.Errorf("reading left %q", files)
	}
	if _, stderr := u.run(t, "history.db"); !strings.Contains(stderr, "cannot be written") {
		t.Errorf("a search in a folder that cannot be written: %s", stderr)
	}
	if _, stderr := u.run(t, "new.db"); !strings.Contains(stderr, "cannot be written") {
		t.Errorf("a new file in a folder that cannot be written: %s", stderr)
	}
}

// TestUnwritableLog: where changes are still in the write-ahead log, a copy with them is read;
// where the log is empty there are none. Neither leaves anything behind.
func TestUnwritableLog(t *testing.T) {
	t.Parallel()
	u := newUnwritable(t)
	db, err := runs.Open(t.Context(), filepath.Join(t.TempDir(), "own.db"), runs.Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	s := openStudy(t, db, define(t))
	if err := drive(t.Context(), define(t), s, trainer(), 4); err != nil {
		t.Fatal(err)
	}
	for _, end := range []string{"", "-wal"} {
		copyFile(t, db.Path()+end, filepath.Join(u.folder, "history.db"+end))
	}
	closeStudy(t, s)
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	const trials = "SELECT count(*) FROM trials"
	stdout, stderr := u.run(t, "history.db", trials)
	if stdout != "test [[12]]\n" || stderr != "" {
		t.Errorf("with changes in the log: %q, %s; want all twelve trials", stdout, stderr)
	}
	if left, _ := filepath.Glob(filepath.Join(u.temporary, "*")); len(left) > 0 {
		t.Errorf("reading a copy left %q", left)
	}
	u.setTemporary(t, 0o555)
	stdout, stderr = u.run(t, "history.db", trials)
	if stdout != "" || !strings.Contains(stderr, "copy it, with its file -wal if there is one, to a folder that you may write") {
		t.Errorf("without a folder for the copy: %q, %s; want to hear what to do", stdout, stderr)
	}
	u.setTemporary(t, 0o777)
	copyFile(t, db.Path(), filepath.Join(u.folder, "history.db")) // closed, so that the log is in it
	if err := os.Truncate(filepath.Join(u.folder, "history.db-wal"), 0); err != nil {
		t.Fatal(err)
	}
	if stdout, stderr := u.run(t, "history.db", "SELECT 1"); stdout != "test [[1]]\n" || stderr != "" {
		t.Errorf("with an empty log: %q, %s; want an answer", stdout, stderr)
	}
	if err := os.WriteFile(filepath.Join(u.folder, "history.db-journal"), []byte("rollback"), 0o644); err != nil {
		t.Fatal(err)
	}
	if stdout, stderr := u.run(t, "history.db", trials); stdout != "test [[12]]\n" || stderr != "" {
		t.Errorf("with a journal of nothing: %q, %s; want all twelve trials", stdout, stderr)
	}
	if files := u.files(t); len(files) != 3 {
		t.Errorf("reading left %q", files)
	}
}
