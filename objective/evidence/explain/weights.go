package explain

import (
	"fmt"
	"math"
	"strings"
)

const (
	// flat is the strength below which weights are nearly uniform, a factor of 2.
	flat = 0.7
	// apart is the shift between two classes below which weights hardly act between
	// them, half of flat, a factor of 1.4.
	apart = 0.35
)

// strengthFinding says that weights are nearly uniform. lightest and heaviest are
// the names of the classes with those weights.
func strengthFinding(strength float64, lightest, heaviest string) (Finding, bool) {
	if strength >= flat {
		return Finding{}, false
	}
	d := Finding{
		Name: "strength", Reason: true, Try: "stronger",
		Threshold: "ln(max/min) of 0.7, a factor of 2", Source: "our choice",
		Figures: []Figure{{"strength", strength}, {"ratio", ratio(strength)}},
	}
	if strength == 0 {
		d.Text = "The weights are all equal, which is the same as no weights."
		return d, true
	}
	d.Text = fmt.Sprintf("The weights are nearly equal: the largest, of %s, is %s times the smallest, of %s. That can change only predictions in which the two probabilities are nearly equal (%s).",
		heaviest, factor(ratio(strength)), lightest, odds(strength))
	return d, true
}

// strengthOf is the finding for a case. It is none where the effect of the weights was
// measured or predicted to be more than small.
func (f *figures) strengthOf() (Finding, bool) {
	if !f.slightly() {
		return Finding{}, false
	}
	return strengthFinding(f.strength, f.class(lowest(f.shift)), f.class(highest(f.shift)))
}

// together says how the weights treat two classes alike; "" if they do not.
func together(i, j float64) string {
	switch {
	case i > 0 && j > 0:
		return "both are raised, which changes little between them"
	case i < 0 && j < 0:
		return "both are lowered, which changes little between them"
	}
	return ""
}

// pairsOf says between which of the most confused pairs the weights hardly act.
func (f *figures) pairsOf() (Finding, bool) {
	d := Finding{
		Name: "pairs", Try: "data",
		Threshold: "a shift of 0.35 nats, a factor of 1.4 between the two weights", Source: "our choice, half of that for all classes",
	}
	var sentences []string
	for k, p := range f.pairs {
		if p.shift >= apart || p.shift <= -apart {
			continue
		}
		i, j := f.names(p)
		text := fmt.Sprintf("the weights of %s and %s (%s of all errors) differ by a factor of only %s", i, j, percent(p.share), factor(ratio(math.Abs(p.shift))))
		if how := together(f.shift[p.i], f.shift[p.j]); how != "" && len(sentences) == 0 {
			text += ": " + how
		}
		sentences = append(sentences, text)
		d.Figures = append(d.Figures, Figure{"share_of_errors", p.share}, Figure{"shift", p.shift})
		d.Reason = d.Reason || k == 0 && f.slightly()
	}
	if len(sentences) == 0 {
		return d, false
	}
	d.Text = "Weights change predictions only between classes whose weights differ, but " + strings.Join(sentences, "; ") + "."
	return d, true
}
