package explain

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"evenkeel/objective"
	"evenkeel/schemes"
)

// small writes a number below 1 as the field does: .117.
func small(v float64) string { return trim(strconv.FormatFloat(v, 'f', 3, 64)) }

// nats writes a shift without its sign: .117, .52, 1.8.
func nats(v float64) string {
	if v = math.Abs(v); v < 0.1995 {
		return trim(strconv.FormatFloat(v, 'f', 3, 64))
	}
	if v < 1.995 {
		return trim(strconv.FormatFloat(v, 'f', 2, 64))
	}
	return strconv.FormatFloat(v, 'f', 1, 64)
}

// trim takes the zero before the point away.
func trim(text string) string {
	sign := ""
	if rest, ok := strings.CutPrefix(text, "-"); ok {
		if strings.Trim(rest, "0.") == "" {
			text = rest // no negative zero
		} else {
			sign, text = "-", rest
		}
	}
	return sign + strings.TrimPrefix(text, "0")
}

// change writes a difference with its sign: -.029.
func change(v float64) string {
	text := small(v)
	if !strings.HasPrefix(text, "-") && strings.Trim(text, ".0") != "" {
		text = "+" + text
	}
	return text
}

// percent writes a share: 59.8 %.
func percent(v float64) string { return objective.Percent(v) }

// points writes a difference of shares in percentage points: -0.6.
func points(v float64) string { return objective.Points(v) }

// unsigned writes a share that is no difference in points: 1.0.
func unsigned(v float64) string { return strings.TrimPrefix(points(v), "+") }

// probability writes one with two digits: .97, and above .99 where it rounds to 1.
func probability(p float64) string {
	if p > 0.99 {
		return "above .99"
	}
	return trim(strconv.FormatFloat(p, 'f', 2, 64))
}

// plural writes a number with its noun.
func plural(n int, noun string) string { return objective.Plural(n, noun) }

// factor writes a ratio of weights: 1.7, 97, 6e+20.
func factor(v float64) string {
	switch {
	case v >= 1e4:
		return fmt.Sprintf("%.0e", v)
	case v >= 100:
		return fmt.Sprintf("%.0f", v)
	case v >= 1.95:
		return fmt.Sprintf("%.1f", v)
	}
	return fmt.Sprintf("%.2f", v)
}

// list joins words: a, b and c.
func list(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " and " + words[len(words)-1]
}

// odds says which predictions a shift can change: those that give the two classes
// probabilities in this proportion, or closer to each other.
func odds(shift float64) string {
	p := 1 / (1 + schemes.Exp(-math.Abs(shift)))
	return fmt.Sprintf("%.0f : %.0f or closer", 100*(1-p), 100*p)
}

// lowered writes a change of a recall that went down as a loss.
func lowered(v float64) string { return strconv.FormatFloat(-100*v, 'f', 1, 64) }
