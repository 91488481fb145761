package samplertest

import (
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"evenkeel/search"
)

// draws is how many points a test of reachability makes. The rarest value of
// [Spaces] has a share of 1/11 under a uniform sampler, and is missed by all
// draws with a probability below 1e-16; a sampler that favours some values has
// room to spare.
const draws = 400

// Run runs the suite. The function returns a new sampler; two of them must
// behave alike. All draws are seeded, so a sampler passes always or never.
func Run(t *testing.T, fresh func() search.Sampler) {
	t.Run("name", func(t *testing.T) {
		if a, b := fresh().Name(), fresh().Name(); a == "" || a != b {
			t.Errorf("names %q and %q; want the same word twice", a, b)
		}
	})
	for _, space := range Spaces() {
		t.Run(space.Name, func(t *testing.T) {
			t.Run("inside", func(t *testing.T) { inside(t, fresh(), space.Space) })
			t.Run("ends", func(t *testing.T) { ends(t, fresh(), space.Space) })
			t.Run("same seed", func(t *testing.T) { sameSeed(t, fresh, space.Space) })
			t.Run("other seed", func(t *testing.T) { otherSeed(t, fresh(), space.Space) })
			t.Run("history", func(t *testing.T) { anyHistory(t, fresh, space.Space) })
			t.Run("arguments", func(t *testing.T) { argumentsUnchanged(t, fresh(), space.Space) })
		})
	}
}

// Sequence returns the points of a study whose history grows by one observation
// a trial, with the values of the function. It is what a driver with window 1 does.
func Sequence(s search.Sampler, space search.Space, seed int64, n int, value func(search.Point) float64) ([]search.Point, error) {
	var points []search.Point
	var history []search.Observation
	for trial := 1; trial <= n; trial++ {
		point, err := s.Suggest(space, history, search.Rand(seed, trial, "suggest"))
		if err != nil {
			return nil, err
		}
		points = append(points, point)
		history = append(history, search.Observation{
			Point: point, Round: 1, Value: value(point), State: search.ObservedComplete, Weight: 1,
		})
	}
	return points, nil
}

// bowl is the value of a point in the sequences: smooth, finite, and different
// for different points. The names are taken in order, so that it is one number.
func bowl(p search.Point) float64 {
	sum := 0.0
	for i, name := range slices.Sorted(maps.Keys(p)) {
		d := p[name] - float64(i)
		sum += d * d
	}
	return sum
}

// sequence is [Sequence] on bowl.
func sequence(t *testing.T, s search.Sampler, space search.Space, seed int64, n int) []search.Point {
	t.Helper()
	points, err := Sequence(s, space, seed, n, bowl)
	if err != nil {
		t.Fatal(err)
	}
	return points
}

// inside checks that every suggestion is a point of the space.
func inside(t *testing.T, s search.Sampler, space search.Space) {
	for _, p := range sequence(t, s, space, 1, 40) {
		if err := space.Contains(p); err != nil {
			t.Fatalf("point %v: %v", p, err)
		}
	}
}

// ends checks that without a history every value of a counted parameter is
// suggested, both ends included, and that a real one comes within a tenth of
// its scale of both ends.
func ends(t *testing.T, s search.Sampler, space search.Space) {
	seen := make(map[string]map[float64]bool)
	for trial := range draws {
		p, err := s.Suggest(space, nil, search.Rand(2, trial, "suggest"))
		if err != nil {
			t.Fatal(err)
		}
		for name, v := range p {
			if seen[name] == nil {
				seen[name] = make(map[float64]bool)
			}
			seen[name][v] = true
		}
	}
	for _, p := range space.Params {
		values := slices.Sorted(maps.Keys(seen[p.Name]))
		if len(values) == 0 {
			t.Errorf("%s never existed", p.Name)
			continue
		}
		low, high := p.At(0), p.At(1)
		if p.Count() == 0 {
			low, high = p.At(0.1), p.At(0.9)
		}
		if values[0] > low || values[len(values)-1] < high {
			t.Errorf("%s went from %v to %v; want %v or less and %v or more", p.Name, values[0], values[len(values)-1], low, high)
		}
		if n := p.Count(); n > 0 && float64(len(values)) != n {
			t.Errorf("%s took the values %v; want all %v there are", p.Name, values, n)
		}
	}
}

