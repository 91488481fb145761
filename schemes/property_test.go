package schemes

import (
	"encoding/binary"
	"hash/fnv"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// trial is one random recipe with something to apply it to.
type trial struct {
	recipe Recipe
	m      Measurement
	prev   State
}

// randomTrial draws a trial of every kind. All its numbers come from integers,
// so that it is the same on every machine.
func randomTrial(rng *rand.Rand) trial { return randomTrialOf(rng, catalogue) }

// randomTrialOf is randomTrial with one of the given schemes.
func randomTrialOf(rng *rand.Rand, from []*Scheme) trial {
	pick := func(n int) bool { return rng.IntN(n) == 0 }
	fraction := func() float64 { return float64(rng.IntN(1<<20)) / (1 << 20) }
	k := 1 + rng.IntN(12)
	var tr trial
	tr.m.Train = make([]int, k)
	for c := range k {
		support := rng.Int64N(200)
		hits := rng.Int64N(support + 1)
		tr.m.Support = append(tr.m.Support, support)
		tr.m.TruePositives = append(tr.m.TruePositives, hits)
		tr.m.Predicted = append(tr.m.Predicted, hits+rng.Int64N(100)*rng.Int64N(2))
		tr.m.Train[c] = 1 + rng.IntN(5000)
	}
	if !pick(3) {
		for range k {
			tr.prev.Weights = append(tr.prev.Weights, 0.1+4*fraction())
		}
		tr.prev.Weights = toMean1(tr.prev.Weights)
	}
	tr.recipe = Recipe{
		Scheme:    from[rng.IntN(len(from))],
		Values:    Values{},
		Signal:    []Signal{Recall, Precision, F1}[rng.IntN(3)],
		Smoothing: []Smoothing{Laplace, NoSmoothing}[rng.IntN(2)],
		Update:    []Update{Replace, Accumulate}[rng.IntN(2)],
		Normalize: []Normalization{NormalizeMean, NormalizeSum, NormalizeMax, NormalizeSupport, NormalizeNone}[rng.IntN(5)],
	}
	if tr.recipe.Scheme.ReadsPrevious {
		tr.recipe.Update = Replace
	}
	for _, p := range tr.recipe.Scheme.Params {
		tr.recipe.Values[p.Name] = p.Min + (min(p.Max, max(p.Low, 16))-p.Min)*fraction()
		if p.Name == tr.recipe.Scheme.StrengthOf && pick(4) {
			tr.recipe.Strength = 0.1 + 4*fraction()
		}
	}
	if pick(2) {
		tr.recipe.Damping = fraction()
	}
	if pick(2) {
		tr.recipe.Clip = 1 + 20*fraction()
	}
	return tr
}

// forTrials runs a property over many random trials, the same ones each time.
func forTrials(t *testing.T, property func(t *testing.T, tr trial, step Step)) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(7, 8))
	for n := range 1000 {
		tr := randomTrial(rng)
		step := next(t, tr.recipe, tr.m, tr.prev)
		property(t, tr, step)
		if t.Failed() {
			t.Fatalf("trial %d: %+v\n%+v", n, tr, step)
		}
	}
}

func mean(w []float64) float64 {
	var sum float64
	for _, v := range w {
		sum += v
	}
	return sum / float64(len(w))
}

// near reports whether two lists agree at the given relative difference.
func near(a, b []float64, tolerance float64) bool {
	return slices.EqualFunc(a, b, func(x, y float64) bool {
		return math.Abs(x-y) <= tolerance*max(math.Abs(x), math.Abs(y))
	})
}

func TestWeightsArePositiveFiniteAndAtMean1(t *testing.T) {
	forTrials(t, func(t *testing.T, tr trial, step Step) {
		k := len(tr.m.Support)
		for what, w := range map[string][]float64{"raw": step.Raw, "weights": step.Weights, "shown": step.Shown} {
			if len(w) != k || !usable(w) {
				t.Errorf("%s are %v; want %d positive finite numbers", what, w, k)
			}
		}
		if m := mean(step.Weights); math.Abs(m-1) > 1e-14*float64(k) {
			t.Errorf("weights have mean %v; want 1", m)
		}
		if again := toMean1(step.Weights); !slices.Equal(again, step.Weights) {
			t.Errorf("normalising again changes a bit: %v", again)
		}
		if !near(toMean1(step.Shown), step.Weights, 1e-13) {
			t.Errorf("shown weights are not proportional to the weights")
		}
	})
}

