package models

import (
	"math"
	"strconv"
)

// Range is the numbers that a key accepts: from Min to Max, both included, but for
// what the other fields say.
type Range struct {
	Min, Max float64
	// Above and Below say that Min itself, and Max itself, are not allowed.
	Above, Below bool
	// Zero says that 0 is allowed beside them.
	Zero bool
	// Why says in a few words why there is a Max, where that is our choice; "" says nothing.
	Why string
}

// Limits that bound numbers which nothing else bounds; [Range.Want] is silent about
// them, and about infinity.
const (
	MaxReal = math.MaxFloat64
	// MaxInt bounds integers that are kept as int on every machine.
	MaxInt = math.MaxInt32
	// MaxExact bounds all integers: every one up to it is exact as a float64 and in JSON.
	MaxExact = 1<<53 - 1
)

// Holds reports whether the range has the number; it never has NaN.
func (r Range) Holds(v float64) bool {
	if r.Zero && v == 0 {
		return true
	}
	return v >= r.Min && v <= r.Max && !(r.Above && v == r.Min) && !(r.Below && v == r.Max)
}

// Want says what the range has, as "an integer from 1 to 16".
func (r Range) Want(integer bool) string {
	s := "a number"
	if integer {
		s = "an integer"
	}
	open := r.Max == MaxReal || r.Max == MaxInt || r.Max == MaxExact || math.IsInf(r.Max, 0)
	switch {
	case r.Min <= -MaxReal:
	case r.Above:
		s += " above " + Number(r.Min)
	case open:
		s += ", " + Number(r.Min) + " or more"
	default:
		s += " from " + Number(r.Min)
	}
	switch {
	case open:
	case r.Below:
		s += " to below " + Number(r.Max)
	default:
		s += " to " + Number(r.Max)
	}
	if r.Zero {
		s += ", or 0"
	}
	return s
}

// Number writes a number as a person would.
func Number(v float64) string {
	if v == math.Trunc(v) && math.Abs(v) < 1e15 {
		return strconv.FormatFloat(v, 'f', -1, 64) // 1000000, not 1e+06
	}
	return strconv.FormatFloat(v, 'g', -1, 64)
}
