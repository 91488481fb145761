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
	for i, s := range list {
		fmt.Fprint(out.W, separator(i, "", "\n"))
		describeScheme(out.W, s)
	}
	if formulas {
		describeFormulas(out.W)
	}
	return nil
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
		fmt.Fprintf(w, "  %-11s %s; %v to %v accepted, worth searching %v to %v%s, default %v\n",
			p.Name, p.Doc, p.Min, p.Max, p.Low, p.High, scale, p.Default)
	}
	if s.StrengthOf != "" {
		fmt.Fprintf(w, "  %-11s instead of %s: the wanted ln(max w / min w) at round 1\n", "strength", s.StrengthOf)
	}
	fmt.Fprintf(w, "  source: %s\n", s.Source)
}

// describeFormulas prints what a formula of one's own may use.
func describeFormulas(w io.Writer) {
	fmt.Fprint(w, `
{formula: "(mean / x) ** k", k: 2}: a formula of your own
  In a study file instead of a name; every other key is a parameter, with a value,
  a choice or a range. strength: S with strength_of: k solves k instead. It is
  evaluated for each class, in real numbers, with + - * / ** ( ), comparisons, and,
  or, not, and c ? a : b. Tried before a study starts on signals up to both ends;
  weights that are negative, not finite or all 0 fail the trial.
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
