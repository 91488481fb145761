package session

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"evenkeel/objective"
	"evenkeel/objective/evidence/check"
	"evenkeel/runs/notice"
	"evenkeel/runs/results"
	"evenkeel/search"
	"evenkeel/search/studyfile"
)

const small = `
study: small
data: {source: embedded, limit: 60}
model: {kind: softmax, epochs: 40}
weighting: {scheme: [{name: error-power, exponent: {low: 0.25, high: 1}}]}
objective: {accuracy_tolerance: 0.5}
search: {trials: 2, max_replicates: 3}
`

// define parses a study file; changes are key=value overrides.
func define(t *testing.T, text string, changes ...string) *search.Definition {
	t.Helper()
	var overrides []studyfile.Override
	for _, c := range changes {
		key, value, _ := strings.Cut(c, "=")
		overrides = append(overrides, studyfile.Override{Key: key, Value: value})
	}
	def, err := studyfile.Parse("s.yaml", []byte(text), t.TempDir(), overrides)
	if err != nil {
		t.Fatal(err)
	}
	return def
}

// heard returns a configuration with an empty history, and a function that returns the
// types of the notices since its last call, those of events left out.
func heard(t *testing.T) (Config, func() string) {
	var mu sync.Mutex
	var types []string
	c := Config{DB: filepath.Join(t.TempDir(), "history.db"), Program: "test", Observe: func(n notice.Notice) {
		mu.Lock()
		defer mu.Unlock()
		if name := strings.TrimPrefix(fmt.Sprintf("%T", n), "notice."); name != "SearchEvent" && name != "SeedMeasured" {
			types = append(types, name)
		}
	}}
	return c, func() string {
		mu.Lock()
		defer mu.Unlock()
		text := strings.Join(types, " ")
		types = nil
		return text
	}
}

// best is the best round of the first trial.
var best = results.Arm{Trial: 1, Round: results.BestRound}

// request is a search that confirms its leader.
func request(def *search.Definition) SearchRequest {
	yes := true
	return SearchRequest{Definition: def, Confirm: &yes}
}

