package schemes

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"slices"
	"testing"
)

// testdata/vectors.json was computed by another program (Python, numpy and
// scikit-learn) from the formulas as their sources print them. Its own
// "conventions" say what each field is.
type vectors struct {
	Inputs map[string]struct {
		Recall []float64 `json:"recall"`
		NVal   []int64   `json:"n_val"`
		NTrain []int     `json:"n_train"`
		Prev   []float64 `json:"prev"`
	} `json:"inputs"`
	SeedCheck map[string]json.RawMessage `json:"seed_check"`
	Weights   map[string]struct {
		Cases map[string]map[string]json.RawMessage `json:"cases"`
	} `json:"weights"`
	Modifiers map[string]map[string][]float64 `json:"modifiers_on_seed_ratio_k2"`
	Confusion map[string]struct {
		Matrix    [][]int64 `json:"matrix"`
		Recall    []float64 `json:"recall_zero_division0"`
		Precision []float64 `json:"precision_zero_division0"`
		F1        []float64 `json:"f1_zero_division0"`
	} `json:"confusion"`
}

func readVectors(t *testing.T) vectors {
	t.Helper()
	b, err := os.ReadFile("testdata/vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	var v vectors
	if err := json.Unmarshal(b, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

// comparer counts what it compares, so that a comparison that is no longer made fails.
type comparer struct {
	t *testing.T
	n int
}

// equal compares at 1e-12 relative; the vectors themselves promise 1e-9.
func (c *comparer) equal(what string, got, want []float64) {
	c.t.Helper()
	c.n++
	if len(got) != len(want) {
		c.t.Errorf("%s: %d entries; want %d", what, len(got), len(want))
		return
	}
	for i := range got {
		if !(math.Abs(got[i]-want[i]) <= 1e-12*math.Abs(want[i])) {
			c.t.Errorf("%s[%d] = %v; want %v", what, i, got[i], want[i])
		}
	}
}

// list reads a number or a list of numbers.
func list(t *testing.T, what string, raw json.RawMessage) []float64 {
	t.Helper()
	var many []float64
	if json.Unmarshal(raw, &many) == nil && many != nil {
		return many
	}
	var one float64
	if err := json.Unmarshal(raw, &one); err != nil || raw == nil {
		t.Fatalf("%s: %q is not a number or a list of numbers", what, raw)
	}
	return []float64{one}
}

func find(t *testing.T, name string) *Scheme {
	t.Helper()
	s, err := Lookup(name)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// built maps entries of the vectors to our names. unitRaw marks an entry whose
// formula lacks our factor: its raw weights agree up to one common factor.
// unfloored marks formulas that read the recalls as they are.
var built = map[string]struct {
	name    string
	values  Values
	unitRaw bool

	unfloored bool
}{
	"uniform":        {name: "uniform"},
	"seed_ratio_k1":  {name: "mean-ratio", values: Values{"exponent": 1}},
	"seed_ratio_k2":  {name: "mean-ratio", values: Values{"exponent": 2}},
	"seed_ratio_k4":  {name: "mean-ratio", values: Values{"exponent": 4}},
	"inverse_recall": {name: "inverse-recall", values: Values{"exponent": 1}, unitRaw: true},
	"error_k0.5":     {name: "error-power", values: Values{"exponent": 0.5}},
	"error_k1":       {name: "error-power", values: Values{"exponent": 1}},
	"error_k2":       {name: "error-power", values: Values{"exponent": 2}},

	"error_odds_k1":      {name: "error-odds", values: Values{"exponent": 1}},
	"softmax_error_T0.1": {name: "softmax-error", values: Values{"temperature": 0.1}, unfloored: true},
	"softmax_error_T0.5": {name: "softmax-error", values: Values{"temperature": 0.5}, unfloored: true},
	"exp_gradient_eta1":  {name: "exp-gradient", values: Values{"rate": 1}, unfloored: true},
	"exp_gradient_eta5":  {name: "exp-gradient", values: Values{"rate": 5}, unfloored: true},
}

func TestWeightsOfTheVectors(t *testing.T) {
	t.Parallel()
	v := readVectors(t)
	c := &comparer{t: t}
	for entry, b := range built {
		for input, fields := range v.Weights[entry].Cases {
			in := v.Inputs[input]
			shown := func(n Normalization) []float64 {
				r := Recipe{Scheme: find(t, b.name), Values: b.values, Normalize: n}
				step, err := r.FromSignal(in.Recall, in.NTrain, in.Prev)
				if err != nil {
					t.Fatal(err)
				}
				return step.Shown
			}
			raw := shown(NormalizeNone)
			forms := map[string][]float64{
				"raw": raw, "mean1": shown(NormalizeMean), "sum1": shown(NormalizeSum),
				"max1": shown(NormalizeMax), "count_mean1": shown(NormalizeSupport),
				"geomean1":             toGeometricMean1(raw),
				"max_over_min":         {slices.Max(raw) / slices.Min(raw)},
				"max_logit_shift_nats": {logRatio(raw)},
			}
			if input == "seed3" || entry == "uniform" || b.unfloored { // else the floor acts
				forms["raw_unfloored"] = raw
			}
			for field, got := range forms {
				what := fmt.Sprintf("%s on %s: %s", entry, input, field)
				want := list(t, what, fields[field])
				if b.unitRaw && (field == "raw" || field == "raw_unfloored") {
					got, want = toMean1(got), toMean1(want)
				}
				c.equal(what, got, want)
			}
		}
	}
	// 13 formulas, 2 inputs, 8 forms; and raw_unfloored where no floor acts.
	if want := 13*2*8 + 8 + 1 + 1 + 2*4; c.n != want {
		t.Errorf("compared %d entries of the vectors; want %d", c.n, want)
	}
}

// toGeometricMean1 is the one form of the vectors that is no normalization here.
func toGeometricMean1(w []float64) []float64 {
	var sum float64
	for _, v := range w {
		sum += math.Log(v)
	}
	out := slices.Clone(w)
	for i := range out {
		out[i] /= math.Exp(sum / float64(len(w)))
	}
	return out
}

func TestModifiersOfTheVectors(t *testing.T) {
	t.Parallel()
	v := readVectors(t)
	c := &comparer{t: t}
	for input, want := range v.Modifiers {
		in := v.Inputs[input]
		base := Recipe{Scheme: find(t, "mean-ratio"), Values: Values{"exponent": 2}}
		weights := func(change func(*Recipe)) []float64 {
			r := base
			change(&r)
			step, err := r.FromSignal(in.Recall, nil, in.Prev)
			if err != nil {
				t.Fatal(err)
			}
			return step.Weights
		}
		prev, err := previous(in.Prev, len(in.Prev))
		if err != nil {
			t.Fatal(err)
		}
		clip := func(r *Recipe) { r.Clip = 4 }
		damp := func(r *Recipe) { r.Damping = 0.5 }
		accumulate := func(r *Recipe) { r.Update = Accumulate }
		c.equal(input+" base_mean1", weights(func(*Recipe) {}), want["base_mean1"])
		c.equal(input+" prev_mean1", prev, want["prev_mean1"])
		c.equal(input+" clip_0p5_2_then_mean1", weights(clip), want["clip_0p5_2_then_mean1"])
		c.equal(input+" damp_log_0p5_mean1", weights(damp), want["damp_log_0p5_mean1"])
		c.equal(input+" accumulate_mean1", weights(accumulate), want["accumulate_mean1"])
		// The forms before the last normalisation are the same up to scale.
		c.equal(input+" clip_0p5_2", weights(clip), toMean1(want["clip_0p5_2"]))
		c.equal(input+" damp_log_0p5", weights(damp), toMean1(want["damp_log_0p5"]))
		c.equal(input+" accumulate", weights(accumulate), toMean1(want["accumulate"]))

		m := Measurement{Support: in.NVal, Predicted: in.NVal}
		for k, r := range in.Recall {
			m.TruePositives = append(m.TruePositives, int64(math.Round(r*float64(in.NVal[k]))))
		}
		step, err := base.Next(m, 1, State{})
		if err != nil {
			t.Fatal(err)
		}
		c.equal(input+" recall_laplace", step.Signal, want["recall_laplace"])
		c.equal(input+" seed_ratio_k2_on_laplace", step.Raw, want["seed_ratio_k2_on_laplace"])
		c.equal(input+" seed_ratio_k2_on_laplace_mean1", step.Weights, want["seed_ratio_k2_on_laplace_mean1"])
	}
	if want := 2 * 11; c.n != want {
		t.Errorf("compared %d entries of the vectors; want %d", c.n, want)
	}
}

// TestSignalsOfTheVectors compares the unsmoothed signals with scikit-learn's, where
// zero_division=0 says what we say of a share of nothing.
func TestSignalsOfTheVectors(t *testing.T) {
	t.Parallel()
	c := &comparer{t: t}
	for name, want := range readVectors(t).Confusion {
		k := len(want.Matrix)
		m := Measurement{TruePositives: make([]int64, k), Support: make([]int64, k), Predicted: make([]int64, k)}
		for i, row := range want.Matrix {
			m.TruePositives[i] = row[i]
			for j, n := range row {
				m.Support[i] += n
				m.Predicted[j] += n
			}
		}
		for signal, values := range map[Signal][]float64{Recall: want.Recall, Precision: want.Precision, F1: want.F1} {
			r := Recipe{Scheme: find(t, "mean-ratio"), Values: Values{"exponent": 2}, Signal: signal, Smoothing: NoSmoothing}
			step, err := r.Next(m, 1, State{})
			if err != nil {
				t.Fatal(err)
			}
			c.equal(name+" "+string(signal), step.Signal, values)
		}
	}
	if want := 10 * 3; c.n != want {
		t.Errorf("compared %d entries of the vectors; want %d", c.n, want)
	}
}

// TestSeedCheck holds the figures of the forum recipe: the weights it printed
// are those of exponent 2, although its code says 4.
func TestSeedCheck(t *testing.T) {
	t.Parallel()
	v := readVectors(t)
	c := &comparer{t: t}
	field := func(name string) []float64 { return list(t, name, v.SeedCheck[name]) }
	recall := v.Inputs["seed3"].Recall
	raw := func(exponent float64) []float64 {
		r := Recipe{Scheme: find(t, "mean-ratio"), Values: Values{"exponent": exponent}, Normalize: NormalizeNone}
		step, err := r.FromSignal(recall, nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		return step.Shown
	}
	c.equal("printed", raw(2), field("printed"))
	c.equal("printed, from the contract", raw(2), []float64{0.743631046434835, 1.2530321887900169, 1.1150155156144919})
	c.equal("with_exponent_4", raw(4), field("with_exponent_4"))
	c.equal("log_ratio_dog_car", []float64{logRatio(raw(2))}, field("log_ratio_dog_car"))
	var means, exponents []float64
	var worst float64
	for k, w := range raw(1) {
		means = append(means, w*recall[k])
		exponents = append(exponents, Log(field("printed")[k])/Log(w))
		worst = max(worst, math.Abs(raw(2)[k]-field("printed")[k]))
	}
	mean := field("mean")[0]
	c.equal("mean", means, []float64{mean, mean, mean})
	c.equal("exponent_implied", exponents, field("exponent_implied"))
	c.n++
	if bound := 2 * field("max_abs_diff_exponent2")[0]; worst > bound {
		t.Errorf("exponent 2 is off by %v; want at most %v", worst, bound)
	}
	if want := 7; c.n != want {
		t.Errorf("made %d comparisons; want %d", c.n, want)
	}
}
