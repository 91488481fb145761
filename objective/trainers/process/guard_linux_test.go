package process

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"evenkeel/objective"
	"evenkeel/objective/leftover"
)

// TestNothingOutlivesAKilledDriver kills the driver as the kernel would when
// memory runs out, while the program hangs beside a child in a session of its own.
func TestNothingOutlivesAKilledDriver(t *testing.T) {
	temporary := t.TempDir()
	t.Setenv("TMPDIR", temporary)
	t.Setenv("GOGC", "1") // what nothing refers to any more is collected at once, in the guard too
	d := startDriver(t)
	if made, _ := filepath.Glob(filepath.Join(temporary, "*")); len(made) != 1 {
		t.Fatalf("the driver has the temporary folders %q; want one", made)
	}
	if err := d.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = d.Wait() // it was killed
	eventually(t, "all processes are gone", func() bool { return len(marked(t.Name())) == 0 })
	if left, _ := filepath.Glob(filepath.Join(temporary, "*")); len(left) > 0 {
		t.Errorf("these folders are left: %v", left)
	}
}

// TestGuardHasAnotherName: a command that kills the search by its name leaves the
// guard to its work, and ps shows what it guards.
func TestGuardHasAnotherName(t *testing.T) {
	o := options(t)
	o.Command = []string{"sh", "-c", `exec "$0" "$1"`, o.Command[0], o.Command[1]}
	tr := open(t, o, short)
	proc := "/proc/" + strconv.Itoa(tr.free[0].child.guard.Process.Pid)
	name, title := contents(t, proc+"/comm"), contents(t, proc+"/cmdline")
	if name != "trainer-guard\n" || !strings.HasPrefix(title, "trainer-guard: sh -c ") {
		t.Errorf("the guard is %q with the arguments %q; want trainer-guard and the command", name, title)
	}
}

// TestTerminalSignalsReachOnlyTheDriver: Ctrl-C goes to the foreground group of
// the terminal's session, and neither guard nor program is in that session.
func TestTerminalSignalsReachOnlyTheDriver(t *testing.T) {
	tr := open(t, options(t), short)
	pid := pidOf(tr)
	group, err := syscall.Getpgid(pid)
	if err != nil {
		t.Fatal(err)
	}
	guard := tr.free[0].child.guard.Process.Pid
	for what, id := range map[string]int{"the driver's": syscall.Getpgrp(), "the guard's": guard} {
		if group == id {
			t.Errorf("the program is in %s process group", what)
		}
	}
	if session := stat(t, guard)[3]; session == stat(t, os.Getpid())[3] || session != stat(t, pid)[3] {
		t.Errorf("guard and program are not in a session of their own")
	}
	mustTrain(t, tr, job(tr, 1, nil))
}

// stat returns the fields of /proc/PID/stat after the name: state, parent, group,
// session and more.
func stat(t *testing.T, pid int) []string {
	t.Helper()
	text := contents(t, "/proc/"+strconv.Itoa(pid)+"/stat")
	return strings.Fields(text[strings.LastIndexByte(text, ')')+1:])
}

// TestKilledGuard: the program dies with its guard, and what it had started too; the run is
// no failure, it goes to a new pair.
func TestKilledGuard(t *testing.T) {
	o := options(t)
	tr := open(t, o, short)
	mustTrain(t, tr, job(tr, 1, nil))
	guard := tr.free[0].child.guard.Process
	j := fault(tr, "fork and train", map[string]any{"counter": filepath.Join(t.TempDir(), "used")})
	killed := false
	j.OnEpoch = func(objective.Epoch) {
		if !killed {
			killed = true
			if err := guard.Signal(syscall.SIGKILL); err != nil {
				t.Error(err)
			}
		}
	}
	mustTrain(t, tr, j)
	if !killed {
		t.Error("no epoch was reported")
	}
	// guard, program and the child of the second attempt; nothing of the first
	if now := marked(o.Slots[0][markVariable]); len(now) != 3 {
		t.Errorf("these processes are there: %q; want three", now)
	}
}

// TestKillsItsGuard: a program that kills its guard in every run fails that run, and leaves
// nothing behind.
func TestKillsItsGuard(t *testing.T) {
	o := options(t)
	tr := open(t, o, short)
	mustFail(t, tr, fault(tr, "kill the guard", nil), "together with its guard process")
	if left := marked(o.Slots[0][markVariable]); len(left) > 0 {
		t.Errorf("these processes are left: %q", left)
	}
	mustTrain(t, tr, job(tr, 1, nil))
}

