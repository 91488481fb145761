package formula

import (
	"encoding/binary"
	"hash/fnv"
	"math"
	"slices"
	"strings"
	"testing"

	"evenkeel/schemes"
)

// input is the input of a formula with the given signals.
func input(x ...float64) schemes.Input {
	in := schemes.Input{Signal: x, Recall: x, Round: 2}
	for c, v := range x {
		in.Precision = append(in.Precision, v/2)
		in.F1 = append(in.F1, v/4)
		in.Support = append(in.Support, 100*(c+1))
		in.Previous = append(in.Previous, 1+float64(c)/10)
	}
	return in
}

func parse(t testing.TB, text string, params ...string) *Formula {
	t.Helper()
	f, err := Parse(text, params)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return f
}

// The wanted values were worked out by hand for the signals 0.25 and 0.75 and
// the parameter k = 3, those of exp, log and std with a pocket calculator's
// function keys (the standard library).
func TestValues(t *testing.T) {
	t.Parallel()
	e := math.Exp
	for text, want := range map[string][]float64{
		// Variables.
		"x": {0.25, 0.75}, "recall": {0.25, 0.75}, "precision": {0.125, 0.375}, "f1": {0.0625, 0.1875},
		"support": {100, 200}, "prev": {1, 1.1}, "mean": {0.5, 0.5}, "min": {0.25, 0.25}, "max": {0.75, 0.75},
		"std": {0.25, 0.25}, "classes": {2, 2}, "total": {300, 300}, "round": {2, 2}, "k": {3, 3},
		// Functions, min and max beside the variables.
		"pow(x, 2)": {0.0625, 0.5625}, "exp(x)": {e(0.25), e(0.75)}, "log(x)": {math.Log(0.25), math.Log(0.75)},
		"sqrt(x)": {0.5, math.Sqrt(0.75)}, "abs(x - mean)": {0.25, 0.25}, "clamp(x, 0.3, 0.5)": {0.3, 0.5},
		"min(x, 0.4)": {0.25, 0.4}, "max(x, 0.4)": {0.4, 0.75}, "min(x, max)": {0.25, 0.75}, "max(min, min(max, x)) - min": {0, 0.5},
		"min (x, 0.4) / max": {1. / 3, 0.4 / 0.75},
		// Real arithmetic and the order of operators.
		"1 / 2": {0.5, 0.5}, "1 + 2 * 3 - 4 / 8": {6.5, 6.5}, "(1 + 2) * 3": {9, 9}, "2 ** 3 ** 2": {512, 512}, "2 ^ 3": {8, 8},
		"-2 ** 2": {-4, -4}, "2 ** -1": {0.5, 0.5}, "-x": {-0.25, -0.75}, "+x": {0.25, 0.75}, "8 / 4 / 2": {1, 1}, "5 - 3 - 1": {1, 1},
		"(-2) ** 3": {-8, -8}, "(-2) ** 2": {4, 4}, "(x - mean) ** 2": {0.0625, 0.0625}, "(x - 0.5) ** 3": {-0.015625, 0.015625},
		"9007199254740993 + 0": {9007199254740992, 9007199254740992}, "1e3 + .5 + 2.": {1002.5, 1002.5},
		"// remark\nx /* and */ * 2": {0.5, 1.5},
		// Conditions.
		"x < mean ? 2 : 1": {2, 1}, "x >= mean ? 2 : 1": {1, 2}, "x == 0.25 ? 2 : 1": {2, 1}, "x != 0.25 ? 2 : 1": {1, 2},
		"x <= 0.25 ? 2 : 1": {2, 1}, "x > 0.25 ? 2 : 1": {1, 2}, "not (x < mean) ? 2 : 1": {1, 2}, "!(x < mean) ? 2 : 1": {1, 2},
		"x > 0 and x < mean ? 2 : 1": {2, 1}, "x > 1 or x < mean ? 2 : 1": {2, 1}, "x > 0 && x > mean ? 2 : 1": {1, 2},
		"x > 1 || x > mean ? 2 : 1": {1, 2}, "x < mean ? k : x < 0.8 ? 5 : 6": {3, 5},
		// The contract's example.
		"(mean / x) ** k": {8, 8. / 27},
	} {
		got := parse(t, text, "k").raw(input(0.25, 0.75), schemes.Values{"k": 3})
		for c := range want {
			if !(math.Abs(got[c]-want[c]) <= 4e-16*math.Abs(want[c])) {
				t.Errorf("%s is %v; want %v", text, got, want)
				break
			}
		}
	}
}

// TestPower compares power with the standard library, negative numbers included.
func TestPower(t *testing.T) {
	t.Parallel()
	for _, a := range []float64{-3, -1, -0.5, 0, 0.5, 1, 3} {
		for _, b := range []float64{-3, -2, -1, -0.5, 0, 0.5, 1, 2, 3, 101} {
			got, want := power(a, b), math.Pow(a, b)
			if !(math.IsNaN(got) && math.IsNaN(want)) && got != want && !(math.Abs(got-want) <= 1e-13*math.Abs(want)) {
				t.Errorf("power(%v, %v) = %v; math.Pow gives %v", a, b, got, want)
			}
		}
	}
}

// A NaN must not hide behind a comparison or a function.
func TestNaNIsNotHidden(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"0 / 0", "min(0 / 0, 1)", "max(1, 0 / 0)", "clamp(0 / 0, 0, 1)", "sqrt(-1)", "log(-1)", "(-2) ** 0.5", "abs(0 / 0)"} {
		if w := parse(t, text).raw(input(0.5, 0.5), nil); !math.IsNaN(w[0]) {
			t.Errorf("%s is %v; want NaN", text, w[0])
		}
	}
}

