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
	"evenkeel/objective/data"
)

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
//     of freedom a t of 5 has a two-sided p of .001, and 50 recalls are compared;
//     the point is for standard errors that five seeds underestimate.
//
// It needs Debian's python3-torch at /usr/bin/python3 and fails without it.
func TestTwinAgrees(t *testing.T) {
	const seeds = 5
	dir := exportSplit(t, "embedded", split)
	tr := trainerOn(t, embedded(t))
	shirt := []float64{1, 1, 1.5, 1, 1.5, 1, 4, 1, 1, 1}
	for _, c := range []struct {
		name    string
		model   map[string]any
		weights []float64
	}{
		{"mlp", mlp(), nil},
		{"softmax", softmax(), nil},
		{"mlp weighted", mlp(), shirt},
		{"mlp sgd", mlp("optimizer", "sgd", "learning_rate", 0.05, "momentum", 0.9, "weight_decay", 0.001, "dropout", 0.2), nil},
		{"softmax weighted", softmax("weight_decay", 0.1), shirt},
	} {
		t.Run(c.name, func(t *testing.T) {
			ours := ourRecalls(t, tr, c.model, c.weights, seeds)
			theirs := twinRecalls(t, dir, c.model, c.weights, seeds)
			compareBalanced(t, ours, theirs, c.weights != nil)
			compareRecalls(t, ours, theirs, tr.Info().Classes)
		})
	}
}

// TestImageTwinsAgree does the same for models on images, on Fashion-MNIST, 28x28
// pixels: means of the balanced accuracy on the 10,000 test images, over five seeds,
// within 1 point. Seeds of the cnn are about .004 apart. Those of a resnet8 are .02 and
// more apart at the usual learning rate, its normalisation being over few batches; a tenth
// of it leaves about .006. It needs Debian's dataset-fashion-mnist and python3-torch.
func TestImageTwinsAgree(t *testing.T) {
	const seeds = 5
	source := data.Source{Kind: "idx", Path: "/usr/share/datasets/fashion-mnist"}
	ds, err := data.Open(source)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name  string
		limit int // images a class
		model map[string]any
	}{
		{"cnn", 500, cnn("epochs", int64(5), "batch", int64(64))},
		{"resnet8", 1000, resnet8("epochs", int64(5), "batch", int64(64), "learning_rate", 0.0001)},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel() // most of the time one side or the other computes on one thread
			how := split
			how.Limit = c.limit
			splits, err := data.Split(ds, how)
			if err != nil {
				t.Fatal(err)
			}
			ours := ourRecalls(t, trainerOn(t, splits), c.model, nil, seeds)
			compareBalanced(t, ours, twinRecalls(t, exportSplit(t, source.String(), how), c.model, nil, seeds), false)
		})
	}
}

// TestResNetTwinAgrees does the same for a resnet8 on 1,640 examples of the embedded
// sample with augmentation, in batches of 32 of which the last is incomplete: 1 point plus
// three standard errors of the difference, since so few examples leave seeds a point
// or more apart.
func TestResNetTwinAgrees(t *testing.T) {
	const seeds = 5
	how := split
	how.Limit = 205
	ours := ourRecalls(t, trainerOn(t, embeddedSplit(t, how)), augmented(), nil, seeds)
	compareBalanced(t, ours, twinRecalls(t, exportSplit(t, "embedded", how), augmented(), nil, seeds), true)
}

func augmented() map[string]any {
	return resnet8("epochs", int64(8), "batch", int64(32), "augment", "flip-crop")
}

// root is the root of the repository.
var root = filepath.Join("..", "..", "..")

func exportSplit(t *testing.T, source string, how objective.Split) string {
	t.Helper()
	dir := t.TempDir()
	cmd := exec.CommandContext(t.Context(), "go", "run", "./bench/exportsplit", "-out", dir, "-source", source,
		"-validation", fmt.Sprint(how.Validation), "-test", fmt.Sprint(how.Test), "-limit", fmt.Sprint(how.Limit), "-seed", fmt.Sprint(how.Seed))
	cmd.Dir = root
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("exportsplit: %v\n%s", err, out)
	}
	return dir
}

func ourRecalls(t *testing.T, tr objective.Trainer, model map[string]any, weights []float64, seeds int) (r recalls) {
	t.Helper()
	var seconds float64
	for seed := range seeds {
		spec := specOf(tr, model, int64(seed+1))
		if weights != nil {
			var err error
			if spec, err = spec.WithWeights(weights, "loss", 0); err != nil {
				t.Fatal(err)
			}
		}
		result := train(t, tr, objective.Job{Spec: spec, Test: true})
		r = append(r, result.Test.Recall())
		seconds += result.Seconds / float64(seeds)
	}
	t.Logf("%.3f seconds a run", seconds)
	return r
}

func twinRecalls(t *testing.T, dir string, model map[string]any, weights []float64, seeds int) (r recalls) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "/usr/bin/python3", "bench/torch_twin.py", "--data", dir,
		"--seeds", strconv.Itoa(seeds), "--model", jsonText(t, model), "--weights", jsonText(t, weights))
	cmd.Dir = root
	// PyTorch keeps the memory that it would give back and get again in every step.
	cmd.Env = append(cmd.Environ(), "MALLOC_MMAP_MAX_=0", "MALLOC_TRIM_THRESHOLD_=100000000000", "MALLOC_TOP_PAD_=268435456")
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
	if len(answer.Runs) != seeds {
		t.Fatalf("torch_twin.py answered %d runs; want %d", len(answer.Runs), seeds)
	}
	var seconds float64
	for _, run := range answer.Runs {
		r = append(r, run.Recall)
		seconds += run.Seconds / float64(seeds)
	}
	t.Logf("%.3f seconds a run in PyTorch", seconds)
	return r
}

func jsonText(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// compareBalanced allows 1 point, and three standard errors more where runs are noisy.
func compareBalanced(t *testing.T, ours, theirs recalls, noisy bool) {
	t.Helper()
	a, av := ours.balanced().meanVariance(0)
	b, bv := theirs.balanced().meanVariance(0)
	tolerance := 0.01
	if noisy {
		tolerance += 3 * math.Sqrt((av+bv)/float64(len(ours)))
	}
	t.Logf("balanced accuracy: ours %.4f (%.4f), PyTorch %.4f (%.4f), tolerance %.4f", a, math.Sqrt(av), b, math.Sqrt(bv), tolerance)
	if math.Abs(a-b) > tolerance {
		t.Errorf("balanced test accuracy: ours %.4f, PyTorch %.4f; want within %.4f", a, b, tolerance)
	}
}

func compareRecalls(t *testing.T, ours, theirs recalls, classes []string) {
	t.Helper()
	for c, name := range classes {
		a, av := ours.meanVariance(c)
		b, bv := theirs.meanVariance(c)
		tolerance := 0.01 + 5*math.Sqrt((av+bv)/float64(len(ours)))
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