// TestSearchThenConfirm: a search that confirms its leader, and what confirming the same
// arm again comes to.
func TestSearchThenConfirm(t *testing.T) {
	def := define(t, small)
	c, notices := heard(t)
	for _, want := range []string{"StudyOpened SearchBegan SearchEnded LongerBegan ConfirmingBegan", "StudyOpened SearchBegan SearchEnded"} {
		if out, err := Search(t.Context(), nil, c, request(def)); err != nil || !out.Leaderboard {
			t.Fatalf("%+v, %v; want a leaderboard", out, err)
		}
		if got := notices(); got != want {
			t.Errorf("notices %s; want %s", got, want)
		}
	}
	for _, step := range []struct {
		seeds, want int
		notices     string
	}{{10, 10, "AlreadyConfirmed"}, {6, 10, "LargerKept AlreadyConfirmed"}, {11, 11, "ConfirmingBegan"}} {
		got, err := Confirm(t.Context(), nil, c, ConfirmRequest{Seeds: step.seeds})
		if err != nil || got.Arm.Seeds != step.want || got.Definition.Name != "small" {
			t.Errorf("%d seeds: %+v, %v; want the leader on %d", step.seeds, got, err, step.want)
		}
		if said := notices(); said != step.notices {
			t.Errorf("%d seeds: notices %s; want %s", step.seeds, said, step.notices)
		}
	}
	db, err := c.openReading(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if state, err := db.State(t.Context(), "small"); state != "done" || err != nil {
		t.Errorf("after confirming the study is %q, %v; want it as the search left it, done", state, err)
	}
	if list, err := results.Running(t.Context(), db, time.Now()); len(list) > 0 || err != nil {
		t.Errorf("running: %+v, %v; want none", list, err)
	}
}

// TestStopped: what is stopped before it begins is interrupted, and leaves a study that
// goes on.
func TestStopped(t *testing.T) {
	def := define(t, small)
	c, _ := heard(t)
	stop := make(chan struct{})
	close(stop)
	if _, err := Search(t.Context(), stop, c, request(def)); !errors.Is(err, ErrInterrupted) {
		t.Errorf("a stopped search: %v", err)
	}
	if _, err := Search(t.Context(), nil, c, request(def)); err != nil {
		t.Fatal(err)
	}
	if _, err := Confirm(t.Context(), stop, c, ConfirmRequest{Arm: best, Seeds: 12}); !errors.Is(err, ErrInterrupted) {
		t.Errorf("a stopped confirmation: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Search(ctx, nil, c, request(def)); !errors.Is(err, ErrInterrupted) {
		t.Errorf("a search whose context has ended: %v", err)
	}
	if _, err := Check(ctx, nil, c, SearchRequest{Definition: def}, func(check.Line) {}); !errors.Is(err, ErrInterrupted) {
		t.Errorf("a check whose context has ended: %v", err)
	}
}

// TestWrongRequests: each is an input error with its reason, and starts nothing.
func TestWrongRequests(t *testing.T) {
	c, notices := heard(t)
	def := define(t, small, "search.trials=1")
	no := false
	r := request(def)
	r.Confirm = &no
	if _, err := Search(t.Context(), nil, c, r); err != nil {
		t.Fatal(err)
	}
	notices()
	late, gone := request(define(t, small, "search.until='2001-01-01T00:00:00Z'")), request(define(t, small, "search.on_finish=[nosuch]"))
	later := late
	later.UntilGiven = true
	other := request(define(t, small, "model.epochs=3"))
	run := func(r SearchRequest) error { _, err := Search(t.Context(), nil, c, r); return err }
	confirm := func(r ConfirmRequest) error { _, err := Confirm(t.Context(), nil, c, r); return err }
	for want, err := range map[string]error{
		"search.until: 2001-01-01T00:00:00Z is over; want a time to come, there or as --until, or --until '' for no limit": run(late),
		"--until: 2001-01-01T00:00:00Z is over; want a time to come":                                                       run(later),

		"nosuch cannot be started":          run(gone),
		"model.epochs was 40 and is now 3":  run(other),
		"round 5: trial 1 has only round 1": confirm(ConfirmRequest{Arm: results.Arm{Trial: 1, Round: 5}, Seeds: 6}),
		"; nothing was started":             confirm(ConfirmRequest{Arm: best, Seeds: 6, Deadline: time.Now()}),
	} {
		if err == nil || !strings.Contains(err.Error(), want) || !errors.As(err, new(search.InputError)) {
			t.Errorf("error %v; want an input error with %q", err, want)
		}
	}
	if got := notices(); got != "" {
		t.Errorf("notices %s; want none", got)
	}
}

// TestPlan: what a search would take, without and with a limit and known trainings.
func TestPlan(t *testing.T) {
	c, _ := heard(t)
	def := define(t, small, "search.parallel=2")
	p, err := Plan(t.Context(), c, SearchRequest{Definition: def})
	if err != nil {
		t.Fatal(err)
	}
	if p.Left.Limited || p.Confirming != 0 || p.Parallel != 2 || p.Longer != 3*2 || p.Trainings() != float64(p.Budget.Reference)+p.Budget.Trainings+p.Longer || p.First.Trial != 1 || p.Plan.Rounds != 1 {
		t.Errorf("without a limit: %+v", p)
	}
	if _, err := Search(t.Context(), nil, c, request(def)); err != nil {
		t.Fatal(err)
	}
	limited := define(t, small, "search.parallel=2", "search.time=1h")
	if p, err = Plan(t.Context(), c, SearchRequest{Definition: limited}); err != nil {
		t.Fatal(err)
	}
	// An hour, and a leader to confirm: the reference, one round, the vector, and the
	// reference for twice as long.
	if !p.Left.Limited || p.Known == 0 || p.Fit < 100 || p.Confirming != 10*5 || p.Spent == 0 {
		t.Errorf("with a limit: %+v", p)
	}
}

// TestCheck: a check knows the test part of a built-in trainer, and counts the trainings of
// the study as a plan does.
func TestCheck(t *testing.T) {
	c, _ := heard(t)
	r := SearchRequest{Definition: define(t, small, "model.epochs=10"), BuiltIn: true}
	found, err := Check(t.Context(), nil, c, r, nil)
	if err != nil {
		t.Fatal(err)
	}
	p, err := Plan(t.Context(), c, r)
	if err != nil {
		t.Fatal(err)
	}
	if p.Confirming == 0 || p.Longer == 0 {
		t.Errorf("nothing follows the trials: %+v", p)
	}
	for name, want := range map[string]string{
		"test part":         "there is a test part to confirm on, with 400 examples a class (",
		"time of the study": fmt.Sprintf(" for %.0f trainings", p.Models()),
	} {
		if !slices.ContainsFunc(found, func(l check.Line) bool {
			return l.Name == name && l.State == check.OK && strings.Contains(l.Text, want)
		}) {
			t.Errorf("%s: want %q in one of %+v", name, want, found)
		}
	}
}

// TestConfirms: a search confirms unless --confirm=false, and at any cost only where somebody
// asks for it or nobody is there to start it.
func TestConfirms(t *testing.T) {
	yes, no := true, false
	for _, c := range []struct {
		config        search.Config
		builtIn       bool
		confirm       *bool
		want, anyCost bool
	}{
		{search.Config{}, false, nil, true, false},
		{search.Config{}, true, nil, true, true},
		{search.Config{Time: time.Hour}, false, nil, true, true},
		{search.Config{Until: "07:00"}, false, nil, true, true},
		{search.Config{Until: "07:00"}, true, &no, false, true},
		{search.Config{}, false, &no, false, false},
		{search.Config{}, false, &yes, true, true},
	} {
		r := SearchRequest{Definition: &search.Definition{Search: c.config}, BuiltIn: c.builtIn, Confirm: c.confirm}
		if r.Confirms() != c.want || r.anyCost() != c.anyCost {
			t.Errorf("%+v: %v, at any cost %v; want %v, %v", r, r.Confirms(), r.anyCost(), c.want, c.anyCost)
		}
	}
}

// TestConfirmsWhereCheap: a search that nobody asked to confirm does so where that takes no
// more trainings than it took itself, and says so where it does not. A confirmation on 10
// seeds takes 10 times the unweighted model, round 1, the vector and longer training, which
// counts twice.
func TestConfirmsWhereCheap(t *testing.T) {
	for _, want := range []struct {
		trials, heard string
	}{{"3", "ConfirmationTooDear"}, {"60", "ConfirmingBegan"}} {
		c, notices := heard(t)
		r := request(define(t, small, "search.trials="+want.trials, "search.screen=off", "search.sampler=random", "model.epochs=100"))
		r.Confirm = nil
		if _, err := Search(t.Context(), nil, c, r); err != nil {
			t.Fatal(err)
		}
		if got := notices(); !slices.Contains(strings.Fields(got), want.heard) {
			t.Errorf("%s trials: %s; want %s", want.trials, got, want.heard)
		}
	}
}

// TestKnownArmKeepsItsDeadline: an arm that is confirmed is not confirmed again, with any limit
// of time; one of an earlier version, which did not measure every option, is, and that takes
// time, for no fewer seeds than it is confirmed on.
func TestKnownArmKeepsItsDeadline(t *testing.T) {
	def := define(t, small)
	c, notices := heard(t)
	no := false
	r := request(def)
	r.Confirm = &no
	if _, err := Search(t.Context(), nil, c, r); err != nil {
		t.Fatal(err)
	}
	if _, err := Confirm(t.Context(), nil, c, ConfirmRequest{Arm: best, Seeds: 7}); err != nil {
		t.Fatal(err)
	}
	notices()
	if _, err := Confirm(t.Context(), nil, c, ConfirmRequest{Arm: best, Seeds: 6, Deadline: time.Now()}); err != nil || notices() != "LargerKept AlreadyConfirmed" {
		t.Errorf("confirmed already, without time: %v", err)
	}
	db, err := sql.Open("sqlite3", "file:"+c.DB)
	if err != nil {
		t.Fatal(err)
	}
	_, err = db.Exec(`DELETE FROM confirmed_options WHERE option = ?`, string(objective.OptionOffsetsFixed))
	if err = errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
	for _, seeds := range []int{6, 7} {
		_, err = Confirm(t.Context(), nil, c, ConfirmRequest{Arm: best, Seeds: seeds, Deadline: time.Now()})
		var late *TooLittleTimeError
		if !errors.As(err, &late) || late.Seeds != 7 || !(late.Need > 0) || !strings.Contains(err.Error(), "at least 7 fresh seeds, as many as it is confirmed on already") {
			t.Errorf("of an earlier version, %d seeds without time: %v; want that seven do not fit", seeds, err)
		}
	}
	notices()
	for _, want := range []string{"LargerKept ConfirmingBegan", "LargerKept AlreadyConfirmed"} {
		got, err := Confirm(t.Context(), nil, c, ConfirmRequest{Arm: best, Seeds: 6, Deadline: time.Now().Add(time.Hour)})
		if said := notices(); err != nil || got.Arm.Seeds != 7 || said != want {
			t.Errorf("with time: %d seeds, %v, %s; want 7 and %s", got.Arm.Seeds, err, said, want)
		}
	}
}

// TestAskedOfAnUntrainedModel: where a confirmation is asked for and the model is not trained,
// that is an error with the reason, beside the leaderboard; else it is a notice.
func TestAskedOfAnUntrainedModel(t *testing.T) {
	def := define(t, small, "model.epochs=2")
	c, notices := heard(t)
	for range 2 {
		out, err := Search(t.Context(), nil, c, request(def))
		var unconfirmed *UnconfirmedError
		if !out.Leaderboard || !errors.As(err, &unconfirmed) || err.Error() != "the leader is not confirmed: the unweighted model is not trained" {
			t.Errorf("asked: %+v, %v; want the reason, and a leaderboard", out, err)
		}
		if got := notices(); strings.Contains(got, "Confirm") {
			t.Errorf("asked: notices %s; want nothing more of it", got)
		}
	}
	if out, err := Search(t.Context(), nil, c, SearchRequest{Definition: def, BuiltIn: true}); !out.Leaderboard || err != nil || !strings.Contains(notices(), "NothingToConfirm") {
		t.Errorf("not asked: %+v, %v; want a notice", out, err)
	}
}
