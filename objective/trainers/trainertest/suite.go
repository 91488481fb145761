package trainertest

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"reflect"
	"slices"
	"sync"
	"testing"

	"evenkeel/objective"
)

// Suite describes the trainer of a conformance run. An ability that a
// trainer lacks is declared here, never guessed from an error.
type Suite struct {
	// New returns a trainer that is ready to train.
	New func(t *testing.T) objective.Trainer
	// Model is a model that trains in well under a second.
	Model map[string]any
	// Endless is a model whose training would outlast the test binary; nil if the
	// trainer answers at once, so that only a context that has ended already is tried.
	Endless map[string]any
	// Learnable says that the trainer really trains on data that can be
	// separated, but not without errors: other seeds then give other models, and a
	// weight of 20 on class Boosted raises its recall.
	Learnable bool
	Boosted   int
	// Predictions and Logits say that results carry them.
	Predictions, Logits bool
	// Train says that results carry the confusion matrix of the training part.
	Train bool
	// Test says that there is a test part to evaluate.
	Test bool
	// Ones says that weights of exactly 1 compute the unweighted run bit for bit.
	Ones bool
}

// Run runs the suite; each property is a subtest of its own.
func Run(t *testing.T, s Suite) {
	t.Helper()
	for _, c := range []struct {
		name string
		run  func(t *testing.T, h harness)
	}{
		{"InfoIsCompleteAndStable", testInfo},
		{"ResultIsConsistent", testConsistent},
		{"SameSpecSameResult", testSame},
		{"OtherSeedOtherModel", testSeeds},
		{"WeightsReachTraining", testWeights},
		{"EqualWeightsAreUnweighted", testEqualWeights},
		{"SideBySideAsAlone", testConcurrent},
		{"EndsWithItsContext", testCancel},
		{"TestPartOnlyWhenAsked", testTestPart},
		{"EpochsInOrder", testEpochs},
		{"OtherRunsRefused", testRefuses},
	} {
		t.Run(c.name, func(t *testing.T) { c.run(t, harness{Suite: s, trainer: s.New(t)}) })
	}
}

// harness is a suite with the trainer under test.
type harness struct {
	Suite
	trainer objective.Trainer
}

func (h harness) spec(seed int64) objective.Spec {
	info := h.trainer.Info()
	return objective.Spec{
		Schema: objective.SpecVersion, Trainer: info.Trainer, Version: info.Version, Numerics: info.Numerics,
		Data: info.Data, Split: info.Split, Model: maps.Clone(h.Model), Seed: seed,
	}
}

func (h harness) train(t *testing.T, job objective.Job) *objective.Result {
	t.Helper()
	r, err := h.trainer.Train(t.Context(), job)
	if err != nil {
		t.Fatalf("Train: %v", err)
	}
	return r
}

// boosted returns the spec in which one class weighs 20 times the others.
func (h harness) boosted(t *testing.T, seed int64, apply string) objective.Spec {
	t.Helper()
	w := make([]float64, len(h.trainer.Info().Classes))
	for c := range w {
		w[c] = 1
	}
	w[h.Boosted] = 20
	spec, err := h.spec(seed).WithWeights(w, apply, 0)
	if err != nil {
		t.Fatal(err)
	}
	return spec
}

// modes are the ways to apply weights that the trainer supports.
func (h harness) modes() []string {
	return slices.DeleteFunc(slices.Clone(h.trainer.Info().Supports), func(s string) bool { return !slices.Contains(objective.TrainedWays(), s) })
}

// difference says where two results that should be equal differ, "" nowhere.
func difference(a, b *objective.Result) string {
	x, y := *a, *b
	x.Seconds, y.Seconds, x.Log, y.Log = 0, 0, "", ""
	v, w := reflect.ValueOf(x), reflect.ValueOf(y)
	for i := range v.NumField() {
		// Printed, two NaN losses are the same.
		if !reflect.DeepEqual(v.Field(i).Interface(), w.Field(i).Interface()) &&
			fmt.Sprint(v.Field(i).Interface()) != fmt.Sprint(w.Field(i).Interface()) {
			return v.Type().Field(i).Name
		}
	}
	return ""
}

