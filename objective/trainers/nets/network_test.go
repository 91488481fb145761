package nets

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"testing"

	G "gorgonia.org/gorgonia"

	"evenkeel/objective/trainers/nets/kernels"
)

// eachLevel runs a subtest for every kernel level of this processor.
func eachLevel(t *testing.T, f func(t *testing.T, l kernels.Level)) {
	for _, l := range kernels.Levels() {
		t.Run(l.String(), func(t *testing.T) { f(t, l) })
	}
}

// The values of weighted_ce in vectors.json were computed independently, with
// PyTorch's definition of the weighted mean: 1 loss and 18 gradients here.
func TestWeightedCrossEntropyVectors(t *testing.T) {
	text, err := os.ReadFile("../../../schemes/testdata/vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		CE struct {
			Logits    [][]float32 `json:"logits"`
			Labels    []uint16    `json:"labels"`
			Weights   []float32   `json:"weights"`
			PerSample []float64   `json:"per_sample_ce"`
			Mean      float64     `json:"mean_over_sum_of_weights"`
			Grad      [][]float64 `json:"grad_logits_mean_over_sum_of_weights"`
		} `json:"weighted_ce"`
	}
	if err := json.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	v := file.CE
	eachLevel(t, func(t *testing.T, l kernels.Level) {
		compared := 0
		near := func(what string, got, want float64) {
			compared++
			if math.Abs(got-want) > 2e-7*math.Max(1, math.Abs(want)) {
				t.Errorf("%s is %v; want %v", what, got, want)
			}
		}
		var z, rows []float32
		for i, y := range v.Labels {
			z, rows = append(z, v.Logits[i]...), append(rows, v.Weights[y])
		}
		grad := make([]float32, len(z))
		loss, _ := l.SoftmaxCE(z, v.Labels, rows, nil, 3, grad)
		near("loss", loss, v.Mean)
		for i, row := range v.Grad {
			for c, want := range row {
				near(fmt.Sprintf("gradient %d, %d", i, c), float64(grad[3*i+c]), want)
			}
		}
		for i, want := range v.PerSample {
			one, _ := l.SoftmaxCE(z[3*i:3*i+3], v.Labels[i:i+1], nil, nil, 3, grad)
			near(fmt.Sprintf("cross-entropy of example %d", i), one, want)
		}
		if compared != 25 {
			t.Errorf("compared %d entries; want 1 loss, 18 gradients and 6 single losses", compared)
		}
	})
}

// fixture is a small network with random inputs; the last two rows are padding.
func fixture(t *testing.T, l kernels.Level, hidden []int, p float64, spread float32) (*network, parameters, *compute) {
	t.Helper()
	const batch, features, classes = 9, 5, 4
	c := &compute{level: l, step: 3}
	layers := denseLayers(append(append([]int{features}, hidden...), classes))
	params := newParameters(7, layers, &halt{})
	n, err := newTrainingNetwork(builder{c: c, layers: layers, params: params}, batch, features, classes, 7, p)
	if err != nil {
		t.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(1, 2))
	for i := range floats(n.x) {
		floats(n.x)[i] = spread * float32(rng.NormFloat64())
	}
	for i := range batch - 2 {
		labelsOf(n.labels)[i] = uint16(rng.IntN(classes))
		floats(n.rows)[i] = 0.2 + rng.Float32()
	}
	for i := range classes {
		floats(n.offset)[i] = rng.Float32()
	}
	return n, params, c
}

// reference computes the loss of the fixture in float64 by the textbook formula,
// with the dropout masks of the network's operations. It shares no code with them.
func reference(n *network, params parameters, masks [][]float32) float64 {
	batch := n.x.Shape()[0]
	x := make([]float64, 0, n.x.DataSize())
	for _, v := range floats(n.x) {
		x = append(x, float64(v))
	}
	for l := 0; l < len(params); l += 2 {
		in, out := params[l].Shape()[0], params[l].Shape()[1]
		y := make([]float64, batch*out)
		for i := range y {
			y[i] = float64(floats(params[l+1])[i%out])
			for p := range in {
				y[i] += x[i/out*in+p] * float64(floats(params[l])[p*out+i%out])
			}
			if l < len(params)-2 {
				y[i] = math.Max(y[i], 0)
				if masks != nil {
					y[i] *= float64(masks[l/2][i])
				}
			}
		}
		x = y
	}
	classes := len(x) / batch
	var loss, total float64
	for i, y := range labelsOf(n.labels) {
		w, sum, top := float64(floats(n.rows)[i]), 0.0, math.Inf(-1)
		z := make([]float64, classes)
		for c := range z {
			z[c] = x[i*classes+c] + float64(floats(n.offset)[c])
			top = math.Max(top, z[c])
		}
		for _, v := range z {
			sum += math.Exp(v - top)
		}
		loss += w * (top + math.Log(sum) - z[y])
		total += w
	}
	return loss / total
}

// masksOf finds the masks that the network's dropout operations drew.
func masksOf(n *network) (masks [][]float32) {
	for _, s := range n.vm.(*machine).steps {
		if d, ok := s.op.(*dropout); ok {
			masks = append(masks, d.mask)
		}
	}
	return masks
}

