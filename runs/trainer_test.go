package runs_test

import (
	"context"
	"errors"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"evenkeel/objective"
	"evenkeel/objective/trainers/trainertest"
	"evenkeel/runs"
	"evenkeel/runs/runstest"
	"evenkeel/search"
)

// outside is a trainer that says the labels with each result, as programs of the
// user do, and logs.
type outside struct {
	trainertest.Synthetic
	version string
	labels  []uint16
}

func (o *outside) Info() objective.Info {
	info := o.Synthetic.Info()
	info.Version, info.ValLabels, info.TrainCounts = o.version, nil, nil
	return info
}

func (o *outside) Train(ctx context.Context, job objective.Job) (*objective.Result, error) {
	r, err := o.Synthetic.Train(ctx, job)
	if err == nil {
		r.ValLabels, r.Log = o.labels, "a line\x00of\xfflog"
	}
	return r, err
}

func newOutside(version string) *outside {
	o := &outside{Synthetic: trainertest.Synthetic{Response: 0.3}, version: version}
	o.labels = o.Synthetic.Info().ValLabels
	return o
}

// TestLabelsOfATrainerOutside: what a run came with is found again with it, and
// another order of the examples is refused.
func TestLabelsOfATrainerOutside(t *testing.T) {
	path := filepath.Join(t.TempDir(), "test.db")
	def, trainer := define(t), newOutside("1")
	db := open(t, path, runs.Options{NoSync: true})
	s := openStudy(t, db, def)
	if err := drive(t.Context(), def, s, trainer, 2); err != nil {
		t.Fatal(err)
	}
	board, err := runstest.Ask(t.Context(), db, `SELECT min(run), count(*), (SELECT min(text) FROM logs) FROM logs`)
	if err != nil || board.Rows[0][1].(int64) < 10 || board.Rows[0][2] != "a line�of�log" {
		t.Fatalf("logs %v, %v", board, err)
	}
	id := objective.RunID(board.Rows[0][0].(string))
	r, found, err := db.Run(t.Context(), id)
	if err != nil || !found || !reflect.DeepEqual(r.ValLabels, trainer.labels) {
		t.Errorf("found %v, %v, labels %v; want those it came with", found, err, r.ValLabels)
	}
	closeStudy(t, s)

	def = define(t, "search.trials=30")
	s = openStudy(t, db, def)
	defer closeStudy(t, s)
	trainer.labels = append([]uint16{1}, trainer.labels[1:]...)
	trainer.labels[50] = 0 // as many of each class, in another order
	if err := drive(t.Context(), def, s, trainer, 2); err != nil && !errors.Is(err, search.ErrFailing) {
		t.Errorf("with another order of the examples: %v", err)
	}
	refused, err := runstest.Ask(t.Context(), db, `SELECT count(*) > 2, min(error) FROM failed_runs`)
	if err != nil || refused.Rows[0][0] != int64(1) || !strings.Contains(refused.Rows[0][1].(string), "keeps its validation examples and their order") {
		t.Errorf("failed runs %v, %v; want every run with another order of the examples", refused, err)
	}
}

// TestOtherExamplesAreRefused: runs on more examples, or on other classes under
// the same name, do not come into one history, whichever process measured them.
func TestOtherExamplesAreRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "test.db")
	def, trainer := define(t), newOutside("1")
	db := open(t, path, runs.Options{NoSync: true})
	s := openStudy(t, db, def)
	if err := drive(t.Context(), def, s, trainer, 2); err != nil {
		t.Fatal(err)
	}
	closeStudy(t, s)
	larger := &renamed{outside: newOutside("1"), data: trainer.Info().Data}
	larger.PerClass, larger.labels = 60, nil
	def = define(t, "search.trials=30")
	s = openStudy(t, db, def)
	if err := drive(t.Context(), def, s, larger, 2); err != nil && !errors.Is(err, search.ErrFailing) {
		t.Fatal(err)
	}
	closeStudy(t, s)
	refused, err := runstest.Ask(t.Context(), db, `SELECT min(error) FROM failed_runs`)
	if err != nil || !strings.Contains(refused.Rows[0][0].(string), "its validation part has [60 60 60 60] examples by class, and earlier runs on data") {
		t.Errorf("failed runs %v, %v", refused, err)
	}
	other := &renamed{outside: newOutside("1"), data: trainer.Info().Data, classes: []string{"w", "x", "y", "z"}}
	s = openStudy(t, db, define(t, "study=other"))
	defer closeStudy(t, s)
	if err := s.Describe(t.Context(), "title", other.Info()); err == nil || !strings.Contains(err.Error(), `names ["w","x","y","z"]; give the data a new name`) {
		t.Errorf("other classes under the same name: %v", err)
	}
}