func same(t *testing.T, what string, a, b *objective.Result) {
	t.Helper()
	if d := difference(a, b); d != "" {
		t.Errorf("%s: results differ in %s", what, d)
	}
}

func testInfo(t *testing.T, h harness) {
	info := h.trainer.Info()
	for name, v := range map[string]string{"Trainer": info.Trainer, "Version": info.Version, "Numerics": info.Numerics, "Data": info.Data} {
		if v == "" {
			t.Errorf("Info.%s is empty", name)
		}
	}
	if len(info.Classes) < 2 || info.TrainCounts != nil && len(info.TrainCounts) != len(info.Classes) {
		t.Errorf("%d classes, %d training counts; want at least 2 classes and a count for each or none", len(info.Classes), len(info.TrainCounts))
	}
	if len(h.modes()) == 0 {
		t.Errorf("Info.Supports is %q; want at least one way to apply weights", info.Supports)
	}
	h.train(t, objective.Job{Spec: h.spec(1)})
	again := h.trainer.Info()
	if info.ValLabels == nil {
		again.ValLabels = nil // may become known with the first run
	}
	if !reflect.DeepEqual(info, again) {
		t.Errorf("Info changed in a run: before %+v, after %+v", info, again)
	}
}

func testConsistent(t *testing.T, h harness) {
	r := h.train(t, objective.Job{Spec: h.spec(1)})
	info := h.trainer.Info()
	k := len(info.Classes)
	if err := r.Check(k); err != nil {
		t.Fatal(err)
	}
	if (r.ValPredictions != nil) != h.Predictions || (r.ValLogits != nil) != h.Logits || (r.Train != nil) != h.Train {
		t.Errorf("predictions %v, logits %v, training matrix %v; the suite declares %v, %v, %v",
			r.ValPredictions != nil, r.ValLogits != nil, r.Train != nil, h.Predictions, h.Logits, h.Train)
	}
	if h.Train {
		for c, n := range r.Train.Support() {
			if info.TrainCounts != nil && n != int64(info.TrainCounts[c]) {
				t.Errorf("the training matrix has %d examples of class %d; Info says %d", n, c, info.TrainCounts[c])
			}
		}
	}
	if h.Predictions && info.ValLabels != nil {
		m, err := objective.ConfusionFromLabels(k, info.ValLabels, r.ValPredictions)
		if err != nil {
			t.Fatal(err)
		}
		if !m.Equal(r.Val) {
			t.Errorf("validation matrix %v; labels and predictions give %v", r.Val.Rows(), m.Rows())
		}
	}
	if h.Predictions && h.Logits {
		for i, p := range r.ValPredictions {
			row := r.ValLogits[i*k : (i+1)*k]
			if best := slices.Index(row, slices.Max(row)); best != int(p) {
				t.Fatalf("example %d: predicted class %d, but class %d has the first largest logit of %v", i, p, best, row)
			}
		}
	}
}

func testSame(t *testing.T, h harness) {
	first := h.train(t, objective.Job{Spec: h.spec(1)})
	h.train(t, objective.Job{Spec: h.spec(2)}) // must leave nothing behind
	same(t, "the same spec again", first, h.train(t, objective.Job{Spec: h.spec(1)}))
	other := harness{Suite: h.Suite, trainer: h.New(t)}
	same(t, "the same spec from a new trainer", first, other.train(t, objective.Job{Spec: h.spec(1)}))
}

func testSeeds(t *testing.T, h harness) {
	a, b := h.train(t, objective.Job{Spec: h.spec(1)}), h.train(t, objective.Job{Spec: h.spec(2)})
	if h.Learnable && difference(a, b) == "" {
		t.Error("seeds 1 and 2 gave the same result in every field")
	}
}

