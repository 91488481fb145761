package doctor

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"evenkeel/objective/leftover"
)

// leavesVariable makes the test binary a process that makes a temporary folder and then waits.
const leavesVariable = "EVENKEEL_TEST_LEAVES"

func TestMain(m *testing.M) {
	if os.Getenv(leavesVariable) != "" {
		path, err := leftover.MakeFolder()
		if err != nil {
			panic(err)
		}
		fmt.Println(path)
		time.Sleep(time.Hour)
	}
	os.Exit(m.Run())
}

// leaving starts a process that makes a temporary folder, under a name of its own.
func leaving(t *testing.T, name string) (process *exec.Cmd, folder string) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := &exec.Cmd{Path: self, Args: []string{name}, Env: append(os.Environ(), leavesVariable+"=1"), Stderr: os.Stderr}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	return cmd, strings.TrimSpace(line)
}

// TestLeftFolder: the folder of a process that was killed is found, and removed if asked for;
// that of a living one is not touched.
func TestLeftFolder(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	dead, left := leaving(t, "dead")
	_, used := leaving(t, "alive")
	_ = dead.Process.Kill()
	_ = dead.Wait()
	db := historyOf(t, "v6")
	holds(t, examine(t, Request{DB: db})["temporary files"], Warning, fixWith, left, fmt.Sprintf("process %d", dead.Process.Pid))
	if _, err := os.Lstat(left); err != nil {
		t.Errorf("looking removed the folder: %v", err)
	}
	l := examine(t, Request{DB: db, Fix: true})["temporary files"]
	holds(t, l, OK, "removed "+left)
	if _, err := os.Lstat(left); err == nil {
		t.Error("the folder is still there")
	}
	if _, err := os.Lstat(used); err != nil {
		t.Errorf("the folder of a living process: %v", err)
	}
	l = examine(t, Request{DB: db})["temporary files"]
	holds(t, l, OK, "no process has left any in "+filepath.Dir(used))
}

// TestStoppedGuard: a guard that was stopped is found, and goes on if asked for.
func TestStoppedGuard(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	guard, _ := leaving(t, leftover.GuardTitle+"python3 train.py")
	state := func() string {
		text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", guard.Process.Pid))
		if err != nil {
			t.Fatal(err)
		}
		return strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:]))[0]
	}
	db := historyOf(t, "v6")
	what := fmt.Sprintf("process %d over python3 train.py", guard.Process.Pid)
	var l Line
	for range 1000 { // another program of this machine may let it go on
		if err := guard.Process.Signal(syscall.SIGSTOP); err != nil {
			t.Fatal(err)
		}
		for range 1000 {
			if state() == "T" {
				break
			}
		}
		if l = examine(t, Request{DB: db})["guards"]; strings.Contains(l.Text, what) {
			break
		}
	}
	holds(t, l, Warning, fixWith, what)
	l = examine(t, Request{DB: db, Fix: true})["guards"]
	if l.State == OK && !strings.Contains(l.Text, "let the guard go on") || state() == "T" {
		t.Errorf("%+v; the guard is in state %s", l, state())
	}
}