// sameSeed checks that two samplers, and one sampler asked again in another
// order, make the same points from the same arguments.
func sameSeed(t *testing.T, fresh func() search.Sampler, space search.Space) {
	const n = 12
	used := fresh()
	first := sequence(t, used, space, 3, n)
	if second := sequence(t, fresh(), space, 3, n); !equal(first, second) {
		t.Errorf("two samplers made\n%v\nand\n%v", first, second)
	}
	if again := sequence(t, used, space, 3, n); !equal(first, again) {
		t.Errorf("a used sampler made\n%v\nafter\n%v", again, first)
	}
	history := make([]search.Observation, 0, n)
	for _, p := range first[:n-1] {
		history = append(history, search.Observation{Point: p, Round: 1, Value: bowl(p), State: search.ObservedComplete, Weight: 1})
	}
	last, err := fresh().Suggest(space, history, search.Rand(3, n, "suggest"))
	if err != nil {
		t.Fatal(err)
	}
	if !maps.Equal(last, first[n-1]) {
		t.Errorf("a sampler that resumes makes %v; want %v", last, first[n-1])
	}
}

// otherSeed checks that another seed makes other points, where there are others.
func otherSeed(t *testing.T, s search.Sampler, space search.Space) {
	if single(space) {
		return
	}
	a, b := sequence(t, s, space, 4, 20), sequence(t, s, space, 5, 20)
	if equal(a, b) {
		t.Errorf("seeds 4 and 5 both made %v", a)
	}
}

// anyHistory checks that NaN and infinite values, pending and failed
// observations and several rounds of one trial are taken in, and that they
// leave the suggestion a pure function.
func anyHistory(t *testing.T, fresh func() search.Sampler, space search.Space) {
	points := sequence(t, fresh(), space, 6, 12)
	at := func(i int, value float64, state search.ObservationState) search.Observation {
		return search.Observation{Point: points[i%len(points)], Round: 1 + i%2, Value: value, State: state, Weight: 0.5}
	}
	nan := math.NaN()
	for name, entry := range map[string]func(i int) search.Observation{
		"pending":  func(i int) search.Observation { return at(i, nan, search.ObservedPending) },
		"failed":   func(i int) search.Observation { return at(i, nan, search.ObservedFailed) },
		"NaN":      func(i int) search.Observation { return at(i, nan, search.ObservedComplete) },
		"infinite": func(i int) search.Observation { return at(i, math.Inf(1), search.ObservedComplete) },
		"equal":    func(i int) search.Observation { return at(i, 1, search.ObservedComplete) },
		"mixed": func(i int) search.Observation {
			states := []search.ObservationState{search.ObservedComplete, search.ObservedFailed, search.ObservedComplete, search.ObservedPending}
			value := float64(i)
			if i%4 != 0 {
				value = nan
			}
			return at(i, value, states[i%4])
		},
	} {
		var history []search.Observation
		for i := range 24 {
			history = append(history, entry(i))
		}
		var made [2]search.Point
		for i := range made {
			p, err := fresh().Suggest(space, history, search.Rand(7, 1, "suggest"))
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if err := space.Contains(p); err != nil {
				t.Fatalf("%s: point %v: %v", name, p, err)
			}
			made[i] = p
		}
		if !maps.Equal(made[0], made[1]) {
			t.Errorf("%s: the same history made %v and %v", name, made[0], made[1])
		}
	}
}

// argumentsUnchanged checks that neither the history nor the space is changed,
// and that the point is the caller's.
func argumentsUnchanged(t *testing.T, s search.Sampler, space search.Space) {
	points := sequence(t, s, space, 8, 4)
	var history []search.Observation
	var copies []search.Point
	for _, p := range points {
		history = append(history, search.Observation{Point: p, Round: 1, Value: bowl(p), State: search.ObservedComplete, Weight: 1})
		copies = append(copies, maps.Clone(p))
	}
	suggest := func() search.Point {
		p, err := s.Suggest(space, history, rand.New(rand.NewPCG(1, 2)))
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	first := suggest()
	kept := maps.Clone(first)
	for name := range first {
		first[name] = math.NaN()
	}
	if again := suggest(); !maps.Equal(again, kept) {
		t.Errorf("after the caller changed a point, the sampler made %v; want %v", again, kept)
	}
	if !equal(points, copies) {
		t.Error("the sampler changed the history")
	}
	if err := space.Validate(); err != nil {
		t.Errorf("the sampler changed the space: %v", err)
	}
}

// single reports whether the space has one point.
func single(space search.Space) bool {
	return !slices.ContainsFunc(space.Params, func(p search.Param) bool { return p.Count() != 1 })
}

// equal compares sequences of points.
func equal(a, b []search.Point) bool {
	return slices.EqualFunc(a, b, func(p, q search.Point) bool { return maps.Equal(p, q) })
}
