package main

import (
	"fmt"
	"io"
	"math"
	"strings"

	"evenkeel/objective"
	"evenkeel/objective/evidence/interval"
	"evenkeel/runs/results"
)

// decisionSummary is what all repetitions of -exchangeable say together.
type decisionSummary struct {
	n, something, falsely int
	// byOption are the options that were recommended, byWhy the reasons given, in the order
	// of the options and of their first appearance; an option that the search chose has a
	// line too.
	byOption []decisionLine
	byWhy    []whyLine
	// spread and accuracy are means over repetitions, trainings too.
	spread, accuracy, trainings float64
	// world are the true changes of options in the repetitions that measure them always.
	world []worldLine
}

// decisionLine is one option.
type decisionLine struct {
	option objective.Option
	// chosen counts the repetitions whose search put it first, passed those of them where
	// the test part shows its score below that of nothing.
	chosen, passed int
	// recommended counts what is recommended, falsely what of it gains less than .002.
	recommended, falsely int
	quoted, truth        float64 // mean changes of what is recommended
}

// whyLine is one reason.
type whyLine struct {
	why            results.Why
	something      bool
	count, falsely int
}

// worldLine is the true change of one option.
type worldLine struct {
	option   objective.Option
	n        int
	mean, se float64
}

// sumDecisions adds the repetitions up.
func sumDecisions(all []decision) decisionSummary {
	s := decisionSummary{n: len(all)}
	n := float64(s.n)
	for _, d := range all {
		s.something += one(d.something())
		s.falsely += one(d.falsely())
		s.spread, s.accuracy, s.trainings = s.spread+d.spread/n, s.accuracy+d.accuracy/n, s.trainings+float64(d.trainings)/n
		s.countWhy(d)
	}
	for _, option := range objective.Options() {
		l := decisionLine{option: option}
		for _, d := range all {
			if d.chosen == option {
				l.chosen++
				l.passed += one(d.chosenP <= 1-interval.Confidence)
			}
			if d.recommended == option {
				l.recommended++
				l.falsely += one(d.falsely())
				l.quoted, l.truth = l.quoted+d.quoted, l.truth+d.truth
			}
		}
		l.quoted, l.truth = l.quoted/float64(l.recommended), l.truth/float64(l.recommended)
		if l.chosen+l.recommended > 0 {
			s.byOption = append(s.byOption, l)
		}
	}
	for _, w := range []struct {
		option objective.Option
		of     func(decision) float64
	}{
		{objective.OptionOffsetsRefitted, func(d decision) float64 { return d.trueOffsets }},
		{objective.OptionLonger, func(d decision) float64 { return d.trueLonger }},
		{objective.OptionWeightsRemeasured, func(d decision) float64 { return d.trueWeights }},
	} {
		var known []float64
		for _, d := range all {
			if v := w.of(d); d.audited() && !math.IsNaN(v) {
				known = append(known, v)
			}
		}
		l := worldLine{option: w.option, n: len(known)}
		l.mean, l.se = meanAndSE(known)
		s.world = append(s.world, l)
	}
	return s
}

// countWhy counts the reason of a decision.
func (s *decisionSummary) countWhy(d decision) {
	at := -1
	for i, l := range s.byWhy {
		if l.why == d.why && l.something == d.something() {
			at = i
		}
	}
	if at < 0 {
		at = len(s.byWhy)
		s.byWhy = append(s.byWhy, whyLine{why: d.why, something: d.something()})
	}
	s.byWhy[at].count++
	s.byWhy[at].falsely += one(d.falsely())
}

// write prints the tables as Markdown.
func (s decisionSummary) write(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%d repetitions, something other than nothing recommended in %d. ", s.n, s.something)
	if s.n > 0 {
		_, high := wilson(s.falsely, s.n)
		fmt.Fprintf(&b, "False, with a true gain below %v: %d, %.1f %%; the upper 95 %% bound is %.1f %%.\n", smallGain, s.falsely, percent(s.falsely, s.n), 100*high)
		fmt.Fprintf(&b, "Unweighted models have a balanced accuracy of %.4f and a spread of %.4f on the test part; a study takes %.0f trainings (means).\n", s.accuracy, s.spread, s.trainings)
	}
	b.WriteString("\n| option | chosen by the search | better than nothing on the test part | recommended | false | quoted | true |\n" +
		"| --- | ---: | ---: | ---: | ---: | ---: | ---: |\n")
	for _, l := range s.byOption {
		fmt.Fprintf(&b, "| %s | %d | %d | %d | %d | %s | %s |\n", l.option, l.chosen, l.passed, l.recommended, l.falsely, change(l.quoted), change(l.truth))
	}
	b.WriteString("\n| why | recommended | repetitions | false |\n| --- | --- | ---: | ---: |\n")
	for _, l := range s.byWhy {
		what := "nothing"
		if l.something {
			what = "something"
		}
		fmt.Fprintf(&b, "| %s | %s | %d | %d |\n", l.why, what, l.count, l.falsely)
	}
	b.WriteString("\n| what every tenth repetition truly changes | n | mean | standard error |\n| --- | ---: | ---: | ---: |\n")
	for _, l := range s.world {
		fmt.Fprintf(&b, "| %s | %d | %s | %s |\n", l.option, l.n, change(l.mean), size(l.se))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// change writes a change, or a dash where it is not known.
func change(x float64) string {
	if math.IsNaN(x) {
		return "-"
	}
	return fmt.Sprintf("%+.4f", x)
}
