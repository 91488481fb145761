package main

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"evenkeel/objective"
)

// regretSummary is what all repetitions of -regret say together.
type regretSummary struct {
	repetitions int
	lines       []regretLine
	// kinds has a line for every option, recommended is over what each repetition
	// recommends, if that is not nothing.
	kinds       []kindLine
	recommended kindLine
}

// regretLine is how far one way to choose is behind the best that was measured, over the n
// repetitions that know the truth of what it chooses; mean and worst are NaN without any.
type regretLine struct {
	what         string
	n            int
	mean, worst  float64
	within, sure int // repetitions within .003, and within .003 plus the standard error
}

// kindLine compares the figures of one option with the truth, over the n repetitions that
// know it. Differences are means with their standard errors over repetitions.
type kindLine struct {
	name                 string
	n                    int
	spread, spreadSE     float64 // search minus truth
	accuracy, accuracySE float64
	quoted, quotedSE     float64 // test minus truth
	// recommended counts the repetitions that recommend it, confirmed those with an
	// interval, covered the intervals that hold the true change and allowed those that do
	// when widened by its error.
	recommended, confirmed, covered, allowed int
}

// smallRegret is the regret that is thought small enough.
const smallRegret = 0.003

// trueScore is the score of a true change: the spread, and the charge for the true loss.
func trueScore(a answer, score objective.Score) float64 {
	return a.truth + score.Charge(-a.truthAccuracy, 0)
}

// sumRegrets adds repetitions up.
func sumRegrets(all [][]answer, score objective.Score) regretSummary {
	s := regretSummary{repetitions: len(all)}
	ways := []struct {
		what string
		// pick is what is used, among what it is compared with.
		pick, among func(answer) bool
	}{
		{"the leader, among weights", func(a answer) bool { return a.kind == "leader" }, func(a answer) bool { return a.kind != "option" }},
		{"the recommendation, among everything", func(a answer) bool { return a.recommended }, func(answer) bool { return true }},
		{"always offsets fitted to each model", func(a answer) bool { return a.name == string(objective.OptionOffsetsRefitted) }, func(answer) bool { return true }},
		{"always one fixed set of offsets", func(a answer) bool { return a.name == string(objective.OptionOffsetsFixed) }, func(answer) bool { return true }},
		{"always nothing", func(a answer) bool { return a.name == string(objective.OptionNothing) }, func(answer) bool { return true }},
	}
	for _, w := range ways {
		l := regretLine{what: w.what}
		for _, list := range all {
			i := slices.IndexFunc(list, w.pick)
			if i < 0 || math.IsNaN(list[i].truth) {
				continue
			}
			best := list[i]
			for _, a := range list {
				if w.among(a) && !math.IsNaN(a.truth) && trueScore(a, score) < trueScore(best, score) {
					best = a
				}
			}
			regret := trueScore(list[i], score) - trueScore(best, score)
			se := math.Hypot(best.behindSE, list[i].behindSE) // each against the leader
			l.n++
			l.mean += regret
			l.worst = max(l.worst, regret)
			l.within += one(regret <= smallRegret)
			l.sure += one(regret <= smallRegret+se)
		}
		if l.mean /= float64(l.n); l.n == 0 {
			l.worst = math.NaN()
		}
		s.lines = append(s.lines, l)
	}
	for _, o := range objective.Options() {
		s.kinds = append(s.kinds, kindOf(string(o), all, func(a answer) bool { return a.name == string(o) }))
	}
	s.recommended = kindOf("what is recommended", all, func(a answer) bool {
		return a.recommended && a.name != string(objective.OptionNothing)
	})
	return s
}

// covered reports whether the quoted interval holds the true change.
func (a answer) covered() bool { return a.low <= a.truth && a.truth <= a.high }

// allowed is covered with the interval widened by what is not known of the truth: its half
// width h becomes sqrt(h^2 + (1.96 true_se)^2).
func (a answer) allowed() bool {
	const z = 1.959963984540054
	return math.Abs(a.quoted-a.truth) <= math.Hypot((a.high-a.low)/2, z*a.truthSE)
}

// kindOf compares the figures of the options that are picked with the truth.
func kindOf(name string, all [][]answer, pick func(answer) bool) kindLine {
	k := kindLine{name: name}
	var spread, accuracy, quoted []float64
	for _, list := range all {
		for _, a := range list {
			if a.kind != "option" || !pick(a) || math.IsNaN(a.truth) {
				continue
			}
			k.n++
			k.recommended += one(a.recommended)
			if !math.IsNaN(a.searched) {
				spread, accuracy = append(spread, a.searched-a.truth), append(accuracy, a.searchedAccuracy-a.truthAccuracy)
			}
			if !math.IsNaN(a.quoted) {
				quoted = append(quoted, a.quoted-a.truth)
			}
			if !math.IsNaN(a.low) {
				k.confirmed++
				k.covered += one(a.covered())
				k.allowed += one(a.allowed())
			}
		}
	}
	k.spread, k.spreadSE = meanAndSE(spread)
	k.accuracy, k.accuracySE = meanAndSE(accuracy)
	k.quoted, k.quotedSE = meanAndSE(quoted)
	return k
}

// meanAndSE returns the mean of numbers and its standard error; NaN without any.
func meanAndSE(x []float64) (mean, se float64) {
	n := float64(len(x))
	for _, v := range x {
		mean += v / n
	}
	for _, v := range x {
		se += (v - mean) * (v - mean)
	}
	if n == 0 {
		mean = math.NaN()
	}
	return mean, math.Sqrt(se / (n * (n - 1)))
}

// write prints the tables as Markdown.
func (s regretSummary) write(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "| %d repetitions: what is used | with a truth | mean regret | worst | within %v | within %v + se |\n| --- | ---: | ---: | ---: | ---: | ---: |\n", s.repetitions, smallRegret, smallRegret)
	for _, l := range s.lines {
		if l.n > 0 { // no leader without the arms
			fmt.Fprintf(&b, "| %s | %d | %.4f | %.4f | %d | %d |\n", l.what, l.n, l.mean, l.worst, l.within, l.sure)
		}
	}
	b.WriteString("\n| option | n | recommended | search - true, spread | accuracy | test - true, spread | in its se | covered % | allowing for true_se % |\n" +
		"| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n")
	for _, k := range append(slices.Clone(s.kinds), s.recommended) {
		if k.name == string(objective.OptionNothing) {
			fmt.Fprintf(&b, "| %s | %d | %d | | | | | | |\n", k.name, k.n, k.recommended)
			continue
		}
		fmt.Fprintf(&b, "| %s | %d | %d | %s (%s) | %s (%s) | %s (%s) | %s | %s | %s |\n", k.name, k.n, k.recommended, change(k.spread), size(k.spreadSE),
			change(k.accuracy), size(k.accuracySE), change(k.quoted), size(k.quotedSE), inSE(k.quoted, k.quotedSE), share(k.covered, k.confirmed), share(k.allowed, k.confirmed))
	}
	b.WriteString("\nStandard errors are over repetitions, in brackets. Repetitions with -embedded have their test images and the\n" +
		"seeds of their truth in common: all of them are off in the same direction, which no standard error and no\n" +
		"interval of a share here has in it. Whether figures are right on average, and how often intervals hold, is\n" +
		"judged by drawn samples, without -embedded.\n")
	_, err := io.WriteString(w, b.String())
	return err
}

// size writes a number without a sign, or a dash where it is not known.
func size(x float64) string { return strings.TrimPrefix(change(x), "+") }
