package search

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"slices"
)

// maxInt bounds integers: up to 2^53 every integer is a float64, so a [Point]
// holds it exactly.
const maxInt = 1 << 53

// stepTolerance is how far, in steps, a value may lie off its grid: it allows for
// the rounding of decimal literals such as 0.1 and nothing a person would mean.
const stepTolerance = 1e-9

// Validate reports every fault of the space, or nil: names that are empty or
// used twice, bounds that are not finite or cross, a logarithmic scale that
// does not start above 0 or has a step, a step that does not divide the range,
// choices that are missing, equal or of a type that is not allowed, and
// conditions on anything but an earlier categorical parameter.
func (s Space) Validate() error {
	var faults []error
	before := make(map[string]Param, len(s.Params))
	for i, p := range s.Params {
		if p.Name == "" {
			faults = append(faults, fmt.Errorf("parameter %d has no name", i))
			continue
		}
		if _, twice := before[p.Name]; twice {
			faults = append(faults, fmt.Errorf("parameter %s occurs twice", p.Name))
		}
		if err := p.validate(); err != nil {
			faults = append(faults, fmt.Errorf("parameter %s: %w", p.Name, err))
		}
		if err := p.When.validate(before); err != nil {
			faults = append(faults, fmt.Errorf("parameter %s: %w", p.Name, err))
		}
		before[p.Name] = p
	}
	return errors.Join(faults...)
}

// validate checks everything but the condition.
func (p Param) validate() error {
	switch p.Kind {
	case Categorical:
		return p.validateChoices()
	case Real, Int:
		return p.validateRange()
	}
	return fmt.Errorf("unknown kind %q; known: %s, %s, %s", p.Kind, Real, Int, Categorical)
}

func (p Param) validateRange() error {
	switch {
	case !finite(p.Low) || !finite(p.High) || !finite(p.High-p.Low):
		return fmt.Errorf("range %v to %v; want finite numbers a finite distance apart", p.Low, p.High)
	case p.Low > p.High:
		return fmt.Errorf("low %v is above high %v; want low <= high", p.Low, p.High)
	case p.Kind == Int && !(whole(p.Low) && whole(p.High)):
		return fmt.Errorf("range %v to %v of integers; want whole numbers up to 2^53", p.Low, p.High)
	case p.Log && p.Low <= 0:
		return fmt.Errorf("low %v on a logarithmic scale; want low > 0", p.Low)
	case p.Log && p.Step != 0:
		return errors.New("a logarithmic scale with a step; want one of the two")
	case len(p.Choices) > 0:
		return errors.New("a range with choices; want one of the two")
	}
	return p.validateStep()
}

func (p Param) validateStep() error {
	switch {
	case p.Step == 0:
		return nil
	case !finite(p.Step) || p.Step < 0:
		return fmt.Errorf("step %v; want a positive number", p.Step)
	case p.Kind == Int && !whole(p.Step):
		return fmt.Errorf("step %v of integers; want a whole number", p.Step)
	}
	n := (p.High - p.Low) / p.Step
	if n > maxInt {
		return fmt.Errorf("step %v makes more than 2^53 values from %v to %v; want a larger step", p.Step, p.Low, p.High)
	}
	if math.Abs(n-math.Round(n)) > stepTolerance+n*1e-15 {
		return fmt.Errorf("step %v does not lead from %v to %v; want a step that divides %v, or high %v",
			p.Step, p.Low, p.High, decimal(p.High-p.Low), decimal(p.Low+float64(math.Floor(n)*p.Step)))
	}
	return nil
}

