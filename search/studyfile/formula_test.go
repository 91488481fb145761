package studyfile

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"evenkeel/schemes"
	"evenkeel/search"
)

// TestFormulaFaults lists what is wrong with formula entries. Positions were
// counted by hand.
func TestFormulaFaults(t *testing.T) {
	entry := func(s string) string { return "weighting:\n  scheme: [{" + s + "}]\n" }
	const (
		at   = "s.yaml:2:22: weighting.scheme.0.formula"
		vars = "x, recall, precision, f1, support, prev, mean, min, max, std, classes, total, round"
	)
	one := func(want string) []string { return []string{want} }
	checkFaults(t, []faultCase{
		{"name and formula", entry("formula: x, name: uniform"), one("s.yaml:2:13: weighting.scheme.0 has both name and formula; want one of the two")},
		{"empty", entry("formula: "), one("s.yaml:2:22: weighting.scheme.0.formula is empty; want text, such as {formula: \"(mean / x) ** k\", k: 2}")},
		{"blank", entry("formula: ' '"), one(at + ": the formula is empty; want one such as (mean / x) ** 2")},
		{"a list", entry("formula: [x, mean]"), one(at + " is a list; want text, such as {formula: \"(mean / x) ** k\", k: 2}")},
		{"no value", entry("formula: (mean / x) ** k"), one(at + ": column 15: k has no value; want a parameter of this name, or one of " + vars)},
		{"unknown name", entry("formula: (men / x) ** k, k: 2"), one(at + ": column 2: men has no value, the nearest known name is mean; want a parameter of this name, or one of " + vars)},
		{"two faults", entry("formula: yy + exp, k: 2"), []string{
			at + ": column 1: yy has no value; want a parameter of this name, or one of " + vars,
			at + ": column 6: exp is a function; write exp(a)",
		}},
		{"syntax", entry("formula: (mean / x ** k, k: 2"), one(at + ": column 14: the formula ends too early; want a value after every operator, and ) for every (")},
		{"unused parameter", entry("formula: x, k: 2"), one("s.yaml:2:25: weighting.scheme.0.k: the formula does not use it; remove it, or use k in the formula")},
		{"mistyped key", entry("formula: x * k, k: 1, strengthh: 2"), one("s.yaml:2:35: weighting.scheme.0.strengthh: the formula does not use it; remove it, or use strengthh in the formula; the nearest key is strength")},
		{"named like a variable", entry("formula: x * mean, mean: 2"), one("s.yaml:2:32: weighting.scheme.0: mean is a variable of formulas, mean of x over the classes; want another name for the parameter")},
		{"named like a function", entry("formula: x * k, k: 1, log: 2"), one("s.yaml:2:35: weighting.scheme.0: log is a function of formulas; want another name for the parameter")},
		{"no identifier", entry("formula: x, a-b: 2"), one("s.yaml:2:25: weighting.scheme.0: \"a-b\" is no name for a parameter; want letters, digits and _, not a digit first")},
		{"a comma without quotes", entry("formula: min(x, 0.4)"), one("s.yaml:2:29: weighting.scheme.0: \"0.4)\" is no name for a parameter; want letters, digits and _, not a digit first; a formula with commas needs quotes")},
		{"value that is no number", entry("formula: x * k, k: many"), one("s.yaml:2:32: weighting.scheme.0.k: many is not a number; want a number")},
		{"infinite value", entry("formula: x * k, k: .inf"), one("s.yaml:2:32: weighting.scheme.0.k: .inf is not a finite number; want a number")},
		{"wrong type", entry("formula: x * k, k: {low: 1, high: 2, type: float}"), one("s.yaml:2:56: weighting.scheme.0.k.type is float; want int or real")},
		{"integers with a real end", entry("formula: x * k, k: {low: 0.5, high: 2, type: int}"), one("s.yaml:2:38: weighting.scheme.0.k.low: 0.5 is not an integer; want an integer")},
		{"low above high", entry("formula: x * k, k: {low: 3, high: 2}"), one("s.yaml:2:38: weighting.scheme.0.k: low 3 is above high 2; want low <= high")},
		{"nine parameters", entry("formula: a*b*c*d*e*f*g*h*i, a: 1, b: 1, c: 1, d: 1, e: 1, f: 1, g: 1, h: 1, i: 1"), one(at + ": the formula has 9 parameters; want at most 8")},

		{"strength alone", entry("formula: x ** k, k: 2, strength: 1"), one("s.yaml:2:36: weighting.scheme.0.strength: a formula does not say which parameter to solve for; want strength_of: and the name of one")},
		{"strength_of alone", entry("formula: x ** k, k: 2, strength_of: k"), one("s.yaml:2:36: weighting.scheme.0.strength_of without strength; want both, or neither")},
		{"both strength and value", entry("formula: x ** k, k: 2, strength: 1, strength_of: k"), one("s.yaml:2:36: weighting.scheme.0 has both strength and k; want one of the two, since strength solves for k")},
		{"strength_of something else", entry("formula: x ** k, k: 2, strength: 1, strength_of: j"), one("s.yaml:2:62: weighting.scheme.0.j: the formula does not use it; remove it, or use j in the formula")},
		{"strength_of a variable", entry("formula: x ** k, k: 2, strength: 1, strength_of: x"), one("s.yaml:2:62: weighting.scheme.0.strength_of: x is a variable of formulas, the signal of the class, smoothed: its recall, or what weighting.signal names; want another name for the parameter")},
		{"strength_of a list", entry("formula: x ** k, strength: 1, strength_of: [k]"), one("s.yaml:2:56: weighting.scheme.0.strength_of is a list; want the name of a parameter")},
		{"strength_of in the catalogue", entry("name: mean-ratio, strength: 1, strength_of: exponent"), one("s.yaml:2:44: unknown key \"strength_of\" in weighting.scheme.0; the nearest known key is strength")},
		{"strength out of reach", entry("formula: 1 + min(k * (1 - x)  / 10), strength: 4, strength_of: k"), one(at + ": column 5: min with 1 values; want min(a, b)")},

		{"accumulate", "weighting:\n  scheme: [{formula: prev / x}]\n  update: [replace, accumulate]\n", one("s.yaml:2:22: weighting.scheme.0: the formula reads prev, so update: accumulate is refused; want update: replace, or a formula without prev")},
		{"equal entries", "weighting:\n  scheme: [{formula: x, k: 2}, {formula: 1 + x}, {formula: ' 1 + x '}]\n", []string{
			"s.yaml:2:25: weighting.scheme.0.k: the formula does not use it; remove it, or use k in the formula",
			"s.yaml:2:50: weighting.scheme.2 is the same as entry 1; want each once",
		}},
		{"too many", "weighting:\n  scheme:\n" + manyFormulas(101), one("s.yaml:103:17: weighting.scheme has 101 formulas; want at most 100")},
		{"no weights on a probe", entry("formula: k * (mean - x), k: 2"), one(at + ": k * (mean - x) gives class 0, whose signal is 0.954183266932271, the weight -0.26294820717131473; want a finite number of at least 0 " +
			"(on a probe: ordinary signals, k = 2); max(a, b) and clamp can avoid such values")},
		{"no weights without smoothing", "weighting:\n  scheme: [{formula: (mean / x) ** k, k: 2}]\n  smoothing: [laplace, none]\n", one(at + ": (mean / x) ** k gives class 0, whose signal is 0, the weight NaN; want a finite number of at least 0 " +
			"(on a probe: no class recognised, k = 2, smoothing none); max(a, b) and clamp can avoid such values")},
		{"no weights in a later round", "weighting:\n  scheme: [{formula: 1 / (4 - round)}]\n  rounds: {low: 1, high: 4}\n", one(at + ": round 4: 1 / (4 - round) gives class 0, whose signal is 0.954183266932271, the weight +Inf; want a finite number of at least 0 " +
			"(on a probe: ordinary signals); max(a, b) and clamp can avoid such values")},
	})
}

