package main

import (
	"regexp"
	"strings"
	"testing"

	"evenkeel/objective"
	"evenkeel/objective/evidence/explain"
	"evenkeel/search/studyfile"
)

// TestRemediesAreStudyFiles: the settings of the searches that explain proposes are accepted,
// for the built-in models and for a program of the user's own.
func TestRemediesAreStudyFiles(t *testing.T) {
	rows := func(a, b, c int64) [][]int64 {
		return [][]int64{{a, 100 - a, 0}, {100 - b, b, 0}, {0, 100 - c, c}}
	}
	uneven, even, worse, costly := rows(90, 60, 75), rows(80, 80, 81), rows(99, 30, 75), rows(58, 57, 57)
	seen := make(map[string]bool)
	for _, own := range []bool{false, true} {
		for _, matrices := range [][3][][]int64{
			{uneven, worse, uneven}, {uneven, uneven, rows(100, 100, 100)}, {uneven, costly, uneven}, {even, even, even},
			{uneven, rows(90, 61, 75), rows(100, 100, 100)},
		} {
			for _, ratio := range []float64{1.2, 6} {
				for _, s := range remediesOf(t, own, ratio, matrices) {
					if text := strings.Join(s.Lines, "\n"); strings.Contains(text, "evenkeel search") {
						seen[s.Name] = true
						checkSearch(t, own, text)
					}
				}
			}
		}
	}
	for _, name := range []string{"offsets", "weaker", "stronger", "stop-early", "decay", "deferred", "seeds", "images"} {
		if !seen[name] {
			t.Errorf("no case of the test proposes %s", name)
		}
	}
}

// remediesOf explains made-up matrices: before, after, and on the training part.
func remediesOf(t *testing.T, own bool, ratio float64, m [3][][]int64) []explain.Remedy {
	t.Helper()
	c := explain.Case{
		Classes: []string{"a", "b", "c"}, Score: objective.Score{Spread: objective.StdDev, Tolerance: 0.02, Penalty: 2}, Round: 1, OwnScript: own,
	}
	round := func(number int, weights []float64, rows [][]int64) objective.Round {
		val, err := objective.ConfusionFromRows(rows)
		if err != nil {
			t.Fatal(err)
		}
		train, err := objective.ConfusionFromRows(m[2])
		if err != nil {
			t.Fatal(err)
		}
		return objective.Round{
			Round: number, Weights: weights, Val: val, Train: train,
			Spread: c.Score.Spread.Of(val.Recall()), BalancedAccuracy: val.BalancedAccuracy(), Accuracy: val.Accuracy(),
		}
	}
	for s := range 3 {
		before := round(0, nil, m[0])
		c.Replicates = append(c.Replicates, objective.Replicate{Replicate: s, Reference: before, Rounds: []objective.Round{before, round(1, []float64{1, ratio, 1}, m[1])}})
		c.Outputs = append(c.Outputs, explain.Outputs{Offsets: &explain.Offsets{Spread: before.Spread / 2, Values: []float64{-1, 1, 0}}})
		c.References = append(c.References, before.Spread)
	}
	r, err := explain.Explain(c)
	if err != nil {
		t.Fatal(err)
	}
	return r.Next
}

// checkSearch reads the settings of a search that is proposed, beside a study file.
func checkSearch(t *testing.T, own bool, text string) {
	t.Helper()
	study := "model: {kind: mlp}\nweighting: {scheme: [{name: mean-ratio}]}\n"
	if own {
		study = "model: {kind: command, command: [train]}\nweighting: {scheme: [{name: mean-ratio}]}\n"
	}
	var overrides []studyfile.Override
	for _, setting := range regexp.MustCompile(`--set (?:'([^']*)'|(\S+))`).FindAllStringSubmatch(text, -1) {
		o, ok := studyfile.SplitOverride(setting[1] + setting[2])
		if !ok {
			t.Errorf("%s sets nothing", setting[0])
		}
		overrides = append(overrides, o)
	}
	if len(overrides) < 2 || overrides[len(overrides)-1].Key != "study" {
		t.Errorf("%s: want a setting and a name for the study", text)
	}
	if _, err := studyfile.Parse("s.yaml", []byte(study), "/", overrides); err != nil {
		t.Errorf("%s: %v", text, err)
	}
}
