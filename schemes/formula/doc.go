// Package formula turns a weighting formula written by a user into a
// schemes.Scheme. It is the only place that knows the expression language,
// github.com/expr-lang/expr.
//
// It is not an interpreter for that language. Of it only the lexer and the
// parser are used, for a small part of the syntax: numbers, names, the
// arithmetic and comparison operators, c ? a : b, and calls of the functions
// below. What they parse is compiled here, to arithmetic on float64 and nothing
// else. So a formula can neither loop nor call anything, needs no memory while
// it is evaluated, and takes a time bounded by its length; and since powers,
// exponentials and logarithms are those of package schemes, and every operation
// is rounded by itself, it gives the same bits on every machine.
//
// # The language
//
// [Variables] and [Functions] list the names; every other name is a parameter.
// Operators, from the weakest: ? :, or (||), and (&&), comparisons (== != < >
// <= >=), + and -, not (!), * and /, the sign -, ** (also written ^), which
// groups from the right: 2 ** 3 ** 2 = 2 ** 9, and -x ** 2 = -(x ** 2). Not needs
// parentheses, not (x < 0.5), and comparisons do not chain. All numbers are
// real: 1 / 2 is 0.5.
//
// min and max are variables and functions: min is the smallest signal of all
// classes, min(x, 0.4) the smaller of two numbers.
//
// # Where to start
//
// [Parse] checks a text and [Formula.Scheme] makes a scheme of it; [Probe]
// tries a recipe with such a scheme on signals at the ends of their range.
//
//	f, err := formula.Parse("(mean / x) ** k", []string{"k"})
//	if err != nil {
//		return err // formula.Faults: each with its column
//	}
//	recipe := schemes.Recipe{Scheme: f.Scheme("k"), Values: schemes.Values{"k": 2}}
//	if err := formula.Probe(recipe, recipe.Values, recipe.Values, 3); err != nil {
//		return err // names the signals for which there are no weights
//	}
//	step, err := recipe.FromSignal([]float64{0.95, 0.73, 0.78}, nil, nil)
package formula
