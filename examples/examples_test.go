// Package examples_test holds the examples to what they promise. What needs
// nothing but Go, gcc and a POSIX shell is tested here; that the examples run as
// a user starts them, in examples_integration_test.go.
package examples_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"evenkeel/objective"
	"evenkeel/objective/trainers/process"
	"evenkeel/objective/trainers/trainertest"
	"evenkeel/search/studyfile"
)

func TestMain(m *testing.M) {
	process.Guard()
	os.Exit(m.Run())
}

// TestStudyFiles parses the study files of the trainers; a study is named after
// its folder, and after its file too where that is not study.yaml.
func TestStudyFiles(t *testing.T) {
	paths, err := filepath.Glob(filepath.Join("*", "*.yaml"))
	if err != nil || len(paths) < 4 {
		t.Fatalf("%d study files, error %v; want at least 4", len(paths), err)
	}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		def, err := studyfile.Parse(path, text, t.TempDir(), nil)
		if err != nil {
			t.Errorf("%s is refused:\n%v", path, err)
			continue
		}
		folder, file := filepath.Split(path)
		want := strings.TrimSuffix(filepath.Base(folder)+"-"+strings.TrimSuffix(file, ".yaml"), "-study")
		if def.Name != want {
			t.Errorf("%s is the study %s; want %s", path, def.Name, want)
		}
	}
}

// TestShellConforms: the trainer in sh and awk has the properties that the
// built-in models have.
func TestShellConforms(t *testing.T) {
	trainertest.Run(t, trainertest.Suite{
		New:       newShell,
		Model:     shellModel(20),
		Learnable: true, Boosted: 1, Train: true, Test: true, Ones: true,
	})
}

// TestShellTellsItsTestPart: asked for the shape of the test part alone, the trainer counts its
// rows in data.csv and measures nothing on them; else it says nothing of it.
func TestShellTellsItsTestPart(t *testing.T) {
	trainer := newShell(t)
	job := objective.Job{Spec: shellSpec(trainer), TestShape: true}
	r, err := trainer.Train(t.Context(), job)
	if err != nil {
		t.Fatal(err)
	}
	if want := (&objective.TestShape{Examples: shellTest(t)}); !reflect.DeepEqual(r.TestShape, want) || r.Test != nil {
		t.Errorf("shape %+v, test part %v; want %+v and none", r.TestShape, r.Test, want)
	}
	job.TestShape = false
	if r, err = trainer.Train(t.Context(), job); err != nil || r.TestShape != nil {
		t.Errorf("shape %+v, error %v; want none", r.TestShape, err)
	}
}

// shellTest counts the test rows of data.csv in the order of the trainer's classes.
func shellTest(t *testing.T) []int64 {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("shell", "data.csv"))
	if err != nil {
		t.Fatal(err)
	}
	var counts []int64
	for _, class := range []string{"small", "medium", "large"} {
		counts = append(counts, int64(strings.Count(string(text), "\ntest,"+class+",")))
	}
	return counts
}

// TestShellEvens: the study's own formula on what the unweighted model measured
// lifts the class in the middle, which the others hem in.
func TestShellEvens(t *testing.T) {
	trainer := newShell(t)
	info, spec := trainer.Info(), shellSpec(trainer)
	before := recalls(t, trainer, spec)
	weights := make([]float64, len(before))
	for c, recall := range before {
		weights[c] = 1 / recall // mean-ratio with exponent 1
	}
	weighted, err := spec.WithWeights(weights, "loss", 0)
	if err != nil {
		t.Fatal(err)
	}
	after := recalls(t, trainer, weighted)
	if !(before[1] < before[0] && before[1] < before[2] && after[1] > before[1]) {
		t.Errorf("recalls of %q: %.2f unweighted, %.2f weighted; want medium lowest, then higher", info.Classes, before, after)
	}
}

// TestShellData: the formula that the folder documents makes its data.
func TestShellData(t *testing.T) {
	cmd := exec.CommandContext(t.Context(), "awk", "-f", "make-data.awk")
	cmd.Dir, cmd.Env = "shell", append(os.Environ(), "LC_ALL=C")
	made, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	kept, err := os.ReadFile(filepath.Join("shell", "data.csv"))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(made, kept) {
		t.Error("make-data.awk makes another data.csv than the one in the folder")
	}
}

// newShell starts the example in the folder where it lies.
func newShell(t *testing.T) objective.Trainer {
	t.Helper()
	folder, err := filepath.Abs("shell")
	if err != nil {
		t.Fatal(err)
	}
	trainer, err := process.Start(t.Context(), process.Options{
		Command: []string{"sh", "train.sh"}, Dir: folder, Slots: []map[string]string{nil, nil},
		Timeout: time.Hour, Silence: time.Minute, StartTimeout: time.Minute,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := trainer.Close(); err != nil {
			t.Error(err)
		}
	})
	return trainer
}

// shellSpec is an unweighted run of the study.
func shellSpec(trainer objective.Trainer) objective.Spec {
	info := trainer.Info()
	return objective.Spec{
		Schema: objective.SpecVersion, Trainer: info.Trainer, Version: info.Version, Numerics: info.Numerics,
		Data: info.Data, Model: shellModel(20), Seed: 1,
	}
}

// shellModel is the model of shell/study.yaml with a number of epochs.
func shellModel(epochs int64) map[string]any {
	return map[string]any{"kind": "command", "command": []string{"sh", "train.sh"}, "epochs": epochs, "params.rate": int64(2)}
}

// recalls trains and measures on validation.
func recalls(t *testing.T, trainer objective.Trainer, spec objective.Spec) []float64 {
	t.Helper()
	r, err := trainer.Train(t.Context(), objective.Job{Spec: spec})
	if err != nil {
		t.Fatal(err)
	}
	return r.Val.Recall()
}
