package tpe

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"evenkeel/search"
)

// TestGoodTrials pins the rule min(ceil(n/10), 25) at hand-counted places; sums
// of thirds are a little off and must not count as one trial more.
func TestGoodTrials(t *testing.T) {
	t.Parallel()
	for n, want := range map[float64]float64{0: 0, 1.0 / 3: 1, 1: 1, 10: 1, 10 + 1e-12: 1, 11: 2, 50: 5, 241: 25, 250: 25, 1000: 25} {
		if got := goodTrials(n); got != want {
			t.Errorf("goodTrials(%v) = %v; want %v", n, got, want)
		}
	}
}

// TestLearn splits small histories by hand.
func TestLearn(t *testing.T) {
	t.Parallel()
	nan, inf := math.NaN(), math.Inf(1)
	done := func(value, weight float64) search.Observation {
		return search.Observation{State: search.ObservedComplete, Value: value, Weight: weight, Round: 1}
	}
	failed := search.Observation{State: search.ObservedFailed, Value: nan, Weight: 1}
	pending := search.Observation{State: search.ObservedPending, Value: nan, Weight: 1}
	third := 1.0 / 3
	for _, c := range []struct {
		name     string
		history  []search.Observation
		good     []int
		finished float64
	}{
		{"nothing", nil, nil, 0},
		{"only pending", []search.Observation{pending, pending}, nil, 0},
		{"no values", []search.Observation{failed, done(nan, 1), done(inf, 1)}, nil, 3},
		{"one", []search.Observation{done(5, 1)}, []int{0}, 1},
		{"best of few", []search.Observation{done(5, 1), failed, done(3, 1), pending, done(4, 1)}, []int{2}, 4},
		{"equals: the first", []search.Observation{done(1, 1), done(1, 1)}, []int{0}, 2},
		{"a trial's worth of arms", []search.Observation{
			done(9, 1), done(1, third), done(2, third), done(8, third), done(3, third), done(7, third), done(6, third),
		}, []int{1, 2, 4}, 3},
		{"-Inf is best", []search.Observation{done(0, 1), done(math.Inf(-1), 1)}, []int{1}, 2},
	} {
		l := learn(c.history)
		var good, bad []search.Observation
		for i, o := range c.history {
			if slices.Contains(c.good, i) {
				good = append(good, o)
			} else {
				bad = append(bad, o)
			}
		}
		if !sameArms(slices.Concat(l.good...), good) || !sameArms(slices.Concat(l.bad...), bad) || math.Abs(l.finished-c.finished) > 1e-12 {
			t.Errorf("%s: good %v, bad %v, %v finished; want good %v, bad %v, %v finished", c.name, l.good, l.bad, l.finished, good, bad, c.finished)
		}
	}
}

// sameArms compares lists of observations without points.
func sameArms(a, b []search.Observation) bool {
	return slices.EqualFunc(a, b, func(x, y search.Observation) bool {
		return x.State == y.State && math.Float64bits(x.Value) == math.Float64bits(y.Value) && x.Weight == y.Weight
	})
}

// TestBestAgreesWithSorting compares the arms that are kept with the beginning
// of the sorted history, whole trials and equal values among them.
func TestBestAgreesWithSorting(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(11, 12))
	for range 2000 {
		history := make([]search.Observation, rng.IntN(60))
		index := make([]int, len(history))
		for i := range history {
			history[i] = search.Observation{State: search.ObservedComplete, Value: float64(rng.IntN(20)), Weight: 1 / float64(1+rng.IntN(4))}
			index[i] = i
		}
		trials := float64(rng.IntN(8))
		slices.SortStableFunc(index, func(i, j int) int { return cmp.Compare(history[i].Value, history[j].Value) })
		var want []int
		for have := 0.0; len(want) < len(index) && have < trials-slack; {
			want = append(want, index[len(want)])
			have += history[want[len(want)-1]].Weight
		}
		slices.Sort(want)
		if got := best(history, trials); !slices.Equal(got, want) {
			t.Fatalf("best of %v for %v trials: %v; want %v", history, trials, got, want)
		}
	}
}

// TestRoundsOfAnArm checks at which number of rounds an arm lies: the smallest
// that a trial with this arm can have.
func TestRoundsOfAnArm(t *testing.T) {
	t.Parallel()
	param := func(low, high, step float64) search.Param {
		return search.Param{Name: search.KeyRounds, Kind: search.Int, Low: low, High: high, Step: step}
	}
	choice := search.Param{Name: search.KeyRounds, Kind: search.Categorical, Choices: []any{int64(4), int64(1), int64(3)}}
	for _, c := range []struct {
		param      search.Param
		own        float64 // the trial's value
		round      int
		coordinate float64
	}{
		{param(1, 4, 0), 4, 1, 0},
		{param(1, 4, 0), 4, 3, 2},
		{param(1, 4, 0), 4, 0, 3}, // no arm: the trial as a whole
		{param(2, 4, 0), 4, 1, 0},
		{param(2, 4, 0), 4, 2, 0},
		{param(1, 5, 2), 5, 2, 1},
		{param(1, 5, 2), 5, 3, 1},
		{param(1, 5, 2), 3, 4, 1}, // no such arm; the trial's value
		{choice, 0, 1, 1},
		{choice, 0, 2, 2},
		{choice, 0, 3, 2},
		{choice, 0, 4, 0},
		{choice, 1, 9, 1}, // no such arm; the trial's value
	} {
		axes := newAxes(search.Space{Params: []search.Param{c.param}})
		o := search.Observation{Point: search.Point{search.KeyRounds: c.own}, Round: c.round}
		if got := axes[0].observed(&o); got != c.coordinate {
			t.Errorf("%+v: arm %d of a trial with value %v lies at %v; want %v", c.param, c.round, c.own, got, c.coordinate)
		}
	}
	other := newAxes(search.Space{Params: []search.Param{{Name: "other", Kind: search.Int, Low: 1, High: 4}}})
	o := search.Observation{Point: search.Point{"other": 4}, Round: 1}
	if got := other[0].observed(&o); got != 3 {
		t.Errorf("arm 1 lies at %v of another parameter whose value is 4; want 3", got)
	}
}

// TestCoordinatesOfStrangers checks that values that are not the parameter's,
// as in a history of another space, count as absent.
func TestCoordinatesOfStrangers(t *testing.T) {
	t.Parallel()
	for _, p := range []search.Param{
		{Name: "x", Kind: search.Real, Low: 1, High: 2},
		{Name: "x", Kind: search.Real, Low: 1, High: 2, Log: true},
		{Name: "x", Kind: search.Int, Low: 1, High: 9},
		{Name: "x", Kind: search.Categorical, Choices: []any{"a", "b"}},
	} {
		axes := newAxes(search.Space{Params: []search.Param{p}})
		for _, v := range []float64{-1, 10, math.NaN(), math.Inf(1), math.Inf(-1)} {
			if got := axes[0].coordinate(v); got != absent {
				t.Errorf("%s: the value %v lies at %v; want it absent", p.Kind, v, got)
			}
		}
	}
}
