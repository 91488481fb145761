//go:build linux

package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// slow is the delay of the trainer where a search has to last for a while.
const slow = delayVariable + "=10ms"

// secondWriters starts two or three searches on one database under its different names. One of
// them does all the work, the others are refused or find it done.
func secondWriters(t *trial) error {
	db, link := filepath.Join(t.folder, "x.db"), filepath.Join(t.folder, "link.db")
	if err := os.Symlink("x.db", link); err != nil { // to what does not exist yet
		return err
	}
	names := []string{db, link, filepath.Join(t.folder, "tmp") + "/../x.db"}
	var all []*process
	for range 2 + t.rng.IntN(2) {
		args, _ := t.stageArgs(program, searched, names[t.rng.IntN(len(names))])
		p, err := t.start([]string{slow}, args...)
		if err != nil {
			return err
		}
		all = append(all, p)
		time.Sleep(time.Duration(t.rng.IntN(80)) * time.Millisecond)
	}
	done := 0
	for _, p := range all {
		if err := p.want(0, 1); err != nil {
			return err
		}
		if p.status() == 0 {
			done++
		} else if s := p.stderr.String(); !strings.Contains(s, "is being worked on by process") {
			return fmt.Errorf("a second writer was refused without the reason:\n%s", tail(s))
		}
	}
	if done == 0 {
		return errors.New("no writer was let in")
	}
	return t.equals(program, searched, db)
}

// hardLink gives a database a second name while a search writes. Whoever uses that name is
// refused, and what the search has done is complete.
func hardLink(t *trial) error {
	db, second := filepath.Join(t.folder, "x.db"), filepath.Join(t.folder, "second.db")
	args, _ := t.stageArgs(program, searched, db)
	p, err := t.start([]string{slow}, args...)
	if err != nil {
		return err
	}
	if !p.awaitText("unweighted, seed 1") {
		return fmt.Errorf("the search printed no first run:\n%s", tail(p.stderr.String()))
	}
	time.Sleep(time.Duration(t.rng.IntN(100)) * time.Millisecond)
	if err := os.Link(db, second); err != nil {
		return err
	}
	for _, command := range []string{"search", "leaderboard"} {
		other := []string{command, "--db", second}
		if command == "search" {
			other, _ = t.stageArgs(program, searched, second)
		}
		q, err := t.start([]string{slow}, other...)
		if err != nil {
			return err
		}
		if err := q.want(1); err != nil {
			return fmt.Errorf("by a hard link: %w", err)
		}
	}
	if err := p.want(0, 1); err != nil {
		return err
	}
	if err := os.Remove(second); err != nil {
		return err
	}
	return t.completes(program, searched, db)
}

// displaced moves, removes or replaces the database of a running search. The search stops with
// status 1 and saves what it has, what took the place stays as it is, and what was saved can be
// continued.
func displaced(t *trial) error {
	db, moved, other := filepath.Join(t.folder, "x.db"), filepath.Join(t.folder, "y.db"), filepath.Join(t.folder, "other.db")
	if err := t.begin(builtIn, searched, other); err != nil {
		return err
	}
	args, _ := t.stageArgs(program, searched, db)
	p, err := t.start([]string{slow}, args...)
	if err != nil {
		return err
	}
	if !p.awaitText("unweighted, seed 1") {
		return fmt.Errorf("the search printed no first run:\n%s", tail(p.stderr.String()))
	}
	time.Sleep(time.Duration(t.rng.IntN(100)) * time.Millisecond)
	ways := []func() error{
		func() error { return os.Rename(db, moved) },
		func() error { return errors.Join(os.Rename(db, moved), os.Rename(db+"-wal", moved+"-wal")) },
		func() error { return os.Remove(db) },
		func() error { return errors.Join(os.Remove(db), os.Remove(db+"-wal"), os.Remove(db+"-shm")) },
		func() error { return os.Rename(other, db) },
		func() error { return os.Remove(db + "-wal") },
	}
	way := t.rng.IntN(len(ways))
	// A search that is over has no log: then an error is no surprise, and status 0 is right.
	gone := ways[way]()
	if err := p.want(0, 1); err != nil {
		return err
	}
	files, err := filepath.Glob(filepath.Join(t.folder, "x-rescued-*"))
	if err != nil {
		return err
	}
	switch {
	case p.status() == 0 && strings.Contains(p.stderr.String(), "complete: "):
		return nil // it had ended before
	case gone != nil:
		return fmt.Errorf("way %d: %w; the search ended with status %d", way, gone, p.status())
	case p.status() == 0:
		return fmt.Errorf("way %d: the search ended with status 0:\n%s", way, tail(p.stderr.String()))
	case len(files) != 1:
		return fmt.Errorf("way %d: saved are %q, want one file:\n%s", way, files, tail(p.stderr.String()))
	}
	if way == 4 {
		if err := t.equals(builtIn, searched, db); err != nil {
			return fmt.Errorf("what was put in its place was changed: %w", err)
		}
	}
	return t.completes(program, searched, files[0])
}