// manyFormulas returns entries with n formulas.
func manyFormulas(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "    - {formula: %d + x}\n", i)
	}
	return b.String()
}

// TestFormulaSpace: parameters infer their type, and only they do.
func TestFormulaSpace(t *testing.T) {
	def := mustParse(t, `
weighting:
  scheme:
    - {formula: "(mean / x) ** k", k: {low: 0.5, high: 8.0}}
    - {formula: "a ** n + b + c + d - 0.5", a: {low: 1.0, high: 4}, n: {low: 1, high: 4}, b: {low: 1, high: 3, step: 0.5}, c: [1, 2.5], d: {low: 1, high: 4, type: real}}
    - {formula: "x ** -e", e: {low: 0x1, high: 8, log: true}}
    - {formula: "x ** -k * m", strength: [0.5, 2], strength_of: k, m: {low: 2, high: 2}}
`)
	when := func(i int) *search.Condition { return &search.Condition{Param: "weighting.scheme", In: []int{i}} }
	want := search.Space{Params: []search.Param{
		{Name: "weighting.scheme", Kind: search.Categorical, Choices: []any{
			"0:(mean / x) ** k", "1:a ** n + b + c + d - 0.5", "2:x ** -e", "3:x ** -k * m",
		}},
		{Name: "weighting.scheme.0.k", Kind: search.Real, Low: 0.5, High: 8, When: when(0)},
		{Name: "weighting.scheme.1.a", Kind: search.Real, Low: 1, High: 4, When: when(1)},
		{Name: "weighting.scheme.1.b", Kind: search.Real, Low: 1, High: 3, Step: 0.5, When: when(1)},
		{Name: "weighting.scheme.1.c", Kind: search.Categorical, Choices: []any{1.0, 2.5}, When: when(1)},
		{Name: "weighting.scheme.1.d", Kind: search.Real, Low: 1, High: 4, When: when(1)},
		{Name: "weighting.scheme.1.n", Kind: search.Int, Low: 1, High: 4, When: when(1)},
		{Name: "weighting.scheme.2.e", Kind: search.Int, Low: 1, High: 8, Log: true, When: when(2)},
		{Name: "weighting.scheme.3.strength", Kind: search.Categorical, Choices: []any{0.5, 2.0}, When: when(3)},
	}}
	if diff := cmp.Diff(want, def.Space); diff != "" {
		t.Error(diff)
	}
	if got := def.Weighting.Entries[3]; !cmp.Equal(got.Fixed, schemes.Values{"m": 2}) || got.Scheme.StrengthOf != "k" || got.Strength != 0 {
		t.Errorf("entry 3 is %+v; want m fixed at 2 and strength of k", got)
	}
	for _, part := range []string{
		`{"formula":"(mean / x) ** k","k":{"low":0.5,"high":8,"type":"real"}}`, `"n":{"low":1,"high":4,"type":"int"}`,
		`{"formula":"x ** -k * m","m":2,"strength":[0.5,2],"strength_of":"k"}`,
	} {
		if !strings.Contains(string(def.Canonical), part) {
			t.Errorf("canonical form %s; want it to have %s", def.Canonical, part)
		}
	}
	checkRoundTrip(t, def)
}