// TestMoments: equal signals have their mean and no deviation, to the last bit.
func TestMoments(t *testing.T) {
	t.Parallel()
	for _, x := range []float64{0.1, 0.7, 0.8, 1. / 3} {
		for k := 1; k < 20; k++ {
			if mean, std := moments(slices.Repeat([]float64{x}, k)); mean != x || std != 0 {
				t.Errorf("%d times %v has mean %v and deviation %v", k, x, mean, std)
			}
		}
	}
	// statistics.fmean and statistics.pstdev of Python 3.
	mean, std := moments([]float64{0.1, 0.4, 0.9, 0.95})
	if math.Abs(mean-0.5875) > 1e-15 || math.Abs(std-0.35421568288261884) > 1e-15 {
		t.Errorf("mean %v, deviation %v; want 0.5875 and 0.35421568288261884", mean, std)
	}
}

// Formulas that say what a scheme of the catalogue says give its weights.
func TestFormulasOfTheCatalogue(t *testing.T) {
	t.Parallel()
	signal := []float64{0.9560878243512974, 0.7365384615384616, 0.7807933194154488}
	for name, f := range map[string]struct{ text, param string }{
		"uniform":       {"1", ""},
		"mean-ratio":    {"(mean / x) ** exponent", "exponent"},
		"error-power":   {"(1 - x) ** exponent", "exponent"},
		"error-odds":    {"((1 - x) / x) ** exponent", "exponent"},
		"softmax-error": {"exp((1 - x) / temperature)", "temperature"},
		"exp-gradient":  {"prev * exp(rate * (1 - x))", "rate"},
	} {
		s, err := schemes.Lookup(name)
		if err != nil {
			t.Fatal(err)
		}
		var params []string
		if f.param != "" {
			params = []string{f.param}
		}
		own := parse(t, f.text, params...).Scheme(f.param)
		if own.ReadsPrevious != s.ReadsPrevious || own.StrengthOf != s.StrengthOf {
			t.Errorf("%s reads previous %v, strength of %q; want %v, %q", f.text, own.ReadsPrevious, own.StrengthOf, s.ReadsPrevious, s.StrengthOf)
		}
		for _, r := range []schemes.Recipe{
			{}, {Signal: schemes.Precision}, {Signal: schemes.F1, Damping: 0.3}, {Clip: 3}, {Strength: 1.5},
		} {
			if r.Strength != 0 && f.param == "" {
				continue
			}
			prev := []float64{0.5, 1.5, 1}
			if r.Strength != 0 {
				prev = nil // strength is solved in round 1
			}
			r.Scheme, r.Values = s, s.Defaults()
			want, err := r.FromSignal(signal, nil, prev)
			if err != nil {
				t.Fatal(err)
			}
			r.Scheme = own
			got, err := r.FromSignal(signal, nil, prev)
			if err != nil {
				t.Fatal(err)
			}
			for c := range want.Weights {
				if math.Abs(got.Weights[c]-want.Weights[c]) > 1e-12*want.Weights[c] {
					t.Errorf("%s: %v; %s gives %v", f.text, got.Weights, name, want.Weights)
				}
			}
		}
	}
}

// TestSchemeOfAFormula: what the scheme says of itself.
func TestSchemeOfAFormula(t *testing.T) {
	t.Parallel()
	f := parse(t, "a * x + precision * total", "a", "b")
	if !f.Uses("a") || f.Uses("b") || !f.Uses("x") || f.Uses("mean") || f.Uses("nothing") {
		t.Error("Uses is wrong about a, b, x, mean or nothing")
	}
	s := f.Scheme("a")
	if s.Name != "a * x + precision * total" || s.Formula != "w = a * x + precision * total" || s.StrengthOf != "a" ||
		s.ReadsPrevious || !s.Strict || !slices.Equal(s.Reads, []string{"precision", "support"}) {
		t.Errorf("scheme %+v", s)
	}
	if err := (schemes.Recipe{Scheme: s, Values: schemes.Values{"a": -1e300, "b": 0}}).Validate(); err != nil {
		t.Error(err)
	}
	_, err := schemes.Recipe{Scheme: s, Values: s.Defaults()}.FromSignal([]float64{0.5, 0.6}, nil, nil)
	if err == nil || !strings.Contains(err.Error(), "reads precision, which is not known here") {
		t.Errorf("without precisions: %v", err)
	}
	s = parse(t, "prev / x").Scheme("")
	if err := (schemes.Recipe{Scheme: s, Update: schemes.Accumulate}).Validate(); err == nil {
		t.Error("a formula that reads prev may accumulate")
	}
}

// TestBits holds the bits of many formulas, as schemes.TestPowBits does.
func TestBits(t *testing.T) {
	t.Parallel()
	h := fnv.New64a()
	var b []byte
	for _, text := range []string{
		"(mean / x) ** k", "exp((1 - x) / k) * prev", "log(1 + k * (1 - x)) + std * x * mean - support / total",
		"x < mean ? sqrt(k * f1) + x * x : abs(precision - k * x) ** 1.7",
	} {
		f := parse(t, text, "k")
		for i := range 200 {
			k := 0.25 + float64(i)/16
			for _, w := range f.raw(input(0.1, 0.35, 0.8, 0.95, 0.99), schemes.Values{"k": k}) {
				b = binary.LittleEndian.AppendUint64(b[:0], math.Float64bits(w))
				_, _ = h.Write(b) // a hash never fails
			}
		}
	}
	if got, want := h.Sum64(), uint64(0x225e0f86081009a8); got != want {
		t.Errorf("bits hash to %#x; want %#x", got, want)
	}
}
