package process

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"evenkeel/objective"
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

// TestKilledGuard: the program dies with its guard, that run fails, and the next
// has a new pair.
func TestKilledGuard(t *testing.T) {
	tr := open(t, options(t), short)
	mustTrain(t, tr, job(tr, 1, nil))
	guard := tr.free[0].child.guard.Process
	j := fault(tr, "endless", nil)
	killed := false
	j.OnEpoch = func(objective.Epoch) {
		if !killed {
			killed = true
			_ = guard.Signal(syscall.SIGKILL)
		}
	}
	mustFail(t, tr, j, "together with its guard process")
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