// Losses and the gradients that gorgonia's Grad makes of our operations agree
// with central differences of an independent float64 reference.
func TestGradients(t *testing.T) {
	cases := []struct {
		name   string
		hidden []int
		p      float64
		spread float32
	}{
		{"softmax", nil, 0, 1},
		{"mlp", []int{6}, 0, 1},
		{"deep", []int{6, 7}, 0, 1},
		{"dropout", []int{6, 7}, 0.4, 1},
		{"extreme logits", nil, 0, 1000},
		{"extreme logits mlp", []int{6}, 0, 1000},
	}
	eachLevel(t, func(t *testing.T, l kernels.Level) {
		for _, c := range cases {
			n, params, _ := fixture(t, l, c.hidden, c.p, c.spread)
			if err := n.run(); err != nil {
				t.Fatal(err)
			}
			masks := masksOf(n)
			loss := reference(n, params, masks)
			if math.Abs(n.loss.loss-loss) > 1e-5*math.Max(1, loss) {
				t.Errorf("%s: loss %v; want %v", c.name, n.loss.loss, loss)
			}
			for k, grad := range n.grads() {
				checkGradient(t, fmt.Sprintf("%s, parameter %d", c.name, k), n, params, k, masks, grad, c.spread)
			}
		}
	})
}

func checkGradient(t *testing.T, what string, n *network, params parameters, k int, masks [][]float32, grad []float32, spread float32) {
	t.Helper()
	x := floats(params[k])
	for i := range grad {
		old := x[i]
		// A step exact in float32, small enough for the curvature at this spread.
		h := float32(math.Ldexp(1, -10)) / spread
		x[i] = old + h
		up, above := reference(n, params, masks), x[i]
		x[i] = old - h
		down, below := reference(n, params, masks), x[i]
		x[i] = old
		want := (up - down) / (float64(above) - float64(below))
		if math.Abs(float64(grad[i])-want) > 2e-4*float64(spread) {
			t.Fatalf("%s: gradient %d is %v; central difference %v", what, i, grad[i], want)
		}
	}
}

// Rows of weight 0 are not there: what they hold changes neither loss nor gradient.
func TestPaddingChangesNothing(t *testing.T) {
	eachLevel(t, func(t *testing.T, l kernels.Level) {
		n, _, _ := fixture(t, l, []int{6}, 0, 1)
		if err := n.run(); err != nil {
			t.Fatal(err)
		}
		before := fmt.Sprint(n.loss.loss, n.grads())
		x := floats(n.x)
		for i := len(x) - 10; i < len(x); i++ {
			x[i] = 1e3
		}
		if err := n.run(); err != nil {
			t.Fatal(err)
		}
		if after := fmt.Sprint(n.loss.loss, n.grads()); after != before {
			t.Errorf("padding changed the step:\n%s\n%s", before, after)
		}
	})
}

// A mask keeps about 1-p of the units, scales them by 1/(1-p), changes with
// the step and the seed, and comes back with them.
func TestDropoutMask(t *testing.T) {
	const p, batch, width = 0.3, 200, 50
	c := &compute{level: kernels.Portable, step: 1}
	mask := func(seed, step uint64) []float32 {
		d := newDropout(c, seed, p, batch, width)
		c.step = step
		d.draw()
		return d.mask
	}
	first := mask(1, 1)
	var kept int
	for _, m := range first {
		switch m {
		case 0:
		case float32(1 / (1 - p)):
			kept++
		default:
			t.Fatalf("mask entry %v; want 0 or 1/(1-p)", m)
		}
	}
	// Six standard deviations of a binomial share: sqrt(.3*.7/10000) = .0046.
	if share := float64(kept) / (batch * width); math.Abs(share-(1-p)) > 0.028 {
		t.Errorf("kept a share of %v; want %v", share, 1-p)
	}
	if fmt.Sprint(first) != fmt.Sprint(mask(1, 1)) {
		t.Error("the same seed and step drew another mask")
	}
	for _, o := range [][2]uint64{{1, 2}, {2, 1}} {
		if fmt.Sprint(first) == fmt.Sprint(mask(o[0], o[1])) {
			t.Errorf("seed %d, step %d drew the mask of seed 1, step 1", o[0], o[1])
		}
	}
}

// gorgonia's tape machine and ours compute the same bits.
func TestMachineAgreesWithTapeMachine(t *testing.T) {
	tape := func(g *G.ExprGraph) (G.VM, error) { return G.NewTapeMachine(g), nil }
	for name, model := range map[string]map[string]any{
		"softmax": tinyModel("softmax"),
		"mlp":     tinyModel("mlp"),
		"dropout": tinyModel("mlp", "dropout", 0.3, "hidden", []int64{9, 6}),
		"sgd":     tinyModel("mlp", "optimizer", "sgd", "momentum", 0.9, "weight_decay", 0.01),
	} {
		ours, stock := tinyTrainer(t), tinyTrainer(t)
		stock.newVM = tape
		a, b := tinyTrain(t, ours, model, 1), tinyTrain(t, stock, model, 1)
		if a.Parameters != b.Parameters {
			t.Errorf("%s: parameters %s with our machine, %s with gorgonia's", name, a.Parameters, b.Parameters)
		}
	}
}
