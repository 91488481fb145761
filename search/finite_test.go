package search_test

import (
	"fmt"
	"testing"

	"evenkeel/objective"
	"evenkeel/objective/trainers/trainertest"
	"evenkeel/search"
	"evenkeel/search/samplertest"
	"evenkeel/search/storetest"
	"evenkeel/search/tpe"
)

// TestPoints counts the points of the spaces of the sampler suite, by hand.
func TestPoints(t *testing.T) {
	want := map[string]int{
		"real step": 10, "int": 7, "int log": 5, "int step": 4, "categorical": 5, "one point": 1, "no parameters": 1,
	}
	for _, s := range samplertest.Spaces() {
		n, finite := s.Space.Points()
		if n != want[s.Name] || finite != (want[s.Name] > 0) {
			t.Errorf("%s: %d points, counted %v; want %d", s.Name, n, finite, want[s.Name])
		}
	}
	// Of kinds a and b: a has 1..3, b has x or y, and y has 10 or 20.
	conditional := search.Space{Params: []search.Param{
		{Name: "kind", Kind: search.Categorical, Choices: []any{"a", "b"}},
		{Name: "of a", Kind: search.Int, Low: 1, High: 3, When: &search.Condition{Param: "kind", In: []int{0}}},
		{Name: "of b", Kind: search.Categorical, Choices: []any{"x", "y"}, When: &search.Condition{Param: "kind", In: []int{1}}},
		{Name: "of y", Kind: search.Int, Low: 10, High: 20, Step: 10, When: &search.Condition{Param: "of b", In: []int{1}}},
	}}
	if n, finite := conditional.Points(); n != 3+1+2 || !finite {
		t.Errorf("conditions: %d points, counted %v; want 6", n, finite)
	}
	large := search.Space{Params: []search.Param{{Name: "a", Kind: search.Int, High: 1e6}}}
	if n, finite := large.Points(); n != 0 || finite {
		t.Errorf("a million points: %d, counted %v; want none counted", n, finite)
	}
}

const enumerable = `
study: finite
model: {kind: softmax, epochs: 2}
weighting:
  scheme: [{name: error-power, exponent: [0.5, 1.0]}, {name: mean-ratio, exponent: [1, 2]}]
  rounds: 2
search: {trials: 30, max_replicates: 5, screen: off}
`

// TestFiniteSpaceIsEnumeratedOnce: of four points each is made once, with any sampler, with
// and without a screen, and for any number of trainings at once; what is left of the budget
// goes to further seeds, up to the most or until it is spent, and the search says why it
// ends.
func TestFiniteSpaceIsEnumeratedOnce(t *testing.T) {
	for _, c := range []struct {
		changes []string
		want    int // evaluations
	}{
		{nil, 4 * 5},
		{[]string{"search.screen=auto"}, 4 * 5},
		{[]string{"search.racing=false"}, 4},
		{[]string{"weighting.rounds={low: 1, high: 3}"}, 12 * 5},
	} {
		var want string
		for _, parallel := range []int{1, 4} {
			d := define(t, enumerable, c.changes...)
			m := storetest.NewMemory()
			dr := driver(d, m, &trainertest.Synthetic{Response: 1, PerClass: 400}, parallel)
			dr.Sampler = tpe.New()
			summary := complete(t, dr)
			points, evaluations := make(map[string]bool), 0
			for _, r := range m.Records {
				evaluations += len(r.Step.Replicates)
				if r.Step.Kind == search.NewTrial {
					points[fmt.Sprint(r.Step.Point)] = true
				}
			}
			made, _ := d.Space.Points()
			if len(points) != made || evaluations > c.want || evaluations < min(c.want, 30) || summary.Exhausted != made {
				t.Errorf("%v: %d points of %d, %d evaluations, exhausted %d; want all once, and %d", c.changes, len(points), made, evaluations, summary.Exhausted, c.want)
			}
			if want == "" {
				want = textOf(m)
			} else if textOf(m) != want {
				t.Errorf("%v: parallel %d gives another study", c.changes, parallel)
			}
		}
	}
}

// TestCopiesAreNoEvidence: two points with the same weights are one effect of the
// transmission. Of three points here two have the same.
func TestCopiesAreNoEvidence(t *testing.T) {
	d := define(t, `
study: copies
model: {kind: softmax, epochs: 2}
weighting: {scheme: [{formula: "(mean / x) ** (1 + 0 * a)", a: [1, 2]}], rounds: [1, 2]}
search: {trials: 30, max_replicates: 1}
`)
	m := storetest.NewMemory()
	complete(t, driver(d, m, newShifting(1), 2))
	runs := make(map[objective.RunID]bool)
	for _, r := range m.Records {
		for _, round := range r.Outcome.Replicates[0].Rounds[1:] {
			runs[round.Run] = true
		}
	}
	if len(m.Records) != 4 || len(runs) != 2 || m.Sent.Effects > 2 || m.Sent.Effects < 1 {
		t.Errorf("%d trials with %d runs, transmission of %d effects; want 4 with 2, and no more effects", len(m.Records), len(runs), m.Sent.Effects)
	}
}