func testWeights(t *testing.T, h harness) {
	plain := h.train(t, objective.Job{Spec: h.spec(1)})
	for _, mode := range h.modes() {
		weighted := h.train(t, objective.Job{Spec: h.boosted(t, 1, mode)})
		before, after := plain.Val.Recall()[h.Boosted], weighted.Val.Recall()[h.Boosted]
		if h.Learnable && !(after > before) {
			t.Errorf("apply %s: weight 20 on class %d took its recall from %.3f to %.3f; want it higher", mode, h.Boosted, before, after)
		}
		same(t, "a weighted run again, apply "+mode, weighted, h.train(t, objective.Job{Spec: h.boosted(t, 1, mode)}))
	}
}

func testEqualWeights(t *testing.T, h harness) {
	plain := h.spec(1)
	ones := make([]float64, len(h.trainer.Info().Classes))
	for c := range ones {
		ones[c] = 3
	}
	for _, mode := range h.modes() {
		equal, err := plain.WithWeights(ones, mode, 0)
		if err != nil {
			t.Fatal(err)
		}
		want := h.train(t, objective.Job{Spec: plain})
		same(t, "all weights 3, apply "+mode, want, h.train(t, objective.Job{Spec: equal}))
		if h.Ones {
			explicit := plain
			explicit.Weights, explicit.Apply = slices.Repeat([]float32{1}, len(ones)), mode
			same(t, "explicit weights of 1, apply "+mode, want, h.train(t, objective.Job{Spec: explicit}))
		}
	}
}

func testConcurrent(t *testing.T, h harness) {
	const runs = 4
	got, errs := make([]*objective.Result, runs), make([]error, runs)
	specs := make([]objective.Spec, runs)
	for i := range specs {
		specs[i] = h.spec(int64(i/2 + 1)) // two pairs of equal specs
	}
	var wg sync.WaitGroup
	for i := range runs {
		wg.Go(func() { got[i], errs[i] = h.trainer.Train(t.Context(), objective.Job{Spec: specs[i]}) })
	}
	wg.Wait()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
	for i, r := range got {
		same(t, fmt.Sprintf("run %d of %d at once", i+1, runs), h.train(t, objective.Job{Spec: specs[i]}), r)
	}
}

func testCancel(t *testing.T, h harness) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if r, err := h.trainer.Train(ctx, objective.Job{Spec: h.spec(1)}); !errors.Is(err, context.Canceled) {
		t.Errorf("with a context that has ended: result %v, error %v; want context.Canceled", r != nil, err)
	}
	if h.Endless == nil {
		return
	}
	ctx, cancel = context.WithCancel(t.Context())
	defer cancel()
	spec := h.spec(1)
	spec.Model = maps.Clone(h.Endless)
	// Unless the trainer obeys ctx, this outlasts the test binary's own limit.
	r, err := h.trainer.Train(ctx, objective.Job{Spec: spec, OnEpoch: func(objective.Epoch) { cancel() }})
	if !errors.Is(err, context.Canceled) || r != nil {
		t.Errorf("context ended after an epoch: result %v, error %v; want none and context.Canceled", r != nil, err)
	}
}

func testTestPart(t *testing.T, h harness) {
	plain := h.train(t, objective.Job{Spec: h.spec(1)})
	if plain.Test != nil || plain.TestPredictions != nil || plain.TestLogits != nil || plain.TestLabels != nil {
		t.Error("the test part was evaluated without being asked for")
	}
	if !h.Test {
		return
	}
	asked := h.train(t, objective.Job{Spec: h.spec(1), Test: true})
	if asked.Test == nil {
		t.Fatal("the test part was requested and not evaluated")
	}
	if err := asked.Check(len(h.trainer.Info().Classes)); err != nil {
		t.Error(err)
	}
	checkTestPart(t, h, asked)
	asked.Test, asked.TestPredictions, asked.TestLogits, asked.TestLabels = nil, nil, nil, nil
	same(t, "asking for the test part", plain, asked)
}

