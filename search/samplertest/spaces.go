package samplertest

import "evenkeel/search"

// NamedSpace is a space of the suite.
type NamedSpace struct {
	Name  string
	Space search.Space
}

// Spaces returns the spaces the suite runs on: every kind and scale alone, all
// together, conditions in chains, one point, and no parameter at all.
func Spaces() []NamedSpace {
	one := func(name string, p search.Param) NamedSpace {
		p.Name = name
		return NamedSpace{name, search.Space{Params: []search.Param{p}}}
	}
	all := []NamedSpace{
		one("real", search.Param{Kind: search.Real, Low: -1, High: 3}),
		one("real log", search.Param{Kind: search.Real, Low: 1e-5, High: 10, Log: true}),
		one("real step", search.Param{Kind: search.Real, Low: 0, High: 0.9, Step: 0.1}),
		one("int", search.Param{Kind: search.Int, Low: -2, High: 4}),
		one("int log", search.Param{Kind: search.Int, Low: 1, High: 5, Log: true}),
		one("int step", search.Param{Kind: search.Int, Low: 5, High: 20, Step: 5}),
		one("categorical", search.Param{Kind: search.Categorical, Choices: []any{"a", int64(1), 0.5, true, []int64{1, 2}}}),
	}
	var joined search.Space
	for _, s := range all {
		joined.Params = append(joined.Params, s.Space.Params...)
	}
	return append(all,
		NamedSpace{"all kinds", joined},
		NamedSpace{"conditions", conditional()},
		NamedSpace{"one point", search.Space{Params: []search.Param{
			{Name: "real", Kind: search.Real, Low: 0.5, High: 0.5},
			{Name: "int", Kind: search.Int, Low: 3, High: 3},
			{Name: "step", Kind: search.Real, Low: 1, High: 1, Step: 0.1},
			{Name: "log", Kind: search.Real, Low: 0.1, High: 0.1, Log: true},
			{Name: "categorical", Kind: search.Categorical, Choices: []any{"only"}},
		}}},
		NamedSpace{"no parameters", search.Space{}},
	)
}

// conditional is a space in which what exists depends on choices, over two levels.
func conditional() search.Space {
	return search.Space{Params: []search.Param{
		{Name: "kind", Kind: search.Categorical, Choices: []any{"a", "b", "c"}},
		{Name: "of a", Kind: search.Real, Low: 0, High: 1, When: &search.Condition{Param: "kind", In: []int{0}}},
		{Name: "of b and c", Kind: search.Categorical, Choices: []any{"x", "y"}, When: &search.Condition{Param: "kind", In: []int{1, 2}}},
		{Name: "of y", Kind: search.Int, Low: 1, High: 3, When: &search.Condition{Param: "of b and c", In: []int{1}}},
		{Name: "always", Kind: search.Int, Low: 0, High: 4},
	}}
}
