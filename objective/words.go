package objective

import (
	"math"
	"strconv"
	"strings"
)

// Percent writes a share with its unit, 59.8 %.
func Percent(share float64) string { return strconv.FormatFloat(100*share, 'f', 1, 64) + " %" }

// Points writes a difference of shares in percentage points with its sign, without the
// unit: +0.6, -0.6, 0.0; "-" for NaN.
func Points(difference float64) string {
	text := strconv.FormatFloat(100*difference, 'f', 1, 64)
	switch {
	case math.IsNaN(difference):
		return "-"
	case text == "-0.0" || text == "0.0":
		return "0.0"
	case difference > 0:
		return "+" + text
	}
	return text
}

// Plural writes a number with its noun: 1 class, 2 classes, 2 studies.
func Plural(n int, noun string) string {
	switch {
	case n == 1:
		return "1 " + noun
	case strings.HasSuffix(noun, "s"):
		return strconv.Itoa(n) + " " + noun + "es"
	case noun == "study":
		return strconv.Itoa(n) + " studies"
	}
	return strconv.Itoa(n) + " " + noun + "s"
}