func TestPermutingClassesPermutesWeights(t *testing.T) {
	rng := rand.New(rand.NewPCG(9, 10))
	forTrials(t, func(t *testing.T, tr trial, step Step) {
		order := rng.Perm(len(tr.m.Support))
		var m Measurement
		var prev State
		var want []float64
		for _, c := range order {
			m.TruePositives = append(m.TruePositives, tr.m.TruePositives[c])
			m.Support = append(m.Support, tr.m.Support[c])
			m.Predicted = append(m.Predicted, tr.m.Predicted[c])
			m.Train = append(m.Train, tr.m.Train[c])
			want = append(want, step.Shown[c])
			if tr.prev.Weights != nil {
				prev.Weights = append(prev.Weights, tr.prev.Weights[c])
			}
		}
		if got := next(t, tr.recipe, m, prev).Shown; !near(got, want, 1e-11) {
			t.Errorf("permuted by %v: %v; want %v", order, got, want)
		}
	})
}

func TestNextChangesNoArgument(t *testing.T) {
	forTrials(t, func(t *testing.T, tr trial, step Step) {
		solved := 1.25
		tr.prev.Solved = &solved
		recipe, m, prev := tr.recipe, tr.m, tr.prev
		recipe.Values = recipe.Scheme.complete(recipe.Values)
		clone := func(l []int64) []int64 { return append([]int64(nil), l...) }
		m.TruePositives, m.Support, m.Predicted = clone(m.TruePositives), clone(m.Support), clone(m.Predicted)
		m.Train = slices.Clone(m.Train)
		prev.Weights = slices.Clone(prev.Weights)
		before := next(t, recipe, m, prev)
		// Scribbling over the outcome must not reach the arguments either.
		for _, w := range [][]float64{before.Signal, before.Raw, before.Weights, before.Shown} {
			for c := range w {
				w[c] = -1
			}
		}
		if before.Solved != nil {
			*before.Solved = -1
		}
		if !reflect.DeepEqual(m, tr.m) || !slices.Equal(prev.Weights, tr.prev.Weights) || solved != 1.25 {
			t.Errorf("the arguments changed: %s", cmp.Diff(tr.m, m))
		}
		if full := tr.recipe.Scheme.complete(tr.recipe.Values); !reflect.DeepEqual(full, recipe.Values) {
			t.Errorf("the values changed: %s", cmp.Diff(full, recipe.Values))
		}
		signal := slices.Clone(step.Signal)
		out, err := recipe.FromSignal(signal, m.Train, prev.Weights)
		if err != nil {
			t.Fatal(err)
		}
		out.Signal[0] = -1
		if !slices.Equal(signal, step.Signal) {
			t.Error("FromSignal keeps or changes its signal")
		}
	})
}

// Values may be nil, and Next must not write into them either way.
func TestAbsentValuesAreDefaults(t *testing.T) {
	t.Parallel()
	m := exact([]int64{90, 60}, []int64{100, 100})
	for _, s := range All() {
		got := next(t, Recipe{Scheme: s}, m, State{})
		want := next(t, Recipe{Scheme: s, Values: s.Defaults()}, m, State{})
		if !slices.Equal(got.Raw, want.Raw) {
			t.Errorf("%s without values: %v; want %v", s.Name, got.Raw, want.Raw)
		}
	}
}

func TestClipBoundsTheRatio(t *testing.T) {
	forTrials(t, func(t *testing.T, tr trial, _ Step) {
		tr.recipe.Clip = 0
		free := next(t, tr.recipe, tr.m, tr.prev).Weights
		tr.recipe.Clip = 6
		clipped := next(t, tr.recipe, tr.m, tr.prev).Weights
		if ratio := slices.Max(clipped) / slices.Min(clipped); ratio > 6*(1+1e-15) {
			t.Errorf("clip 6 leaves a ratio of %v", ratio)
		}
		if slices.Max(free) <= math.Sqrt(6) && slices.Min(free) >= 1/math.Sqrt(6) && !slices.Equal(clipped, free) {
			t.Errorf("a clip with nothing to do changes %v to %v", free, clipped)
		}
		tr.recipe.Clip = 1
		for _, w := range next(t, tr.recipe, tr.m, tr.prev).Weights {
			if w != 1 {
				t.Errorf("clip 1 leaves a weight of %v; want 1", w)
			}
		}
	})
}

