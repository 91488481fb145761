package report

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"evenkeel/objective"
	"evenkeel/schemes"
	"evenkeel/search"
)

// decimals writes a number below 1 as the field does: .117.
func decimals(v float64, digits int) string {
	if math.IsNaN(v) {
		return "-"
	}
	text := strconv.FormatFloat(v, 'f', digits, 64)
	if strings.TrimLeft(text, "-0.") == "" {
		text = strings.TrimPrefix(text, "-") // no negative zero
	}
	if rest, ok := strings.CutPrefix(text, "-0."); ok {
		return "-." + rest
	}
	if rest, ok := strings.CutPrefix(text, "0."); ok {
		return "." + rest
	}
	return text
}

// signed is decimals with a sign.
func signed(v float64, digits int) string {
	text := decimals(v, digits)
	if math.IsNaN(v) || strings.HasPrefix(text, "-") || strings.Trim(text, ".0") == "" {
		return text
	}
	return "+" + text
}

// percent writes a share in percentage points, 59.8.
func percent(v float64) string {
	if math.IsNaN(v) {
		return "-"
	}
	return strconv.FormatFloat(100*v, 'f', 1, 64)
}

// points writes a difference of shares in percentage points, -0.6.
func points(v float64) string { return objective.Points(v) }

// armName is what every page calls an arm. Commands take it as 5/2.
func armName(trial, round int) string { return fmt.Sprintf("trial %d round %d", trial, round) }

// classText names a class before a figure: one whose name is a number is "class 7".
func classText(name string) string {
	if objective.InSentence(name) != name {
		return "class " + name
	}
	return name
}

// count writes a number with its noun.
func count(n int, noun string) string { return objective.Plural(n, noun) }

// brief writes a parameter with three significant digits, without a leading
// zero: 2, 0.25 becomes .25.
func brief(v float64) string {
	text := strconv.FormatFloat(v, 'g', 3, 64)
	if rest, ok := strings.CutPrefix(text, "0."); ok {
		return "." + rest
	}
	return text
}

// Duration writes seconds as people say them: 4.1 s, 2 min 5 s, 3 h 12 min.
func Duration(seconds float64) string {
	d := time.Duration(seconds * float64(time.Second))
	switch {
	case d < 10*time.Second:
		return fmt.Sprintf("%.1f s", seconds)
	case d < time.Minute:
		return fmt.Sprintf("%.0f s", seconds)
	case d < time.Hour:
		d = d.Round(time.Second)
		return fmt.Sprintf("%d min %d s", d/time.Minute, d%time.Minute/time.Second)
	}
	d = d.Round(time.Minute)
	return fmt.Sprintf("%d h %d min", d/time.Hour, d%time.Hour/time.Minute)
}

// flagTime writes a duration as one would type it: 16h, not 16h0m0s.
func flagTime(d time.Duration) string {
	text := d.String()
	for _, zero := range []struct{ after, unit string }{{"m", "0s"}, {"h", "0m"}} {
		if strings.HasSuffix(text, zero.after+zero.unit) {
			text = strings.TrimSuffix(text, zero.unit)
		}
	}
	return text
}

// recipeText says what a trial does in a few words: the scheme with its
// parameters, what differs from the plain recipe, and the model parameters
// that are searched.
func recipeText(def *search.Definition, p search.Point) (string, error) {
	plan, err := def.Plan(p)
	if err != nil {
		return "", err
	}
	words := schemeWords(plan.Recipe)
	words = append(words, modifierWords(plan)...)
	for _, param := range def.Space.Params {
		key, ok := param.ModelKey()
		if v, used := plan.Model[key]; ok && used {
			words = append(words, key+"="+valueText(v))
		}
	}
	return objective.Printable(strings.Join(words, " ")), nil // with names and texts of the study file
}

