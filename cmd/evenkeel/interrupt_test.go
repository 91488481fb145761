package main

import (
	"bufio"
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"evenkeel/runs/runstest"
)

// underTest is the program as a process of its own, whose log is read
// line by line.
type underTest struct {
	t      *testing.T
	cmd    *exec.Cmd
	log    *bufio.Scanner
	seen   []string
	stdout bytes.Buffer
}

// start runs the program in a folder.
func start(t *testing.T, folder string, args ...string) *underTest {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	p := &underTest{t: t, cmd: exec.CommandContext(t.Context(), self, args...)}
	p.cmd.Env = os.Environ()
	p.launch(folder)
	return p
}

// launch starts the command as the program in a folder.
func (p *underTest) launch(folder string) {
	p.t.Helper()
	p.cmd.Dir, p.cmd.Stdout = folder, &p.stdout
	p.cmd.Env = append(p.cmd.Env, asProgram+"=1")
	stderr, err := p.cmd.StderrPipe()
	if err != nil {
		p.t.Fatal(err)
	}
	p.log = bufio.NewScanner(stderr)
	if err := p.cmd.Start(); err != nil {
		p.t.Fatal(err)
	}
}

// await reads the log up to a line with the given text.
func (p *underTest) await(text string) {
	p.t.Helper()
	for p.log.Scan() {
		p.seen = append(p.seen, p.log.Text())
		if strings.Contains(p.log.Text(), text) {
			return
		}
	}
	p.t.Fatalf("the program ended without a line with %q:\n%s", text, strings.Join(p.seen, "\n"))
}

// signal sends a signal.
func (p *underTest) signal(s os.Signal) {
	p.t.Helper()
	if err := p.cmd.Process.Signal(s); err != nil {
		p.t.Fatal(err)
	}
}

// wait returns the exit status and the whole log.
func (p *underTest) wait() (status int, log string) {
	p.t.Helper()
	for p.log.Scan() {
		p.seen = append(p.seen, p.log.Text())
	}
	err := p.cmd.Wait()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		p.t.Fatal(err)
	}
	return p.cmd.ProcessState.ExitCode(), strings.Join(p.seen, "\n")
}

