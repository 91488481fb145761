package formula

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strings"

	"evenkeel/schemes"
)

// Name is a name that formulas may use, with what it means.
type Name struct {
	Name string
	// Use is how it is written; for a variable the name itself.
	Use string
	Doc string
}

// Places of the variables in a frame, in the order of [Variables].
const (
	varX = iota
	varRecall
	varPrecision
	varF1
	varSupport
	varPrev
	varMean
	varMin
	varMax
	varStd
	varClasses
	varTotal
	varRound
)

// variables are the names that have a value of their own.
var variables = []Name{
	varX:         {"x", "x", "the signal of the class, smoothed: its recall, or what weighting.signal names"},
	varRecall:    {"recall", "recall", "recall of the class, smoothed"},
	varPrecision: {"precision", "precision", "precision of the class, smoothed"},
	varF1:        {"f1", "f1", "F1 of the class, smoothed"},
	varSupport:   {"support", "support", "training examples of the class"},
	varPrev:      {"prev", "prev", "weight in the previous round, at mean 1 (with signal: precision, 1 / weight)"},
	varMean:      {"mean", "mean", "mean of x over the classes"},
	varMin:       {"min", "min", "smallest x of all classes"},
	varMax:       {"max", "max", "largest x of all classes"},
	varStd:       {"std", "std", "standard deviation of x over the classes (population)"},
	varClasses:   {"classes", "classes", "number of classes"},
	varTotal:     {"total", "total", "training examples of all classes"},
	varRound:     {"round", "round", "round that the weights are for: 1, 2, ..."},
}

// function is a function of formulas.
type function struct {
	Name
	arguments int
	apply     func(a, b, c float64) float64
}

var functions = []function{
	{Name{"pow", "pow(a, b)", "a to the power b, as a ** b"}, 2, func(a, b, _ float64) float64 { return power(a, b) }},
	{Name{"exp", "exp(a)", "e to the power a"}, 1, func(a, _, _ float64) float64 { return schemes.Exp(a) }},
	{Name{"log", "log(a)", "natural logarithm of a"}, 1, func(a, _, _ float64) float64 { return schemes.Log(a) }},
	{Name{"sqrt", "sqrt(a)", "square root of a"}, 1, func(a, _, _ float64) float64 { return math.Sqrt(a) }},
	{Name{"abs", "abs(a)", "absolute value of a"}, 1, func(a, _, _ float64) float64 { return math.Abs(a) }},
	{Name{"clamp", "clamp(a, low, high)", "a, but at least low and at most high"}, 3, func(a, b, c float64) float64 { return min(max(a, b), c) }},
	{Name{"min", "min(a, b)", "the smaller of two"}, 2, func(a, b, _ float64) float64 { return min(a, b) }},
	{Name{"max", "max(a, b)", "the larger of two"}, 2, func(a, b, _ float64) float64 { return max(a, b) }},
}

// Variables lists the variables, in the order in which they are shown.
func Variables() []Name { return slices.Clone(variables) }

// Functions lists the functions, in the order in which they are shown.
func Functions() []Name {
	out := make([]Name, len(functions))
	for i, f := range functions {
		out[i] = f.Name
	}
	return out
}

// variable returns the place of a variable, -1 if there is none of the name.
func variable(name string) int {
	return slices.IndexFunc(variables, func(n Name) bool { return n.Name == name })
}

// functionNamed returns the place of a function, -1 if there is none of the name.
func functionNamed(name string) int {
	return slices.IndexFunc(functions, func(f function) bool { return f.Name.Name == name })
}

// power returns a^b like math.Pow, with the same bits everywhere: a negative
// number has whole powers only.
func power(a, b float64) float64 {
	if a >= 0 || b != math.Trunc(b) || math.IsInf(b, 0) {
		return schemes.Pow(a, b)
	}
	p := schemes.Pow(-a, b)
	if math.Mod(b, 2) != 0 {
		return -p
	}
	return p
}

// words of the expression language that cannot be names.
var words = strings.Fields("and or not in let if else matches contains startsWith endsWith true false nil")

var identifier = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// CheckName reports why a parameter cannot have the given name; nil says that
// it can: letters, digits and _, not starting with a digit, and neither a
// variable nor a function nor a word of the language.
func CheckName(name string) error {
	switch {
	case !identifier.MatchString(name):
		return fmt.Errorf("%q is no name for a parameter; want letters, digits and _, not a digit first", name)
	case variable(name) >= 0:
		return fmt.Errorf("%s is a variable of formulas, %s; want another name for the parameter", name, variables[variable(name)].Doc)
	case functionNamed(name) >= 0:
		return fmt.Errorf("%s is a function of formulas; want another name for the parameter", name)
	case slices.Contains(words, name):
		return fmt.Errorf("%s is a word of the formula language; want another name for the parameter", name)
	}
	return nil
}

// list joins the names of variables or functions.
func list(names []Name) string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = n.Name
	}
	return strings.Join(out, ", ")
}
