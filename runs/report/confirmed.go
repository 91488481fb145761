package report

import (
	"fmt"
	"strings"

	"evenkeel/objective"
	"evenkeel/objective/evidence/confirm"
	"evenkeel/runs"
	"evenkeel/runs/results"
)

// Confirmed prints what a confirmation of an arm measured of every option, and the
// recommendation of its study.
func Confirmed(out Out, o *results.Overview, a results.Arm, resplit bool) error {
	found := results.Find(o.Confirmed, a.Trial, a.Round, resplit)
	if found == nil {
		return fmt.Errorf("trial %d round %d of study %s is not confirmed", a.Trial, a.Round, o.Definition.Name)
	}
	if !out.forPeople() {
		return Confirmations(out, []results.Confirmed{*found})
	}
	p := answerPage{out, o, o.Recommendation}
	if err := p.options(found, true); err != nil {
		return err
	}
	fmt.Fprintln(out.W)
	p.print()
	return nil
}

// Confirmations prints confirmed arms in a format for programs.
func Confirmations(out Out, arms []results.Confirmed) error { return out.write(confirmedResult(arms)) }

// confirmedRow is a row of a confirmed arm with the verdict on it.
type confirmedRow struct {
	results.Confirmed
	runs.ConfirmedRow
	verdict confirm.Verdict
}

// confirmedFigures are the columns of the view confirmations, and what is not stored.
var confirmedFigures = []figure[confirmedRow]{
	{"study", func(r confirmedRow) any { return r.Study }},
	{"trial", func(r confirmedRow) any { return r.Trial }},
	{"round", func(r confirmedRow) any { return r.Round }},
	{"what", func(r confirmedRow) any { return string(r.What) }},
	{"seeds", func(r confirmedRow) any { return r.Seeds }},
	{"test_spread", func(r confirmedRow) any { return r.Spread }},
	{"test_balanced_accuracy", func(r confirmedRow) any { return r.BalancedAccuracy }},
	{"against", func(r confirmedRow) any { return string(r.Against) }},
	{"against_test_spread", func(r confirmedRow) any { return r.AgainstSpread }},
	{"against_test_balanced_accuracy", func(r confirmedRow) any { return r.AgainstBalancedAccuracy }},
	{"difference", func(r confirmedRow) any { return r.Difference }},
	{"difference_low", func(r confirmedRow) any { return r.DifferenceLow }},
	{"difference_high", func(r confirmedRow) any { return r.DifferenceHigh }},
	{"p_value", func(r confirmedRow) any { return r.PValue }},
	{"test_reads", func(r confirmedRow) any { return r.TestReads }},
	{"resplit", func(r confirmedRow) any {
		if r.Resplit {
			return 1
		}
		return 0
	}},
	// Not in the view.
	{"verdict", func(r confirmedRow) any { return string(r.verdict) }},
	{"tolerance", func(r confirmedRow) any { return string(r.Tolerance) }},
}

// confirmedResult has a row a comparison.
func confirmedResult(arms []results.Confirmed) result {
	var rows []confirmedRow
	for _, a := range arms {
		for i, c := range a.Rows {
			rows = append(rows, confirmedRow{Confirmed: a, ConfirmedRow: c, verdict: a.Verdicts[i]})
		}
	}
	return figuresOf(confirmedFigures, rows)
}

// ownParts says behind the number of seeds where each of them has its own parts.
func ownParts(resplit bool) string {
	if resplit {
		return ", each on its own training and validation parts"
	}
	return ""
}

// changes lists classes with their recalls, the largest change first.
func changes(list []runs.ClassChange) string {
	const most = 5
	var words []string
	for _, c := range list[:min(len(list), most)] {
		words = append(words, fmt.Sprintf("%s %.0f %% -> %.0f %%", objective.InSentence(c.Class), 100*c.Before, 100*c.After))
	}
	if more := len(list) - most; more > 0 {
		words = append(words, fmt.Sprintf("%d more", more))
	}
	return strings.Join(words, ", ")
}
