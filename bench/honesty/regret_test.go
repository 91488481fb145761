package main

import (
	"math"
	"path/filepath"
	"reflect"
	"slices"
	"testing"

	"evenkeel/objective"
)

// TestSumRegrets by hand: in the first repetition the recommendation is the best of all; in
// the second a fixed arm is .010 better than the leader and the recommendation, and loses
// .005 more accuracy than allowed, for which .010 are charged.
func TestSumRegrets(t *testing.T) {
	score := objective.Score{Spread: objective.StdDev, Tolerance: 0.02, Penalty: 2}
	nan := math.NaN()
	offsets := func(truth float64) answer {
		return answer{kind: "option", name: "offsets-refitted", chosen: true, recommended: true, searched: -0.03, searchedAccuracy: -0.01, quoted: -0.02, low: -0.03, high: -0.01, truth: truth}
	}
	leader := answer{kind: "leader", searched: nan, truth: -0.02}
	all := [][]answer{
		{{kind: "option", name: "nothing"}, offsets(-0.025), leader, {kind: "arm", name: "a", truth: -0.018, behind: 0.002, behindSE: 0.001}},
		{{kind: "option", name: "nothing"}, offsets(-0.02), leader, {kind: "arm", name: "a", truth: -0.04, truthAccuracy: -0.025, behind: -0.01, behindSE: 0.008}},
	}
	s := sumRegrets(all, score)
	near := func(a, b float64) bool { return math.Abs(a-b) < 1e-12 }
	weights, recommended := s.lines[0], s.lines[1]
	if !near(weights.mean, 0.005) || !near(weights.worst, 0.01) || weights.within != 1 || weights.sure != 2 {
		t.Errorf("leader: %+v; want a mean of .005, a worst of .010, one within .003 and both within it and the error", weights)
	}
	if !near(recommended.mean, 0.005) || recommended.within != 1 || recommended.sure != 2 {
		t.Errorf("recommendation: %+v; want a mean of .005", recommended)
	}
	unknown := offsets(nan)
	further := sumRegrets(append(all, []answer{unknown, {kind: "leader", searched: nan, truth: nan}}), score)
	if l := further.lines[1]; l.n != 2 || !near(l.mean, 0.005) {
		t.Errorf("with a repetition whose truth is not known: %+v; want the mean of the two others", l)
	}
	if l := sumRegrets([][]answer{{unknown}}, score).lines[1]; l.n != 0 || !math.IsNaN(l.mean) || !math.IsNaN(l.worst) {
		t.Errorf("without a truth: %+v; want no figures", l)
	}
	k := s.kinds[slices.IndexFunc(s.kinds, func(k kindLine) bool { return k.name == "offsets-refitted" })]
	if k.n != 2 || k.recommended != 2 || k.covered != 2 || !near(k.spread, -0.0075) || !near(k.spreadSE, 0.0025) || !near(k.quoted, 0.0025) {
		t.Errorf("offsets: %+v; want a bias of -.0075 +- .0025 in the search and .0025 on the test part, both covered", k)
	}
	k.name = s.recommended.name
	if s.recommended != k {
		t.Errorf("recommended: %+v; want the figures of the offsets, %+v", s.recommended, k)
	}
	if a, err := readAnswer(all[1][3].row()); err != nil || !reflect.DeepEqual(a, all[1][3]) {
		t.Errorf("%+v, %v; want what was written", a, err)
	}
}

// An interval of -.03 to -.01 holds the truth of the first; with a standard error of the
// truth of .005 it is .01400 to each side of -.02, which holds that of the second.
func TestAllowed(t *testing.T) {
	for _, c := range []struct {
		truth, se        float64
		covered, allowed bool
	}{{-0.012, 0, true, true}, {-0.0339, 0.005, false, true}, {-0.0341, 0.005, false, false}} {
		a := answer{quoted: -0.02, low: -0.03, high: -0.01, truth: c.truth, truthSE: c.se}
		if a.covered() != c.covered || a.allowed() != c.allowed {
			t.Errorf("truth %v +- %v: covered %v, allowed %v; want %v and %v", c.truth, c.se, a.covered(), a.allowed(), c.covered, c.allowed)
		}
	}
}

// What repetitions on the embedded sample have in common is trained once, which changes no
// figure; and options have the same figures with the fixed arms and without.
func TestRegretShares(t *testing.T) {
	points, err := exchangeableExamples(1, 60, 60, 1)
	if err != nil {
		t.Fatal(err)
	}
	rows := func(args ...string) [][]string {
		file := filepath.Join(t.TempDir(), "results.csv")
		e, _ := tiny(t, append([]string{"-regret", "-embedded", "-set", "weighting.rounds=2", "-truth", "6", "-o", file}, args...)...)
		e.pool = points.Sample
		if err := e.regrets(t.Context()); err != nil {
			t.Fatal(err)
		}
		return rowsOf(t, file)
	}
	each := len(objective.Options()) + 1 + len(fixedArms)
	both, second, bare := rows("-n", "2"), rows("-only", "2"), rows("-only", "2", "-arms=false")
	if len(both) != 2*each || !equalRecords(both[each:], second) {
		t.Errorf("after the first, the second repetition is\n%v\nwant as alone\n%v", both[each:], second)
	}
	if options := len(objective.Options()); !equalRecords(bare, second[:options]) {
		t.Errorf("without the arms, options are\n%v\nwant\n%v", bare, second[:options])
	}
	for _, row := range bare[1:] {
		if a, err := readAnswer(row); err != nil || math.IsNaN(a.truth) || math.IsNaN(a.truthSE) {
			t.Errorf("%v, %v; want a truth with its error", row, err)
		}
	}
}