// schemeWords names the scheme and its parameters. A single parameter of the
// catalogue needs no name; behind a formula it would look like part of it.
func schemeWords(r schemes.Recipe) []string {
	words := []string{r.Scheme.Name}
	for _, p := range r.Scheme.Params {
		switch {
		case r.Strength != 0 && p.Name == r.Scheme.StrengthOf:
			words = append(words, "strength "+brief(r.Strength))
		case len(r.Scheme.Params) == 1 && !r.Scheme.Strict:
			words = append(words, brief(r.Values[p.Name]))
		default:
			words = append(words, p.Name+" "+brief(r.Values[p.Name]))
		}
	}
	return words
}

// modifierWords names what differs from the plain recipe.
func modifierWords(plan objective.Plan) []string {
	var words []string
	add := func(differs bool, format string, args ...any) {
		if differs {
			words = append(words, fmt.Sprintf(format, args...))
		}
	}
	r := plan.Recipe
	add(r.Update == schemes.Accumulate, "accumulate")
	add(r.Signal != schemes.Recall, "on %s", r.Signal)
	add(r.Damping != 0, "damped %s", brief(r.Damping))
	add(r.Clip != 0, "clip %s", brief(r.Clip))
	add(r.Smoothing == schemes.NoSmoothing, "unsmoothed")
	short := objective.WayOf(plan.Apply).Short
	add(short != "", "%s", short)
	add(plan.WeightsFrom != 0, "from %s", brief(plan.WeightsFrom))
	return words
}

// valueText writes a model parameter.
func valueText(v any) string {
	switch v := v.(type) {
	case float64:
		return brief(v)
	case []int64:
		return strings.ReplaceAll(strings.Trim(fmt.Sprint(v), "[]"), " ", "-")
	}
	return fmt.Sprint(v)
}

// cut shortens a text to so many columns.
func cut(text string, most int) string {
	if columns(text) <= most {
		return text
	}
	taken := 0
	for i, r := range text {
		if taken += columns(string(r)); taken > most-1 {
			return strings.TrimRight(text[:i], " ") + "…"
		}
	}
	return text
}

// times writes how often.
func times(n int) string {
	switch n {
	case 1:
		return "once"
	case 2:
		return "twice"
	}
	return fmt.Sprintf("%d times", n)
}

// perClass says how many examples a class has.
func perClass(counts []int64) string {
	if len(counts) == 0 {
		return "examples unknown"
	}
	lo, hi := slices.Min(counts), slices.Max(counts)
	if lo == hi {
		return count(int(lo), "example") + " a class"
	}
	return fmt.Sprintf("%d to %d examples a class", lo, hi)
}

// shortest writes a number with as many digits as it takes to read it back.
func shortest(v any) string {
	return strconv.FormatFloat(v.(float64), 'g', -1, 64)
}

// shortTime writes a time for people, in the local zone.
func shortTime(v any) string { return v.(time.Time).Local().Format("2006-01-02 15:04") }

// plainWord matches what a shell takes as it is.
var plainWord = regexp.MustCompile(`^[A-Za-z0-9._/-]+$`)

// ShellWord quotes a word for a shell where it needs to be.
func ShellWord(s string) string {
	if plainWord.MatchString(s) {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// bytesText writes a number of bytes with the units of disks: 1 kB is 1000 bytes.
func bytesText(n int64) string {
	switch {
	case n < 1000:
		return count(int(n), "byte")
	case n < 1000_000:
		return fmt.Sprintf("%.1f kB", float64(n)/1e3)
	case n < 1000_000_000:
		return fmt.Sprintf("%.1f MB", float64(n)/1e6)
	}
	return fmt.Sprintf("%.1f GB", float64(n)/1e9)
}

// unsigned writes a share in percentage points without a sign.
func unsigned(v float64) string { return strings.TrimPrefix(points(v), "+") }

// capitalised writes the first letter of a sentence large.
func capitalised(s string) string {
	if s == "" {
		return ""
	}
	_, size := utf8.DecodeRuneInString(s)
	return strings.ToUpper(s[:size]) + s[size:]
}
