package main

import (
	"bytes"
	"math"
	"strings"
	"testing"

	"evenkeel/objective"
	"evenkeel/runs"
)

// someVector is the vector of three classes over the given seeds' weights.
func someVector(t *testing.T, seeds ...[]float64) *vector {
	t.Helper()
	trial := &runs.Trial{Number: 3, Study: runs.StudyHead{Name: "s", Classes: []string{`the "new"`, "Straße\n2", "c"}}}
	for _, w := range seeds {
		trial.Replicates = append(trial.Replicates, objective.Replicate{Rounds: []objective.Round{{}, {Weights: w}}})
	}
	v := &vector{trial: trial, round: 1, recipe: "uniform", plan: objective.Plan{Apply: "loss"}}
	if err := v.average(); err != nil {
		t.Fatal(err)
	}
	return v
}

// TestVectorOverSeeds by hand: two seeds that are each other's reciprocals in the
// first two classes have the mean 1, 1, 1, which they miss by a factor of 2 in two
// classes of three.
func TestVectorOverSeeds(t *testing.T) {
	v := someVector(t, []float64{2, 0.5, 1}, []float64{0.5, 2, 1})
	typical := math.Exp(math.Log(2) * math.Sqrt(2./3))
	for c, w := range v.weights {
		if math.Abs(w-1) > 1e-15 {
			t.Errorf("weight %d is %v, want 1", c, w)
		}
	}
	if math.Abs(v.most-2) > 1e-12 || math.Abs(v.typical-typical) > 1e-12 || v.lowest[0] != 0.5 || v.highest[1] != 2 {
		t.Errorf("%+v; want factors %v and 2, lowest and highest .5 and 2", v, typical)
	}
}

// TestVectorIsPython: names are quoted, comments stay comments.
func TestVectorIsPython(t *testing.T) {
	v := someVector(t, []float64{0.5, 1, 1.5})
	for format, want := range map[string]string{
		"torch":   "\nclass_weight = torch.tensor([0.5, 1, 1.5])\ncriterion = nn.CrossEntropyLoss(weight=class_weight)\n",
		"keras":   "\nclass_weight={0: 0.5, 1: 1, 2: 1.5}\n",
		"sklearn": "\n" + `class_weight={"the \"new\"": 0.5, "Straße\n2": 1, "c": 1.5}` + "\n",
	} {
		var out bytes.Buffer
		v.paste(&out, format)
		comments, ok := strings.CutSuffix(out.String(), want)
		if !ok {
			t.Errorf("%s:\n%swant at its end%s", format, out.String(), want)
		}
		for line := range strings.Lines(comments) {
			if !strings.HasPrefix(line, "# ") || len([]rune(line)) > pageWidth+1 {
				t.Errorf("%s: %q is not a comment of at most %d columns", format, line, pageWidth)
			}
		}
	}
}

// TestVectorKeeps: what a confirmation measured, and no promise without one.
func TestVectorKeeps(t *testing.T) {
	v := someVector(t, []float64{0.5, 1, 1.5})
	for want, kept := range map[string]*runs.Kept{
		"keeps only part of what the recipe gains": nil,
		"confirmed on 10 fresh seeds: the recipe changes the score by -.029, this vector by -.018, which is 62 % of it": {Recipe: -0.029, Vector: -0.018, Seeds: 10},
		"this vector by +.002, which is -10 % of it":               {Recipe: -0.02, Vector: 0.002, Seeds: 6},
		"by +.003, this vector by -.001: there is no gain to keep": {Recipe: 0.003, Vector: -0.001, Seeds: 6},
	} {
		if v.kept = kept; !strings.Contains(v.keeps(), want) {
			t.Errorf("%+v: %q; want %q in it", kept, v.keeps(), want)
		}
	}
}
