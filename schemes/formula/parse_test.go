package formula

import (
	"errors"
	"strings"
	"testing"
)

// TestFaults lists what is refused, with the columns counted by hand.
func TestFaults(t *testing.T) {
	t.Parallel()
	const (
		signs    = " is not part of formulas; they have + - * / ** ( ), comparisons, and, or, not, and c ? a : b"
		vars     = "x, recall, precision, f1, support, prev, mean, min, max, std, classes, total, round"
		funcs    = "pow, exp, log, sqrt, abs, clamp, min, max"
		tooEarly = "the formula ends too early; want a value after every operator, and ) for every ("
		between  = "; want an operator between two values, and ) for every ("
		number   = " is not a number here; want one such as 12, 0.5 or 1e-3"
		isCond   = "a condition where a number belongs; want a number, such as x < 0.5 ? 2 : 1"
		isNumber = "a number where a condition belongs; want a comparison, such as x < 0.5"
	)
	for _, c := range []struct{ text, want string }{
		{"", "the formula is empty; want one such as (mean / x) ** 2"},
		{" \n\t", "the formula is empty; want one such as (mean / x) ** 2"},
		{strings.Repeat("x", 1001), "the formula has 1001 bytes; want at most 1000"},
		{"x" + strings.Repeat("+x", 300), "the formula has more than 500 parts; want a shorter one"},

		// Names.
		{"men / x", "column 1: men has no value, the nearest known name is mean; want a parameter of this name, or one of " + vars},
		{"x ** j", "column 6: j has no value; want a parameter of this name, or one of " + vars},
		{"x * quux + zzz", "column 5: quux has no value; want a parameter of this name, or one of " + vars + "\n" +
			"column 12: zzz has no value; want a parameter of this name, or one of " + vars},
		{"true", "column 1: true has no value; want a parameter of this name, or one of " + vars},
		{"nil", "column 1: nil has no value; want a parameter of this name, or one of " + vars},
		{"ünïcode + x", "column 1: ünïcode has no value; want a parameter of this name, or one of " + vars},
		{"exp + x", "column 1: exp is a function; write exp(a)"},
		{"1 + clamp", "column 5: clamp is a function; write clamp(a, low, high)"},
		{"mean(x)", "column 1: mean is a variable, mean of x over the classes, not a function; write mean alone"},
		{"k(x)", "column 1: k is a parameter, not a function; want an operator before the ("},
		{"tanh(x)", "column 1: there is no function tanh; known: " + funcs},
		{"expp(x)", "column 1: there is no function expp, the nearest known name is exp; known: " + funcs},

		// Numbers of values and their kinds.
		{"pow(x)", "column 1: pow with 1 values; want pow(a, b)"},
		{"1 + min(x, k, 3)", "column 5: min with 3 values; want min(a, b)"},
		{"exp()", "column 1: exp with 0 values; want exp(a)"},
		{"clamp(x, 1)", "column 1: clamp with 2 values; want clamp(a, low, high)"},
		{"x < 1", "column 3: " + isCond},
		{"1 + (x < 1)", "column 8: " + isCond},
		{"x and k", "column 3: " + isCond},
		{"x ? 1 : 2", "column 1: " + isNumber},
		{"x ?: 2", "column 1: " + isNumber},
		{"not x ? 1 : 2", "column 5: " + isNumber},
		{"-(x < 1)", "column 5: " + isCond},
		{"x < 1 and k ? 1 : 2", "column 11: " + isNumber},
		{"0 < x < 1 ? 1 : 2", "column 7: comparisons in a chain; want a < b and b < c"},

		// Syntax.
		{"(x", "column 2: " + tooEarly},
		{"x +", "column 3: " + tooEarly},
		{"x)", "column 2: unexpected )" + between},
		{"x x", "column 3: unexpected x" + between},
		{"()", "column 2: unexpected )" + between},
		{"x ? 1", "column 5: " + tooEarly},
		{"x, k", "column 2: unexpected ," + between},
		{"// a remark", "column 11: " + tooEarly},
		{"1e999 * x", "column 1: 1e999" + number},
		{"x * 0x1f", "column 5: 0x1f" + number},
		{"x * 1_000", "column 5: 1_000" + number},
		{"9999999999999999999", "column 1: 9999999999999999999" + number},
		{"12abc", "column 3: \"12a\"" + number},
		{"x @ 2", "column 3: unrecognized character: U+0040 '@'"},

		// What else the expression language has.
		{"x % 2", "column 3: %" + signs},
		{"x | max(0.4)", "column 3: |" + signs},
		{"let y = 1; y", "column 1: let" + signs},
		{"x; k", "column 2: ;" + signs},
		{"x.y", "column 2: ." + signs},
		{"x?.y", "column 2: ?." + signs},
		{"x ?? k", "column 3: ??" + signs},
		{"x[0]", "column 2: [" + signs},
		{"[x]", "column 1: [" + signs},
		{"{a: 1}", "column 1: {" + signs},
		{"1..9", "column 2: .." + signs},
		{"x in k", "column 3: in" + signs},
		{"x not in k", "column 7: in" + signs},
		{"x matches k", "column 3: matches" + signs},
		{"::abs(x)", "column 1: ::" + signs},
		{"if x < 1 { 1 } else { 2 }", "column 1: if" + signs},
		{"#", "column 1: #" + signs},
		{"k = 2", "column 3: =" + signs},
		{"'text'", "column 1: text is not part of formulas; want numbers and names"},
		{"b'ab' + x", "column 1: text is not part of formulas; want numbers and names"},
		{"`raw`", "column 1: text is not part of formulas; want numbers and names"},
		{"\"a\" * 1e9", "column 1: text is not part of formulas; want numbers and names"},
		{"repeat(x, 1e9)", "column 1: there is no function repeat; known: " + funcs},
		{"map(x, {# * 2})", "column 8: {" + signs},
		{"map(x, x)", "column 1: there is no function map, the nearest known name is max; known: " + funcs},
		{"filter(1..9, true)", "column 9: .." + signs},
		{"filter(x)", "column 1: there is no function filter; known: " + funcs},
		{"reduce(x, #acc + #)", "column 11: #" + signs},
		{"reduce(x, x)", "column 1: there is no function reduce; known: " + funcs},
		{"now()", "column 1: there is no function now, the nearest known name is pow; known: " + funcs},
		{"get($env, x)", "column 1: there is no function get; known: " + funcs + "\n" +
			"column 5: $env has no value; want a parameter of this name, or one of " + vars},
		{"$env", "column 1: $env has no value; want a parameter of this name, or one of " + vars},
		{"env", "column 1: env has no value; want a parameter of this name, or one of " + vars},
		{"len(x)", "column 1: there is no function len; known: " + funcs},
		{"int(x)", "column 1: there is no function int; known: " + funcs},
	} {
		f, err := Parse(c.text, []string{"k"})
		var faults Faults
		if !errors.As(err, &faults) || f != nil {
			t.Errorf("%q: %v, %v (%T); want Faults", c.text, f, err, err)
			continue
		}
		if got := err.Error(); got != c.want {
			t.Errorf("%q:\n%s\nwant\n%s", c.text, got, c.want)
		}
	}
}

