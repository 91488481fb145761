package results_test

import (
	"errors"
	"fmt"
	"math"
	"path/filepath"
	"strings"
	"testing"

	"evenkeel/objective/evidence/interval"
	"evenkeel/runs"
	"evenkeel/runs/results"
	"evenkeel/runs/session"
	"evenkeel/search"
	"evenkeel/search/studyfile"
)

const small = `
study: small
data: {source: embedded, limit: 60}
model: {kind: softmax, epochs: 2}
weighting: {scheme: [{name: error-power, exponent: {low: 0.25, high: 1}}], rounds: 2}
search: {trials: 2, sampler: random, max_replicates: 2, replicates: 2}
`

// searched returns a history with a complete study.
func searched(t *testing.T) *runs.DB {
	t.Helper()
	def, err := studyfile.Parse("s.yaml", []byte(small), t.TempDir(), nil)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "history.db")
	if _, err := session.Search(t.Context(), nil, session.Config{DB: path, Program: "test"}, session.SearchRequest{Definition: def}); err != nil {
		t.Fatal(err)
	}
	db, err := runs.Open(t.Context(), path, runs.Options{ReadOnly: true})
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

// TestReadArm: a number stands for its best round; what is not there is wrong input, and
// all five readings say so.
func TestReadArm(t *testing.T) {
	db := searched(t)
	trial, err := db.Trial(t.Context(), "", 2)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		round    int
		weighted bool
		want     int
		err      string
	}{
		{results.BestRound, true, trial.Best, ""},
		{results.BestRound, false, trial.Best, ""},
		{2, true, 2, ""},
		{0, false, 0, ""},
		{0, true, 0, "round 0: trial 2 has rounds 1 to 2"},
		{3, true, 0, "round 3: trial 2 has rounds 1 to 2"},
		{3, false, 0, "round 3: trial 2 has rounds 0 to 2"},
	} {
		_, round, err := results.ReadArm(t.Context(), db, "", results.Arm{Trial: 2, Round: c.round}, c.weighted)
		if c.err == "" && (err != nil || round != c.want) {
			t.Errorf("round %d, weighted %v: %d, %v; want %d", c.round, c.weighted, round, err, c.want)
		}
		if c.err != "" && (err == nil || err.Error() != c.err || !errors.As(err, new(search.InputError))) {
			t.Errorf("round %d, weighted %v: %v; want %q", c.round, c.weighted, err, c.err)
		}
	}
	gone := results.Arm{Trial: 9, Round: results.BestRound}
	for name, err := range map[string]error{
		"ReadArm":    func() error { _, _, err := results.ReadArm(t.Context(), db, "", gone, true); return err }(),
		"ReadShown":  func() error { _, _, _, err := results.ReadShown(t.Context(), db, "", gone); return err }(),
		"ReadVector": func() error { _, err := results.ReadVector(t.Context(), db, "", gone); return err }(),
		"ReadCase":   func() error { _, err := results.ReadCase(t.Context(), db, "", gone); return err }(),
		"Compare":    func() error { _, err := results.Compare(t.Context(), db, "", []results.Arm{gone}); return err }(),
	} {
		if !errors.As(err, new(*runs.NoTrialError)) || !errors.As(err, new(search.InputError)) {
			t.Errorf("%s of trial 9: %v; want an input error that there is none", name, err)
		}
	}
}

// TestCompare: the figures of an arm against its own unweighted model are those of the
// stored seeds, each seed with itself.
func TestCompare(t *testing.T) {
	db := searched(t)
	c, err := results.Compare(t.Context(), db, "small", []results.Arm{{Trial: 1}, {Trial: 1, Round: 2}, {Trial: 2, Round: results.BestRound}})
	if err != nil {
		t.Fatal(err)
	}
	trial, err := db.Trial(t.Context(), "small", 1)
	if err != nil {
		t.Fatal(err)
	}
	var before, after []float64
	for _, rep := range trial.Replicates {
		before, after = append(before, rep.Rounds[0].Spread), append(after, rep.Rounds[2].Spread)
	}
	if fmt.Sprint(c.Seeds) != "[0 1]" || len(c.Measures) != 12 || len(c.Sides) != 3 {
		t.Fatalf("seeds %v, %d measures, %d sides; want two seeds, 10 classes and two figures, three sides", c.Seeds, len(c.Measures), len(c.Sides))
	}
	m := c.Measures[10]
	if want := interval.PairedDifference(before, after); m.Name != "spread" || m.Share || m.Changes[0].Mean != want.Mean || !(m.Changes[0].High > want.High) {
		t.Errorf("%+v; want the spread to change by %+v, and the noise of the examples added", m, want)
	}
	if mean := (before[0] + before[1]) / 2; math.Abs(m.Means[0]-mean) > 1e-15 {
		t.Errorf("mean spread %v; want %v", m.Means[0], mean)
	}
	if _, err := results.Compare(t.Context(), db, "", []results.Arm{{Trial: 1, Round: 3}}); err == nil || !strings.Contains(err.Error(), "rounds 0 to 2") {
		t.Errorf("a round that is not there: %v", err)
	}
}

