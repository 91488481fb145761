//go:build linux

package main

import (
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// hostileTrainer searches with a trainer that misbehaves from its first message on, from its first
// run or after some honest runs. The search ends, nothing of the trainer is left, what it
// answered honestly is stored and nothing else, and the study can be continued.
func hostileTrainer(t *trial) error {
	names := slices.Sorted(maps.Keys(behaviours))
	order := rand.New(rand.NewPCG(t.seed, 4)).Perm(len(names)) // the short form has not all of them
	name := names[order[(t.number-1)%len(names)]]
	db := filepath.Join(t.folder, "x.db")
	after := t.rng.IntN(3)
	args, _ := t.stageArgs(hostile, searched, db)
	p, err := t.start([]string{behaviourVariable + "=" + name, fmt.Sprintf("%s=%d", afterVariable, after)}, args...)
	if err != nil {
		return err
	}
	if err := p.want(0, 1); err != nil {
		return fmt.Errorf("%s after %d runs: %w", name, after, err)
	}
	if m := p.memory(); m > 1500 {
		return fmt.Errorf("%s after %d runs: evenkeel took %d MB", name, after, m)
	}
	if err := errors.Join(t.nobodyLeft(), t.nothingTemporary(), sound(db), t.trueFigures(db)); err != nil {
		return fmt.Errorf("%s after %d runs: %w", name, after, err)
	}
	// Trials that failed stay failed, so that the tables may differ from the undisturbed ones; a
	// trainer that once had another version or other classes is refused.
	p, err = t.start(nil, args...)
	if err != nil {
		return err
	}
	if err := p.want(0, 1, 2); err != nil {
		return fmt.Errorf("%s, continued with an honest trainer: %w", name, err)
	}
	return t.trueFigures(db)
}

// trueFigures returns an error if the database has a run that the undisturbed study also has, with
// another confusion matrix.
func (t *trial) trueFigures(db string) error {
	want, err := t.stage(hostile, searched)
	if err != nil || !exists(db) {
		return err
	}
	known, err := t.matrices(want.path)
	if err != nil {
		return err
	}
	stored, err := t.matrices(db)
	if err != nil {
		return err
	}
	for run, matrix := range stored {
		if honest, ok := known[run]; ok && honest != matrix {
			return fmt.Errorf("run %s is stored as %s; honestly it is %s", run, matrix, honest)
		}
	}
	return nil
}

// matrices returns what is stored of every run.
func (t *trial) matrices(db string) (map[string]string, error) {
	p, err := t.start(nil, "query", "SELECT run || ' ' || part, support, correct, predicted FROM matrices", "--format", "csv", "--db", db)
	if err != nil {
		return nil, err
	}
	// A history without a schema has no such table: a search that ended before it began.
	if err := p.want(0, 1, 2); err != nil || p.status() != 0 {
		return nil, err
	}
	all := make(map[string]string)
	for line := range strings.Lines(p.stdout.String()) {
		run, rest, _ := strings.Cut(line, ",")
		all[run] = rest
	}
	return all, nil
}

// flood writes to a file without end, until it is killed or nobody reads.
func flood(f *os.File, text string) {
	block := []byte(strings.Repeat(text, 1+(1<<16)/len(text)))
	for {
		if _, err := f.Write(block); err != nil {
			os.Exit(5)
		}
	}
}
