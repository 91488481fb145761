package session

import (
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"evenkeel/objective"
	"evenkeel/runs"
	"evenkeel/runs/notice"
	"evenkeel/runs/results"
)

// TestLongerAfterTheSearch: the reference is trained longer on the leader's seeds before the
// confirmation, which measures the very offsets that the search found for these models, and
// for the reference. Interrupted there, the study is not done, and the next search goes on.
func TestLongerAfterTheSearch(t *testing.T) {
	def := define(t, small)
	c, notices := heard(t)
	stop := make(chan struct{})
	tell, once := c.Observe, false
	c.Observe = func(n notice.Notice) {
		tell(n)
		if _, ok := n.(notice.LongerBegan); ok && !once {
			once = true
			close(stop)
		}
	}
	if _, err := Search(t.Context(), stop, c, request(def)); !errors.Is(err, ErrInterrupted) {
		t.Fatalf("stopped while training longer: %v; want an interruption", err)
	}
	if _, err := Search(t.Context(), nil, c, request(def)); err != nil {
		t.Fatal(err)
	}
	if got, want := notices(), "StudyOpened SearchBegan SearchEnded LongerBegan StudyOpened SearchBegan SearchEnded LongerBegan ConfirmingBegan"; got != want {
		t.Errorf("notices %s; want %s", got, want)
	}
	db, err := c.openReading(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	board, err := db.Leaderboard(t.Context(), "small")
	if err != nil {
		t.Fatal(err)
	}
	longer, leader := board.Longer, board.Rows[board.Leader()]
	if longer.Seeds != leader.Seeds || longer.Epochs != 80 || longer.Offsets == nil || board.Offsets.Fixed == nil || board.Offsets.Fixed.Seeds != board.Reference.Seeds {
		t.Fatalf("longer %+v; want 80 epochs on the leader's %d seeds", longer, leader.Seeds)
	}
	arms, err := db.Confirmations(t.Context(), "small")
	if err != nil || len(arms) != 1 {
		t.Fatalf("%d confirmed arms, %v", len(arms), err)
	}
	for option, want := range map[objective.Option][]float64{
		objective.OptionOffsetsFixed: board.Offsets.Fixed.Offsets, objective.OptionLongerThenOffsets: longer.Offsets.Offsets,
	} {
		if m := arms[0].Option(option); m == nil || m.Reason != "" || !slices.Equal(m.Offsets, want) {
			t.Errorf("%s was confirmed with %+v; want the search's %v", option, m, want)
		}
	}
	if state, err := db.State(t.Context(), "small"); state != runs.StateDone || err != nil {
		t.Errorf("the study is %q, %v; want done", state, err)
	}
}

// TestCutShortAfterTheTrials: a search that is stopped while training longer, or just before
// the confirmation, goes on with the confirmation although nobody asked for it, and then
// starts the command of search.on_finish. Once that is done nothing is done again.
func TestCutShortAfterTheTrials(t *testing.T) {
	for _, at := range []string{"LongerBegan", "ConfirmingBegan"} {
		def := define(t, small, "search.on_finish=[mkdir, finished]")
		c, notices := heard(t)
		stop := make(chan struct{})
		tell, once := c.Observe, sync.Once{}
		c.Observe = func(n notice.Notice) {
			tell(n)
			if strings.HasSuffix(fmt.Sprintf("%T", n), "."+at) {
				once.Do(func() { close(stop) })
			}
		}
		finished := filepath.Join(def.Folder, "finished")
		r := SearchRequest{Definition: def, BuiltIn: true}
		if _, err := Search(t.Context(), stop, c, r); !errors.Is(err, ErrInterrupted) {
			t.Fatalf("stopped at %s: %v; want an interruption", at, err)
		}
		if _, err := os.Stat(finished); err == nil {
			t.Errorf("stopped at %s: search.on_finish was started", at)
		}
		for _, want := range []string{"ConfirmingBegan", ""} {
			notices()
			if _, err := Search(t.Context(), nil, c, r); err != nil {
				t.Fatal(err)
			}
			if got := notices(); slices.Contains(strings.Fields(got), "ConfirmingBegan") != (want != "") || strings.Contains(got, "OnFinishFailed") {
				t.Errorf("stopped at %s, then: %s; want %q", at, got, want)
			}
			if _, err := os.Stat(finished); err != nil { // a second mkdir would fail
				t.Errorf("stopped at %s: search.on_finish was not started", at)
			}
		}
	}
}

// TestLongerIsMadeUpFor: a complete study whose longer training was cut short, or failed, makes
// up for it when somebody goes on with it, once; where it never began nothing is trained, and
// where time is over what is known stays.
func TestLongerIsMadeUpFor(t *testing.T) {
	for name, c := range map[string]struct {
		sql   string
		limit string
		want  bool
	}{
		"nothing happened":  {"SELECT 1", "", false},
		"cut short":         {`UPDATE search_options SET seeds = 1 WHERE option = 'longer'`, "", true},
		"failed":            {`UPDATE search_options SET seeds = 0, reason = 'training failed' WHERE option LIKE 'longer%'`, "", true},
		"no time":           {`UPDATE search_options SET seeds = 0, reason = 'no time'`, "", true},
		"offsets cut short": {`UPDATE search_options SET seeds = 1 WHERE option = 'longer-then-offsets'`, "", true},
		"time is over":      {`UPDATE search_options SET seeds = 1 WHERE option = 'longer'`, "search.time=1ms", false},
		"never began":       {`DELETE FROM search_options`, "", false},
	} {
		history, notices := heard(t)
		no := false
		r := SearchRequest{Definition: define(t, small), Confirm: &no}
		if _, err := Search(t.Context(), nil, history, r); err != nil {
			t.Fatal(err)
		}
		notices()
		change(t, history.DB, c.sql)
		if c.limit != "" {
			r.Definition = define(t, small, c.limit)
		}
		for i, want := range []bool{c.want, false} {
			if _, err := Search(t.Context(), nil, history, r); err != nil {
				t.Fatal(err)
			}
			if got := notices(); slices.Contains(strings.Fields(got), "LongerBegan") != want {
				t.Errorf("%s, time %d: %s; want longer training %v", name, i+1, got, want)
			}
		}
		reading, err := history.openReading(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		board, err := reading.Leaderboard(t.Context(), "small")
		if err = errors.Join(err, reading.Close()); err != nil {
			t.Fatal(err)
		}
		if seeds := board.Longer.Seeds; c.want && seeds != board.Rows[board.Leader()].Seeds {
			t.Errorf("%s: longer on %d seeds afterwards", name, seeds)
		}
		if fixed := board.Offsets.Fixed; name != "never began" && (fixed == nil || fixed.Reason != "") {
			t.Errorf("%s: fixed offsets %+v; want those of before", name, fixed)
		}
	}
}

// TestConfirmMakesUpForTheComparison: where the search had no time to train the unweighted model
// longer, its offsets are not there, and what prints them names the command that makes up for it.
// The confirmation does so before it begins, and measures the very offsets of the search. An
// earlier confirmation without them is repeated.
func TestConfirmMakesUpForTheComparison(t *testing.T) {
	for name, statement := range map[string]string{
		"no time":     `UPDATE search_options SET seeds = 0, reason = 'no time', offsets = NULL WHERE option LIKE 'longer%'`,
		"never began": `DELETE FROM search_options`,
		"confirmed without": `UPDATE search_options SET seeds = 0, reason = 'no time', offsets = NULL WHERE option LIKE 'longer%';
			UPDATE confirmed_options SET reason = 'no time', offsets = NULL WHERE option = 'longer-then-offsets'`,
	} {
		c, notices := heard(t)
		confirms := name == "confirmed without"
		if _, err := Search(t.Context(), nil, c, SearchRequest{Definition: define(t, small), Confirm: &confirms}); err != nil {
			t.Fatal(err)
		}
		change(t, c.DB, statement)
		if err := longerOffsets(t, c, func(o *results.Offsets, err error) {
			var none *results.NoLongerOffsetsError
			if !errors.As(err, &none) || !strings.Contains(err.Error(), "evenkeel confirm --study 'small'") {
				t.Errorf("%s: offsets %+v, %v; want an error that names the command", name, o, err)
			}
		}); err != nil {
			t.Fatal(err)
		}
		notices()
		if _, err := Confirm(t.Context(), nil, c, ConfirmRequest{Seeds: 6}); err != nil {
			t.Fatal(err)
		}
		if got := notices(); got != "LongerBegan ConfirmingBegan" && (!confirms || got != "LongerBegan LargerKept ConfirmingBegan") {
			t.Errorf("%s: %s; want longer training and then the confirmation", name, got)
		}
		if err := longerOffsets(t, c, func(o *results.Offsets, err error) {
			if err != nil || o.Models != 3 || o.Measured == nil {
				t.Errorf("%s: offsets %+v, %v; want the confirmed ones, of the search's three seeds", name, o, err)
			}
		}); err != nil {
			t.Fatal(err)
		}
		if _, err := Confirm(t.Context(), nil, c, ConfirmRequest{Seeds: 6}); err != nil {
			t.Fatal(err)
		}
		if got := notices(); strings.Contains(got, "Began") {
			t.Errorf("%s, again: %s; want nothing", name, got)
		}
	}
}

// longerOffsets reads the offsets for models that are trained longer.
func longerOffsets(t *testing.T, c Config, then func(*results.Offsets, error)) error {
	t.Helper()
	db, err := c.openReading(t.Context())
	if err != nil {
		return err
	}
	then(results.LongerOffsets(t.Context(), db, "small"))
	return db.Close()
}

// change changes a history by hand.
func change(t *testing.T, path, statement string) {
	t.Helper()
	db, err := sql.Open("sqlite3", "file:"+path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec(statement); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}
