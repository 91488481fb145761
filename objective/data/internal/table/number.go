package table

import (
	"math"
	"strconv"
	"strings"
)

// maxMagnitude bounds numbers: sums and differences of such are finite as
// float32, so that no standardised number overflows. It is the float32 that 1e30 is read as,
// which is a little larger.
var maxMagnitude = float64(float32(1e30))

// content says what a field holds.
type content int

const (
	aNumber content = iota
	tooLarge
	missing
	infinite
	aText
)

// parse reads a field as a decimal number, in the way of strconv but without its
// hexadecimal forms, underscores and words. The value is 0 unless it is one.
func parse(s string) (float32, content) {
	if !decimal(s) {
		return 0, wordContent(s)
	}
	f, err := strconv.ParseFloat(s, 32)
	switch {
	case math.Abs(f) > maxMagnitude: // also what is out of float32's range
		return 0, tooLarge
	case err != nil:
		return 0, aText
	}
	return float32(f), aNumber
}

// wordContent sorts what is no number into the usual marks and text.
func wordContent(s string) content {
	switch strings.TrimLeft(strings.ToLower(s), "+-") {
	case "", "na", "n/a", "nan", "null", "none", "?", "#n/a":
		return missing
	case "inf", "infinity", "1.#inf":
		return infinite
	}
	return aText
}

// number reads a feature that must be a number. The fault, if any, is a clause.
func number(s string) (v float32, fault string) {
	v, is := parse(s)
	switch is {
	case tooLarge:
		fault = quote(s) + " is too large; want at most 1e30 in magnitude"
	case missing:
		fault = quote(s) + " is a missing value; want a number: fill it in or drop the row"
		if s == "" {
			fault = "the field is empty; want a number: fill it in or drop the row"
		}
	case infinite:
		fault = quote(s) + " is not finite; want a number"
	case aText:
		fault = quote(s) + " is text; want a number, or encode the column with data.one_hot"
	}
	return v, fault
}

// decimal reports whether s could be a decimal number: a digit, and no other
// letters than the e of an exponent.
func decimal(s string) bool {
	digits := false
	for i := range len(s) {
		switch c := s[i]; {
		case c >= '0' && c <= '9':
			digits = true
		case c != '+' && c != '-' && c != '.' && c != 'e' && c != 'E':
			return false
		}
	}
	return digits
}

// quote puts a text in quotes, on one line and not too long of it.
func quote(s string) string {
	const longest = 40
	if r := []rune(s); len(r) > longest {
		return strconv.Quote(string(r[:longest])) + "..."
	}
	return strconv.Quote(s)
}
