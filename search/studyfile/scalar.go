package studyfile

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"

	"evenkeel/objective"
	"evenkeel/objective/models"
)

// Numbers as the core schema of YAML 1.2 writes them. The underscores, base 2
// and base 60 of YAML 1.1 are not among them.
var (
	yamlInteger  = regexp.MustCompile(`^[-+]?[0-9]+$`)
	yamlBased    = regexp.MustCompile(`^0(x[0-9a-fA-F]+|o[0-7]+)$`)
	yamlFloat    = regexp.MustCompile(`^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$`)
	yamlInfinite = regexp.MustCompile(`^([-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN))$`)
	leadingZero  = regexp.MustCompile(`^[-+]?0[0-9]+$`)
)

// maxExact bounds integers.
const maxExact = models.MaxExact

// number reads a finite number. The fault, if any, says what is wrong; it is
// the caller who knows what would be right.
func number(n *node) (value float64, fault string) {
	switch {
	case n.kind != scalar || n.null():
		return 0, "is " + describe(n)
	case !n.plain:
		return 0, describe(n) + " is text, because of the quotes"
	case leadingZero.MatchString(n.text):
		return 0, brief(n.text) + " has a leading zero; write " + brief(withoutZeros(n.text))
	case yamlInfinite.MatchString(n.text):
		return 0, n.text + " is not a finite number"
	case yamlBased.MatchString(n.text):
		u, err := strconv.ParseUint(n.text, 0, 64)
		if err != nil || u > maxExact {
			return 0, brief(n.text) + " is too large"
		}
		return float64(u), ""
	case !yamlFloat.MatchString(n.text):
		if plain := strings.ReplaceAll(n.text, "_", ""); plain != n.text && yamlFloat.MatchString(plain) {
			return 0, brief(n.text) + " is not a number in YAML 1.2; write it without _"
		}
		return 0, describe(n) + " is not a number"
	}
	v, err := strconv.ParseFloat(n.text, 64)
	if err != nil {
		return 0, brief(n.text) + " is too large"
	}
	if v == 0 {
		v = 0 // not -0
	}
	return v, ""
}

// withoutZeros drops the leading zeros of an integer.
func withoutZeros(s string) string {
	sign := s[:len(s)-len(strings.TrimLeft(s, "+-"))]
	digits := strings.TrimLeft(s, "+-0")
	if digits == "" {
		return "0"
	}
	return strings.TrimPrefix(sign, "+") + digits
}

// integer reads a whole number: the key decides the type, so 15.0 is 15.
func integer(n *node) (value float64, fault string) {
	v, fault := number(n)
	switch {
	case fault != "":
		return 0, fault
	case v != math.Trunc(v):
		return 0, brief(n.text) + " is not an integer"
	case math.Abs(v) > maxExact:
		return 0, brief(n.text) + " is too large"
	}
	return v, ""
}

// boolean reads true or false.
func boolean(n *node) (value bool, fault string) {
	if n.kind != scalar || n.null() {
		return false, "is " + describe(n)
	}
	if !n.plain {
		return false, describe(n) + " is text, because of the quotes"
	}
	switch n.text {
	case "true", "false":
		return n.text == "true", ""
	}
	switch strings.ToLower(n.text) {
	case "on", "yes", "y", "true":
		return false, n.text + " is not a boolean in YAML 1.2; write true"
	case "off", "no", "n", "false":
		return false, n.text + " is not a boolean in YAML 1.2; write false"
	}
	return false, describe(n) + " is not a boolean"
}

// text reads any scalar as text.
func text(n *node) (value, fault string) {
	if n.kind != scalar || n.null() {
		return "", "is " + describe(n)
	}
	return n.text, ""
}

// duration reads a duration with a unit, or 0.
func duration(n *node) (value time.Duration, fault string) {
	if n.kind != scalar || n.null() {
		return 0, "is " + describe(n)
	}
	if yamlFloat.MatchString(n.text) && strings.Trim(n.text, "+-0.") != "" {
		return 0, brief(n.text) + " has no unit; write " + brief(n.text) + "h or " + brief(n.text) + "m"
	}
	d, err := time.ParseDuration(n.text)
	switch {
	case err != nil:
		return 0, describe(n) + " is not a duration"
	case d < 0:
		return 0, brief(n.text) + " is negative"
	}
	return d, ""
}

// yamlSize is a number from 0 and its unit.
var yamlSize = regexp.MustCompile(`^([0-9]+(?:\.[0-9]+)?) ?([A-Za-z]*)$`)

// size reads a size of memory with a unit, or 0, in bytes, rounded to a whole one.
func size(n *node) (value int64, fault string) {
	if n.kind != scalar || n.null() {
		return 0, "is " + describe(n)
	}
	parts := yamlSize.FindStringSubmatch(n.text)
	if parts == nil {
		return 0, describe(n) + " is not a size"
	}
	number, unit := parts[1], parts[2]
	none := strings.Trim(number, "0.") == ""
	each, ok := objective.UnitOf(unit)
	switch {
	case none && (ok || unit == ""):
		return 0, ""
	case unit == "":
		return 0, brief(n.text) + " has no unit; write " + brief(number) + "MB or " + brief(number) + "GB"
	case !ok:
		if near, found := nearUnit(unit); found {
			return 0, brief(n.text) + " has the unit " + brief(unit) + "; write " + brief(number) + near
		}
		return 0, brief(n.text) + " has the unit " + brief(unit) + ", which is not known"
	}
	v, err := strconv.ParseFloat(number, 64)
	if err != nil || v*float64(each) > maxExact {
		return 0, brief(n.text) + " is too large"
	}
	if v = math.Round(float64(v * float64(each))); v == 0 {
		return 0, brief(n.text) + " is less than a byte"
	}
	return int64(v), ""
}

// nearUnit returns the unit that a word stands for in other letters, or without its B.
func nearUnit(word string) (unit string, ok bool) {
	for _, u := range []string{"B", "kB", "MB", "GB", "TB", "KiB", "MiB", "GiB", "TiB"} {
		if w := strings.ToLower(word); w == strings.ToLower(u) || w+"b" == strings.ToLower(u) {
			return u, true
		}
	}
	return "", false
}