// TestStopsItsGuard: a program that stops its guard, once or again and again, can be ended all
// the same, and closing says nothing of it.
func TestStopsItsGuard(t *testing.T) {
	for _, name := range []string{"stop the guard", "keep the guard stopped"} {
		t.Run(name, func(t *testing.T) {
			w := short
			if name == "keep the guard stopped" {
				w.guard = 100 * time.Millisecond
			}
			o := options(t)
			tr := open(t, o, w)
			mustTrain(t, tr, fault(tr, name, map[string]any{"then": "answer"}))
			breakOff(t, tr, name)
			if left := marked(o.Slots[0][markVariable]); len(left) > 0 {
				t.Errorf("these processes are left: %q", left)
			}
			mustTrain(t, tr, job(tr, 1, nil))
		})
	}
}

// TestStoppedGuardOfAKilledDriver: a guard that was stopped goes on when its driver is killed,
// and does its work.
func TestStoppedGuardOfAKilledDriver(t *testing.T) {
	temporary := t.TempDir()
	t.Setenv("TMPDIR", temporary)
	d := startDriver(t)
	for _, g := range leftover.Guards() {
		if parent, _ := strconv.Atoi(stat(t, g.PID)[1]); parent == d.Process.Pid {
			eventually(t, "the guard is stopped", func() bool { // again, if somebody made it go on
				return syscall.Kill(g.PID, syscall.SIGSTOP) != nil || stat(t, g.PID)[0] == "T"
			})
		}
	}
	if err := d.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = d.Wait() // it was killed
	eventually(t, "all processes are gone", func() bool { return len(marked(t.Name())) == 0 })
	if left, _ := filepath.Glob(filepath.Join(temporary, "*")); len(left) > 0 {
		t.Errorf("these folders are left: %v", left)
	}
}

// TestDoubleKill: where driver and guard are killed, the next trainer removes the folder.
func TestDoubleKill(t *testing.T) {
	temporary := t.TempDir()
	t.Setenv("TMPDIR", temporary)
	d := startDriver(t)
	guards := slices.DeleteFunc(leftover.Guards(), func(g leftover.Guard) bool {
		return stat(t, g.PID)[1] != strconv.Itoa(d.Process.Pid)
	})
	if len(guards) != 1 {
		t.Fatalf("the guards are %+v; want one", guards)
	}
	// The driver is stopped first, or it would start another guard.
	if err := d.Process.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the driver is stopped", func() bool { return stat(t, d.Process.Pid)[0] == "T" })
	if err := errors.Join(syscall.Kill(guards[0].PID, syscall.SIGKILL), d.Process.Kill()); err != nil {
		t.Fatal(err)
	}
	_ = d.Wait()                         // it was killed
	for _, p := range marked(t.Name()) { // what had left the program's group
		if pid, err := strconv.Atoi(strings.Fields(p)[0]); err == nil {
			_ = syscall.Kill(pid, syscall.SIGKILL)
		}
	}
	folders := func() []string {
		list, _ := filepath.Glob(filepath.Join(temporary, "*"))
		return list
	}
	left := folders()
	if len(left) != 1 {
		t.Fatalf("the folders %q are left; want one", left)
	}
	o := options(t)
	o.Scratch = ""
	tr := open(t, o, short)
	if now := folders(); len(now) != 1 || now[0] == left[0] {
		t.Errorf("after another start there are %q; want only a new one", now)
	}
	mustTrain(t, tr, job(tr, 1, nil))
}

// TestReapsWhatTheProgramLeaves: a program may start daemons in every run; none
// becomes a zombie, and none stays.
func TestReapsWhatTheProgramLeaves(t *testing.T) {
	o := options(t)
	o.Command = []string{"sh", "-c", `(exec sh -c 'setsid sleep 1000 & true') ; exec "$0" "$1"`, o.Command[0], o.Command[1]}
	if _, err := exec.LookPath("setsid"); err != nil {
		t.Fatal(err)
	}
	tr := open(t, o, short)
	mustTrain(t, tr, job(tr, 1, nil))
	eventually(t, "guard, program and daemon are there", func() bool { return len(marked(o.Slots[0][markVariable])) == 3 })
}

// TestFilesAreGivenBack: a process that was replaced leaves no open file.
func TestFilesAreGivenBack(t *testing.T) {
	tr := open(t, options(t), short)
	files := func() int {
		names, err := os.ReadDir("/proc/self/fd")
		if err != nil {
			t.Fatal(err)
		}
		return len(names)
	}
	mustTrain(t, tr, job(tr, 1, nil))
	before := files()
	for range 5 {
		mustFail(t, tr, fault(tr, "exit at once", nil))
		mustTrain(t, tr, job(tr, 1, nil))
	}
	if after := files(); after != before {
		t.Errorf("%d open files after five processes were replaced; %d before", after, before)
	}
}
