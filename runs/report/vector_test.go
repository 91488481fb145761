package report

import (
	"bytes"
	"math"
	"strings"
	"testing"

	"evenkeel/objective"
	"evenkeel/runs"
	"evenkeel/runs/results"
)

// someVector is the vector of three classes over the given seeds' weights.
func someVector(t *testing.T, seeds ...[]float64) vector {
	t.Helper()
	trial := &runs.Trial{Number: 3, Study: runs.StudyHead{Name: "s", Classes: []string{`the "new"`, "Straße\n2", "c"}}}
	for _, w := range seeds {
		trial.Replicates = append(trial.Replicates, objective.Replicate{Rounds: []objective.Round{{}, {Weights: w}}})
	}
	w := &results.Weights{Trial: trial, Round: 1, Plan: objective.Plan{Apply: "loss"}}
	var err error
	if w.Vector, err = results.VectorOf(trial.Replicates, 1); err != nil {
		t.Fatal(err)
	}
	return vector{w, "uniform"}
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
	change := func(change, low, high float64) runs.KeptChange {
		return runs.KeptChange{Change: change, Low: low, High: high}
	}
	for want, kept := range map[string]*runs.Kept{
		"keeps only part of what the recipe gains": nil,
		"confirmed on 10 fresh seeds: the recipe changes the spread by -.029 (95 % -.040 to -.018), this vector by -.018 (95 % -.030 to -.006), which is 62 % of it": {
			Recipe: change(-0.029, -0.04, -0.018), Vector: change(-0.018, -0.03, -0.006), Seeds: 10,
		},
		"this vector by +.012 (95 % +.002 to +.022): it keeps nothing of the gain": {
			Recipe: change(-0.02, -0.03, -0.01), Vector: change(0.012, 0.002, 0.022), Seeds: 6,
		},
		"this vector by -.008 (95 % -.020 to +.004): what it keeps of the gain cannot be distinguished from noise": {
			Recipe: change(-0.02, -0.03, -0.01), Vector: change(-0.008, -0.02, 0.004), Seeds: 6,
		},
		"by -.021 (95 % -.085 to +.042), this vector by -.091 (95 % -.129 to -.052): the vector's gain is beyond noise, the recipe's is not": {
			Recipe: change(-0.021, -0.085, 0.042), Vector: change(-0.091, -0.129, -0.052), Seeds: 10,
		},
		// No share of a gain that may be none.
		"by -.010 (95 % -.023 to +.003), this vector by +.008 (95 % -.012 to +.027): there is no gain beyond noise to keep": {
			Recipe: change(-0.01, -0.023, 0.003), Vector: change(0.008, -0.012, 0.027), Seeds: 10,
		},
		"by +.003, this vector by -.001: there is no gain beyond noise to keep": {
			Recipe: change(0.003, math.NaN(), math.NaN()), Vector: change(-0.001, math.NaN(), math.NaN()), Seeds: 6,
		},
	} {
		if v.Kept = kept; !strings.Contains(v.keeps(), want) {
			t.Errorf("%+v: %q; want %q in it", kept, v.keeps(), want)
		}
	}
}
