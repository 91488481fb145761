//go:build integration

package nets_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"

	"evenkeel/objective"
)

// twinSeeds is the number of training seeds whose means are compared.
const twinSeeds = 5

// recalls are test recalls, seeds x classes.
type recalls [][]float64

// TestTwinAgrees trains the same models in PyTorch, by bench/torch_twin.py, on
// the same examples, and compares test figures. Means over five seeds may differ by
//
//   - 1 point in balanced accuracy, plus three standard errors where the run is
//     weighted: weighted runs vary more (standard deviation .008 against .002 over
//     seeds; over 40 and 20 seeds the means were .8088 here and .8083 there), and
//   - 1 point plus five standard errors of the difference in the recall of a
//     class, se^2 = (variance of ours + variance of theirs)/seeds. With 8 degrees
//     of freedom a t of 5 has a two-sided p of .001, and 40 recalls are compared;
//     the point is for standard errors that five seeds underestimate.
//
// It needs Debian's python3-torch at /usr/bin/python3 and fails without it.
func TestTwinAgrees(t *testing.T) {
	dir := exportSplit(t)
	tr := trainerOn(t, embedded(t))
	shirt := []float64{1, 1, 1.5, 1, 1.5, 1, 4, 1, 1, 1}
	for _, c := range []struct {
		name    string
		model   map[string]any
		weights []float64
	}{
		{"mlp", mlp(), nil},
		{"mlp weighted", mlp(), shirt},
		{"mlp sgd", mlp("optimizer", "sgd", "learning_rate", 0.05, "momentum", 0.9, "weight_decay", 0.001, "dropout", 0.2), nil},
		{"softmax weighted", softmax("weight_decay", 0.1), shirt},
	} {
		t.Run(c.name, func(t *testing.T) {
			ours, oursSeconds := ourRecalls(t, tr, c.model, c.weights)
			theirs, theirSeconds := twinRecalls(t, dir, c.model, c.weights)
			t.Logf("seconds a run: ours %.3f, PyTorch %.3f", oursSeconds, theirSeconds)
			compareBalanced(t, ours, theirs, c.weights != nil)
			compareRecalls(t, ours, theirs, tr.Info().Classes)
		})
	}
}

// root is the root of the repository.
var root = filepath.Join("..", "..")

func exportSplit(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	cmd := exec.CommandContext(t.Context(), "go", "run", "./bench/exportsplit", "-out", dir,
		"-validation", fmt.Sprint(split.Validation), "-test", fmt.Sprint(split.Test), "-seed", fmt.Sprint(split.Seed))
	cmd.Dir = root
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("exportsplit: %v\n%s", err, out)
	}
	return dir
}

func ourRecalls(t *testing.T, tr objective.Trainer, model map[string]any, weights []float64) (r recalls, seconds float64) {
	t.Helper()
	for seed := int64(1); seed <= twinSeeds; seed++ {
		spec := specOf(tr, model, seed)
		if weights != nil {
			var err error
			if spec, err = spec.WithWeights(weights, "loss", 0); err != nil {
				t.Fatal(err)
			}
		}
		result := train(t, tr, objective.Job{Spec: spec, Test: true})
		r = append(r, result.Test.Recall())
		seconds += result.Seconds / twinSeeds
	}
	return r, seconds
}

func twinRecalls(t *testing.T, dir string, model map[string]any, weights []float64) (r recalls, seconds float64) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "/usr/bin/python3", "bench/torch_twin.py", "--data", dir,
		"--seeds", strconv.Itoa(twinSeeds), "--model", jsonText(t, model), "--weights", jsonText(t, weights))
	cmd.Dir = root
	out, err := cmd.Output()
	if err != nil {
		if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
			t.Fatalf("torch_twin.py: %v\n%s", err, exit.Stderr)
		}
		t.Fatalf("torch_twin.py: %v", err)
	}
	var answer struct {
		Runs []struct {
			Recall  []float64
			Seconds float64
		}
	}
	if err := json.Unmarshal(out, &answer); err != nil {
		t.Fatal(err)
	}
	if len(answer.Runs) != twinSeeds {
		t.Fatalf("torch_twin.py answered %d runs; want %d", len(answer.Runs), twinSeeds)
	}
	for _, run := range answer.Runs {
		r = append(r, run.Recall)
		seconds += run.Seconds / twinSeeds
	}
	return r, seconds
}

func jsonText(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func compareBalanced(t *testing.T, ours, theirs recalls, weighted bool) {
	t.Helper()
	a, av := ours.balanced().meanVariance(0)
	b, bv := theirs.balanced().meanVariance(0)
	tolerance := 0.01
	if weighted {
		tolerance += 3 * math.Sqrt((av+bv)/twinSeeds)
	}
	t.Logf("balanced accuracy: ours %.4f, PyTorch %.4f, tolerance %.4f", a, b, tolerance)
	if math.Abs(a-b) > tolerance {
		t.Errorf("balanced test accuracy: ours %.4f, PyTorch %.4f; want within %.4f", a, b, tolerance)
	}
}

func compareRecalls(t *testing.T, ours, theirs recalls, classes []string) {
	t.Helper()
	for c, name := range classes {
		a, av := ours.meanVariance(c)
		b, bv := theirs.meanVariance(c)
		tolerance := 0.01 + 5*math.Sqrt((av+bv)/twinSeeds)
		t.Logf("%-9s ours %.4f, PyTorch %.4f, difference %+.4f, tolerance %.4f", name, a, b, a-b, tolerance)
		if math.Abs(a-b) > tolerance {
			t.Errorf("recall of %s: ours %.4f, PyTorch %.4f; want within %.4f", name, a, b, tolerance)
		}
	}
}

// balanced returns the balanced accuracy of each seed, as one column.
func (r recalls) balanced() recalls {
	out := make(recalls, len(r))
	for i, x := range r {
		out[i] = []float64{0}
		for _, v := range x {
			out[i][0] += v / float64(len(x))
		}
	}
	return out
}

// meanVariance returns the mean and the sample variance of a class over seeds.
func (r recalls) meanVariance(class int) (mean, variance float64) {
	for _, x := range r {
		mean += x[class] / float64(len(r))
	}
	for _, x := range r {
		variance += (x[class] - mean) * (x[class] - mean) / float64(len(r)-1)
	}
	return mean, variance
}
