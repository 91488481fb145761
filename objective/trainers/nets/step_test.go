package nets

import (
	"math"
	"slices"
	"testing"

	"evenkeel/objective"
	"evenkeel/objective/models"
)

// startRun returns a run of a model, ready for the steps of the first epoch.
func startRun(t testing.TB, tr *Trainer, model map[string]any) *run {
	t.Helper()
	r, err := newRun(t.Context(), tr, objective.Job{Spec: tinySpec(t, tr, model, 1)}, mustParse(t, model))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.close)
	r.loader.shuffle(1)
	return r
}

func mustStep(t testing.TB, r *run, k int) {
	t.Helper()
	if err := r.step(k, nil); err != nil {
		t.Fatal(err)
	}
}

// The last batch of 70 images in batches of 32 has 6: they alone are in its mean, and
// the running mean moves a tenth of the way there. The batch after it is whole again.
func TestIncompleteBatchIsNormalisedOverItsExamples(t *testing.T) {
	r := startRun(t, imageTrainer(t, ""), tinyModel("resnet8"))
	mustStep(t, r, 0)
	mustStep(t, r, 1)
	u := firstUnit(r.net)
	before := slices.Clone(u.running.mean)
	mustStep(t, r, 2)
	if r.compute.examples != 6 {
		t.Errorf("the last batch has %d examples; want 6", r.compute.examples)
	}
	for c := range before {
		const numbers = 6 * 72
		mean := 0.0
		for i := range numbers {
			mean += float64(u.y[i*len(before)+c]) / numbers
		}
		want := 0.9*float64(before[c]) + 0.1*mean
		if math.Abs(mean) < 1e-4 {
			t.Fatalf("the mean of channel %d is %v: it tests nothing", c, mean)
		}
		if got := float64(u.running.mean[c]); math.Abs(got-want) > 1e-6 {
			t.Errorf("running mean %d is %v; want %v, from 6 images", c, got, want)
		}
	}
	mustStep(t, r, 0)
	if r.compute.examples != 32 {
		t.Errorf("the batch after the last has %d examples; want 32", r.compute.examples)
	}
}

// closeNumbers compares the parameters of a run, in order, with numbers in float64.
func closeNumbers(t *testing.T, what string, r *run, want [][]float64) {
	t.Helper()
	for k, p := range r.params {
		for i, got := range floats(p) {
			if math.Abs(float64(got)-want[k][i]) > 1e-6 {
				t.Fatalf("%s: number %d of parameter %d is %v; want %v", what, i, k, got, want[k][i])
			}
		}
	}
}

// exactly returns numbers, parameter by parameter, in float64.
func exactly(x [][]float32) [][]float64 {
	y := make([][]float64, len(x))
	for i := range x {
		y[i] = float64s(x[i])
	}
	return y
}

// The first step of AdamW is p (1 - rate decay) - rate g/(|g| + epsilon).
func TestAdamDecaysWeights(t *testing.T) {
	const rate, decay = 0.01, 0.5
	r := startRun(t, tinyTrainer(t), tinyModel("mlp", "learning_rate", rate, "weight_decay", decay))
	p := exactly(r.params.snapshot())
	mustStep(t, r, 0)
	for k, grad := range r.net.grads() {
		for i, g := range float64s(grad) {
			p[k][i] = p[k][i]*(1-rate*decay) - rate*g/(math.Abs(g)+1e-8)
		}
	}
	closeNumbers(t, "AdamW", r, p)
}

// Two steps of SGD are v = g + decay p, p = p - rate v and then v = momentum v + g +
// decay p, p = p - rate v.
func TestSGDHasMomentumAndDecay(t *testing.T) {
	const rate, momentum, decay = 0.1, 0.75, 0.5
	r := startRun(t, tinyTrainer(t), tinyModel("mlp", "optimizer", "sgd", "learning_rate", rate, "momentum", momentum, "weight_decay", decay))
	p := exactly(r.params.snapshot())
	v := make([][]float64, len(p))
	for k := range 2 {
		mustStep(t, r, k)
		for j, grad := range r.net.grads() {
			if v[j] == nil {
				v[j] = make([]float64, len(grad))
			}
			for i, g := range float64s(grad) {
				v[j][i] = momentum*v[j][i] + g + decay*p[j][i]
				p[j][i] -= rate * v[j][i]
			}
		}
		closeNumbers(t, "SGD", r, p)
	}
}

