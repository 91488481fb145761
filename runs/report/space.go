package report

import (
	"fmt"
	"strings"

	"evenkeel/search"
)

// Space prints what a study file leaves open, a row a parameter.
func Space(out Out, s search.Space) error {
	if len(s.Params) == 0 && out.forPeople() {
		_, err := fmt.Fprintln(out.W, "The study file leaves nothing open: every trial is the same.")
		return err
	}
	return out.write(spaceResult(s))
}

// spaceResult has one row per parameter.
func spaceResult(s search.Space) result {
	r := result{columns: []column{
		{name: "parameter", left: true}, {name: "kind", left: true}, {name: "values", left: true}, {name: "where", left: true},
	}}
	labels := make(map[string][]any)
	for _, p := range s.Params {
		labels[p.Name] = p.Choices
		values := fmt.Sprintf("%v to %v", p.Low, p.High)
		switch {
		case p.Log:
			values += ", log"
		case p.Step != 0:
			values += fmt.Sprintf(", step %v", p.Step)
		}
		if p.Kind == search.Categorical {
			words := make([]string, len(p.Choices))
			for i, c := range p.Choices {
				words[i] = valueText(c)
			}
			values = strings.Join(words, ", ")
		}
		where := ""
		if p.When != nil {
			words := make([]string, len(p.When.In))
			for i, c := range p.When.In {
				words[i] = valueText(labels[p.When.Param][c])
			}
			where = p.When.Param + " is " + strings.Join(words, " or ")
		}
		r.rows = append(r.rows, []any{p.Name, string(p.Kind), values, where})
	}
	return r
}