// TestFormulaRecipe: what a point of the space makes of a formula, integers
// among its parameters.
func TestFormulaRecipe(t *testing.T) {
	def := mustParse(t, "weighting: {scheme: {formula: '(mean / x) ** n * c', n: {low: 1, high: 4}, c: 3}}",
		Override{Key: "weighting.scheme.0.n", Value: "{low: 2, high: 6}"})
	plan, err := def.Plan(search.Point{"weighting.scheme.0.n": 5})
	if err != nil {
		t.Fatal(err)
	}
	if got := plan.Recipe.Values; !cmp.Equal(got, schemes.Values{"n": 5, "c": 3}) {
		t.Errorf("values %v; want n 5 and c 3", got)
	}
	if err := plan.Recipe.Validate(); err != nil {
		t.Error(err)
	}
	for text, same := range map[string]bool{
		"{low: 2, high: 6}":              true,
		"{low: 2.0, high: 6.0}":          false,
		"{low: 2, high: 6.0, type: int}": true,
	} {
		other := mustParse(t, "weighting: {scheme: {formula: '(mean / x) ** n * c', n: "+text+", c: 3.0}}")
		if diff := search.Diff(def, other); (len(diff) == 0) != same {
			t.Errorf("%s: differs in %v; want the same: %v", text, diff, same)
		}
	}
}

// TestFormulasOfOneBeginning: formulas that differ only where their names are cut
// have names of their own.
func TestFormulasOfOneBeginning(t *testing.T) {
	text := "weighting:\n  scheme:\n" +
		"    - {formula: \"(mean / x) ** 2 + 0.1 * round + 0.01\"}\n    - {formula: \"(mean / x) ** 2 + 0.1 * round + 0.02\"}\n"
	d, err := Parse("s.yaml", []byte(text), "/", nil)
	if err != nil {
		t.Fatal(err)
	}
	a, b := d.Weighting.Entries[0].Scheme.Name, d.Weighting.Entries[1].Scheme.Name
	if a == b || !strings.HasSuffix(b, "#1") {
		t.Errorf("names %q and %q", a, b)
	}
	again, err := Parse("s.yaml", d.Canonical, "/", nil)
	if err != nil || again.Weighting.Entries[1].Scheme.Name != b {
		t.Errorf("read again: %v, %v", again, err)
	}
}