// TestReadCase: without a name it is the leader or the best arm; the figures are the
// trial's.
func TestReadCase(t *testing.T) {
	db := searched(t)
	board, err := db.Leaderboard(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	row := board.Rows[max(board.Leader(), 0)]
	c, err := results.ReadCase(t.Context(), db, "", results.Arm{})
	if err != nil {
		t.Fatal(err)
	}
	if c.Trial.Number != row.Trial || c.Round != row.Round {
		t.Errorf("the case of %d/%d; want that of %d/%d", c.Trial.Number, c.Round, row.Trial, row.Round)
	}
	if s := c.Stored; s == nil || s.Difference != row.Difference || s.Half != row.DifferenceHigh-row.Difference && !math.IsNaN(s.Half) {
		t.Errorf("stored %+v; want the figures of the leaderboard, %v and %v", s, row.Difference, row.DifferenceHigh)
	}
	if together := c.Together; together == nil || together.Same || together.Vectors < 2 || together.Trials != 2 {
		t.Errorf("together %+v; want two trials with weights that act", together)
	}
	if c.Test != nil || c.Invalid {
		t.Errorf("test %+v, invalid %v; want neither", c.Test, c.Invalid)
	}
	named, err := results.ReadCase(t.Context(), db, "small", results.Arm{Trial: 2, Round: results.BestRound})
	if err != nil {
		t.Fatal(err)
	}
	if named.Round != named.Trial.Best || len(named.Classes) != 10 || len(named.Replicates) != 2 || len(named.Outputs) != 2 || len(named.References) != 2 {
		t.Errorf("round %d of %d classes on %d seeds; want round %d of 10 on 2", named.Round, len(named.Classes), len(named.Replicates), named.Trial.Best)
	}
	if named.State != "done" || named.Several || named.Confirmed != nil || named.OwnScript {
		t.Errorf("state %q, several studies %v, confirmed %+v, own script %v; want done, false, nil, false", named.State, named.Several, named.Confirmed, named.OwnScript)
	}
	if named.Outputs[0].Labels == nil || named.Outputs[0].Plain == nil || named.Outputs[0].Weighted == nil {
		t.Errorf("outputs %+v; want labels and logits of both", named.Outputs[0])
	}
}

// TestState: of the named study, as the list of studies has it.
func TestState(t *testing.T) {
	db := searched(t)
	for name, want := range map[string]runs.State{"small": "done", "none": ""} {
		if got, err := db.State(t.Context(), name); got != want || err != nil {
			t.Errorf("%s is %q, %v; want %q", name, got, err, want)
		}
	}
}

// TestStudyBeyondTheBounds: a study that an earlier version began with more seeds than are
// allowed now can be read, and searching on is refused.
func TestStudyBeyondTheBounds(t *testing.T) {
	def, err := studyfile.ParseStored("s.yaml", []byte(small), t.TempDir(), []studyfile.Override{
		{Key: "search.replicates", Value: "1000000"}, {Key: "search.max_replicates", Value: "1000000"},
	})
	if err != nil {
		t.Fatal(err)
	}
	db, err := runs.Open(t.Context(), filepath.Join(t.TempDir(), "history.db"), runs.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	study, _, err := db.OpenStudy(t.Context(), def, runs.Invocation{Program: "test"})
	if err == nil {
		err = study.Close(runs.StateInterrupted)
	}
	if err != nil {
		t.Fatal(err)
	}
	if read, err := results.Definition(t.Context(), db, "small", nil); err != nil || read.Search.Replicates != 1_000_000 {
		t.Errorf("read as %+v, %v; want it as it is", read, err)
	}
	_, err = results.DefinitionToSearch(t.Context(), db, "small", nil)
	if !errors.As(err, new(search.InputError)) || !strings.Contains(err.Error(), "search.replicates: 1000000 is out of range; want an integer from 1 to 1000") {
		t.Errorf("searching on: error %v; want the bound of search.replicates", err)
	}
}
