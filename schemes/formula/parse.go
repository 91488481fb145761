package formula

import (
	"errors"
	"regexp"
	"slices"
	"strings"

	"github.com/expr-lang/expr/builtin"
	"github.com/expr-lang/expr/conf"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/parser"
	"github.com/expr-lang/expr/parser/lexer"

	"evenkeel/schemes"
)

// The limits of one formula, far above what a person writes.
const (
	maxBytes      = 1000
	maxNodes      = 500
	maxParameters = 8
)

// Formula is a checked formula, ready to be evaluated.
type Formula struct {
	text   string
	params []string
	// evaluate gives the raw weight of one class.
	evaluate number
	// used says which variables, by their place, and parameters, after them,
	// the formula reads.
	used []bool
}

// Parse checks a formula whose parameters have the given names. The error is
// [Faults]: names that mean nothing, with the nearest that does; what the
// language does not have; calls with a wrong number of values; conditions where
// a number belongs; a text of more than 1,000 bytes; more than 8 parameters, and
// names that [CheckName] refuses. A parameter that the formula does not use is
// in order, see [Formula.Uses].
func Parse(text string, params []string) (*Formula, error) {
	text = strings.TrimSpace(text)
	f := &Formula{text: text, params: slices.Clone(params), used: make([]bool, len(variables)+len(params))}
	faults := f.limits()
	if len(faults) > 0 {
		return nil, faults
	}
	tokens, err := lexer.Lex(file.NewSource(text))
	if err != nil {
		return nil, faultOf(err)
	}
	if faults = f.checkTokens(tokens); len(faults) > 0 {
		return nil, faults
	}
	tree, err := parser.ParseWithConfig(text, config())
	if err != nil {
		return nil, faultOf(err)
	}
	c := compiler{formula: f, seen: make(map[any]bool)}
	f.evaluate = c.number(tree.Node)
	if err := c.faults.err(); err != nil {
		return nil, err
	}
	return f, nil
}

// limits reports a text or parameters that are refused unread.
func (f *Formula) limits() Faults {
	var faults Faults
	switch {
	case f.text == "":
		faults.add(0, "the formula is empty; want one such as (mean / x) ** 2")
	case len(f.text) > maxBytes:
		faults.add(0, "the formula has %d bytes; want at most %d", len(f.text), maxBytes)
	}
	if len(f.params) > maxParameters {
		faults.add(0, "the formula has %d parameters; want at most %d", len(f.params), maxParameters)
	}
	for _, name := range f.params {
		if err := CheckName(name); err != nil {
			faults.add(0, "%v", err)
		}
	}
	return faults
}

// config makes the parser take every call for a call: the builtins of the
// language, min and max among them, are switched off.
func config() *conf.Config {
	c := conf.CreateNew()
	c.MaxNodes = maxNodes
	for _, name := range builtin.Names {
		c.Disabled[name] = true
	}
	return c
}

// unexpected is how the parser names what it did not expect.
var unexpected = regexp.MustCompile(`^unexpected token [A-Za-z]+\("(.*)"\)$`)

// faultOf says what the lexer or the parser of the language found.
func faultOf(err error) Faults {
	var found *file.Error
	if !errors.As(err, &found) {
		return Faults{}.with(0, "%s", err)
	}
	what := found.Message
	switch m := unexpected.FindStringSubmatch(what); {
	case m != nil:
		what = "unexpected " + m[1] + "; want an operator between two values, and ) for every ("
	case what == "unexpected token EOF", what == "unexpected end of expression":
		what = "the formula ends too early; want a value after every operator, and ) for every ("
	case strings.HasPrefix(what, "bad number syntax"):
		what = strings.TrimPrefix(what, "bad number syntax: ") + " is not a number here; want one such as 12, 0.5 or 1e-3"
	case strings.HasSuffix(what, "maximum allowed nodes"):
		return Faults{}.with(0, "the formula has more than 500 parts; want a shorter one")
	}
	return Faults{}.with(found.From+1, "%s", what)
}

// Uses reports whether the formula reads the variable or parameter of the name.
func (f *Formula) Uses(name string) bool {
	i := f.place(name)
	return i >= 0 && f.used[i]
}

// place returns where a frame holds a variable or parameter, -1 if it is neither.
func (f *Formula) place(name string) int {
	if i := variable(name); i >= 0 {
		return i
	}
	if i := slices.Index(f.params, name); i >= 0 {
		return len(variables) + i
	}
	return -1
}

// label returns the formula cut to what fits into a table.
func (f *Formula) label() string {
	const most = 32
	text := []rune(strings.Join(strings.Fields(f.text), " "))
	if len(text) <= most {
		return string(text)
	}
	return strings.TrimSpace(string(text[:most-3])) + "..."
}

// Scheme returns the formula as a scheme. It is not in the catalogue: its name
// is its text, cut to what fits into a table, its parameters have no range, and
// weights that cannot be used are errors (see [schemes.Scheme.Strict]). strengthOf
// names the parameter that `strength` solves for, "" if there is none.
func (f *Formula) Scheme(strengthOf string) *schemes.Scheme {
	s := &schemes.Scheme{
		Name:          f.label(),
		Title:         "a formula of your own",
		Formula:       "w = " + f.text,
		StrengthOf:    strengthOf,
		ReadsPrevious: f.used[varPrev],
		Strict:        true,
		Source:        "the study file",
		Raw:           f.raw,
	}
	for _, v := range []int{varRecall, varPrecision, varF1, varSupport} {
		if f.used[v] || v == varSupport && f.used[varTotal] {
			s.Reads = append(s.Reads, variables[v].Name)
		}
	}
	for _, name := range f.params {
		s.Params = append(s.Params, parameter(name))
	}
	return s
}
