package main

import (
	"fmt"
	"io"
	"strings"

	"evenkeel/objective/evidence/confirm"
	"evenkeel/runs"
	"evenkeel/search"
	"evenkeel/search/followup"
)

// confirmedPage lays out what confirmations found.
type confirmedPage struct {
	def *search.Definition
	// arms are all confirmed arms of the study: verdicts correct for their number.
	arms []runs.ConfirmedArm
	// only is the arm to show, nil for all.
	only *followup.Arm
}

// shown returns the arms to show.
func (p confirmedPage) shown() []runs.ConfirmedArm {
	var list []runs.ConfirmedArm
	for _, a := range p.arms {
		if p.only == nil || a.Trial == p.only.Trial && a.Round == p.only.Round && a.Resplit == p.only.Resplit {
			list = append(list, a)
		}
	}
	return list
}

// write prints the arms in a format.
func (p confirmedPage) write(w io.Writer, format string) error {
	if !forPeople(format) {
		return p.result().write(w, format)
	}
	for _, a := range p.shown() {
		if err := p.section(w, a, format); err != nil {
			return err
		}
	}
	return nil
}

// result has the columns of the view confirmations.
func (p confirmedPage) result() result {
	var r result
	for _, name := range strings.Fields(`study trial round what seeds test_spread test_balanced_accuracy
		against against_test_spread against_test_balanced_accuracy difference difference_low difference_high p_value test_reads resplit`) {
		r.columns = append(r.columns, column{name: name})
	}
	for _, a := range p.shown() {
		resplit := 0
		if a.Resplit {
			resplit = 1
		}
		for _, c := range a.Rows {
			r.rows = append(r.rows, []any{
				a.Study, a.Trial, a.Round, c.What, a.Seeds, c.Spread, c.BalancedAccuracy,
				c.Against, c.AgainstSpread, c.AgainstBalancedAccuracy, c.Difference, c.DifferenceLow, c.DifferenceHigh, c.PValue, a.TestReads, resplit,
			})
		}
	}
	return r
}

// section prints one arm.
func (p confirmedPage) section(w io.Writer, a runs.ConfirmedArm, format string) error {
	head := wrap(fmt.Sprintf("CONFIRMED on test (%s, %d fresh seeds%s; test part read %s so far)",
		perClass(a.Images), a.Seeds, ownParts(a.Resplit), times(a.TestReads)), pageWidth-1)
	fmt.Fprintln(w, strings.Join(head, "\n "))
	r := result{columns: []column{
		{name: "", left: true}, {name: "spread", left: true}, {name: "change"}, {name: "95 %", left: true}, {name: "", left: true},
	}}
	for _, c := range a.Rows {
		if label := rowLabel(a, c); label != "" {
			r.rows = append(r.rows, []any{
				label, decimals(c.AgainstSpread, 3) + " -> " + decimals(c.Spread, 3), signed(c.Difference, 3),
				fmt.Sprintf("(95 %% %s to %s)", signed(c.DifferenceLow, 3), signed(c.DifferenceHigh, 3)), verdictWord(p.verdict(a, c)),
			})
		}
	}
	if format == "markdown" {
		if err := r.writeBetween(w, format); err != nil {
			return err
		}
	} else {
		writeLines(w, r.rows)
	}
	if a.Invalid {
		fmt.Fprintf(w, " trial %d was declared invalid since: do not quote it\n", a.Trial)
	}
	if main := rowOf(a, followup.WhatRecipe, followup.WhatReference); main != nil {
		fmt.Fprint(w, p.costs(*main), p.limits(a, *main))
	}
	return nil
}

// ownParts says behind the number of seeds where each of them has its own parts.
func ownParts(resplit bool) string {
	if resplit {
		return ", each on its own training and validation parts"
	}
	return ""
}

// writeLines prints rows in columns without headings: text to the left, the
// change to the right.
func writeLines(w io.Writer, rows [][]any) {
	widths := make([]int, 5)
	for _, row := range rows {
		for j, v := range row {
			widths[j] = max(widths[j], len([]rune(v.(string))))
		}
	}
	for _, row := range rows {
		line := fmt.Sprintf(" %-*s  %-*s  %*s  %-*s  %s", widths[0], row[0], widths[1], row[1], widths[2], row[2], widths[3], row[3], row[4])
		fmt.Fprintln(w, strings.TrimRight(line, " "))
	}
}

// rowLabel says what a row compares; "" for rows that only programs get.
func rowLabel(a runs.ConfirmedArm, c runs.ConfirmedRow) string {
	trial := fmt.Sprintf("trial %d/%d against ", a.Trial, a.Round)
	switch {
	case c.What == followup.WhatRecipe && c.Against == followup.WhatReference:
		return trial + "unweighted"
	case c.What == followup.WhatOffsets:
		return "fitted offsets, no training"
	case c.What == followup.WhatRecipe:
		return trial + "fitted offsets"
	case c.What == followup.WhatVector && c.Against == followup.WhatReference:
		return "same vector on fresh seeds"
	case c.What == followup.WhatLonger:
		return "unweighted at the same training cost"
	}
	return ""
}

// rowOf returns the comparison of what with against, nil if there is none.
func rowOf(a runs.ConfirmedArm, what, against string) *runs.ConfirmedRow {
	for i, c := range a.Rows {
		if c.What == what && c.Against == against {
			return &a.Rows[i]
		}
	}
	return nil
}