// stopped stops and continues the program and its trainers, as Ctrl-Z and a suspended machine do.
func stopped(t *trial) error {
	db := filepath.Join(t.folder, "x.db")
	args, _ := t.stageArgs(program, searched, db)
	p, err := t.start([]string{slow}, args...)
	if err != nil {
		return err
	}
	for range 10 {
		if !p.running() {
			break
		}
		pids := t.marked()
		if len(pids) > 0 {
			pid := pids[t.rng.IntN(len(pids))]
			_ = syscall.Kill(pid, syscall.SIGSTOP) // it may have ended
			time.Sleep(time.Duration(t.rng.IntN(100)) * time.Millisecond)
			_ = syscall.Kill(pid, syscall.SIGCONT)
		}
		time.Sleep(time.Duration(t.rng.IntN(30)) * time.Millisecond)
	}
	if err := p.want(0); err != nil {
		return err
	}
	return t.equals(program, searched, db)
}

// interrupted sends SIGINT or SIGTERM, once or twice.
func interrupted(t *trial) error {
	study := bothKinds[t.number%len(bothKinds)]
	want, err := t.stage(study, searched)
	if err != nil {
		return err
	}
	db := filepath.Join(t.folder, "x.db")
	args, _ := t.stageArgs(study, searched, db)
	for range 3 {
		p, err := t.start(nil, args...)
		if err != nil {
			return err
		}
		for range 1 + t.rng.IntN(2) {
			time.Sleep(time.Duration(t.rng.Float64() * float64(want.took) / 2))
			_ = p.cmd.Process.Signal([]syscall.Signal{syscall.SIGINT, syscall.SIGTERM}[t.rng.IntN(2)]) // it may have ended
		}
		p.await()
		// Before the program listens to signals, they end it as they end any program.
		if s, ok := p.cmd.ProcessState.Sys().(syscall.WaitStatus); !ok || !s.Signaled() || s.Signal() == syscall.SIGKILL {
			if err := p.want(0, 130); err != nil {
				return err
			}
		}
		if err := errors.Join(t.nobodyLeft(), sound(db)); err != nil {
			return err
		}
	}
	if err := t.completes(study, searched, db); err != nil {
		return err
	}
	return t.cleanedUp()
}

// littleMemory searches with less and less address space. It may fail, but leaves a history that
// can be continued. Whether a training that does not fit counts as failed is not judged here.
func littleMemory(t *trial) error {
	db := filepath.Join(t.folder, "x.db")
	args, _ := t.stageArgs(builtIn, searched, db)
	kilobytes := 100_000 + t.rng.IntN(1_500_000)
	limited := append([]string{"-c", `ulimit -v "$0"; exec "$@"`, fmt.Sprint(kilobytes), t.program}, args...)
	p, err := t.startProgram(nil, "sh", limited...)
	if err != nil {
		return err
	}
	p.await()
	if p.late {
		return fmt.Errorf("with %d kB it did not end within %v:\n%s", kilobytes, ceiling, tail(p.stderr.String()))
	}
	if err := errors.Join(t.nobodyLeft(), sound(db)); err != nil {
		return err
	}
	return t.completes(builtIn, searched, db)
}
