package report

import (
	"fmt"

	"evenkeel/runs/results"
)

// Compared prints arms side by side.
func Compared(out Out, c *results.Comparison) error {
	if !out.forPeople() {
		return out.write(comparedResult(c))
	}
	first := c.Sides[0]
	fmt.Fprintf(out.W, "%s, %s in common. Recall on validation; change against %s,\n+- 95 %% for each, over seeds and examples.\n",
		first.Trial.Study.Name, count(len(c.Seeds), "seed"), sideName(first))
	r := result{columns: []column{{name: "class", left: true}, {name: sideName(first)}}}
	for _, s := range c.Sides[1:] {
		r.columns = append(r.columns, column{name: sideName(s)}, column{name: "change"}, column{name: "+-"})
	}
	for _, m := range c.Measures {
		plain, change := percent, points
		if !m.Share {
			plain = func(v float64) string { return decimals(v, 3) }
			change = func(v float64) string { return signed(v, 3) }
		}
		row := []any{m.Name, plain(m.Means[0])}
		for i, d := range m.Changes {
			row = append(row, plain(m.Means[i+1]), change(d.Mean), plain(d.High-d.Mean))
		}
		r.rows = append(r.rows, row)
	}
	return out.writeBetween(r)
}

// sideName is what an arm is called.
func sideName(s results.Side) string { return armName(s.Trial.Number, s.Round) }

// comparedResult has one row per measure and side, unrounded.
func comparedResult(c *results.Comparison) result {
	r := result{columns: []column{
		{name: "study"}, {name: "measure"}, {name: "trial"}, {name: "round"}, {name: "against_trial"}, {name: "against_round"}, {name: "seeds"},
		{name: "value"}, {name: "against_value"}, {name: "difference"}, {name: "difference_low"}, {name: "difference_high"},
	}}
	first := c.Sides[0]
	for _, m := range c.Measures {
		for i, s := range c.Sides[1:] {
			d := m.Changes[i]
			r.rows = append(r.rows, []any{
				first.Trial.Study.Name, m.Name, s.Trial.Number, s.Round, first.Trial.Number, first.Round, len(c.Seeds),
				m.Means[i+1], m.Means[0], d.Mean, d.Low, d.High,
			})
		}
	}
	return r
}