// sameWay returns the arms of the study that were confirmed as a was, with or
// without parts drawn anew: one family of tests.
func (p confirmedPage) sameWay(a runs.ConfirmedArm) []runs.ConfirmedArm {
	var list []runs.ConfirmedArm
	for _, other := range p.arms {
		if other.Resplit == a.Resplit {
			list = append(list, other)
		}
	}
	return list
}

// verdict puts a row into words, corrected by Holm's method where several arms of
// the study were confirmed in the same way. Offsets belong to no arm: they are one and
// the same test beside all of them.
func (p confirmedPage) verdict(a runs.ConfirmedArm, row runs.ConfirmedRow) confirm.Verdict {
	if row.What == followup.WhatOffsets {
		return row.Verdict(row.PValue)
	}
	var values []float64
	at := 0
	for _, other := range p.sameWay(a) {
		for _, c := range other.Rows {
			if c.What != row.What || c.Against != row.Against {
				continue
			}
			if other.Trial == a.Trial && other.Round == a.Round {
				at = len(values)
			}
			values = append(values, c.PValue)
		}
	}
	return row.Verdict(confirm.Holm(values)[at])
}

// verdictWord is a verdict that fits the line.
func verdictWord(v confirm.Verdict) string {
	if v == confirm.NoDifference {
		return "within noise"
	}
	return string(v)
}

// costs says what was paid in accuracy and by which classes.
func (p confirmedPage) costs(c runs.ConfirmedRow) string {
	tolerance := strings.TrimPrefix(points(p.def.Objective.Tolerance), "+")
	change := points(-c.AccuracyDrop)
	rose := strings.HasPrefix(change, "+")
	text := fmt.Sprintf(" balanced accuracy %s points: ", change)
	switch {
	case rose && c.AccuracyDropHigh < 0:
		text += "nothing is lost"
	case rose && c.Tolerance == confirm.Held:
		text += "nothing lost beyond your tolerance of " + tolerance
	case c.Tolerance == confirm.Held:
		text += "within your tolerance of " + tolerance
	case c.Tolerance == confirm.NotHeld:
		text += "OVER your tolerance of " + tolerance
	default:
		text += fmt.Sprintf("too few seeds or images to say that your tolerance of %s holds", tolerance)
	}
	up, down := changes(c.Gained), changes(c.Lost)
	switch {
	case up == "" && down == "":
		return text + "\n no class changed beyond noise\n"
	case down == "":
		return text + "\n up: " + up + "\n"
	case up == "":
		return text + "\n down: " + down + "\n"
	case len(up)+len(down) < pageWidth-16:
		return text + "\n up: " + up + "     down: " + down + "\n"
	}
	return text + "\n up: " + up + "\n down: " + down + "\n"
}

// changes lists classes with their recalls, the largest change first.
func changes(list []runs.ClassChange) string {
	const most = 5
	var words []string
	for _, c := range list[:min(len(list), most)] {
		words = append(words, fmt.Sprintf("%s %.0f->%.0f", cut(c.Class, 12), 100*c.Before, 100*c.After))
	}
	if more := len(list) - most; more > 0 {
		words = append(words, fmt.Sprintf("%d more", more))
	}
	return strings.Join(words, ", ")
}

// limits says what these figures cannot tell.
func (p confirmedPage) limits(a runs.ConfirmedArm, c runs.ConfirmedRow) string {
	text := p.offsets(a) + longer(a)
	if p.verdict(a, c) == confirm.NoDifference {
		text += fmt.Sprintf(" Not measurable: with these seeds and images a true change below %s may well go unseen.\n", decimals(c.Measurable, 3))
	}
	if n := len(p.sameWay(a)); n > 1 {
		text += fmt.Sprintf(" Words are corrected for %d confirmed arms (Holm), intervals are not.\n", n)
	}
	thin := 0
	for _, n := range a.Images {
		if n < 20 {
			thin++
		}
	}
	if thin > 0 {
		text += fmt.Sprintf(" Do not rely on the intervals: %s of fewer than 20 test examples.\n", classCount(thin))
	}
	return text
}

// offsets says so where fitted offsets cost more than the study allows.
func (p confirmedPage) offsets(a runs.ConfirmedArm) string {
	own := rowOf(a, followup.WhatOffsets, followup.WhatReference)
	if own == nil || own.Tolerance != confirm.NotHeld {
		return ""
	}
	return fmt.Sprintf(" fitted offsets lose %s points of balanced accuracy: OVER your tolerance\n", strings.TrimPrefix(points(own.AccuracyDrop), "+"))
}

// worthTelling is the gain in balanced accuracy from which on longer training is said to
// bring it. Our choice: 0.3 points.
const worthTelling = 0.003

// longer says so where the unweighted model gains balanced accuracy beyond noise when it
// is trained as long: who changes the training anyway can have that too.
func longer(a runs.ConfirmedArm) string {
	row := rowOf(a, followup.WhatLonger, followup.WhatReference)
	if row == nil || !(row.AccuracyDropHigh < 0) || -row.AccuracyDrop <= worthTelling {
		return ""
	}
	return fmt.Sprintf(" unweighted at the same training cost: balanced accuracy %s points\n", points(-row.AccuracyDrop))
}

func classCount(n int) string {
	if n == 1 {
		return "1 class"
	}
	return fmt.Sprintf("%d classes", n)
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