// checkTestPart: what a result says of test examples agrees with its test matrix.
func checkTestPart(t *testing.T, h harness, r *objective.Result) {
	t.Helper()
	k := len(h.trainer.Info().Classes)
	if (r.TestPredictions != nil) != h.Predictions || (r.TestLogits != nil) != h.Logits || (r.TestLabels != nil) != h.Predictions {
		t.Errorf("test predictions %v, logits %v, labels %v; the suite declares predictions, with labels, %v and logits %v",
			r.TestPredictions != nil, r.TestLogits != nil, r.TestLabels != nil, h.Predictions, h.Logits)
		return
	}
	if h.Predictions {
		m, err := objective.ConfusionFromLabels(k, r.TestLabels, r.TestPredictions)
		if err != nil {
			t.Fatal(err)
		}
		if !m.Equal(r.Test) {
			t.Errorf("test matrix %v; labels and predictions give %v", r.Test.Rows(), m.Rows())
		}
	}
	if !h.Predictions || !h.Logits {
		return
	}
	for i, p := range r.TestPredictions {
		row := r.TestLogits[i*k : (i+1)*k]
		if best := slices.Index(row, slices.Max(row)); best != int(p) {
			t.Fatalf("test example %d: predicted class %d, but class %d has the first largest logit of %v", i, p, best, row)
		}
	}
}

func testEpochs(t *testing.T, h harness) {
	var reported []objective.Epoch
	r := h.train(t, objective.Job{Spec: h.spec(1), OnEpoch: func(e objective.Epoch) { reported = append(reported, e) }})
	for i, e := range reported {
		if e.Epoch != i+1 {
			t.Fatalf("call %d of OnEpoch was epoch %d", i+1, e.Epoch)
		}
	}
	if fmt.Sprint(reported) != fmt.Sprint(r.Epochs) {
		t.Errorf("OnEpoch was called with %v; the result has %v", reported, r.Epochs)
	}
	same(t, "without OnEpoch", r, h.train(t, objective.Job{Spec: h.spec(1)}))
}

// testRefuses: a run that is not the trainer's is an error, not a result; see
// [objective.Spec.CheckFor].
func testRefuses(t *testing.T, h harness) {
	weights := func(change func(w []float32)) func(*objective.Spec) {
		return func(s *objective.Spec) {
			s.Apply, s.Weights = h.modes()[0], slices.Repeat([]float32{1}, len(h.trainer.Info().Classes))
			s.Weights[0] = 2
			change(s.Weights)
		}
	}
	for what, change := range map[string]func(*objective.Spec){
		"trainer":              func(s *objective.Spec) { s.Trainer += "x" },
		"version":              func(s *objective.Spec) { s.Version += "x" },
		"numerics":             func(s *objective.Spec) { s.Numerics += "x" },
		"data":                 func(s *objective.Spec) { s.Data += "x" },
		"split":                func(s *objective.Spec) { s.Split.Seed++ },
		"number of weights":    func(s *objective.Spec) { s.Weights, s.Apply = []float32{2}, h.modes()[0] },
		"weight of 0":          weights(func(w []float32) { w[1] = 0 }),
		"weight of NaN":        weights(func(w []float32) { w[1] = float32(math.NaN()) }),
		"way to apply weights": func(s *objective.Spec) { weights(func([]float32) {})(s); s.Apply = "sampling" },
	} {
		spec := h.spec(1)
		change(&spec)
		if r, err := h.trainer.Train(t.Context(), objective.Job{Spec: spec}); err == nil || r != nil {
			t.Errorf("another %s: result %v, error %v; want no result and an error", what, r != nil, err)
		}
	}
}
