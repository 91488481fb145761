//go:build linux

package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"evenkeel/runs/runstest"
)

// page is SQLite's page size in these files.
const page = 4096

// damages are what a disk, a copy that broke off or an editor may do to a file.
var damages = []struct {
	name string
	do   func(t *trial, b []byte) []byte
}{
	{"cut", func(t *trial, b []byte) []byte { return b[:t.rng.IntN(len(b))] }},
	{"cut at a page", func(t *trial, b []byte) []byte { return b[:page*t.rng.IntN(len(b)/page)] }},
	{"bits flipped", func(t *trial, b []byte) []byte {
		for range 1 + t.rng.IntN(64) {
			b[t.rng.IntN(len(b))] ^= 1 << t.rng.IntN(8)
		}
		return b
	}},
	{"header flipped", func(t *trial, b []byte) []byte { b[t.rng.IntN(100)] ^= 1 << t.rng.IntN(8); return b }},
	{"page of zeros", func(t *trial, b []byte) []byte {
		clear(b[page*t.rng.IntN(len(b)/page):][:page])
		return b
	}},
	{"page of noise", func(t *trial, b []byte) []byte {
		for i, p := 0, page*t.rng.IntN(len(b)/page); i < page; i++ {
			b[p+i] = byte(t.rng.Uint32())
		}
		return b
	}},
	{"pages swapped", func(t *trial, b []byte) []byte {
		x, y := b[page*t.rng.IntN(len(b)/page):][:page], b[page*t.rng.IntN(len(b)/page):][:page]
		for i := range x {
			x[i], y[i] = y[i], x[i]
		}
		return b
	}},
	{"lengthened", func(_ *trial, b []byte) []byte { return append(b, make([]byte, 3*page+17)...) }},
	{"emptied", func(*trial, []byte) []byte { return nil }},
	{"text", func(*trial, []byte) []byte { return []byte("trial,score\n1,0.5\n") }},
}

// damaged damages a history and reads and continues it in every way. Each command ends with a page
// or an error. Where pages are lost or exchanged, figures that differ from the true ones are a
// fault; a flipped bit may be in a value, where nothing can tell, since SQLite keeps no checksums.
func damaged(t *trial) error {
	study := bothKinds[t.number%len(bothKinds)]
	was, err := t.stage(study, confirmed)
	if err != nil {
		return err
	}
	text, err := os.ReadFile(was.path)
	if err != nil {
		return err
	}
	d := damages[t.number%len(damages)]
	db := filepath.Join(t.folder, "x.db")
	text = d.do(t, text)
	if t.rng.IntN(5) == 0 {
		log := make([]byte, 32+t.rng.IntN(20000))
		for i := range log {
			log[i] = byte(t.rng.Uint32())
		}
		if err := os.WriteFile(db+"-wal", log, 0o600); err != nil {
			return err
		}
	}
	if err := os.WriteFile(db, text, 0o600); err != nil {
		return err
	}
	return errors.Join(t.readDamaged(d.name, was.path, db), t.searchDamaged(d.name, study, db))
}

// readDamaged reads a damaged history.
func (t *trial) readDamaged(name, original, db string) error {
	unsound := runstest.Sound(db)
	if strings.HasSuffix(name, "flipped") {
		unsound = nil
	}
	for _, args := range [][]string{
		{"leaderboard", "--all", "--format", "csv"}, {"show", "1", "--format", "csv"}, {"recommend"}, {"explain", "1"}, {"studies"}, {"status"},
		{"compare", "1", "2"}, {"gc", "--dry-run"}, {"weights", "--trial", "1"}, {"query", "SELECT * FROM trial_runs", "--format", "csv"},
	} {
		want, err := t.start(nil, append(args, "--db", original)...)
		if err != nil {
			return err
		}
		got, err := t.start(nil, append(args, "--db", db)...)
		if err != nil {
			return err
		}
		if err := errors.Join(want.want(0), got.want(0, 1, 2)); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		if unsound != nil && got.status() == 0 && args[0] == "leaderboard" && got.stdout.String() != want.stdout.String() {
			return fmt.Errorf("%s: %s prints other figures in silence, %s\n(SQLite: %w)",
				name, args[0], difference(want.stdout.String(), got.stdout.String()), unsound)
		}
	}
	return nil
}

// searchDamaged writes on damaged histories.
func (t *trial) searchDamaged(name, study, db string) error {
	for _, args := range [][]string{
		{"backup", filepath.Join(t.folder, "copy.db"), "--db", db}, {"gc", "--all", "--db", db},
		{"confirm", "--seeds", "7", "--db", db}, {"search", t.studyFile(study), "--trials", "14", "--confirm=false", "--db", db},
	} {
		p, err := t.start(nil, args...)
		if err != nil {
			return err
		}
		if err := p.want(0, 1, 2); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

// spoiledValues are put into cells.
var spoiledValues = []any{
	nil, 0, 1, -1, 7, 99999, -7, int64(1) << 62, 0.5, -0.5, 1e300, "", "[]", "[1]", "[1,2,3]", "[null,9e999]", "{}", "null", "x", "[[1,0.5,null]]",
	"complete", "failed", "recall", "2026-01-01T00:00:00Z", "\x1b[2J\u202e", []byte{}, []byte{0}, []byte("\xff\xff\xff\xff\xff\xff\xff\xff"),
}

// spoiled puts values that no version of the program writes into some cells of a history. Each
// command ends with a page or an error.
func spoiled(t *trial) error {
	study := bothKinds[t.number%len(bothKinds)]
	db := filepath.Join(t.folder, "x.db")
	if err := t.begin(study, confirmed, db); err != nil {
		return err
	}
	var changes []string
	for range 1 + t.rng.IntN(2) {
		value := spoiledValues[t.rng.IntN(len(spoiledValues))]
		change, err := runstest.Spoil(db, t.rng.IntN(1000), t.rng.IntN(1000), t.rng.IntN(1000), value)
		if err != nil {
			return err
		}
		if change != "" {
			changes = append(changes, change)
		}
	}
	commands := [][]string{
		{"leaderboard", "--all"}, {"show", "1"}, {"recommend"}, {"explain", "--all"}, {"explain", "1"}, {"studies"}, {"status"}, {"compare", "1", "2"},
		{"gc", "--dry-run"}, {"weights", "--trial", "1"}, {"weights", "--offsets"}, {"offsets", "--study", study}, {"confirm", "--seeds", "7"},
		{"explain", "2", "--measure"}, {"search", t.studyFile(study), "--trials", "14", "--confirm=false"},
	}
	for _, args := range commands {
		p, err := t.start(nil, append(args, "--db", db)...)
		if err != nil {
			return err
		}
		if err := p.want(0, 1, 2); err != nil {
			return fmt.Errorf("after %s: %w", strings.Join(changes, "; "), err)
		}
		if m := p.memory(); m > mostMemory {
			return fmt.Errorf("after %s: %s took %d MB", strings.Join(changes, "; "), args[0], m)
		}
	}
	return nil
}
