package formula

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/expr-lang/expr/parser/lexer"

	"evenkeel/schemes"
)

// operators are the signs of the language that formulas have.
var operators = strings.Fields("+ - * / ** ^ < <= > >= == != && || ! and or not ? : ,")

// literal matches the numbers that formulas have: no other base than 10, no _,
// and whole numbers that an int64 holds.
var literal = regexp.MustCompile(`^([0-9]{1,18}|[0-9]*\.[0-9]*|[0-9]*\.?[0-9]*[eE][-+]?[0-9]+)$`)

// tooLarge reports whether a literal is beyond the real numbers.
func tooLarge(text string) bool {
	_, err := strconv.ParseFloat(text, 64)
	return err != nil
}

// checkTokens reports every sign that formulas do not have and every name that
// means nothing, and notes the names that are used. The parser sees only what
// passes, so it meets no part of the language but the one described.
func (f *Formula) checkTokens(tokens []lexer.Token) Faults {
	var faults Faults
	for i, t := range tokens {
		column := t.From + 1
		switch t.Kind {
		case lexer.EOF:
		case lexer.Number:
			if !literal.MatchString(t.Value) || tooLarge(t.Value) {
				faults.add(column, "%s is not a number here; want one such as 12, 0.5 or 1e-3", t.Value)
			}
		case lexer.Operator, lexer.Bracket:
			if t.Value != "(" && t.Value != ")" && !slices.Contains(operators, t.Value) {
				// What follows hardly means what it says.
				return Faults{}.with(column, "%s is not part of formulas; they have + - * / ** ( ), comparisons, and, or, not, and c ? a : b", t.Value)
			}
		case lexer.Identifier:
			called := i+1 < len(tokens) && tokens[i+1].Is(lexer.Bracket, "(")
			f.checkName(&faults, column, t.Value, called)
		default:
			return Faults{}.with(column, "text is not part of formulas; want numbers and names")
		}
	}
	return faults
}

// checkName reports a name that has no meaning in its place.
func (f *Formula) checkName(faults *Faults, column int, name string, called bool) {
	place, fn := f.place(name), functionNamed(name)
	switch {
	case called && fn >= 0:
	case called && place >= len(variables):
		faults.add(column, "%s is a parameter, not a function; want an operator before the (", name)
	case called && place >= 0:
		faults.add(column, "%s is a variable, %s, not a function; write %s alone", name, variables[place].Doc, name)
	case called:
		faults.add(column, "there is no function %s%s; known: %s", name, near(name, Functions()), list(Functions()))
	case place >= 0:
		f.used[place] = true
	case fn >= 0:
		faults.add(column, "%s is a function; write %s", name, functions[fn].Use)
	default:
		known := append(Variables(), Functions()...)
		for _, p := range f.params {
			known = append(known, Name{Name: p})
		}
		faults.add(column, "%s has no value%s; want a parameter of this name, or one of %s", name, near(name, known), list(Variables()))
		(*faults)[len(*faults)-1].Unknown = name
	}
}

// near names the known name that is probably meant, if there is one.
func near(name string, known []Name) string {
	names := make([]string, len(known))
	for i, n := range known {
		names[i] = n.Name
	}
	if best, ok := schemes.Nearest(name, names); ok {
		return ", the nearest known name is " + best
	}
	return ""
}
