package tpe_test

import (
	"encoding/binary"
	"hash/fnv"
	"maps"
	"math"
	"strings"
	"testing"

	"evenkeel/search"
	"evenkeel/search/random"
	"evenkeel/search/samplertest"
	"evenkeel/search/tpe"
)

// away is smallest in the middle of every range and at the first choice.
func away(space search.Space) func(search.Point) float64 {
	return func(pt search.Point) float64 {
		sum := 0.0
		for _, p := range space.Params {
			if v, ok := pt[p.Name]; ok {
				d := v - (p.Low+p.High)/2
				sum += d * d
			}
		}
		return sum
	}
}

// TestStartsLikeRandom checks that the first ten points are those of random, so
// that the two are paired by seed, and the next ones are not.
func TestStartsLikeRandom(t *testing.T) {
	t.Parallel()
	for _, s := range samplertest.Spaces() {
		if s.Name == "one point" || s.Name == "no parameters" {
			continue
		}
		const n = 40
		a, err := samplertest.Sequence(tpe.New(), s.Space, 1, n, away(s.Space))
		if err != nil {
			t.Fatal(err)
		}
		b, err := samplertest.Sequence(random.New(), s.Space, 1, n, away(s.Space))
		if err != nil {
			t.Fatal(err)
		}
		same := 0
		for i := range n {
			if maps.Equal(a[i], b[i]) {
				same++
			} else if i < 10 {
				t.Errorf("%s: point %d is %v; random makes %v", s.Name, i+1, a[i], b[i])
			}
		}
		if same == n {
			t.Errorf("%s: all points are those of random; want it to learn", s.Name)
		}
	}
}

// TestWaitsForValues checks that trials without a value do not end the start:
// pending ones do not count, and of failed ones alone nothing can be learned.
func TestWaitsForValues(t *testing.T) {
	t.Parallel()
	space := search.Space{Params: []search.Param{{Name: "x", Kind: search.Real, Low: 0, High: 1}}}
	for _, c := range []struct {
		name            string
		done, of, other int
		state           search.ObservationState
		uniform         bool
	}{
		{"nine and pending", 9, 9, 20, search.ObservedPending, true},
		{"nine and one failed", 9, 9, 1, search.ObservedFailed, false},
		{"only failed", 0, 0, 20, search.ObservedFailed, true},
		{"ten", 10, 10, 0, "", false},
	} {
		var history []search.Observation
		for i := range c.done {
			history = append(history, search.Observation{
				Point: search.Point{"x": float64(i) / 10}, Round: 1, Value: float64(i), State: search.ObservedComplete, Weight: 1,
			})
		}
		for range c.other {
			history = append(history, search.Observation{Point: search.Point{"x": 0.5}, Value: math.NaN(), State: c.state, Weight: 1})
		}
		got, err := tpe.New().Suggest(space, history, search.Rand(1, 1, "suggest"))
		if err != nil {
			t.Fatal(err)
		}
		want, err := random.New().Suggest(space, nil, search.Rand(1, 1, "suggest"))
		if err != nil {
			t.Fatal(err)
		}
		if maps.Equal(got, want) != c.uniform {
			t.Errorf("%s: suggested %v where random makes %v; want the same: %v", c.name, got, want, c.uniform)
		}
	}
}

// TestPendingAndFailedRepel checks that suggestions go less often to where
// trials are pending or failed.
func TestPendingAndFailedRepel(t *testing.T) {
	t.Parallel()
	space := search.Space{Params: []search.Param{{Name: "x", Kind: search.Real, Low: 0, High: 1}}}
	var history []search.Observation
	for i := range 21 {
		x := float64(i) / 20
		history = append(history, search.Observation{
			Point: search.Point{"x": x}, Round: 1, Value: math.Abs(x - 0.5), State: search.ObservedComplete, Weight: 1,
		})
	}
	near := func(history []search.Observation) int {
		count := 0
		for n := range 200 {
			p, err := tpe.New().Suggest(space, history, search.Rand(3, n, "suggest"))
			if err != nil {
				t.Fatal(err)
			}
			if math.Abs(p["x"]-0.5) < 0.05 {
				count++
			}
		}
		return count
	}
	free := near(history)
	if free < 100 {
		t.Errorf("%d of 200 suggestions are near the best point; want at least 100", free)
	}
	for _, state := range []search.ObservationState{search.ObservedPending, search.ObservedFailed} {
		taken := history
		for range 6 {
			taken = append(taken[:len(taken):len(taken)], search.Observation{Point: search.Point{"x": 0.5}, Value: math.NaN(), State: state, Weight: 1})
		}
		if got := near(taken); got > free/2 {
			t.Errorf("%d of 200 suggestions are near six %s trials, %d without them; want half at most", got, state, free)
		}
	}
}

// TestLearnsRoundsFromArms checks that arms say which number of rounds is best:
// the second arm of every trial is good, so two rounds are suggested, although
// no trial had two.
func TestLearnsRoundsFromArms(t *testing.T) {
	t.Parallel()
	space := search.Space{Params: []search.Param{{Name: "weighting.rounds", Kind: search.Int, Low: 1, High: 4}}}
	var history []search.Observation
	for range 15 {
		point := search.Point{"weighting.rounds": 4}
		for r := 1; r <= 4; r++ {
			history = append(history, search.Observation{
				Point: point, Round: r, Value: math.Abs(float64(r) - 2), State: search.ObservedComplete, Weight: 0.25,
			})
		}
	}
	twos := 0
	for n := range 50 {
		p, err := tpe.New().Suggest(space, history, search.Rand(4, n, "suggest"))
		if err != nil {
			t.Fatal(err)
		}
		if p["weighting.rounds"] == 2 {
			twos++
		}
	}
	if twos < 45 {
		t.Errorf("two rounds were suggested %d times of 50; want at least 45", twos)
	}
}

// TestSuggestionsAreFixed pins a sequence: stored studies are continued with it,
// on any machine. The value was recorded from the first version.
func TestSuggestionsAreFixed(t *testing.T) {
	t.Parallel()
	hash := fnv.New64a()
	for _, s := range samplertest.Spaces() {
		points, err := samplertest.Sequence(tpe.New(), s.Space, 1, 60, func(p search.Point) float64 {
			sum := 0.0
			for _, q := range s.Space.Params {
				sum += float64(p[q.Name] * p[q.Name])
			}
			return sum
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range points {
			for _, q := range s.Space.Params {
				v, exists := p[q.Name]
				if !exists {
					v = math.Inf(1)
				}
				if err := binary.Write(hash, binary.LittleEndian, math.Float64bits(v)); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	if got, want := hash.Sum64(), uint64(0x8e9d03dec97f5f3c); got != want {
		t.Errorf("the suggestions hash to %#x; want %#x", got, want)
	}
}

func TestWrongSpace(t *testing.T) {
	t.Parallel()
	space := search.Space{Params: []search.Param{{Name: "x", Kind: search.Real, Low: 2, High: 1}}}
	_, err := tpe.New().Suggest(space, nil, search.Rand(0, 0, ""))
	if err == nil || !strings.Contains(err.Error(), "parameter x: low 2 is above high 1") {
		t.Errorf("error %v; want it to name the parameter and its fault", err)
	}
}
