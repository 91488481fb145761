//go:build linux

package main

import (
	"fmt"
	"path/filepath"
	"syscall"
	"time"

	"evenkeel/runs/runstest"
)

// kill returns attacks that kill the program by SIGKILL on its way to a stage. From is the stage
// that it begins with, and share the part of its undisturbed time in which it is killed.
func killing(from, to string, share float64) func(*trial) error {
	return func(t *trial) error {
		study := bothKinds[t.number%len(bothKinds)]
		want, err := t.stage(study, to)
		if err != nil {
			return err
		}
		db := filepath.Join(t.folder, "killed.db")
		if err := t.begin(study, from, db); err != nil {
			return err
		}
		args, _ := t.stageArgs(study, to, db)
		for range 1 + t.rng.IntN(2) { // what one kill left is killed again
			if err := t.killOnce(time.Duration(share*float64(want.took)), args...); err != nil {
				return err
			}
			if err := sound(db); err != nil {
				return err
			}
		}
		if err := t.completes(study, to, db); err != nil {
			return err
		}
		return t.cleanedUp()
	}
}

// cleanedUp returns an error if something is in TMPDIR that the next search does not remove: a
// kill that also ends the guard of a trainer leaves it nobody else.
func (t *trial) cleanedUp() error {
	if t.nothingTemporary() == nil {
		return nil
	}
	args, _ := t.stageArgs(program, searched, filepath.Join(t.folder, "next.db"))
	if err := t.run(args...); err != nil {
		return err
	}
	return t.nothingTemporary()
}

// begin copies a stage.
func (t *trial) begin(study, from, db string) error {
	if from == nothing {
		return nil
	}
	s, err := t.stage(study, from)
	if err != nil {
		return err
	}
	return copyFile(s.path, db)
}

// killOnce starts the program and kills it at a random time, which is shortened until the
// program is still running then. A fifth of the kills take all processes of the trial at once.
func (t *trial) killOnce(within time.Duration, args ...string) error {
	for range 12 {
		p, err := t.start(nil, args...)
		if err != nil {
			return err
		}
		timer := time.NewTimer(time.Duration(t.rng.Float64() * float64(within)))
		select {
		case <-timer.C:
		case <-p.ended:
		}
		if t.rng.IntN(5) == 0 {
			for _, pid := range t.marked() {
				if pid != p.cmd.Process.Pid {
					_ = syscall.Kill(pid, syscall.SIGKILL) // it may have ended
				}
			}
		}
		hit := t.kill(p)
		if err := t.nobodyLeft(); err != nil {
			return err
		}
		if hit {
			return nil
		}
		within = within * 2 / 3
	}
	return nil // it is faster than any kill: nothing was attacked, and nothing is counted
}

// killedInARow kills one search again and again until it is complete.
func killedInARow(t *trial) error {
	study := bothKinds[t.number%len(bothKinds)]
	want, err := t.stage(study, searched)
	if err != nil {
		return err
	}
	db := filepath.Join(t.folder, "killed.db")
	args, _ := t.stageArgs(study, searched, db)
	for range 8 {
		if err := t.killOnce(want.took, args...); err != nil {
			return err
		}
	}
	if err := sound(db); err != nil {
		return err
	}
	return t.completes(study, searched, db)
}

// killedBackup kills a backup. The original stays as it is; the copy is absent or whole, and can
// be made after all.
func killedBackup(t *trial) error {
	study := bothKinds[t.number%len(bothKinds)]
	db, out := filepath.Join(t.folder, "x.db"), filepath.Join(t.folder, "copy.db")
	if err := t.begin(study, searched, db); err != nil {
		return err
	}
	if err := t.killOnce(20*time.Millisecond, "backup", out, "--db", db); err != nil {
		return err
	}
	if err := t.equals(study, searched, db); err != nil {
		return err
	}
	if exists(out) {
		return t.equals(study, searched, out)
	}
	if err := t.run("backup", out, "--db", db); err != nil {
		return fmt.Errorf("a second time: %w", err)
	}
	return t.equals(study, searched, out)
}

// killedReaders kills readers of a history while a search writes.
func killedReaders(t *trial) error {
	study := program
	db := filepath.Join(t.folder, "x.db")
	args, _ := t.stageArgs(study, searched, db)
	p, err := t.start([]string{delayVariable + "=20ms"}, args...)
	if err != nil {
		return err
	}
	if !p.awaitText("unweighted, seed 1") {
		return fmt.Errorf("the search printed no first run:\n%s", tail(p.stderr.String()))
	}
	for _, command := range []string{"leaderboard", "status", "studies", "recommend", "leaderboard"} {
		r, err := t.start(nil, command, "--db", db)
		if err != nil {
			return err
		}
		time.Sleep(time.Duration(t.rng.IntN(15)) * time.Millisecond)
		t.kill(r)
	}
	if err := p.want(0); err != nil {
		return err
	}
	if err := runstest.Sound(db); err != nil {
		return err
	}
	return t.equals(study, searched, db)
}