func TestDampingLimits(t *testing.T) {
	forTrials(t, func(t *testing.T, tr trial, _ Step) {
		tr.recipe.Clip, tr.recipe.Damping = 0, 0
		undamped := next(t, tr.recipe, tr.m, tr.prev).Weights
		prev := ones(len(undamped))
		if tr.prev.Weights != nil {
			prev = tr.prev.Weights
		}
		tr.recipe.Damping = 1e-15
		if got := next(t, tr.recipe, tr.m, tr.prev).Weights; !near(got, undamped, 1e-12) {
			t.Errorf("damping near 0 gives %v; want the new weights %v", got, undamped)
		}
		tr.recipe.Damping = 1 - 1e-15
		if got := next(t, tr.recipe, tr.m, tr.prev).Weights; !near(got, prev, 1e-12) {
			t.Errorf("damping near 1 gives %v; want the old weights %v", got, prev)
		}
		// In between, log-ratios are mixed: ln w_a/w_b = d ln old + (1-d) ln new.
		tr.recipe.Damping = 0.3
		got := next(t, tr.recipe, tr.m, tr.prev).Weights
		for c := 1; c < len(got); c++ {
			want := 0.3*math.Log(prev[c]/prev[0]) + 0.7*math.Log(undamped[c]/undamped[0])
			if math.Abs(math.Log(got[c]/got[0])-want) > 1e-11*max(1, math.Abs(want)) {
				t.Errorf("damping 0.3: class %d is %v from class 0; want %v", c, math.Log(got[c]/got[0]), want)
			}
		}
	})
}

// Accumulating over rounds is multiplying the raw weights of the rounds; in
// round 1 it is replacing, bit for bit, so that both share one training run.
func TestAccumulateIsTheProductOfReplacements(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(11, 12))
	for range 500 {
		tr := randomTrial(rng)
		r := Recipe{Scheme: tr.recipe.Scheme, Values: Values{}, Signal: tr.recipe.Signal}
		if r.Scheme.ReadsPrevious {
			continue // accumulates by itself
		}
		if r.Scheme.StrengthOf != "" {
			p := parameter(t, r.Scheme, r.Scheme.StrengthOf)
			r.Values[p.Name] = min(max(1.25, p.Min), p.Max)
		}
		accumulate := r
		accumulate.Update = Accumulate
		product := ones(len(tr.m.Support))
		var state State
		for round := 1; round <= 4; round++ {
			got, err := accumulate.Next(tr.m, round, state)
			if err != nil {
				t.Fatal(err)
			}
			replaced := next(t, r, tr.m, state)
			if round == 1 && !slices.Equal(got.Weights, replaced.Weights) {
				t.Fatalf("round 1: accumulated %v; want the replacement %v", got.Weights, replaced.Weights)
			}
			for c, w := range replaced.Raw {
				product[c] *= w
			}
			if want := toMean1(product); !near(got.Weights, want, 1e-12) {
				t.Fatalf("round %d: %v; want %v", round, got.Weights, want)
			}
			state = State{Weights: got.Weights}
			for c, s := range tr.m.Support { // what the next round measures
				hits := rng.Int64N(s + 1)
				tr.m.TruePositives[c], tr.m.Predicted[c] = hits, hits+rng.Int64N(50)
			}
		}
	}
}

// Exponent 0 and the uniform scheme are one and the same training run.
func TestEqualWeightsAreExactlyOne(t *testing.T) {
	forTrials(t, func(t *testing.T, tr trial, _ Step) {
		for _, s := range All() {
			if !equalAtZero(s) {
				continue
			}
			r := Recipe{Scheme: s, Values: Values{}, Signal: tr.recipe.Signal}
			if s.StrengthOf != "" {
				r.Values[s.StrengthOf] = 0
			}
			if s.ReadsPrevious {
				tr.prev.Weights = nil // what it keeps are the previous weights
			}
			if got := next(t, r, tr.m, tr.prev).Weights; !slices.Equal(got, ones(len(got))) {
				t.Errorf("%s: %v; want ones", s.Name, got)
			}
		}
	})
}

// equalAtZero reports whether a scheme is uniform or may have the exponent, or what
// its strength solves for, at 0.
func equalAtZero(s *Scheme) bool {
	return s == uniform || slices.ContainsFunc(s.Params, func(p Param) bool { return p.Name == s.StrengthOf && p.Min == 0 })
}

// TestStepBits holds the bits of 3000 steps, as TestPowBits does for powers, of these
// schemes: a further one would change which are drawn.
func TestStepBits(t *testing.T) {
	held := []*Scheme{uniform, meanRatio, errorPower, errorOdds, softmaxError, expGradient}
	h := fnv.New64a()
	rng := rand.New(rand.NewPCG(13, 14))
	var b []byte
	for range 3000 {
		tr := randomTrialOf(rng, held)
		step := next(t, tr.recipe, tr.m, tr.prev)
		for c := range step.Weights {
			b = binary.LittleEndian.AppendUint64(b[:0], math.Float64bits(step.Weights[c]))
			b = binary.LittleEndian.AppendUint64(b, math.Float64bits(step.Shown[c]))
			_, _ = h.Write(b) // a hash never fails
		}
	}
	if got, want := h.Sum64(), uint64(0xf27a6a7a9b0f1c3c); got != want {
		t.Errorf("bits of 3000 steps hash to %#x; want %#x", got, want)
	}
}