// renamed gives a trainer's data another name, and its classes if there are any.
type renamed struct {
	*outside
	data    string
	classes []string
}

func (r *renamed) Info() objective.Info {
	info := r.outside.Info()
	info.Data = r.data
	if r.classes != nil {
		info.Classes = r.classes
	}
	return info
}

// TestOtherCodeIsAsked: a study goes on with other code only if it is asked to.
func TestOtherCodeIsAsked(t *testing.T) {
	path := filepath.Join(t.TempDir(), "test.db")
	def := define(t)
	db := open(t, path, runs.Options{NoSync: true})
	describe := func(version string, accept bool) error {
		s, _, err := db.OpenStudy(t.Context(), def, runs.Invocation{AcceptCode: accept})
		if err != nil {
			t.Fatal(err)
		}
		defer closeStudy(t, s)
		return s.Describe(t.Context(), "title", newOutside(version).Info())
	}
	for _, c := range []struct {
		version string
		accept  bool
		asked   bool
	}{{"1", false, false}, {"1", false, false}, {"2", false, true}, {"1", false, false}, {"2", true, false}, {"2", false, false}, {"1", false, true}} {
		err := describe(c.version, c.accept)
		var changed *runs.CodeChangedError
		if errors.As(err, &changed) != c.asked || !c.asked && err != nil {
			t.Errorf("version %s, accepted %v: %v; want it asked: %v", c.version, c.accept, err, c.asked)
		}
	}
}

// TestFailuresAreKept: a failed run leaves its reason and the end of its log.
func TestFailuresAreKept(t *testing.T) {
	path := filepath.Join(t.TempDir(), "test.db")
	def, trainer := define(t), newOutside("1")
	runsBefore := 0
	trainer.Before = func(context.Context, objective.Job) error {
		if runsBefore++; runsBefore == 4 {
			return &objective.LoggedError{Err: errors.New("out of memory\nat all"), Log: "epoch 1\nepoch 2"}
		}
		return nil
	}
	db := open(t, path, runs.Options{NoSync: true})
	s := openStudy(t, db, def)
	if err := drive(t.Context(), def, s, trainer, 1); err != nil {
		t.Fatal(err)
	}
	closeStudy(t, s)
	table, err := runstest.Ask(t.Context(), db, `SELECT f.error, f.log, length(f.run), length(f.spec) > 100, s.name FROM failed_runs f JOIN studies s ON s.number = f.study`)
	if err != nil {
		t.Fatal(err)
	}
	want := [][]any{{"out of memory; at all", "epoch 1\nepoch 2", int64(64), int64(1), def.Name}}
	if !reflect.DeepEqual(table.Rows, want) {
		t.Errorf("failed runs %v; want %v", table.Rows, want)
	}
}

// TestAStudyThatMeasuredNothingMayChange: until the first run is recorded, a
// definition can be corrected under the same name; then it cannot.
func TestAStudyThatMeasuredNothingMayChange(t *testing.T) {
	path := filepath.Join(t.TempDir(), "test.db")
	db := open(t, path, runs.Options{NoSync: true})
	broken := newOutside("1")
	broken.Before = func(context.Context, objective.Job) error { return errors.New("no such module") }
	s := openStudy(t, db, define(t))
	if err := drive(t.Context(), define(t), s, broken, 1); err == nil {
		t.Fatal("a search whose first training fails ended well")
	}
	closeStudy(t, s)
	changed := define(t, "search.seed=77", "search.window=2")
	s = openStudy(t, db, changed)
	if err := drive(t.Context(), changed, s, newOutside("2"), 1); err != nil {
		t.Fatal(err)
	}
	closeStudy(t, s)
	var differs *runs.DifferenceError
	if _, _, err := db.OpenStudy(t.Context(), define(t), runs.Invocation{}); !errors.As(err, &differs) {
		t.Errorf("with trials in it: %v; want the difference", err)
	}
}
