package runs_test

import (
	"errors"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"evenkeel/objective"
	"evenkeel/runs"
	"evenkeel/runs/runstest"
	"evenkeel/search"
)

func TestSecondWriterIsTold(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	db, second := open(t, path, runs.Options{}), open(t, path, runs.Options{})
	s, _, err := db.OpenStudy(t.Context(), define(t), runs.Invocation{Host: "tower", User: "eve", PID: 4711})
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = second.OpenStudy(t.Context(), define(t), runs.Invocation{})
	var locked *runs.LockedError
	if !errors.As(err, &locked) || locked.Host != "tower" || locked.PID != 4711 || locked.Since.IsZero() {
		t.Fatalf("OpenStudy of an open study: %v", err)
	}
	// Another study in the same file is free.
	another := openStudy(t, second, define(t, "study=another"))
	for i, s := range []*runs.Study{s, another} {
		spec, r := savable(int64(i))
		id, err := spec.ID()
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Save(t.Context(), id, spec, r); err != nil {
			t.Error(err)
		}
		closeStudy(t, s)
	}
	closeStudy(t, openStudy(t, second, define(t)))
	if locks, err := filepath.Glob(path + ".*.lock"); err != nil || len(locks) != 0 {
		t.Errorf("lock files left: %v, %v", locks, err)
	}
}

func TestContinuing(t *testing.T) {
	db := open(t, filepath.Join(t.TempDir(), "x.db"), runs.Options{NoSync: true})
	for _, tt := range []struct {
		name    string
		changes []string
		created bool
		want    string // changed keys
		refused bool
	}{
		{"new", nil, true, "", false},
		{"same", nil, false, "", false},
		{"more trials", []string{"search.trials=20", "search.parallel=3"}, false, "search.parallel search.trials", false},
		{"the same again", []string{"search.trials=20", "search.parallel=3"}, false, "", false},
		{"another seed", []string{"search.trials=20", "search.parallel=3", "search.seed=8"}, false, "search.seed", true},
		{"another seed and more trials", []string{"search.trials=30", "search.parallel=3", "search.seed=8"}, false, "search.seed", true},
		{"another window and model", []string{"search.window=2", "model.epochs=3", "search.trials=20", "search.parallel=3"}, false, "model.epochs search.window", true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s, o, err := db.OpenStudy(t.Context(), define(t, tt.changes...), runs.Invocation{})
			changes := o.Changes
			var different *runs.DifferenceError
			if tt.refused {
				if !errors.As(err, &different) {
					t.Fatalf("OpenStudy: %v; want a difference", err)
				}
				changes = different.Changes
			} else if err != nil {
				t.Fatal(err)
			} else {
				if o.Created { // a study that has measured nothing could still be changed
					step := search.Step{Number: 1, Kind: search.NewTrial, Trial: 1, Replicates: []int{0}, Point: define(t).Space.Middle()}
					if err := s.Append(t.Context(), step); err != nil {
						t.Fatal(err)
					}
				}
				closeStudy(t, s)
			}
			var keys []string
			for _, c := range changes {
				keys = append(keys, c.Key)
			}
			if got := strings.Join(keys, " "); got != tt.want || o.Created != tt.created {
				t.Errorf("created %v, changes %q; want %v, %q", o.Created, got, tt.created, tt.want)
			}
		})
	}
	stored, err := db.Definition(t.Context(), "test")
	if err != nil || stored.Revision != 2 || stored.Folder != "/studies" || !strings.Contains(string(stored.Source), "mean-ratio") {
		t.Errorf("Definition = %+v, %v; want revision 2 with its source", stored, err)
	}
}

func TestUnknownStudyAndTrial(t *testing.T) {
	db, _ := newStudy(t, runs.Options{NoSync: true})
	if _, err := db.Definition(t.Context(), "tset"); err == nil || !strings.Contains(err.Error(), `there is no study "tset"; there is test`) {
		t.Errorf("Definition of an unknown study: %v", err)
	}
	if _, err := db.Trial(t.Context(), "", 3); err == nil || !strings.Contains(err.Error(), "no trials yet") {
		t.Errorf("Trial of a study without trials: %v", err)
	}
}

// TestTimeSpentSurvivesAKill: the seconds of an invocation are as of its last
// transaction, whether it was closed or not.
func TestTimeSpentSurvivesAKill(t *testing.T) {
	var now atomic.Int64
	o := runs.Options{NoSync: true, Now: func() time.Time { return time.Unix(now.Load(), 0) }}
	path := filepath.Join(t.TempDir(), "x.db")
	db := open(t, path, o)
	s := openStudy(t, db, define(t))
	now.Store(40)
	if err := s.Event("notice", "forty seconds later"); err != nil {
		t.Fatal(err)
	}
	if err := s.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	// What a kill leaves: no end, and the lock free, as on a copy elsewhere.
	copied := filepath.Join(t.TempDir(), "copy.db")
	if _, err := runstest.Ask(t.Context(), db, "SELECT 1"); err != nil {
		t.Fatal(err)
	}
	now.Store(41)
	closeStudy(t, s)
	other(t, path, `UPDATE invocations SET ended = NULL, seconds = 40`, `VACUUM INTO '`+copied+`'`)
	db = open(t, copied, o)
	s, opening, err := db.OpenStudy(t.Context(), define(t), runs.Invocation{})
	if err != nil {
		t.Fatal(err)
	}
	defer closeStudy(t, s)
	if spent, err := s.Spent(t.Context()); err != nil || spent != 40 || !opening.Killed {
		t.Errorf("Spent = %v, %v, killed %v; want 40 seconds of a killed invocation", spent, err, opening.Killed)
	}
}

