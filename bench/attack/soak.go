//go:build linux

package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"evenkeel/runs/runstest"
)

// soaks are the studies that are used for long, by name: how many trials a sitting has (0 is no
// end), and after how many of them the beginning is measured. Their histories are kept beside the
// ledger, and another sitting goes on with them.
var soaks = map[string]struct{ trials, first int }{
	"tiny":     {5000, 200}, // a trainer that answers at once
	"embedded": {0, 8},      // the built-in study
}

// soakKinds names them.
func soakKinds() string { return strings.Join(slices.Sorted(maps.Keys(soaks)), " or ") }

// sample is what a search takes at a moment.
type sample struct {
	trials                               int
	memory, handles, threads, goroutines int // memory in MB, resident
	file                                 float64
	each                                 time.Duration // a trial, mean of the last ones
}

// soak continues a long study for a sitting and adds a row to the ledger. Each sitting is two
// searches: a short one, which measures the beginning, and the rest. Both are ended by SIGQUIT,
// upon which a Go program prints its goroutines.
func (b *bench) soak(ctx context.Context, stdout io.Writer) error {
	kind, ok := soaks[b.options.soak]
	if !ok {
		return fmt.Errorf("-soak %q; want %s", b.options.soak, soakKinds())
	}
	db, err := filepath.Abs(filepath.Join(filepath.Dir(b.ledger), "soak-"+b.options.soak+".db"))
	if err != nil {
		return err
	}
	args := []string{"search", "--set", "study=soak", "--set", "search.trials=1000000", "--confirm=false", "--db", db}
	if b.options.soak == "tiny" {
		args = append([]string{"search", b.studyFile(program), "--set", "search.racing=false"}, args[1:]...)
	}
	deadline := time.Now().Add(b.limit)
	first, err := b.sit(ctx, db, deadline, kind.first, func(s sample) bool { return s.trials >= kind.first }, args)
	if err != nil {
		return err
	}
	fmt.Fprintf(b.log, "beginning: %+v\n", first)
	began := time.Now()
	last, err := b.sit(ctx, db, deadline, kind.first, func(s sample) bool { return kind.trials > 0 && first.trials+s.trials >= kind.trials }, args)
	if err != nil {
		return err
	}
	took := time.Since(began)
	fmt.Fprintf(b.log, "end:       %+v\n", last)
	if err := runstest.Sound(db); err != nil {
		return err
	}
	return b.record(stdout, first, last, took)
}

// watch reads the log of a search.
type watch struct {
	mu         sync.Mutex
	rest, tail []byte
	ends       []time.Time // of the trials
	goroutines int
}

// trialEnds matches the line of a trial that ended.
var trialEnds = regexp.MustCompile(`^\S+ trial +\d+ of `)

func (w *watch) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.rest = append(w.rest, p...)
	for {
		line, rest, whole := bytes.Cut(w.rest, []byte("\n"))
		if !whole {
			return len(p), nil
		}
		if trialEnds.Match(line) {
			w.ends = append(w.ends, time.Now())
		}
		if bytes.HasPrefix(line, []byte("goroutine ")) {
			w.goroutines++
		}
		if w.tail = append(append(w.tail, line...), '\n'); len(w.tail) > 4000 {
			w.tail = slices.Clone(w.tail[2000:])
		}
		w.rest = rest
	}
}

// look takes a sample. The time of a trial is the mean of the last n.
func (w *watch) look(pid int, db string, n int) (s sample) {
	w.mu.Lock()
	s.trials, s.goroutines = len(w.ends), w.goroutines
	if s.trials > 1 {
		from := max(0, s.trials-1-n)
		s.each = w.ends[s.trials-1].Sub(w.ends[from]) / time.Duration(s.trials-1-from)
	}
	w.mu.Unlock()
	status, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid)) // zeros if it has ended
	for line := range strings.Lines(string(status)) {
		name, value, _ := strings.Cut(line, ":")
		number, _ := strconv.Atoi(strings.TrimSuffix(strings.TrimSpace(value), " kB")) // only of those below
		switch name {
		case "VmRSS":
			s.memory = number / 1024
		case "Threads":
			s.threads = number
		}
	}
	handles, _ := os.ReadDir(fmt.Sprintf("/proc/%d/fd", pid))
	s.handles = len(handles)
	for _, end := range []string{"", "-wal"} {
		if f, err := os.Stat(db + end); err == nil {
			s.file += float64(f.Size()) / (1 << 20)
		}
	}
	return s
}

// sit runs a search until enough is true, or the deadline, and returns the last sample.
func (b *bench) sit(ctx context.Context, db string, deadline time.Time, mean int, enough func(sample) bool, args []string) (last sample, err error) {
	w := &watch{}
	cmd := exec.Command(b.program, args...)
	cmd.Stderr, cmd.Dir = w, b.folder
	cmd.Env = append(os.Environ(), "EVENKEEL_DB=", "GOTRACEBACK=all", plainVariable+"=1")
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // Ctrl-C ends the sitting, not the search at once
	if err := cmd.Start(); err != nil {
		return last, err
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	for last = w.look(cmd.Process.Pid, db, mean); !enough(last) && time.Now().Before(deadline) && ctx.Err() == nil; {
		select {
		case err := <-ended:
			return last, fmt.Errorf("the search ended by itself (%w):\n%s", err, w.tail)
		case <-time.After(20 * time.Millisecond):
			last = w.look(cmd.Process.Pid, db, mean)
		}
	}
	if err := cmd.Process.Signal(syscall.SIGQUIT); err != nil {
		return last, err
	}
	err = <-ended // by the signal, and then it has printed its goroutines
	last.goroutines = w.look(0, db, mean).goroutines
	if last.goroutines == 0 {
		return last, fmt.Errorf("the search printed no goroutines: %w", err)
	}
	return last, nil
}

// soakColumns are those of the ledger. The first of two is of the beginning of the sitting.
var soakColumns = []string{
	"date", "kind", "trials", "seconds", "ms_first", "ms_last", "rss_mb_first", "rss_mb_last", "handles_first", "handles_last",
	"threads_first", "threads_last", "goroutines_first", "goroutines_last", "file_mb_first", "file_mb_last",
}

// record adds a sitting to the ledger and prints it.
func (b *bench) record(stdout io.Writer, first, last sample, took time.Duration) (err error) {
	fresh := !exists(b.ledger)
	f, err := os.OpenFile(b.ledger, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	w := csv.NewWriter(io.MultiWriter(f, stdout))
	if fresh {
		_ = w.Write(soakColumns) // Error below has it
	}
	milliseconds := func(d time.Duration) string { return fmt.Sprintf("%.2f", float64(d.Microseconds())/1000) }
	_ = w.Write([]string{ // Error below has it
		time.Now().UTC().Format(time.DateOnly), b.options.soak, fmt.Sprint(first.trials + last.trials), fmt.Sprintf("%.0f", took.Seconds()),
		milliseconds(first.each), milliseconds(last.each), fmt.Sprint(first.memory), fmt.Sprint(last.memory), fmt.Sprint(first.handles), fmt.Sprint(last.handles),
		fmt.Sprint(first.threads), fmt.Sprint(last.threads), fmt.Sprint(first.goroutines), fmt.Sprint(last.goroutines),
		fmt.Sprintf("%.1f", first.file), fmt.Sprintf("%.1f", last.file),
	})
	w.Flush()
	return w.Error()
}
