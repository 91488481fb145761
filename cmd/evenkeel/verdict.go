package main

import (
	"fmt"
	"strings"

	"evenkeel/objective/confirm"
	"evenkeel/runs"
	"evenkeel/search"
)

// mostOf is the share of the weights' gain from which on another way is said to do
// most of it. Our choice.
const mostOf = 0.5

// judged returns the confirmed arm that the verdict is about: the leader, or the one
// that was confirmed last; nil if there is none.
func (p confirmedPage) judged(board boardPage) *runs.ConfirmedArm {
	if len(p.arms) == 0 {
		return nil
	}
	if at := board.board.Leader(); at >= 0 {
		leader := board.board.Rows[at]
		for i, a := range p.arms {
			if a.Trial == leader.Trial && a.Round == leader.Round {
				return &p.arms[i]
			}
		}
	}
	return &p.arms[len(p.arms)-1]
}

// sentence says in words what a confirmed arm comes to: whether the classes are more
// even, who paid for it, and whether something cheaper would have done. It says
// nothing that the rows do not.
func (p confirmedPage) sentence(a runs.ConfirmedArm) string {
	main := mainRow(a)
	if main == nil {
		return ""
	}
	verdict := p.verdict(a, *main)
	text := "Verdict: "
	switch verdict {
	case confirm.Better:
		text += "the classes are more even beyond noise"
	case confirm.SlightlyBetter:
		text += "the classes are slightly more even, beyond noise"
	case confirm.Worse:
		text += "the classes are less even than without weights, beyond noise"
	default:
		text += fmt.Sprintf("no change of the spread beyond noise; below %s it may go unseen", decimals(main.Measurable, 3))
	}
	if verdict != confirm.NoDifference && len(main.Gained) > 0 && len(main.Lost) > 0 {
		text += fmt.Sprintf("; %s paid for %s", main.Lost[0].Class, main.Gained[0].Class)
	}
	if main.Tolerance == confirm.NotHeld {
		text += "; it costs more accuracy than you allow"
	}
	text += "."
	if more := p.cheaper(a, *main, verdict); more != "" {
		text += " " + more
	}
	return text
}

// cheaper says what fitted offsets and longer training do of it, "" if little.
func (p confirmedPage) cheaper(a runs.ConfirmedArm, main runs.ConfirmedRow, verdict confirm.Verdict) string {
	var sentences []string
	gained := verdict == confirm.Better || verdict == confirm.SlightlyBetter
	for _, row := range a.Rows {
		text := ""
		switch {
		case row.What == search.Recipe && row.Against == search.AgainstOffsets:
			text = p.offsetsSentence(a, row, main, gained)
		case row.What == search.Longer && gained && row.Difference < mostOf*main.Difference:
			text = "Training the unweighted model longer does most of it."
		}
		if text != "" {
			sentences = append(sentences, text)
		}
	}
	return strings.Join(sentences, " ")
}

// offsetsSentence compares the recipe with fitted offsets; row is the recipe against
// them.
func (p confirmedPage) offsetsSentence(a runs.ConfirmedArm, row, main runs.ConfirmedRow, gained bool) string {
	if drop := main.AgainstBalancedAccuracy - row.AgainstBalancedAccuracy; drop > p.def.Objective.Tolerance {
		return "Offsets alone cost more accuracy than you allow."
	}
	switch p.verdict(a, row) {
	case confirm.Worse:
		return "Offsets on the unweighted model's logits do better, for free."
	case confirm.NoDifference:
		if gained {
			return "Offsets do as much for free, as far as can be told."
		}
	default:
		if offsets := row.AgainstSpread - main.AgainstSpread; gained && offsets < mostOf*main.Difference {
			return "Offsets do most of it for free."
		}
	}
	return ""
}
