package main

import (
	"fmt"

	"evenkeel/objective/evidence/confirm"
	"evenkeel/runs"
	"evenkeel/search/followup"
)

// mostOf is the share of the weights' gain from which on another way is said to do
// most of it, farther the loss of balanced accuracy against the weights from which on
// it is mentioned. Our choice.
const mostOf, farther = 0.5, 0.003

// judged returns the confirmed arm that the verdict is about: the leader's, or that of
// the last trial that is confirmed where the leader is not; on the study's own split
// rather than on others; nil if there is none. Invalidated trials have no verdict.
func (p confirmedPage) judged(board *runs.Board) *runs.ConfirmedArm {
	var found *runs.ConfirmedArm
	at := board.Leader()
	leads := func(a *runs.ConfirmedArm) bool {
		return at >= 0 && a.Trial == board.Rows[at].Trial && a.Round == board.Rows[at].Round
	}
	for i := range p.arms {
		a := &p.arms[i]
		switch {
		case a.Invalid:
		case found == nil, leads(a) && !leads(found):
			found = a
		case leads(found) && !leads(a):
		case !a.Resplit || found.Resplit:
			found = a // a later one, or the same arm on the study's own split
		}
	}
	return found
}

// sentence says in words what a confirmed arm comes to: whether the classes are more
// even, who pays for it, and whether something cheaper would have done. It says
// nothing that the rows do not.
func (p confirmedPage) sentence(a runs.ConfirmedArm) string {
	main := rowOf(a, followup.WhatRecipe, followup.WhatReference)
	if main == nil {
		return ""
	}
	verdict := p.verdict(a, *main)
	gained := verdict == confirm.Better || verdict == confirm.SlightlyBetter
	text := fmt.Sprintf("Verdict on trial %d/%d: ", a.Trial, a.Round)
	switch verdict {
	case confirm.Better:
		text += "the classes are more even beyond noise"
	case confirm.SlightlyBetter:
		text += "the classes are slightly more even, beyond noise"
	case confirm.Worse:
		text += "the classes are less even than the unweighted model's, beyond noise"
	default:
		text += "no change of the spread beyond noise"
	}
	if verdict != confirm.NoDifference {
		for _, list := range []struct {
			classes []runs.ClassChange
			does    string
		}{{main.Gained, "gains"}, {main.Lost, "pays"}} {
			if len(list.classes) > 0 {
				text += fmt.Sprintf("; %s %s most", list.classes[0].Class, list.does)
			}
		}
	}
	switch main.Tolerance {
	case confirm.NotHeld:
		text += "; it costs more accuracy than you allow"
	case confirm.Undecided:
		text += "; whether it costs more accuracy than you allow is not certain"
	}
	text += "."
	for _, more := range []string{p.offsetsSentence(a, *main, gained), p.longerSentence(a, *main, gained)} {
		if more != "" {
			text += " " + more
		}
	}
	return text
}

// longerSentence says where training the unweighted model longer evens the classes out
// beyond noise, and so far that the weights are not worth their trainings.
func (p confirmedPage) longerSentence(a runs.ConfirmedArm, main runs.ConfirmedRow, gained bool) string {
	row := rowOf(a, followup.WhatLonger, followup.WhatReference)
	if row == nil {
		return ""
	}
	verdict := p.verdict(a, *row)
	switch {
	case verdict != confirm.Better && verdict != confirm.SlightlyBetter:
	case !gained:
		return fmt.Sprintf("Training the unweighted model as long does even them out (%s).", signed(row.Difference, 3))
	case row.Difference < main.Difference:
		return fmt.Sprintf("Training the unweighted model as long does as much (%s).", signed(row.Difference, 3))
	case row.Difference < mostOf*main.Difference:
		return fmt.Sprintf("Training the unweighted model as long does most of it (%s).", signed(row.Difference, 3))
	}
	return ""
}

// offsetsCost says whether fitted offsets hold the study's tolerance. Confirmations of
// earlier versions have no row for it: there the point estimate must do.
func (p confirmedPage) offsetsCost(main, against runs.ConfirmedRow, own *runs.ConfirmedRow) confirm.Holding {
	switch {
	case own != nil:
		return own.Tolerance
	case main.AgainstBalancedAccuracy-against.AgainstBalancedAccuracy > p.def.Objective.Tolerance:
		return confirm.NotHeld
	}
	return confirm.Held
}

// offsetsSentence compares the recipe with fitted offsets, which train nothing, and
// says so where they cost more accuracy: by the same rule as the recipe's own cost.
func (p confirmedPage) offsetsSentence(a runs.ConfirmedArm, main runs.ConfirmedRow, gained bool) string {
	row, own := rowOf(a, followup.WhatRecipe, followup.WhatOffsets), rowOf(a, followup.WhatOffsets, followup.WhatReference)
	if row == nil {
		return ""
	}
	cost := p.offsetsCost(main, *row, own)
	if cost == confirm.NotHeld && main.Tolerance != confirm.NotHeld {
		return "Offsets alone cost more accuracy than you allow."
	}
	price := ""
	if row.BalancedAccuracy-row.AgainstBalancedAccuracy > farther {
		price = fmt.Sprintf(", at %s points of balanced accuracy", points(row.AgainstBalancedAccuracy-main.AgainstBalancedAccuracy))
		switch cost {
		case confirm.NotHeld:
			price += ", more than you allow"
		case confirm.Undecided:
			price += ", perhaps more than you allow"
		}
	}
	most := row.AgainstSpread-main.AgainstSpread < mostOf*main.Difference
	switch verdict := p.verdict(a, *row); {
	case verdict == confirm.Worse:
		return "Offsets on the unweighted model's logits do better, without training" + price + "."
	case !gained:
		return ""
	case verdict == confirm.NoDifference && most:
		return "Offsets do as much without training, as far as can be told" + price + "."
	case verdict == confirm.NoDifference:
		return "Whether offsets, without training, do as much cannot be told."
	case most:
		return "Offsets do most of it without training" + price + "."
	}
	return ""
}
