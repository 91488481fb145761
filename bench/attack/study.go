//go:build linux

package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"evenkeel/runs/runstest"
)

// The studies, by the names of their files without .yaml.
const (
	builtIn = "builtin" // a model that the program itself trains, on a table
	program = "program" // the trainer is a program: this one
	hostile = "hostile" // the same with few trials and short limits
	endless = "endless" // built-in, with more trials than anybody waits for
)

// bothKinds are the studies that every kill is tried on in turn.
var bothKinds = []string{builtIn, program}

// weighting is the part of the study files that they have in common.
const weighting = `
weighting:
  scheme: [{name: mean-ratio, exponent: {low: 0.25, high: 4, log: true}}]
  rounds: {low: 1, high: 2}
  update: [replace, accumulate]
`

// writeStudies writes the study files and their table.
func (b *bench) writeStudies() error {
	table := `data: {source: "csv:table.csv", label: class}` + "\nmodel: {kind: softmax, epochs: 60, learning_rate: 0.05}"
	// By this name the study is the same in the next sitting of a soak, wherever this program is.
	if err := os.Symlink(b.self, filepath.Join(b.folder, "attack")); err != nil {
		return err
	}
	own := "model: {kind: command, command: [./attack, " + asTrainer + "], epochs: 4, slots: [{}, {}]"
	files := map[string]string{
		builtIn: "study: builtin\n" + table + weighting + "search: {trials: 12, max_replicates: 3}\n",
		endless: "study: endless\n" + table + weighting + "search: {trials: 1000000, racing: false}\n",
		program: "study: program\n" + own + ", silence: 30s, timeout: 60s, start_timeout: 60s}" + weighting + "search: {trials: 10, max_replicates: 3}\n",
		hostile: "study: hostile\n" + own + ", silence: 1s, timeout: 3s, start_timeout: 5s}" + weighting + "search: {trials: 4, racing: false}\n",
	}
	for name, text := range files {
		if err := os.WriteFile(b.studyFile(name), []byte(text), 0o600); err != nil {
			return err
		}
	}
	return os.WriteFile(filepath.Join(b.folder, "table.csv"), []byte(table3(rand.New(rand.NewPCG(b.seed, 3)))), 0o600)
}

// studyFile returns the path of a study.
func (b *bench) studyFile(study string) string { return filepath.Join(b.folder, study+".yaml") }

// table3 is a table of three classes, of which the second is hard to tell from the others.
func table3(rng *rand.Rand) string {
	var s strings.Builder
	s.WriteString("x,y,class\n")
	for i := range 600 {
		class := i % 3
		fmt.Fprintf(&s, "%.3f,%.3f,%c\n", float64(1.6*float64(class))+rng.NormFloat64(), rng.NormFloat64(), 'a'+class)
	}
	return s.String()
}

// The stages of a study, each made of the one that it names.
const (
	nothing   = ""
	searched  = "searched"
	confirmed = "confirmed"
	measured  = "measured"
	freed     = "freed"
)

// stageArgs returns the command that brings a study to a stage, and the stage before it.
func (b *bench) stageArgs(study, name, db string) (args []string, from string) {
	switch name {
	case searched:
		return []string{"search", b.studyFile(study), "--confirm=false", "--db", db}, nothing
	case confirmed:
		return []string{"confirm", "--seeds", "6", "--db", db}, searched
	case measured:
		return []string{"explain", "1", "--measure", "--db", db}, searched
	case freed:
		return []string{"gc", "--all", "--db", db}, searched
	default:
		panic("no stage " + name)
	}
}

// stage is a study that nobody disturbed.
type stage struct {
	path     string // its database
	contents string // all its tables
	took     time.Duration
}

// stageKey names a stage.
type stageKey struct{ study, name string }

// stage returns a stage of a study. It is made once.
func (b *bench) stage(study, name string) (*stage, error) {
	b.mu.Lock()
	if b.stages == nil {
		b.stages = make(map[stageKey]func() (*stage, error))
	}
	key := stageKey{study, name}
	make := b.stages[key]
	if make == nil {
		make = sync.OnceValues(func() (*stage, error) { return b.makeStage(study, name) })
		b.stages[key] = make
	}
	b.mu.Unlock()
	return make()
}

// makeStage makes a stage, twice: two undisturbed studies that differ would make every
// comparison worthless.
func (b *bench) makeStage(study, name string) (*stage, error) {
	var first *stage
	for _, end := range []string{"", "-again"} {
		s := &stage{path: filepath.Join(b.folder, study+"-"+name+end+".db")}
		args, from := b.stageArgs(study, name, s.path)
		if from != nothing {
			before, err := b.stage(study, from)
			if err != nil {
				return nil, err
			}
			if err := copyFile(before.path, s.path); err != nil {
				return nil, err
			}
		}
		t := &trial{bench: b, folder: filepath.Join(b.folder, "undisturbed"), mark: "undisturbed"}
		if err := os.MkdirAll(filepath.Join(t.folder, "tmp"), 0o755); err != nil {
			return nil, err
		}
		p, err := t.start(nil, args...)
		if err == nil {
			err = p.want(0)
		}
		if err != nil {
			return nil, fmt.Errorf("undisturbed: %w", err)
		}
		s.took = p.took
		if s.contents, err = runstest.Contents(s.path); err != nil {
			return nil, err
		}
		if first != nil && first.contents != s.contents {
			return nil, fmt.Errorf("two undisturbed studies (%s, %s) differ:\n%s", study, name, difference(first.contents, s.contents))
		}
		if first == nil {
			first = s
		}
	}
	return first, nil
}

// sound returns an error if the database is damaged. A database that does not exist is sound.
func sound(db string) error {
	if !exists(db) {
		return nil
	}
	return runstest.Sound(db)
}

// completes brings a study to a stage and returns an error unless the tables are then those of
// the undisturbed one.
func (t *trial) completes(study, name, db string) error {
	args, _ := t.stageArgs(study, name, db)
	if err := t.run(args...); err != nil {
		return fmt.Errorf("continued: %w", err)
	}
	return t.equals(study, name, db)
}

// equals compares a database with an undisturbed stage.
func (t *trial) equals(study, name, db string) error {
	want, err := t.stage(study, name)
	if err != nil {
		return err
	}
	got, err := runstest.Contents(db)
	if err != nil {
		return err
	}
	if got != want.contents {
		return fmt.Errorf("the tables differ from those of the undisturbed study:\n%s", difference(want.contents, got))
	}
	return nil
}

// difference returns the first lines in which two texts differ.
func difference(want, got string) string {
	a, b := strings.Split(want, "\n"), strings.Split(got, "\n")
	for i := range max(len(a), len(b)) {
		x, y := "(end)", "(end)"
		if i < len(a) {
			x = a[i]
		}
		if i < len(b) {
			y = b[i]
		}
		if x != y {
			return fmt.Sprintf("line %d\n  want %.300s\n  got  %.300s", i+1, x, y)
		}
	}
	return "no difference"
}
