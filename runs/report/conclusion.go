package report

import (
	"fmt"

	"evenkeel/objective"
	"evenkeel/objective/evidence/confirm"
	"evenkeel/runs/results"
)

// concluded puts what a confirmed arm comes to into words.
func concluded(c results.Conclusion) string {
	text := fmt.Sprintf("Verdict on trial %d round %d: ", c.Trial, c.Round)
	switch c.Change {
	case confirm.Better:
		text += "the recalls are more even, beyond noise"
	case confirm.SlightlyBetter:
		text += "the recalls are slightly more even, beyond noise"
	case confirm.Worse:
		text += "the recalls are less even than without weights, beyond noise"
	default:
		text += "no change of the spread beyond noise"
	}
	if c.Gains != "" {
		text += "; " + objective.InSentence(c.Gains) + " gains most"
	}
	if c.Pays != "" {
		text += "; " + objective.InSentence(c.Pays) + " loses most"
	}
	switch c.Tolerance {
	case confirm.NotHeld:
		text += "; it loses more accuracy than you allow"
	case confirm.Undecided:
		text += "; it may lose more accuracy than you allow"
	}
	text += "."
	for _, more := range []string{offsetsInstead(c.Offsets), longerInstead(c.Longer)} {
		if more != "" {
			text += " " + more
		}
	}
	return text
}

// offsetsInstead puts the comparison with fitted offsets into words.
func offsetsInstead(o results.OffsetsInstead) string {
	price := ""
	if o.Dearer != 0 {
		price = fmt.Sprintf(", at %s points of balanced accuracy", points(-o.Dearer))
		switch o.Tolerance {
		case confirm.NotHeld:
			price += ", more than you allow"
		case confirm.Undecided:
			price += ", which may be more than you allow"
		}
	}
	switch o.Instead {
	case results.TooDear:
		return "Offsets on the unweighted model's logits lose more accuracy than you allow."
	case results.MoreEvenThanWeights:
		return "Offsets on the unweighted model's logits give more even recalls, without training" + price + "."
	case results.AsEven:
		return "Offsets, without training, differ from the weights by no more than noise" + price + "."
	case results.NotKnown:
		return "Whether offsets, without training, give as much is not known: too few seeds."
	case results.MostOfIt:
		return "Offsets give at least half of the gain without training" + price + "."
	}
	return ""
}

// longerInstead puts the comparison with longer training into words.
func longerInstead(l results.LongerInstead) string {
	switch l.Instead {
	case results.Alone:
		return fmt.Sprintf("Training longer without weights lowers the spread beyond noise (%s).", signed(l.Change, 3))
	case results.AllOfIt:
		return fmt.Sprintf("Training longer without weights gives at least as much (%s).", signed(l.Change, 3))
	case results.MostOfIt:
		return fmt.Sprintf("Training longer without weights gives at least half of it (%s).", signed(l.Change, 3))
	}
	return ""
}