// TestHostileFormulas: each is refused or evaluated at once; none of them may
// take time or memory that grows faster than its length.
func TestHostileFormulas(t *testing.T) {
	t.Parallel()
	chain := "x"
	for len(chain) < 900 {
		chain = "(0<" + chain + "<1?1:0)"
	}
	for what, text := range map[string]string{
		"deep parentheses":     strings.Repeat("(", 499) + "x" + strings.Repeat(")", 499),
		"unclosed parentheses": strings.Repeat("(", 1000),
		"signs":                strings.Repeat("-", 999) + "x",
		"negations":            strings.Repeat("!", 990) + "x<1?1:2",
		"tower of powers":      "9" + strings.Repeat("**9", 200),
		"huge power":           "9 ** 9 ** 9 ** 9",
		"nested chains":        chain,
		"nested conditions":    strings.Repeat("x<1?", 100) + "1" + strings.Repeat(":2", 100),
		"nested calls":         strings.Repeat("exp(", 200) + "x" + strings.Repeat(")", 200),
		"long sum":             "x" + strings.Repeat("+x", 249),
		"long name":            strings.Repeat("x", 1000),
		"a large text":         strings.Repeat("x + ", 1<<20),
		"not UTF-8":            "x + \xff\xfe",
		"zero bytes":           "x\x00x",
		"unclosed remark":      "x /* ",
		"open text":            "'abc",
	} {
		f, err := Parse(text, nil)
		if err != nil {
			if lines := strings.Count(err.Error(), "\n") + 1; lines > 500 || len(err.Error()) > 1<<17 {
				t.Errorf("%s: an error of %d lines and %d bytes", what, lines, len(err.Error()))
			}
			continue
		}
		if w := f.raw(input(0.25, 0.75), nil); len(w) != 2 {
			t.Errorf("%s: %d weights", what, len(w))
		}
	}
}

