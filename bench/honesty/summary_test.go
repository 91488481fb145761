package main

import (
	"math"
	"strings"
	"testing"

	"evenkeel/objective"
	"evenkeel/objective/evidence/confirm"
)

// near compares figures computed by hand.
func near(t *testing.T, what string, got, want float64) {
	t.Helper()
	if !(math.Abs(got-want) < 1e-12) {
		t.Errorf("%s is %v; want %v", what, got, want)
	}
}

// Two promises, added up by hand.
func TestSummarize(t *testing.T) {
	first := promise{what: objective.OptionWeightsRemeasured, against: objective.OptionNothing, promised: -0.03, se: 0.01, low: -0.05, high: -0.01,
		truth: -0.02, verdict: confirm.Better, searched: effort{100, 50}, confirmed: effort{30, 20}, truthed: effort{90, 60}}
	// Outside of its interval by .008, inside of one that is sqrt 2 as wide; a gain
	// claimed that is none.
	second := promise{what: objective.OptionWeightsRemeasured, against: objective.OptionNothing, promised: -0.01, se: 0.01, low: -0.03, high: 0.01,
		truth: 0.018, truthSE: 0.01, verdict: confirm.SlightlyBetter, searched: effort{103, 60}, confirmed: effort{30, 20}, truthed: effort{90, 60}}
	longer := promise{what: objective.OptionLonger, against: objective.OptionNothing, promised: 0.01, se: 0.01, low: -0.01, high: 0.03,
		truth: 0.01, verdict: confirm.NoDifference}
	s := summarize([][]promise{{first, longer}, {{what: nothing}}, {second}})
	if s.repetitions != 3 || s.leaderless != 1 || len(s.lines) != 2 {
		t.Fatalf("%d repetitions, %d without a leader, %d lines; want 3, 1, 2", s.repetitions, s.leaderless, len(s.lines))
	}
	l := s.lines[0]
	near(t, "mean promised", l.promised, -0.02)
	near(t, "mean truth", l.truth, -0.001)
	near(t, "bias", l.bias, -0.019)                      // of -.01 and -.028
	near(t, "its error", l.biasSE, 0.009)                // sqrt(2 * .009^2 / (2 * 1))
	near(t, "scatter", l.scatter, math.Sqrt((1+3.92)/2)) // .01^2/.01^2 and .028^2/(2 * .01^2)
	if l.n != 2 || l.covered != 1 || l.allowed != 2 || l.claimed != 2 || l.wrong != 1 {
		t.Errorf("n, covered, allowed, claimed, wrong are %d %d %d %d %d; want 2 1 2 2 1", l.n, l.covered, l.allowed, l.claimed, l.wrong)
	}
	if p := s.pooled; p.n != 3 || p.covered != 2 || p.allowed != 3 || p.claimed != 2 || p.wrong != 1 {
		t.Errorf("pooled %+v; want 3 promises, 2 covered, 3 allowed, 2 claimed, 1 of them wrong", p)
	}
	if s.search != (effort{102, 55}) { // 101.5 rounded, over the repetitions with a leader
		t.Errorf("a search took %+v; want 102 trainings in 55 s", s.search)
	}
	var b strings.Builder
	if err := s.write(&b); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"3 repetitions, 1 of them without a leader. On average a search took 102 trainings (55 s)",
		"| weights-remeasured / nothing | 2 | -0.0200 | -0.0010 | -2.11 | 1.57 | 50.0 (9 to 91) | 100.0 (34 to 100) | 100.0 (34 to 100) | 1 |",
		"| longer / nothing | 1 | +0.0100 | +0.0100 | - | 0.00 | 100.0 (21 to 100) |",
		"| all | 3 | | | | | 66.7 | 100.0 | 66.7 | 1 |",
	} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("no line %q in\n%s", want, b.String())
		}
	}
}

// The ends of Wilson's interval are the shares p from which the one that was seen is
// just z standard errors away: |k/n - p| = z sqrt(p (1-p) / n).
func TestWilson(t *testing.T) {
	for _, c := range []struct{ k, n int }{{38, 40}, {1, 40}, {5, 10}, {0, 7}, {7, 7}} {
		low, high := wilson(c.k, c.n)
		seen := float64(c.k) / float64(c.n)
		if !(0 <= low && low <= seen && seen <= high && high <= 1) {
			t.Errorf("%d of %d: %v to %v", c.k, c.n, low, high)
		}
		for _, p := range []float64{low, high} {
			if p == 0 && c.k == 0 || p == 1 && c.k == c.n {
				continue
			}
			near(t, "distance", math.Abs(seen-p), 1.959963984540054*math.Sqrt(p*(1-p)/float64(c.n)))
		}
	}
}

// Three pairs, added up by hand.
func TestCompareOutcomes(t *testing.T) {
	pair := func(a, b float64) [2]outcome {
		return [2]outcome{{side: "A", trial: 1, effort: effort{trainings: 100}, score: a}, {side: "B", trial: 1, effort: effort{trainings: 25}, score: b}}
	}
	all := [][2]outcome{pair(-0.03, -0.04), pair(-0.02, -0.02), pair(-0.05, -0.03)}
	all[1][1].trial = 0
	c := compareOutcomes(all)
	near(t, "trainings of A", c.trainings[0], 100)
	near(t, "trainings of B", c.trainings[1], 25)
	near(t, "median of A", c.medians[0], -0.03)
	near(t, "median of B", c.medians[1], -0.03)
	near(t, "mean difference", c.paired, 0.01/3) // of -.01, 0, .02
	// Squares about the mean: (4^2 + 1^2 + 5^2) / 3^2 * 1e-4, over 3 * 2.
	near(t, "its error", c.pairedSE, math.Sqrt(42.0/9*1e-4/6))
	near(t, "median difference", c.median, 0)
	if c.better != 1 || c.worse != 1 || c.leaderless != [2]int{0, 1} {
		t.Errorf("better %d, worse %d, leaderless %v; want 1, 1 and 0 and 1", c.better, c.worse, c.leaderless)
	}
	near(t, "median of four", median([]float64{4, 1, 3, 10}), 3.5)
	score := objective.Score{Tolerance: 0.01, Penalty: 2}
	near(t, "score within the tolerance", scoreOf(score, -0.05, 0.01), -0.05)
	near(t, "score beyond it", scoreOf(score, -0.05, 0.03), -0.01)
}
