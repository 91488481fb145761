package runs_test

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"evenkeel/objective"
	"evenkeel/objective/trainers/trainertest"
	"evenkeel/runs"
	"evenkeel/search"
	"evenkeel/search/random"
	"evenkeel/search/studyfile"
)

const studyText = `
study: test
data: {source: embedded}
model: {kind: softmax, epochs: 2}
weighting:
  scheme:
    - {name: mean-ratio, exponent: {low: 0.25, high: 16, log: true}}
    - {name: error-power, exponent: {low: 0.25, high: 2, log: true}}
  rounds: {low: 1, high: 3}
  update: [replace, accumulate]
search: {sampler: random, trials: 12, max_replicates: 5, seed: 3, screen: off}
`

// screened makes the test study one whose points are screened.
const screened = "search.screen=auto"

// define parses the test study with key=value overrides.
func define(t testing.TB, changes ...string) *search.Definition {
	t.Helper()
	d, err := definition(changes)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func definition(changes []string) (*search.Definition, error) {
	var overrides []studyfile.Override
	for _, c := range changes {
		o, ok := studyfile.SplitOverride(c)
		if !ok {
			return nil, fmt.Errorf("override %q", c)
		}
		overrides = append(overrides, o)
	}
	return studyfile.Parse("study.yaml", []byte(strings.TrimSpace(studyText)), "/studies", overrides)
}

// open opens a database that the end of the test closes.
func open(t testing.TB, path string, o runs.Options) *runs.DB {
	t.Helper()
	db, err := runs.Open(t.Context(), path, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

// openStudy opens a study; the caller closes it.
func openStudy(t testing.TB, db *runs.DB, def *search.Definition) *runs.Study {
	t.Helper()
	s, _, err := db.OpenStudy(t.Context(), def, runs.Invocation{Program: "test"})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// closeStudy closes a study.
func closeStudy(t testing.TB, s *runs.Study) {
	t.Helper()
	if err := s.Close("done"); err != nil {
		t.Fatal(err)
	}
}

// newStudy opens the test study in a new file, for the length of the test.
func newStudy(t testing.TB, o runs.Options) (*runs.DB, *runs.Study) {
	t.Helper()
	db := open(t, filepath.Join(t.TempDir(), "test.db"), o)
	s := openStudy(t, db, define(t))
	t.Cleanup(func() { _ = s.Close("done") }) // the test may have closed it
	return db, s
}

// trainer is the synthetic trainer of the tests: it reacts to weights.
func trainer() *trainertest.Synthetic { return &trainertest.Synthetic{Response: 0.3} }

// drive runs a study to its end, or to where ctx ends.
func drive(ctx context.Context, def *search.Definition, s *runs.Study, trainer objective.Trainer, parallel int) error {
	if err := s.Describe(ctx, "synthetic", trainer.Info()); err != nil {
		return err
	}
	d := search.Driver{Definition: def, Store: s, Trainer: trainer, Sampler: random.New(), Parallel: parallel, Clock: time.Now}
	_, err := d.Run(ctx, nil)
	return err
}

// complete makes a database with the whole test study in it.
func complete(t testing.TB, path string, parallel int, changes ...string) {
	t.Helper()
	db, err := runs.Open(t.Context(), path, runs.Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	def := define(t, changes...)
	s := openStudy(t, db, def)
	if err := drive(t.Context(), def, s, trainer(), parallel); err != nil {
		t.Fatal(err)
	}
	if err := s.EvictLogits(t.Context()); err != nil {
		t.Fatal(err)
	}
	closeStudy(t, s)
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}