func (p Param) validateChoices() error {
	if len(p.Choices) == 0 {
		return errors.New("no choices; want at least one")
	}
	if p.Low != 0 || p.High != 0 || p.Log || p.Step != 0 {
		return errors.New("choices with a range; want one of the two")
	}
	for i, c := range p.Choices {
		switch v := c.(type) {
		case string, bool, int64, []int64:
		case float64:
			if !finite(v) {
				return fmt.Errorf("choice %d is %v; want a finite number", i, v)
			}
		default:
			return fmt.Errorf("choice %d has type %T; want string, bool, int64, float64 or []int64", i, c)
		}
		for j := range i {
			if reflect.DeepEqual(p.Choices[j], c) {
				return fmt.Errorf("choices %d and %d are both %v; want each choice once", j, i, c)
			}
		}
	}
	return nil
}

// validate checks a condition against the parameters that come before.
func (c *Condition) validate(before map[string]Param) error {
	if c == nil {
		return nil
	}
	p, ok := before[c.Param]
	switch {
	case !ok:
		return fmt.Errorf("its condition names %q, which does not come before it", c.Param)
	case p.Kind != Categorical:
		return fmt.Errorf("its condition names %s, which is %s; want a categorical parameter", c.Param, p.Kind)
	case len(c.In) == 0:
		return fmt.Errorf("its condition on %s allows no choice", c.Param)
	}
	for i, choice := range c.In {
		if choice < 0 || choice >= len(p.Choices) {
			return fmt.Errorf("its condition names choice %d of %s, which has %d", choice, c.Param, len(p.Choices))
		}
		if i > 0 && choice <= c.In[i-1] {
			return fmt.Errorf("its condition on %s lists choice %d out of order; want ascending, each once", c.Param, choice)
		}
	}
	return nil
}

// Contains reports, as an error, why pt is not a point of the space; nil says
// that it is one: it has a value for every parameter that exists in it and
// nothing else, each value is within its bounds (both included), whole where
// the parameter is an integer, on its grid where it has a step, and a valid
// index where it is categorical.
func (s Space) Contains(pt Point) error {
	known := 0
	for _, p := range s.Params {
		v, has := pt[p.Name]
		active := Active(pt, p)
		switch {
		case has && !active:
			return fmt.Errorf("%s has the value %v, but does not exist in this point", p.Name, v)
		case !has && active:
			return fmt.Errorf("%s has no value", p.Name)
		case !has:
			continue
		}
		known++
		if err := p.contains(v); err != nil {
			return fmt.Errorf("%s: %w", p.Name, err)
		}
	}
	if known == len(pt) {
		return nil
	}
	return fmt.Errorf("the space has no parameter %q", s.firstUnknown(pt))
}

// firstUnknown returns the first name, in alphabetical order, that pt has and s has
// not. There must be one.
func (s Space) firstUnknown(pt Point) string {
	var names []string
	for name := range pt {
		if !slices.ContainsFunc(s.Params, func(p Param) bool { return p.Name == name }) {
			names = append(names, name)
		}
	}
	return slices.Min(names)
}

// contains checks one value.
func (p Param) contains(v float64) error {
	if p.Kind == Categorical {
		if !whole(v) || v < 0 || v >= float64(len(p.Choices)) {
			return fmt.Errorf("choice %v; want an index from 0 to %d", v, len(p.Choices)-1)
		}
		return nil
	}
	switch {
	case !(v >= p.Low && v <= p.High): // also refuses NaN
		return fmt.Errorf("%v is outside; want %v to %v", v, p.Low, p.High)
	case p.Kind == Int && !whole(v):
		return fmt.Errorf("%v is not an integer", v)
	case p.Step != 0:
		near := p.gridValue(math.Round((v - p.Low) / p.Step))
		if math.Abs(v-near) > stepTolerance*p.Step {
			return fmt.Errorf("%v is off the grid; the nearest value is %v", v, near)
		}
	}
	return nil
}

// finite reports whether x is neither infinite nor NaN.
func finite(x float64) bool { return !math.IsInf(x, 0) && !math.IsNaN(x) }

// whole reports whether x is an integer that a float64 holds exactly.
func whole(x float64) bool { return x == math.Trunc(x) && math.Abs(x) <= maxInt }