// TestWorkedIsOfWork: an invocation that found nothing to do is no work on the study.
func TestWorkedIsOfWork(t *testing.T) {
	var now atomic.Int64
	db := open(t, filepath.Join(t.TempDir(), "x.db"), runs.Options{NoSync: true, Now: func() time.Time { return time.Unix(now.Add(1), 0) }})
	worked := func() time.Time {
		t.Helper()
		list, err := db.Studies(t.Context())
		if err != nil || len(list) != 1 {
			t.Fatalf("studies %v: %v", list, err)
		}
		return list[0].Worked
	}
	s := openStudy(t, db, define(t))
	if err := s.Begin(t.Context(), runs.Searching); err != nil {
		t.Fatal(err)
	}
	closeStudy(t, s)
	before := worked()
	closeStudy(t, openStudy(t, db, define(t)))
	if after := worked(); !after.Equal(before) || before.IsZero() {
		t.Errorf("worked on at %v, after an invocation without work at %v", before, after)
	}
	s = openStudy(t, db, define(t))
	if err := s.Begin(t.Context(), runs.Confirming); err != nil {
		t.Fatal(err)
	}
	closeStudy(t, s)
	if after := worked(); !after.After(before) {
		t.Errorf("worked on at %v, after a confirmation at %v", before, after)
	}
}

func TestDescribeRefusesOtherData(t *testing.T) {
	_, s := newStudy(t, runs.Options{NoSync: true})
	info := trainer().Info()
	for range 2 {
		if err := errors.Join(s.Describe(t.Context(), "title", info), s.Flush(t.Context())); err != nil {
			t.Fatal(err)
		}
	}
	info.Data = "other"
	if err := s.Describe(t.Context(), "title", info); err == nil || !strings.Contains(err.Error(), "restore the data") {
		t.Errorf("Describe with other data: %v", err)
	}
}

// TestWriteErrorsAreFinal: after an error everybody gets it, and nothing of the
// failed transaction is there.
func TestWriteErrorsAreFinal(t *testing.T) {
	db, s := newStudy(t, runs.Options{NoSync: true})
	if err := s.Event("notice", "rides in the failing transaction"); err != nil {
		t.Fatal(err)
	}
	// A round whose run was never saved breaks a foreign key.
	if err := s.Reference(t.Context(), 0, 1, objective.Round{Run: "none"}); err != nil {
		t.Fatal(err)
	}
	first := s.Flush(t.Context())
	if first == nil || !strings.Contains(first.Error(), "FOREIGN KEY") || !strings.Contains(first.Error(), db.Path()) {
		t.Fatalf("Flush after a broken record: %v", first)
	}
	spec, r := savable(1)
	id, err := spec.ID()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Save(t.Context(), id, spec, r); !errors.Is(err, first) {
		t.Errorf("Save after the error: %v; want the same error", err)
	}
	if err := s.Append(t.Context(), search.Step{Number: 1, Kind: search.MoreSeeds}); !errors.Is(err, first) {
		t.Errorf("Append after the error: %v; want the same error", err)
	}
	table, err := runstest.Ask(t.Context(), db, "SELECT count(*) FROM events")
	if err != nil || table.Rows[0][0] != int64(0) {
		t.Errorf("events = %v, %v; want none", table, err)
	}
	if err := s.Close("failed"); !errors.Is(err, first) {
		t.Errorf("Close after the error: %v; want the same error", err)
	}
	closeStudy(t, openStudy(t, db, define(t))) // the lock is free
}

// TestLazyRecordsAreWrittenByThemselves: readers see a step that nobody waits for.
func TestLazyRecordsAreWrittenByThemselves(t *testing.T) {
	committed := make(chan struct{}, 10)
	db, s := newStudy(t, runs.Options{NoSync: true, Idle: time.Millisecond, Trace: func(phase string) {
		if phase == runs.PhaseCommitted {
			committed <- struct{}{}
		}
	}})
	step := search.Step{Number: 1, Kind: search.NewTrial, Trial: 1, Replicates: []int{0}, Point: define(t).Space.Middle()}
	if err := s.Append(t.Context(), step); err != nil {
		t.Fatal(err)
	}
	<-committed
	trial, err := db.Trial(t.Context(), "test", 1)
	if err != nil || trial.State != "running" {
		t.Errorf("Trial = %+v, %v; want it running", trial, err)
	}
}
