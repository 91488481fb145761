package report

import (
	"fmt"
	"io"
	"strings"

	"evenkeel/schemes"
	"evenkeel/schemes/formula"
)

// Schemes prints entries of the catalogue; with formulas also what a formula of one's
// own may use.
func Schemes(out Out, list []*schemes.Scheme, formulas bool) error {
	if out.Format != "table" {
		r := catalogue(list)
		if out.forPeople() {
			for i, s := range list {
				r.rows[i] = catalogueWords(s)
			}
		}
		return out.write(r)
	}
	fmt.Fprint(out.W, symbols)
	for _, s := range settings {
		item(out.W, s.name, s.text)
	}
	for _, s := range list {
		fmt.Fprintln(out.W)
		describeScheme(out.W, s)
	}
	if formulas {
		describeFormulas(out.W)
	}
	return nil
}

// symbols explains the letters of the formulas.
const symbols = `For each class, w is its weight, prev its weight in the previous round, and x its recall
on validation (or what weighting.signal names), smoothed. mean(x) is over the classes, and
K is their number.
`

// settings are what else decides about the weights, beside the formula.
var settings = []struct{ name, text string }{
	{"smoothed", "one hit and one miss are added to the counts of a class: x = (hits + 1) / (examples + 2), so that no x is 0 or 1 (weighting.smoothing)"},
	{"update", "replace: the weights of a round are what the formula gives. accumulate: they are that times the weights of the round before; refused for formulas that have prev (weighting.update)"},
	{"precision", "with weighting.signal precision, the weights are the reciprocals of what the formula gives, since more weight lowers the precision of a class; prev is then 1 / the previous weight"},
}

// describeScheme prints one entry of the catalogue for people.
func describeScheme(w io.Writer, s *schemes.Scheme) {
	name := s.Name
	if len(s.Aliases) > 0 {
		name += " (also " + strings.Join(s.Aliases, ", ") + ")"
	}
	fmt.Fprintf(w, "%s: %s\n  %s\n", name, s.Title, s.Formula)
	for _, p := range s.Params {
		scale := ""
		if p.Log {
			scale = ", on a log scale"
		}
		item(w, p.Name, fmt.Sprintf("%s. From %v to %v; a useful range is %v to %v%s; default %v",
			p.Doc, p.Min, p.Max, p.Low, p.High, scale, p.Default))
	}
	if s.StrengthOf != "" {
		item(w, "strength", fmt.Sprintf("in place of %s: the target of ln(max w / min w) in round 1, from which %[1]s is computed", s.StrengthOf))
	}
	item(w, "source", s.Source)
}

// item prints a name and what it means on lines of at most 100 columns.
func item(w io.Writer, name, text string) {
	const indent = 14
	for i, line := range wrap(text, 100-indent) {
		if i > 0 {
			name = ""
		}
		fmt.Fprintf(w, "  %-*s%s\n", indent-2, name, line)
	}
}

// describeFormulas prints what a formula of one's own may use.
func describeFormulas(w io.Writer) {
	fmt.Fprint(w, `
{formula: "(mean / x) ** k", k: 2}: a formula of your own
  Written in a study file in place of {name: ...}. Every other key, here k, is a
  parameter: a value, a choice or a range. With strength: S and strength_of: k
  in place of k, k is computed so that ln(max w / min w) is S in round 1.
  The formula is evaluated for each class, in real numbers. It may use + - * / ** ( ),
  comparisons, and, or, not, and "condition ? a : b". Before a study starts it is
  tested on recalls from 0 to 1. If a weight is negative or not finite, or all weights
  are 0, the trial fails.
`)
	for _, names := range [][]formula.Name{formula.Variables(), formula.Functions()} {
		for _, n := range names {
			fmt.Fprintf(w, "  %-20s %s\n", n.Use, n.Doc)
		}
	}
}

// catalogue is the catalogue as a result, one row per scheme.
func catalogue(list []*schemes.Scheme) result {
	r := result{columns: []column{
		{name: "name", left: true}, {name: "aliases", left: true}, {name: "title", left: true}, {name: "formula", left: true},
		{name: "params", left: true}, {name: "strength_of", left: true}, {name: "source", left: true},
	}}
	for _, s := range list {
		params := make([]map[string]any, 0, len(s.Params))
		for _, p := range s.Params {
			params = append(params, map[string]any{
				"name": p.Name, "doc": p.Doc, "min": p.Min, "max": p.Max,
				"low": p.Low, "high": p.High, "log": p.Log, "default": p.Default,
			})
		}
		aliases := s.Aliases
		if aliases == nil {
			aliases = []string{}
		}
		r.rows = append(r.rows, []any{s.Name, aliases, s.Title, s.Formula, params, s.StrengthOf, s.Source})
	}
	return r
}

// catalogueWords is a row of the catalogue for people: lists in words.
func catalogueWords(s *schemes.Scheme) []any {
	params := make([]string, len(s.Params))
	for i, p := range s.Params {
		params[i] = fmt.Sprintf("%s: %s, %v to %v, default %v", p.Name, p.Doc, p.Min, p.Max, p.Default)
	}
	return []any{s.Name, strings.Join(s.Aliases, ", "), s.Title, s.Formula, strings.Join(params, "; "), s.StrengthOf, s.Source}
}
