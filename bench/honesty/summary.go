package main

import (
	"fmt"
	"io"
	"math"
	"strings"

	"evenkeel/objective"
)

// summary is what all repetitions say together.
type summary struct {
	repetitions, leaderless int
	lines                   []summaryLine
	// pooled is over the comparisons of all lines; its means are not set.
	pooled summaryLine
	// effort is the mean over repetitions with a leader.
	search, confirm, truth effort
}

// summaryLine is one comparison over all repetitions that have it.
type summaryLine struct {
	what, against objective.Option
	n             int
	// promised and truth are means, bias their difference with its standard error
	// over repetitions; NaN for fewer than two.
	promised, truth, bias, biasSE float64
	// scatter is the root mean square of (promised - true) / sqrt(se^2 + true_se^2),
	// near 1 where standard errors are right.
	scatter float64
	// covered counts intervals that hold the truth, allowed those that do when
	// widened by its error; claimed counts gains claimed, and wrong those of them
	// where the truth is no gain.
	covered, allowed, claimed, wrong int
}

// summarize adds the repetitions up.
func summarize(all [][]promise) summary {
	s := summary{repetitions: len(all), pooled: summaryLine{what: "all"}}
	byLine := make(map[[2]objective.Option][]promise)
	led := 0.0
	for _, list := range all {
		if len(list) == 0 || list[0].what == nothing {
			s.leaderless++
			continue
		}
		led++
		for i, sum := range []*effort{&s.search, &s.confirm, &s.truth} {
			took := []effort{list[0].searched, list[0].confirmed, list[0].truthed}[i]
			sum.trainings, sum.seconds = sum.trainings+took.trainings, sum.seconds+took.seconds
		}
		for _, p := range list {
			k := [2]objective.Option{p.what, p.against}
			byLine[k] = append(byLine[k], p)
		}
	}
	for _, sum := range []*effort{&s.search, &s.confirm, &s.truth} {
		if led > 0 {
			sum.trainings, sum.seconds = int(math.Round(float64(sum.trainings)/led)), sum.seconds/led
		}
	}
	for _, k := range compared {
		if list := byLine[k]; len(list) > 0 {
			line := lineOf(k, list)
			s.lines = append(s.lines, line)
			s.pooled.add(line)
		}
	}
	return s
}

// lineOf adds the promises of one comparison up.
func lineOf(k [2]objective.Option, list []promise) summaryLine {
	l := summaryLine{what: k[0], against: k[1], n: len(list)}
	n := float64(len(list))
	var squares float64
	for _, p := range list {
		l.promised += p.promised / n
		l.truth += p.truth / n
		if v := float64(p.se*p.se) + float64(p.truthSE*p.truthSE); v > 0 {
			squares += (p.promised - p.truth) * (p.promised - p.truth) / v
		}
		l.covered += one(p.covered())
		l.allowed += one(p.allowed())
		l.claimed += one(p.claimed())
		l.wrong += one(p.claimed() && p.truth >= 0)
	}
	l.bias, l.scatter = l.promised-l.truth, math.Sqrt(squares/n)
	var off float64
	for _, p := range list {
		d := p.promised - p.truth - l.bias
		off += float64(d * d)
	}
	l.biasSE = math.Sqrt(off / (n * (n - 1))) // 0/0 for one
	return l
}

func one(yes bool) int {
	if yes {
		return 1
	}
	return 0
}

// add counts another line's promises.
func (l *summaryLine) add(m summaryLine) {
	l.n += m.n
	l.covered, l.allowed = l.covered+m.covered, l.allowed+m.allowed
	l.claimed, l.wrong = l.claimed+m.claimed, l.wrong+m.wrong
}

// wilson returns the 95 % interval of a share of which k of n were seen.
//
// Source: E. B. Wilson, Probable inference, the law of succession, and statistical
// inference, Journal of the American Statistical Association 22 (158), 1927.
func wilson(k, n int) (low, high float64) {
	const z = 1.959963984540054
	N := float64(n)
	p := float64(k) / N
	center := (p + z*z/(2*N)) / (1 + z*z/N)
	half := z / (1 + z*z/N) * math.Sqrt(p*(1-p)/N+z*z/(4*N*N))
	return max(0, center-half), min(1, center+half)
}

// write prints the table as Markdown, with what each column means.
func (s summary) write(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%d repetitions, %d of them without a leader.", s.repetitions, s.leaderless)
	if len(s.lines) > 0 {
		fmt.Fprintf(&b, " On average a search took %d trainings (%.0f s), a confirmation %d (%.0f s), the truth %d (%.0f s).",
			s.search.trainings, s.search.seconds, s.confirm.trainings, s.confirm.seconds, s.truth.trainings, s.truth.seconds)
	}
	b.WriteString("\n\n| comparison | n | promised | true | promised - true, in its se | scatter | covered % | allowing for true_se % | gains claimed % | not true |\n" +
		"| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n")
	for _, l := range s.lines {
		fmt.Fprintf(&b, "| %s / %s | %d | %+.4f | %+.4f | %s | %.2f | %s | %s | %s | %d |\n", l.what, l.against, l.n,
			l.promised, l.truth, inSE(l.bias, l.biasSE), l.scatter, share(l.covered, l.n), share(l.allowed, l.n), share(l.claimed, l.n), l.wrong)
	}
	if p := s.pooled; p.n > 0 {
		fmt.Fprintf(&b, "| all | %d | | | | | %.1f | %.1f | %.1f | %d |\n", p.n,
			percent(p.covered, p.n), percent(p.allowed, p.n), percent(p.claimed, p.n), p.wrong)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// inSE writes a bias in units of its standard error.
func inSE(bias, se float64) string {
	if !(se > 0) {
		return "-"
	}
	return fmt.Sprintf("%+.2f", bias/se)
}

func percent(k, n int) float64 { return 100 * float64(k) / float64(n) }

// share writes a share with its interval, or a dash for one of none.
func share(k, n int) string {
	if n == 0 {
		return "-"
	}
	low, high := wilson(k, n)
	return fmt.Sprintf("%.1f (%.0f to %.0f)", percent(k, n), 100*low, 100*high)
}