// Each step and each layer draws a mask of its own, also of two layers of one width.
func TestDropoutDrawsForEachStepAndLayer(t *testing.T) {
	r := startRun(t, tinyTrainer(t), tinyModel("mlp", "hidden", []int64{16, 16}, "dropout", 0.5))
	var seen [][]float32
	for k := range 3 {
		mustStep(t, r, k)
		masks := masksOf(r.net)
		if len(masks) != 2 || len(masks[0]) != len(masks[1]) {
			t.Fatalf("%d masks; want two of one size", len(masks))
		}
		for layer, m := range masks {
			for i, other := range seen {
				if slices.Equal(m, other) {
					t.Errorf("step %d, layer %d has the mask of step %d, layer %d", k+1, layer+1, i/2+1, i%2+1)
				}
			}
			seen = append(seen, slices.Clone(m))
		}
	}
}

// The hash of a result is that of every number which predictions depend on, the
// running figures of normalisations included.
func TestResultHashCoversEveryNumber(t *testing.T) {
	r := startRun(t, imageTrainer(t, ""), tinyModel("resnet8"))
	hash := func() string {
		var result objective.Result
		if err := r.measure(t.Context(), &result); err != nil {
			t.Fatal(err)
		}
		return result.Parameters
	}
	if len(r.all) != len(r.params)+2*9 {
		t.Fatalf("%d vectors beside the parameters; want a mean and a variance of each of 9 normalisations", len(r.all)-len(r.params))
	}
	before := hash()
	for k, p := range r.all {
		last := &floats(p)[p.DataSize()-1]
		old := *last
		*last += 0.5
		if hash() == before {
			t.Errorf("the last number of tensor %d of %d is not in the hash", k+1, len(r.all))
		}
		*last = old
	}
	if hash() != before {
		t.Error("the same numbers have another hash")
	}
}

// Under augmentation, evaluation sees every image as it is, standardised.
func TestEvaluationSeesPlainImages(t *testing.T) {
	tr := imageTrainer(t, "")
	for _, kind := range []string{"cnn", "resnet8"} {
		r := startRun(t, tr, tinyModel(kind, "augment", models.AugmentFlipCrop))
		mustStep(t, r, 0)
		for name, part := range map[string]struct {
			x    []float32
			eval func() error
		}{
			"validation": {tr.splits.Val.X, func() error { _, err := r.eval.measure(t.Context(), tr.splits.Val); return err }},
			"training":   {tr.splits.Train.X, func() error { _, err := r.eval.confusion(t.Context(), tr.splits.Train); return err }},
		} {
			if err := part.eval(); err != nil {
				t.Fatal(err)
			}
			const features = 144
			rows := (len(part.x)/features-1)%evaluationImages + 1 // of the last forward pass
			want := make([]float32, evaluationImages*features)
			tr.input.apply(tr.level, want[:rows*features], part.x[len(part.x)-rows*features:])
			if !slices.Equal(floats(r.eval.net.x), want) {
				t.Errorf("%s: the last %d images of the %s part are not evaluated as they are", kind, rows, name)
			}
		}
	}
}

// Only the blocks of a training network keep what a gradient needs.
func TestEvaluationKeepsNothingForGradients(t *testing.T) {
	r := startRun(t, imageTrainer(t, ""), tinyModel("cnn"))
	for name, n := range map[string]*network{"training": r.net, "evaluation": r.eval.net} {
		blocks := 0
		for _, s := range n.vm.(*machine).steps {
			if b, ok := s.op.(*convBlock); ok {
				blocks++
				if kept := b.taken != nil; kept != (name == "training") {
					t.Errorf("a convolution block of the %s network keeps what it took: %v", name, kept)
				}
			}
		}
		if blocks != 2 {
			t.Errorf("%d convolution blocks in the %s network; want 2", blocks, name)
		}
	}
}
