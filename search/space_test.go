package search

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestValidate(t *testing.T) {
	kind := Param{Name: "kind", Kind: Categorical, Choices: []any{"a", "b"}}
	for _, c := range []struct {
		name   string
		params []Param
		want   []string // parts of the error, in order; none means valid
	}{
		{"empty", nil, nil},
		{"one point", []Param{{Name: "x", Kind: Real, Low: 1, High: 1}}, nil},
		{"decimal step", []Param{{Name: "x", Kind: Real, Low: 0.1, High: 0.7, Step: 0.2}}, nil},
		{"condition", []Param{kind, {Name: "x", Kind: Int, Low: 1, High: 2, When: &Condition{Param: "kind", In: []int{1}}}}, nil},
		{"no name", []Param{{Kind: Real}}, []string{"parameter 0 has no name"}},
		{"twice", []Param{kind, kind}, []string{"parameter kind occurs twice"}},
		{"kind", []Param{{Name: "x", Kind: "float"}}, []string{`parameter x: unknown kind "float"; known: real, int, categorical`}},
		{"crossed", []Param{{Name: "x", Kind: Real, Low: 2, High: 1}}, []string{"low 2 is above high 1"}},
		{"NaN", []Param{{Name: "x", Kind: Real, Low: math.NaN(), High: 1}}, []string{"want finite numbers"}},
		{"too wide", []Param{{Name: "x", Kind: Real, Low: -math.MaxFloat64, High: math.MaxFloat64}}, []string{"a finite distance apart"}},
		{"fractional int", []Param{{Name: "x", Kind: Int, Low: 0.5, High: 1}}, []string{"want whole numbers"}},
		{"log from 0", []Param{{Name: "x", Kind: Real, Low: 0, High: 1, Log: true}}, []string{"want low > 0"}},
		{"log with step", []Param{{Name: "x", Kind: Real, Low: 1, High: 2, Log: true, Step: 1}}, []string{"a logarithmic scale with a step"}},
		{"step that does not fit", []Param{{Name: "x", Kind: Int, Low: 1, High: 4, Step: 2}}, []string{"step 2 does not lead from 1 to 4; want a step that divides 3, or high 3"}},
		{"negative step", []Param{{Name: "x", Kind: Real, Low: 0, High: 1, Step: -0.5}}, []string{"want a positive number"}},
		{"tiny step", []Param{{Name: "x", Kind: Real, Low: 0, High: 1, Step: 1e-300}}, []string{"want a larger step"}},
		{"fractional int step", []Param{{Name: "x", Kind: Int, Low: 0, High: 1, Step: 0.5}}, []string{"want a whole number"}},
		{"range with choices", []Param{{Name: "x", Kind: Real, High: 1, Choices: []any{"a"}}}, []string{"a range with choices"}},
		{"choices with range", []Param{{Name: "x", Kind: Categorical, High: 1, Choices: []any{"a"}}}, []string{"choices with a range"}},
		{"no choices", []Param{{Name: "x", Kind: Categorical}}, []string{"no choices"}},
		{"equal choices", []Param{{Name: "x", Kind: Categorical, Choices: []any{[]int64{1}, []int64{1}}}}, []string{"choices 0 and 1 are both [1]"}},
		{"type of a choice", []Param{{Name: "x", Kind: Categorical, Choices: []any{3}}}, []string{"choice 0 has type int"}},
		{"infinite choice", []Param{{Name: "x", Kind: Categorical, Choices: []any{math.Inf(1)}}}, []string{"choice 0 is +Inf"}},
		{"condition on nothing", []Param{{Name: "x", Kind: Real, When: &Condition{Param: "y", In: []int{0}}}}, []string{`names "y", which does not come before it`}},
		{"condition on itself", []Param{{Name: "x", Kind: Real, When: &Condition{Param: "x", In: []int{0}}}}, []string{"does not come before it"}},
		{"condition on a number", []Param{{Name: "y", Kind: Real}, {Name: "x", Kind: Real, When: &Condition{Param: "y", In: []int{0}}}}, []string{"names y, which is real"}},
		{"condition without choices", []Param{kind, {Name: "x", Kind: Real, When: &Condition{Param: "kind"}}}, []string{"allows no choice"}},
		{"condition out of range", []Param{kind, {Name: "x", Kind: Real, When: &Condition{Param: "kind", In: []int{2}}}}, []string{"names choice 2 of kind, which has 2"}},
		{"condition out of order", []Param{kind, {Name: "x", Kind: Real, When: &Condition{Param: "kind", In: []int{1, 0}}}}, []string{"lists choice 0 out of order"}},
		{"every fault", []Param{{Name: "x", Kind: Real, Low: 2, High: 1}, {Name: "y", Kind: Categorical}}, []string{"parameter x", "parameter y"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := Space{Params: c.params}.Validate()
			if len(c.want) == 0 {
				if err != nil {
					t.Errorf("error %v; want none", err)
				}
				return
			}
			if err == nil {
				t.Fatalf("valid; want an error with %q", c.want)
			}
			rest := err.Error()
			for _, part := range c.want {
				_, after, found := strings.Cut(rest, part)
				if !found {
					t.Errorf("error %q; want %q in it", err, part)
				}
				rest = after
			}
		})
	}
}

