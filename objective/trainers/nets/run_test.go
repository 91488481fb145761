package nets

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"strings"
	"sync"
	"testing"

	"evenkeel/objective"
	"evenkeel/objective/data"
	"evenkeel/objective/models"
	"evenkeel/objective/trainers/nets/kernels"
)

// tinySplits are 230 training and 60 validation examples of three classes
// around three overlapping centres; 230 leaves an incomplete batch.
func tinySplits() *data.Splits {
	rng := rand.New(rand.NewPCG(1, 2))
	part := func(n int) data.Part {
		var p data.Part
		for i := range n {
			y := uint16(i % 3)
			p.Y = append(p.Y, y)
			for f := range 4 {
				x := rng.NormFloat64()
				if f == int(y) {
					x += 1.5
				}
				p.X = append(p.X, float32(x))
			}
		}
		return p
	}
	return &data.Splits{
		Dataset: &data.Dataset{Source: "tiny", Classes: []string{"a", "b", "c"}, Shape: []int{4}, Fingerprint: "tiny"},
		Train:   part(230), Val: part(60),
	}
}

func tinyTrainer(t testing.TB) *Trainer {
	t.Helper()
	tr, err := New(tinySplits(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	return tr
}

// tinyModel returns a valid model, changed by pairs of key and value.
func tinyModel(kind string, changes ...any) map[string]any {
	m := map[string]any{"kind": kind}
	for _, k := range models.KeysOf(kind) {
		if k.Needs == nil {
			m[k.Name] = k.Default
		}
	}
	m["epochs"], m["batch"], m["learning_rate"] = int64(3), int64(32), 0.01
	if _, used := m["hidden"]; used {
		m["hidden"] = []int64{8}
	}
	for i := 0; i < len(changes); i += 2 {
		m[changes[i].(string)] = changes[i+1]
	}
	return m
}

func tinySpec(t testing.TB, tr *Trainer, model map[string]any, seed int64) objective.Spec {
	t.Helper()
	return objective.Spec{
		Schema: objective.SpecVersion, Trainer: tr.info.Trainer, Version: tr.info.Version, Numerics: tr.info.Numerics,
		Data: tr.info.Data, Model: model, Seed: seed,
	}
}

func tinyTrain(t testing.TB, tr *Trainer, model map[string]any, seed int64) *objective.Result {
	t.Helper()
	r, err := tr.Train(t.Context(), objective.Job{Spec: tinySpec(t, tr, model, seed)})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// The memory of a run is released with it: after 300 runs the heap in use is
// within 1 MiB of what it was after the first few. One run's memory is about
// 0.3 MiB, so keeping even one in a hundred of them would show.
func TestRunsDoNotGrowTheHeap(t *testing.T) {
	tr := tinyTrainer(t)
	model := tinyModel("mlp", "epochs", int64(1), "batch", int64(128), "hidden", []int64{64}, "dropout", 0.1)
	heap := func(runs int) uint64 {
		for seed := range runs {
			tinyTrain(t, tr, model, int64(seed))
		}
		runtime.GC()
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	before := heap(20)
	after := heap(300)
	t.Logf("heap %d KiB after 20 runs, %d KiB after 320", before>>10, after>>10)
	if after > before+1<<20 {
		t.Errorf("the heap grew from %d to %d bytes over 300 runs", before, after)
	}
}

// Four different runs at once give what each gives alone.
func TestRunsAtOnce(t *testing.T) {
	tr := tinyTrainer(t)
	model := tinyModel("mlp", "dropout", 0.2)
	const runs = 4
	got, errs := make([]*objective.Result, runs), make([]error, runs)
	var wg sync.WaitGroup
	for i := range runs {
		wg.Go(func() {
			got[i], errs[i] = tr.Train(t.Context(), objective.Job{Spec: tinySpec(t, tr, model, int64(i))})
		})
	}
	wg.Wait()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for i, r := range got {
		if alone := tinyTrain(t, tr, model, int64(i)); alone.Parameters != r.Parameters {
			t.Errorf("seed %d: parameters %s at once, %s alone", i, r.Parameters, alone.Parameters)
		}
		seen[r.Parameters] = true
	}
	if len(seen) != runs {
		t.Errorf("%d seeds gave %d different models", runs, len(seen))
	}
}

func TestDivergenceEndsTheRun(t *testing.T) {
	tr := tinyTrainer(t)
	model := tinyModel("mlp", "optimizer", "sgd", "momentum", 0.9, "learning_rate", 1000.0, "epochs", int64(50))
	r, err := tr.Train(t.Context(), objective.Job{Spec: tinySpec(t, tr, model, 1)})
	if err == nil {
		t.Fatalf("a learning rate of 1000 trained to %v", r.Epochs)
	}
	for _, want := range []string{"epoch ", "step ", "smaller learning rate than 1000"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("error %q does not say %q", err, want)
		}
	}
}

func TestContextEndsTheRunWithinAStep(t *testing.T) {
	tr := tinyTrainer(t)
	r, err := newRun(t.Context(), tr, objective.Job{Spec: tinySpec(t, tr, nil, 1)}, mustParse(t, tinyModel("mlp")))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := r.epoch(ctx, 1); !errors.Is(err, context.Canceled) || r.opt.steps != 0 {
		t.Errorf("error %v after %d steps; want context.Canceled after none", err, r.opt.steps)
	}
}

func mustParse(t testing.TB, model map[string]any) models.Config {
	t.Helper()
	c, err := models.Parse(model)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// Before the switch a weighted run is the unweighted one; the first epoch that
// differs is floor(weights_from * epochs) + 1, counted from 1.
func TestWeightsFrom(t *testing.T) {
	tr := tinyTrainer(t)
	model := tinyModel("softmax", "epochs", int64(10))
	plain := tinyTrain(t, tr, model, 1)
	for _, apply := range []string{"loss", "logit"} {
		for from, first := range map[float64]int{0: 1, 0.25: 3, 0.3: 4, 0.7: 8, 0.99: 10, 1: 0} {
			spec, err := tinySpec(t, tr, model, 1).WithWeights([]float64{1, 2, 5}, apply, from)
			if err != nil {
				t.Fatal(err)
			}
			r, err := tr.Train(t.Context(), objective.Job{Spec: spec})
			if err != nil {
				t.Fatal(err)
			}
			got := 0
			for i, e := range r.Epochs {
				if e != plain.Epochs[i] {
					got = e.Epoch
					break
				}
			}
			if got != first {
				t.Errorf("%s, weights_from %v: epoch %d is the first to differ; want %d", apply, from, got, first)
			}
		}
	}
}

func TestSwitchOnIsExactForDecimals(t *testing.T) {
	for hundredths := range 101 {
		from := float64(hundredths) / 100
		if got := switchOn(objective.Spec{WeightsFrom: from}, 100); got != hundredths {
			t.Errorf("floor(%v * 100) = %d", from, got)
		}
	}
}

// Early stopping ends after the patience and restores the best epoch: the same
// run cut at the best epoch has the same parameters.
func TestEarlyStopping(t *testing.T) {
	tr := tinyTrainer(t)
	long := []any{"epochs", int64(200), "hidden", []int64{32}, "learning_rate", 0.03}
	r := tinyTrain(t, tr, tinyModel("mlp", append(long, "early_stopping", int64(4))...), 1)
	best := r.Epochs[0]
	for _, e := range r.Epochs {
		if e.ValLoss < best.ValLoss {
			best = e
		}
	}
	if !r.Stopped || len(r.Epochs) != best.Epoch+4 {
		t.Fatalf("stopped %v after %d epochs with the best at %d; want 4 later", r.Stopped, len(r.Epochs), best.Epoch)
	}
	cut := tinyTrain(t, tr, tinyModel("mlp", append(long, "epochs", int64(best.Epoch))...), 1)
	if cut.Parameters != r.Parameters {
		t.Errorf("restored parameters %s; those after epoch %d are %s", r.Parameters, best.Epoch, cut.Parameters)
	}
}

// A run whose best epoch is its last planned ones' is not called stopped, and
// epochs before the switch are neither counted nor fallen back to.
func TestStoppingRules(t *testing.T) {
	p := parameters{newVector(1)}
	s := stopping{patience: 2, from: 3}
	for epoch, loss := range []float64{0.1, 0.2, 0.9, 0.8, 0.85} {
		floats(p[0])[0] = float32(epoch + 1)
		if s.observe(epoch+1, loss, p) {
			t.Errorf("stopped after epoch %d", epoch+1)
		}
	}
	if !s.observe(6, 0.8, p) {
		t.Error("did not stop 2 epochs after the best")
	}
	s.finish(p)
	if got := floats(p[0])[0]; got != 4 {
		t.Errorf("restored the parameters of epoch %v; want 4", got)
	}
}

// Parameters start uniform in +-1/sqrt(inputs), weights and biases alike.
func TestInitialParameters(t *testing.T) {
	p := newParameters(1, denseLayers([]int{400, 300, 5}), &halt{})
	for i, in := range []int{400, 400, 300, 300} {
		bound := 1 / math.Sqrt(float64(in))
		var low, high, mean float64
		x := floats(p[i])
		for _, v := range x {
			low, high, mean = min(low, float64(v)), max(high, float64(v)), mean+float64(v)/float64(len(x))
		}
		if low < -bound*1.000001 || high > bound*1.000001 {
			t.Errorf("parameter %d ranges over %v to %v; want +-%v", i, low, high, bound)
		}
		if len(x) > 1000 && (low > -0.99*bound || high < 0.99*bound || math.Abs(mean) > 0.05*bound) {
			t.Errorf("parameter %d: low %v, high %v, mean %v; want uniform over +-%v", i, low, high, mean, bound)
		}
	}
}

func TestEveryEpochDealsEveryExampleOnce(t *testing.T) {
	b := newBatches(tinySplits().Train, standardizer{}, 5, 32)
	var orders []string
	for epoch := 1; epoch <= 3; epoch++ {
		b.shuffle(epoch)
		seen := make([]bool, len(b.order))
		for _, i := range b.order {
			seen[i] = true
		}
		for i, s := range seen {
			if !s {
				t.Fatalf("epoch %d misses example %d", epoch, i)
			}
		}
		orders = append(orders, fmt.Sprint(b.order))
	}
	if orders[0] == orders[1] || orders[1] == orders[2] {
		t.Error("two epochs have the same order")
	}
	if b.count() != 8 {
		t.Errorf("230 examples in batches of 32 are %d batches; want 8", b.count())
	}
}

func TestStandardizer(t *testing.T) {
	table := newStandardizer(data.Part{X: []float32{1, 7, 3, 7}, Y: []uint16{0, 1}}, []int{2})
	out := make([]float32, 4)
	table.apply(kernels.Portable, out, []float32{1, 7, 3, 8})
	if fmt.Sprint(out) != "[-1 0 1 0]" {
		t.Errorf("columns became %v; want the first at -1 and 1, the constant one at 0", out)
	}
	// One image of two channels of 1x2 pixels: means 2 and 5, deviations 1 and 2.
	image := newStandardizer(data.Part{X: []float32{1, 3, 3, 7}, Y: []uint16{0}}, []int{2, 1, 2})
	image.apply(kernels.Portable, out, []float32{1, 3, 3, 7})
	if fmt.Sprint(out) != "[-1 1 -1 1]" {
		t.Errorf("channels became %v; want -1, 1, -1, 1", out)
	}
}

func TestArgmaxTakesTheLowestOfEquals(t *testing.T) {
	if got := argmax([]float32{1, 3, 3, 2}); got != 1 {
		t.Errorf("argmax of 1, 3, 3, 2 is %d; want 1", got)
	}
}
