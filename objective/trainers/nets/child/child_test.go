//go:build linux || darwin

package child

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"evenkeel/objective"
	"evenkeel/objective/trainers/trainertest"
)

// asDriver makes the test binary a program that has a run in a process and is killed.
const asDriver = "EVENKEEL_TEST_DRIVER"

func TestMain(m *testing.M) {
	Main(open)
	if os.Getenv(asDriver) != "" {
		_, err := New(nil).Train(context.Background(), job("endless", func(e objective.Epoch) { fmt.Println(e.Epoch) }))
		fmt.Println("it ended:", err)
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// open opens a trainer in the process that does what the run's model asks for.
func open(setup []byte) (objective.Trainer, error) {
	if string(setup) == "wrong" {
		return nil, errors.New("no data there")
	}
	return &obedient{Synthetic: &trainertest.Synthetic{Response: 0.3}}, nil
}

type obedient struct{ *trainertest.Synthetic }

func (o *obedient) Train(ctx context.Context, job objective.Job) (*objective.Result, error) {
	say := func() { job.OnEpoch(objective.Epoch{Epoch: os.Getpid(), Loss: 0.1}) }
	switch job.Spec.Model["do"] {
	case "endless":
		say()
		select {}
	case "kill":
		say()
		_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
		select {}
	case "crash":
		fmt.Println("stdout is no answer")
		panic("as if memory had run out")
	case "leave":
		os.Exit(7)
	case "fail":
		return nil, errors.New("the loss is NaN: training diverged")
	}
	say()
	return o.Synthetic.Train(ctx, job)
}

// job is a run in which the process does something.
func job(do string, epoch func(objective.Epoch)) objective.Job {
	info := (&trainertest.Synthetic{Response: 0.3}).Info()
	return objective.Job{OnEpoch: epoch, Spec: objective.Spec{
		Schema: objective.SpecVersion, Trainer: info.Trainer, Version: info.Version, Numerics: info.Numerics, Data: info.Data,
		Model: map[string]any{"do": do, "epochs": int64(2)}, Seed: 9007199254740993, Weights: []float32{0.1, 1.3, 1, 1.6}, Apply: objective.ApplyLoss,
	}}
}

// trainer returns one whose process the end of the test ends.
func trainer(t *testing.T, setup string) *Trainer {
	tr := New([]byte(setup))
	tr.grace = time.Millisecond
	t.Cleanup(func() { _ = tr.Close() })
	return tr
}

// pid performs a run that ends well and returns the process that did.
func pid(t *testing.T, tr *Trainer) (pid int) {
	t.Helper()
	if _, err := tr.Train(t.Context(), job("", func(e objective.Epoch) { pid = max(pid, e.Epoch) })); err != nil || pid == os.Getpid() {
		t.Fatalf("process %d: %v", pid, err)
	}
	return pid
}

// gone waits until a process is not there any more.
func gone(t *testing.T, pid int) {
	t.Helper()
	for tick := range time.Tick(5 * time.Millisecond) {
		if syscall.Kill(pid, 0) != nil || ended(pid) {
			return
		}
		if deadline, ok := t.Deadline(); ok && tick.After(deadline.Add(-time.Minute)) {
			t.Fatalf("process %d is still there", pid)
		}
	}
}

// ended reports whether a process waits for nothing but its parent.
func ended(pid int) bool {
	stat, _ := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	return strings.Contains(string(stat), ") Z ")
}

// TestResult: the result is that of the trainer in this process, to the bit, epochs are passed on,
// and one process performs many runs.
func TestResult(t *testing.T) {
	tr := trainer(t, "")
	for _, test := range []bool{false, true} {
		j := job("", func(objective.Epoch) {})
		j.Test = test
		want, err := (&trainertest.Synthetic{Response: 0.3}).Train(t.Context(), j)
		if err != nil {
			t.Fatal(err)
		}
		got, err := tr.Train(t.Context(), j)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got, cmp.Comparer(func(a, b *objective.Confusion) bool {
			return a == nil && b == nil || a != nil && b != nil && a.Equal(b)
		})); diff != "" {
			t.Errorf("test part %v (-here +there):\n%s", test, diff)
		}
	}
	if first, second := pid(t, tr), pid(t, tr); first != second {
		t.Errorf("two runs have the processes %d and %d", first, second)
	}
}

// TestFailure: a failure of a run is its failure alone, in the same words.
func TestFailure(t *testing.T) {
	tr := trainer(t, "")
	before := pid(t, tr)
	if _, err := tr.Train(t.Context(), job("fail", nil)); err == nil || err.Error() != "the loss is NaN: training diverged" {
		t.Errorf("error %v", err)
	}
	if after := pid(t, tr); after != before {
		t.Errorf("process %d takes the place of %d", after, before)
	}
	if _, err := trainer(t, "wrong").Train(t.Context(), job("", nil)); err == nil || err.Error() != "no data there" {
		t.Errorf("a trainer that cannot be opened: %v", err)
	}
}

// TestDeath: a process that ends during a run is the failure of that run, with how it ended; the
// next run has another.
func TestDeath(t *testing.T) {
	tr := trainer(t, "")
	for do, want := range map[string]DeadError{
		"kill":  {How: "was killed by signal 9 (killed)"},
		"crash": {How: "ended with status 2", Last: "stdout is no answer"},
		"leave": {How: "ended with status 7"},
	} {
		before := pid(t, tr)
		_, err := tr.Train(t.Context(), job(do, func(objective.Epoch) {}))
		var dead *DeadError
		var logged *objective.LoggedError
		if !errors.As(err, &dead) || !errors.As(err, &logged) || dead.Peak < 1<<20 {
			t.Fatalf("%s: %v", do, err)
		}
		if dead.How != want.How || dead.Last != want.Last || do == "crash" && !strings.Contains(logged.Log, "as if memory had run out") {
			t.Errorf("%s: %+v, log %q; want %+v", do, dead, logged.Log, want)
		}
		if after := pid(t, tr); after == before {
			t.Errorf("%s: process %d goes on", do, after)
		}
	}
}

// TestDeathBetweenRuns: a process that ends while nobody asks for a run fails none.
func TestDeathBetweenRuns(t *testing.T) {
	tr := trainer(t, "")
	before := pid(t, tr)
	p := <-tr.turn
	if err := syscall.Kill(before, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	<-p.exited
	tr.turn <- p
	if after := pid(t, tr); after == before {
		t.Errorf("process %d goes on", after)
	}
}

// TestInterrupted: the end of the context is no failure, and ends the process. So it is where the
// process ends shortly before, as when both are killed.
func TestInterrupted(t *testing.T) {
	tr := trainer(t, "")
	tr.grace = time.Hour
	for do, before := range map[string]func(pid int){"endless": func(int) {}, "kill": func(pid int) { gone(t, pid) }} {
		ctx, cancel := context.WithCancel(t.Context())
		var process int
		_, err := tr.Train(ctx, job(do, func(e objective.Epoch) {
			process = e.Epoch
			go func() {
				before(process)
				cancel()
			}()
		}))
		if !errors.Is(err, context.Canceled) || errors.As(err, new(*DeadError)) {
			t.Errorf("%s: error %v; want that of the context", do, err)
		}
		gone(t, process)
	}
	pid(t, tr)
}

// TestClosed: nothing is left.
func TestClosed(t *testing.T) {
	tr := trainer(t, "")
	process := pid(t, tr)
	if err := tr.Close(); err != nil {
		t.Fatal(err)
	}
	gone(t, process)
}

// TestKilledDriver: the process does not outlive the program that it trains for.
func TestKilledDriver(t *testing.T) {
	driver := exec.CommandContext(t.Context(), os.Args[0])
	driver.Env = append(os.Environ(), asDriver+"=1")
	out, err := driver.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := driver.Start(); err != nil {
		t.Fatal(err)
	}
	var process int
	line, err := bufio.NewReader(out).ReadString('\n')
	if _, scan := fmt.Sscan(line, &process); err != nil || scan != nil || syscall.Kill(process, 0) != nil {
		t.Fatalf("process %q, %v", line, err)
	}
	for _, s := range []syscall.Signal{syscall.SIGHUP, syscall.SIGINT, syscall.SIGTERM} { // for the driver to react to
		if err := syscall.Kill(process, s); err != nil {
			t.Fatal(err)
		}
	}
	if err := driver.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = driver.Wait() // it was killed
	gone(t, process)
}
