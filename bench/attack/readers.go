//go:build linux

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"evenkeel/runs/runstest"
)

// readers asks a history all the time while a search writes it. Every command ends with status 0,
// every backup is sound, and the search ends as if nobody had asked.
func readers(t *trial) error {
	db := filepath.Join(t.folder, "x.db")
	args, _ := t.stageArgs(program, searched, db)
	p, err := t.start([]string{slow}, args...)
	if err != nil {
		return err
	}
	if !p.awaitText("unweighted, seed 1") {
		return fmt.Errorf("the search printed no first run:\n%s", tail(p.stderr.String()))
	}
	commands := [][]string{
		{"leaderboard"}, {"status"}, {"studies"}, {"query", "SELECT count(*), sum(length(spec)) FROM runs"}, {"leaderboard", "--format", "json"},
	}
	var all sync.WaitGroup
	faults := make([]error, 3)
	for i := range faults {
		all.Go(func() { faults[i] = t.ask(p, db, i, commands) })
	}
	all.Wait()
	for _, err := range faults {
		if err != nil {
			return err
		}
	}
	if err := p.want(0); err != nil {
		return err
	}
	return t.equals(program, searched, db)
}

// ask asks until the search has ended. Every fifth question is a backup.
func (t *trial) ask(search *process, db string, reader int, commands [][]string) error {
	for n := reader; search.running(); n++ {
		args := append(commands[n%len(commands)], "--db", db)
		out := filepath.Join(t.folder, fmt.Sprintf("copy-%d-%d.db", reader, n))
		if n%5 == 4 {
			args = []string{"backup", out, "--db", db}
		}
		if err := t.run(args...); err != nil {
			return err
		}
		if n%5 == 4 {
			if err := runstest.Sound(out); err != nil {
				return err
			}
			if err := os.Remove(out); err != nil {
				return err
			}
		}
	}
	return nil
}

// readersAtCreation asks before, while and after a history is created. Until there is a study the
// answer is that there is none; nothing else is an error.
func readersAtCreation(t *trial) error {
	db := filepath.Join(t.folder, "x.db")
	args, _ := t.stageArgs(builtIn, searched, db)
	p, err := t.start(nil, args...)
	if err != nil {
		return err
	}
	for search := true; search; {
		search = p.running()
		for _, command := range []string{"studies", "leaderboard"} {
			q, err := t.start(nil, command, "--db", db)
			if err != nil {
				return err
			}
			statuses := []int{0, 2}
			if !search {
				statuses = []int{0}
			}
			q.await()
			if search && strings.Contains(q.stderr.String(), "it holds no study yet") {
				continue
			}
			if err := q.want(statuses...); err != nil {
				return err
			}
		}
	}
	if err := p.want(0); err != nil {
		return err
	}
	return t.equals(builtIn, searched, db)
}
