package runs_test

import (
	"path/filepath"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"evenkeel/objective"
	"evenkeel/runs"
	"evenkeel/search"
)

// TestDeaths: what counts for a step are the invocations that died while they searched, from the
// one that recorded it on; what counts for the next one are those since anything was recorded.
func TestDeaths(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	start, ticks := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), atomic.Int64{}
	clock := func() time.Time { return start.Add(time.Duration(ticks.Add(1)) * time.Second) }
	db := open(t, path, runs.Options{Now: clock})
	def := define(t)
	visit := func(phase string, ended runs.State, do func(s *runs.Study)) (deaths []int, before int) {
		t.Helper()
		s := openStudy(t, db, def)
		if err := s.Begin(t.Context(), phase); err != nil {
			t.Fatal(err)
		}
		before, err := s.Deaths(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		records, err := s.Load(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range records {
			deaths = append(deaths, r.Deaths)
		}
		if do != nil {
			do(s)
		}
		if err := s.Close(ended); err != nil {
			t.Fatal(err)
		}
		return deaths, before
	}
	point := search.Point{"weighting.scheme": 0, "weighting.scheme.0.exponent": 1, "weighting.rounds": 1, "weighting.update": 0}
	step := func(n int) func(s *runs.Study) {
		return func(s *runs.Study) {
			if err := s.Append(t.Context(), search.Step{Number: n, Kind: search.NewTrial, Trial: n, Replicates: []int{0}, Point: point}); err != nil {
				t.Fatal(err)
			}
		}
	}
	fail := func(s *runs.Study) {
		if err := s.Finish(t.Context(), search.Outcome{Step: 1, Err: "it failed"}, []objective.Arm(nil)); err != nil {
			t.Fatal(err)
		}
	}
	for i, c := range []struct {
		phase  string
		ended  runs.State
		do     func(s *runs.Study)
		deaths []int
		before int
	}{
		{runs.Searching, runs.StateKilled, nil, nil, 0},
		{runs.Searching, runs.StateKilled, nil, nil, 1},
		{runs.Searching, runs.StateKilled, step(1), nil, 2}, // the step is recorded, and the program dies in it
		{runs.Searching, runs.StateInterrupted, nil, []int{1}, 0},
		{runs.Confirming, runs.StateKilled, nil, []int{1}, 0},
		{runs.Searching, runs.StateKilled, nil, []int{1}, 0},
		{runs.Searching, runs.StateKilled, step(2), []int{2}, 1},
		{runs.Searching, runs.StateKilled, fail, []int{3, 1}, 0},
		{runs.Searching, runs.StateDone, nil, []int{0, 2}, 0},
	} {
		deaths, before := visit(c.phase, c.ended, c.do)
		if !slices.Equal(deaths, c.deaths) || before != c.before {
			t.Errorf("invocation %d: deaths of the steps %v, before anything %d; want %v, %d", i+1, deaths, before, c.deaths, c.before)
		}
	}
}