func TestParametersAreChecked(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"k": "", "_k2": "", "Exponent": "", "strength": "",
		"mean": "mean is a variable of formulas, mean of x over the classes; want another name for the parameter",
		"pow":  "pow is a function of formulas; want another name for the parameter",
		"let":  "let is a word of the formula language; want another name for the parameter",
		"true": "true is a word of the formula language; want another name for the parameter",
		"2k":   `"2k" is no name for a parameter; want letters, digits and _, not a digit first`,
		"a-b":  `"a-b" is no name for a parameter; want letters, digits and _, not a digit first`,
		"":     `"" is no name for a parameter; want letters, digits and _, not a digit first`,
	} {
		err := CheckName(name)
		if got := ""; err != nil {
			got = err.Error()
			if got != want {
				t.Errorf("CheckName(%q): %s; want %s", name, got, want)
			}
		} else if want != "" {
			t.Errorf("CheckName(%q) accepts; want %s", name, want)
		}
		if _, err2 := Parse("x", []string{name}); (err2 == nil) != (err == nil) {
			t.Errorf("Parse with parameter %q: %v; CheckName says %v", name, err2, err)
		}
	}
	if _, err := Parse("a", strings.Fields("a b c d e f g h i")); err == nil || err.Error() != "the formula has 9 parameters; want at most 8" {
		t.Errorf("nine parameters: %v", err)
	}
}

// TestEveryNameIsDocumented: the lists are what commands and pages print.
func TestEveryNameIsDocumented(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, n := range Variables() {
		if n.Name == "" || n.Use != n.Name || n.Doc == "" || seen[n.Name] {
			t.Errorf("variable %+v is unnamed, undocumented or there twice", n)
		}
		seen[n.Name] = true
		if _, err := Parse(n.Use, nil); err != nil {
			t.Errorf("%s: %v", n.Use, err)
		}
	}
	for _, n := range Functions() {
		if n.Doc == "" || !strings.HasPrefix(n.Use, n.Name+"(") {
			t.Errorf("function %+v is undocumented", n)
		}
		if _, err := Parse(n.Use, []string{"a", "b", "low", "high"}); err != nil {
			t.Errorf("%s: %v", n.Use, err)
		}
	}
	if got, want := list(Variables()), "x, recall, precision, f1, support, prev, mean, min, max, std, classes, total, round"; got != want {
		t.Errorf("variables %s; want %s", got, want)
	}
	if got, want := list(Functions()), "pow, exp, log, sqrt, abs, clamp, min, max"; got != want {
		t.Errorf("functions %s; want %s", got, want)
	}
	for _, word := range words {
		if _, err := Parse(word, []string{}); err == nil {
			t.Errorf("the word %s is a formula", word)
		}
	}
}

func TestLabel(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		" (mean / x)\n  ** k ":                      "(mean / x) ** k",
		"1 + k * max(mean - x, 0) + 0.25 * (1 - x)": "1 + k * max(mean - x, 0) + 0....",
		"(mean + 0.01) / (x + 0.01) ** 2.0":         "(mean + 0.01) / (x + 0.01) **...",
		"(mean + 0.01) / (x + 0.01) * 2.0":          "(mean + 0.01) / (x + 0.01) * 2.0",
	} {
		f, err := Parse(text, []string{"k"})
		if err != nil {
			t.Fatal(err)
		}
		if got := f.label(); got != want {
			t.Errorf("%q has the label %q; want %q", text, got, want)
		}
	}
}