// studyFile writes a study file with the given number of epochs and returns the
// folder it is in.
func studyFile(t *testing.T, epochs string) string {
	t.Helper()
	folder := t.TempDir()
	text := `
study: interrupted
data: {source: embedded, limit: 60}
model: {kind: softmax, epochs: ` + epochs + `}
weighting:
  scheme: [{name: mean-ratio, exponent: {low: 0.25, high: 4, log: true}}]
  rounds: {low: 1, high: 2}
search: {trials: 6, max_replicates: 2}
`
	if err := os.WriteFile(filepath.Join(folder, "study.yaml"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return folder
}

// TestInterruptedProgramContinues interrupts a search politely and at once,
// continues it, and compares the history with one never interrupted.
func TestInterruptedProgramContinues(t *testing.T) {
	folder := studyFile(t, "40")
	if status, log := start(t, folder, "search", "study.yaml").wait(); status != exitDone {
		t.Fatalf("uninterrupted search: status %d\n%s", status, log)
	}
	want := runstest.Tables(t, filepath.Join(folder, "evenkeel.db"))
	for _, c := range []struct {
		name    string
		signals []os.Signal
	}{
		{"Ctrl-C once", []os.Signal{os.Interrupt}},
		{"SIGTERM once", []os.Signal{syscall.SIGTERM}},
		{"Ctrl-C twice", []os.Signal{os.Interrupt, os.Interrupt}},
	} {
		t.Run(c.name, func(t *testing.T) {
			db := strings.ReplaceAll(c.name, " ", "-") + ".db"
			p := start(t, folder, "search", "study.yaml", "--db", db)
			p.await("unweighted, seed 1: spread")
			for i, s := range c.signals {
				p.signal(s)
				if i == 0 {
					p.await("stopping: ") // so that the next signal is another one
				}
			}
			status, log := p.wait()
			if status != exitInterrupted || !strings.Contains(log, "interrupted") {
				t.Fatalf("status %d, log\n%s\nwant %d and a word on it", status, log, exitInterrupted)
			}
			if status, log := start(t, folder, "resume", "--db", db).wait(); status != exitDone {
				t.Fatalf("resume: status %d\n%s", status, log)
			}
			if got := runstest.Tables(t, filepath.Join(folder, db)); got != want {
				t.Error("the continued study differs from the one never interrupted")
			}
		})
	}
}

// TestInterruptedMeasureContinues interrupts explain --measure, continues it, and
// compares what it prints with one never interrupted.
func TestInterruptedMeasureContinues(t *testing.T) {
	folder := studyFile(t, "120")
	measure := []string{"explain", "1", "--measure", "--db"}
	var want string
	for i, db := range []string{"whole.db", "broken.db"} {
		if status, log := start(t, folder, "search", "study.yaml", "--trials", "1", "--db", db).wait(); status != exitDone {
			t.Fatalf("search: status %d\n%s", status, log)
		}
		if i > 0 {
			p := start(t, folder, append(measure, db)...)
			p.await("measuring trial 1 of study interrupted")
			p.signal(os.Interrupt)
			p.await("stopping")
			p.signal(os.Interrupt)
			status, log := p.wait()
			if status != exitInterrupted || !strings.Contains(log, "interrupted; nothing is said before all trainings are done") || p.stdout.Len() > 0 {
				t.Fatalf("status %d, want %d and a word on it\n%s%s", status, exitInterrupted, log, p.stdout.String())
			}
		}
		p := start(t, folder, append(measure, db)...)
		if status, log := p.wait(); status != exitDone {
			t.Fatalf("status %d\n%s", status, log)
		}
		if i == 0 {
			want = p.stdout.String()
		} else if got := p.stdout.String(); got != want {
			t.Errorf("continued it says\n%s\nwant\n%s", got, want)
		}
	}
}

// TestOneWriter: a second search of the same study learns who has it, while
// readers are welcome; after a kill the study is free again.
func TestOneWriter(t *testing.T) {
	folder := studyFile(t, "1000000")
	first := start(t, folder, "search", "study.yaml")
	first.await("study interrupted: 6 trials")
	second := start(t, folder, "search", "study.yaml")
	second.await("is being worked on by process")
	if status, _ := second.wait(); status != exitFailed {
		t.Errorf("second writer: status %d, want %d", status, exitFailed)
	}
	reader := start(t, folder, "studies")
	if status, log := reader.wait(); status != exitDone || !strings.Contains(reader.stdout.String(), "running") {
		t.Errorf("reader: status %d\n%s%s", status, reader.stdout.String(), log)
	}
	first.signal(syscall.SIGKILL)
	if status, _ := first.wait(); status == exitDone {
		t.Error("the killed search ended well")
	}
	again := start(t, folder, "search", "study.yaml")
	again.await("the last invocation was killed")
	again.signal(os.Interrupt)
	again.await("stopping")
	again.signal(os.Interrupt)
	if status, log := again.wait(); status != exitInterrupted {
		t.Errorf("after the kill: status %d\n%s", status, log)
	}
}

// TestInterruptedPage: when the work is done and the page cannot be printed, because nobody reads
// a full pipe, Ctrl-C ends the program.
func TestInterruptedPage(t *testing.T) {
	folder := studyFile(t, "2")
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer read.Close()
	defer write.Close()
	if err := write.SetWriteDeadline(time.Now().Add(time.Second)); err != nil {
		t.Fatal(err)
	}
	for { // until it is full
		if _, err := write.Write(make([]byte, 4096)); err != nil {
			break
		}
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), self, "search", "study.yaml", "--confirm=false")
	cmd.Dir, cmd.Stdout, cmd.Env = folder, write, append(os.Environ(), asProgram+"=1")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		_ = cmd.Wait() // its status says all
		close(ended)
	}()
	again, ceiling := time.NewTicker(time.Second), time.After(2*time.Minute)
	defer again.Stop()
	for {
		select {
		case <-ended:
			if status := cmd.ProcessState.ExitCode(); status != exitInterrupted {
				t.Errorf("status %d; want %d", status, exitInterrupted)
			}
			return
		case <-again.C: // the first may come before the work is done
			_ = cmd.Process.Signal(os.Interrupt)
		case <-ceiling:
			_ = cmd.Process.Kill()
			<-ended
			t.Fatal("the program goes on printing after Ctrl-C")
		}
	}
}