// family is a space with every kind and a condition.
var family = Space{Params: []Param{
	{Name: "kind", Kind: Categorical, Choices: []any{"a", "b"}},
	{Name: "rate", Kind: Real, Low: 1e-4, High: 1e-2, Log: true},
	{Name: "share", Kind: Real, Low: 0, High: 0.9, Step: 0.3},
	{Name: "width", Kind: Categorical, Choices: []any{[]int64{8}, []int64{8, 4}}, When: &Condition{Param: "kind", In: []int{1}}},
	{Name: "rounds", Kind: Int, Low: 1, High: 4},
}}

func TestContains(t *testing.T) {
	base := Point{"kind": 0, "rate": 1e-3, "share": 0.3, "rounds": 4}
	for _, c := range []struct {
		name   string
		change Point
		remove string
		want   string
	}{
		{"itself", nil, "", ""},
		{"both ends", Point{"rate": 1e-4, "share": 0.9, "rounds": 1}, "", ""},
		{"rounded off its grid", Point{"share": 0.1 + 0.2 + 0.3}, "", ""},
		{"conditional", Point{"kind": 1, "width": 1}, "", ""},
		{"below", Point{"rate": 9e-5}, "", "rate: 9e-05 is outside; want 0.0001 to 0.01"},
		{"NaN", Point{"rate": math.NaN()}, "", "rate: NaN is outside"},
		{"off the grid", Point{"share": 0.4}, "", "share: 0.4 is off the grid; the nearest value is 0.3"},
		{"no integer", Point{"rounds": 1.5}, "", "rounds: 1.5 is not an integer"},
		{"no such choice", Point{"kind": 2}, "", "kind: choice 2; want an index from 0 to 1"},
		{"half a choice", Point{"kind": 0.5}, "", "kind: choice 0.5"},
		{"missing", nil, "rate", "rate has no value"},
		{"missing condition", Point{"kind": 1}, "", "width has no value"},
		{"inactive", Point{"width": 0}, "", "width has the value 0, but does not exist in this point"},
		{"unknown", Point{"z": 0, "y": 0}, "", `the space has no parameter "y"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := Point{}
			for _, part := range []Point{base, c.change} {
				for name, v := range part {
					p[name] = v
				}
			}
			delete(p, c.remove)
			err := family.Contains(p)
			switch {
			case c.want == "" && err != nil:
				t.Errorf("error %v; want none", err)
			case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
				t.Errorf("error %v; want %q in it", err, c.want)
			}
		})
	}
}

func TestRender(t *testing.T) {
	got := family.Render(Point{"kind": 1, "rate": 0.001, "share": 0.3, "width": 1, "rounds": 2})
	want := map[string]any{"kind": "b", "rate": 0.001, "share": 0.3, "width": []int64{8, 4}, "rounds": int64(2)}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	got["width"].([]int64)[0] = 0
	if family.Params[3].Choices[1].([]int64)[0] != 8 {
		t.Error("a rendered list shares memory with the space")
	}
}

// TestMiddle has wanted values by hand.
func TestMiddle(t *testing.T) {
	for _, c := range []struct {
		param Param
		want  float64
	}{
		{Param{Kind: Real, Low: 0, High: 0.9}, 0.45},
		{Param{Kind: Real, Low: -math.MaxFloat64 / 2, High: math.MaxFloat64 / 2}, 0},
		{Param{Kind: Real, Low: 2, High: 8, Log: true}, 4},
		{Param{Kind: Real, Low: 1e-300, High: 1e-200, Log: true}, 1e-250},
		{Param{Kind: Int, Low: 1, High: 3}, 2},
		{Param{Kind: Int, Low: 1, High: 4}, 3},    // 2.5, half up
		{Param{Kind: Int, Low: -2, High: -1}, -1}, // -1.5, half up
		{Param{Kind: Int, Low: 1, High: 4, Log: true}, 2},
		{Param{Kind: Int, Low: 2, High: 3, Log: true}, 2}, // 2.449
		{Param{Kind: Int, Low: 5, High: 20, Step: 5}, 15}, // positions 0..3: 1.5, half up
		{Param{Kind: Real, Low: 0, High: 0.4, Step: 0.1}, 0.2},
		{Param{Kind: Categorical, Choices: []any{"a", "b", "c"}}, 0},
		{Param{Kind: Int, Low: 7, High: 7}, 7},
	} {
		c.param.Name = "x"
		s := Space{Params: []Param{c.param}}
		got := s.Middle()["x"]
		if math.Abs(got-c.want) > 1e-12*math.Abs(c.want) {
			t.Errorf("middle of %+v is %v; want %v", c.param, got, c.want)
		}
		if err := s.Contains(s.Middle()); err != nil {
			t.Errorf("middle of %+v: %v", c.param, err)
		}
	}
	if got, want := family.Middle(), (Point{"kind": 0, "rate": 1e-3, "share": 0.6, "rounds": 3}); !cmp.Equal(got, want) {
		t.Errorf("middle %v; want %v", got, want)
	}
}

// TestAt has wanted values by hand.
func TestAt(t *testing.T) {
	for _, c := range []struct {
		param   Param
		u, want float64
	}{
		{Param{Kind: Real, Low: -1, High: 3}, 0.25, 0},
		{Param{Kind: Real, Low: 1e-4, High: 1e-2, Log: true}, 0.5, 1e-3},
		{Param{Kind: Real, Low: 0.1, High: 0.7, Log: true}, 0, 0.1},
		{Param{Kind: Real, Low: 0.1, High: 0.7, Log: true}, 1, 0.7},
		{Param{Kind: Real, Low: 0.1, High: 0.7}, 1, 0.7},
		{Param{Kind: Real, Low: 0, High: 0.9, Step: 0.1}, 0.35, 0.3}, // not 0.30000000000000004
		{Param{Kind: Real, Low: -0.3, High: 0.3, Step: 0.1}, 0.5, 0},
		{Param{Kind: Real, Low: 0, High: 0.9, Step: 0.1}, 1, 0.9},
		{Param{Kind: Int, Low: 1, High: 4}, 0.2499, 1},
		{Param{Kind: Int, Low: 1, High: 4}, 0.25, 2},
		{Param{Kind: Int, Low: 1, High: 4}, 1, 4},
		{Param{Kind: Int, Low: 5, High: 20, Step: 5}, 0.99, 20},
		{Param{Kind: Int, Low: 1, High: 4, Log: true}, 0, 1},
		{Param{Kind: Int, Low: 1, High: 4, Log: true}, 1, 4},
		{Param{Kind: Int, Low: 1, High: 4, Log: true}, 0.5, 2}, // sqrt(0.5 * 4.5) = 1.5, away from 0
		{Param{Kind: Categorical, Choices: []any{"a", "b"}}, 0.5, 1},
		{Param{Kind: Categorical, Choices: []any{"a", "b"}}, 1, 1},
		{Param{Kind: Int, Low: 0, High: 1 << 53}, 1, 1 << 53},
	} {
		if got := c.param.At(c.u); got != c.want {
			t.Errorf("At(%v) of %+v is %v; want %v", c.u, c.param, got, c.want)
		}
	}
}

// TestAtIsInside checks that At never leaves the parameter and never falls.
func TestAtIsInside(t *testing.T) {
	for _, p := range slices.Concat(family.Params, []Param{
		{Name: "x", Kind: Real, Low: 0.1, High: 0.1 + 1e-16},
		{Name: "x", Kind: Real, Low: 1.0 / 3, High: 2.0 / 3, Log: true},
		{Name: "x", Kind: Real, Low: 1.0 / 3, High: 1.0/3 + 70*0.01, Step: 0.01},
		{Name: "x", Kind: Real, Low: -1e300, High: 7e299},
	}) {
		p.Name, p.When = "x", nil
		space := Space{Params: []Param{p}}
		if err := space.Validate(); err != nil {
			t.Fatal(err)
		}
		last := math.Inf(-1)
		for i := range 1001 {
			v := p.At(float64(i) / 1000)
			if err := space.Contains(Point{"x": v}); err != nil || v < last {
				t.Fatalf("At(%v) of %+v is %v after %v: %v", float64(i)/1000, p, v, last, err)
			}
			last = v
		}
	}
}

func TestAtPanics(t *testing.T) {
	for _, u := range []float64{-0.1, 1.1, math.NaN()} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("At(%v) returns; want a panic", u)
				}
			}()
			family.Params[1].At(u)
		}()
	}
}
