package nets

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	G "gorgonia.org/gorgonia"

	"evenkeel/objective"
	"evenkeel/objective/data"
	"evenkeel/objective/trainers/nets/kernels"
)

// imageSplits are 70 training and 30 validation images of 2 channels and 9x8
// pixels, of three classes: noise with a brighter spot in a place of the class.
func imageSplits() *data.Splits {
	rng := rand.New(rand.NewPCG(3, 4))
	part := func(n int) data.Part {
		p := data.Part{X: make([]float32, n*144)}
		for i := range p.X {
			p.X[i] = float32(rng.NormFloat64())
		}
		for i := range n {
			y := i % 3
			p.Y = append(p.Y, uint16(y))
			p.X[i*144+20*y+10] += 4
			p.X[i*144+20*y+11] += 4
		}
		return p
	}
	return &data.Splits{
		Dataset: &data.Dataset{Source: "images", Classes: []string{"a", "b", "c"}, Shape: []int{2, 9, 8}, Fingerprint: "images"},
		Train:   part(70), Val: part(30),
	}
}

func imageTrainer(t testing.TB, kernels string) *Trainer {
	t.Helper()
	tr, err := New(imageSplits(), Options{Kernels: kernels})
	if err != nil {
		t.Fatal(err)
	}
	return tr
}

// cnnFixture is the training network of a cnn on three images of 3 channels and
// 9x10 pixels, the last of them padding, with random inputs.
func cnnFixture(t *testing.T, l kernels.Level, p float64) (*network, parameters) {
	t.Helper()
	const batch, classes = 3, 4
	layers := convLayers([]int{3, 9, 10}, classes)
	params := newParameters(7, layers, &halt{})
	b := builder{c: &compute{level: l, step: 3}, layers: layers, params: params}
	n, err := newTrainingNetwork(b, batch, 270, classes, 7, p)
	if err != nil {
		t.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(1, 2))
	for i := range floats(n.x) {
		floats(n.x)[i] = float32(rng.NormFloat64())
	}
	for i := range batch - 1 {
		labelsOf(n.labels)[i] = uint16(rng.IntN(classes))
		floats(n.rows)[i] = 0.2 + rng.Float32()
	}
	for i := range classes {
		floats(n.offset)[i] = rng.Float32()
	}
	return n, params
}

// plainBlock is a convolution block in float64, image by image in the order
// channel, line, column, with weights as parameters have them.
func plainBlock(x [][][]float64, w, b []float64) [][][]float64 {
	height, width, in, out := len(x[0]), len(x[0][0]), len(x), len(b)
	y := make([][][]float64, out)
	for o := range out {
		y[o] = make([][]float64, height/2)
		for i := range y[o] {
			y[o][i] = make([]float64, width/2)
		}
		for i := range height / 2 * 2 {
			for j := range width / 2 * 2 {
				sum := b[o]
				for k := range 9 * in {
					u, v, c := i+k/in/3-1, j+k/in%3-1, k%in
					if u >= 0 && v >= 0 && u < height && v < width {
						sum += x[c][u][v] * w[k*out+o]
					}
				}
				y[o][i/2][j/2] = math.Max(y[o][i/2][j/2], sum) // from 0 on: ReLU
			}
		}
	}
	return y
}

// plainLoss is the loss of the cnn fixture in float64 by the textbook, for given
// parameters; it shares no code with the network.
func plainLoss(n *network, params [][]float64, mask []float32) float64 {
	var loss, total float64
	for image, label := range labelsOf(n.labels) {
		row := float64(floats(n.rows)[image])
		if row == 0 {
			continue
		}
		x := make([][][]float64, 3)
		for c := range x {
			for i := range 9 {
				from := image*270 + c*90 + i*10
				x[c] = append(x[c], float64s(floats(n.x)[from:from+10]))
			}
		}
		y := plainBlock(plainBlock(x, params[0], params[1]), params[2], params[3])
		z := float64s(floats(n.offset))
		var sum float64
		for class := range z {
			z[class] += params[5][class]
			for p := range 4 {
				for o := range y {
					v := y[o][p/2][p%2]
					if mask != nil {
						v *= float64(mask[image*256+p*64+o])
					}
					z[class] += v * params[4][(p*64+o)*len(z)+class]
				}
			}
			sum += math.Exp(z[class])
		}
		loss += row * (math.Log(sum) - z[label])
		total += row
	}
	return loss / total
}

func float64s(x []float32) []float64 {
	y := make([]float64, len(x))
	for i, v := range x {
		y[i] = float64(v)
	}
	return y
}

// The loss of a cnn and the gradients that gorgonia's Grad makes agree with an
// independent float64 reference and its central differences, to 1e-4 of the
// largest gradient of each parameter.
func TestCNNGradients(t *testing.T) {
	eachLevel(t, func(t *testing.T, l kernels.Level) {
		for _, dropout := range []float64{0, 0.4} {
			n, params := cnnFixture(t, l, dropout)
			if err := n.run(); err != nil {
				t.Fatal(err)
			}
			var mask []float32
			if masks := masksOf(n); len(masks) > 0 {
				mask = masks[0]
			}
			exact := make([][]float64, len(params))
			for i, p := range params {
				exact[i] = float64s(floats(p))
			}
			if want := plainLoss(n, exact, mask); math.Abs(n.loss.loss-want) > 1e-5*want {
				t.Errorf("loss %v; want %v", n.loss.loss, want)
			}
			for k, grad := range n.grads() {
				checkCNNGradient(t, fmt.Sprintf("dropout %v, parameter %d", dropout, k), n, exact, k, mask, grad)
			}
		}
	})
}

// checkCNNGradient compares 7 entries spread over a gradient.
func checkCNNGradient(t *testing.T, what string, n *network, params [][]float64, k int, mask []float32, grad []float32) {
	t.Helper()
	if len(grad) != len(params[k]) {
		t.Fatalf("%s: %d gradients for %d numbers", what, len(grad), len(params[k]))
	}
	var largest float64
	for _, g := range grad {
		largest = math.Max(largest, math.Abs(float64(g)))
	}
	const h = 1e-6
	for e := range 7 {
		i := e * (len(grad) - 1) / 6
		old := params[k][i]
		params[k][i] = old + h
		up := plainLoss(n, params, mask)
		params[k][i] = old - h
		down := plainLoss(n, params, mask)
		params[k][i] = old
		if want := (up - down) / (2 * h); math.Abs(float64(grad[i])-want) > 1e-4*largest {
			t.Errorf("%s: gradient %d is %v; central difference %v", what, i, grad[i], want)
		}
	}
}

// Padding images change neither loss nor gradient of a cnn.
func TestCNNPaddingChangesNothing(t *testing.T) {
	eachLevel(t, func(t *testing.T, l kernels.Level) {
		n, _ := cnnFixture(t, l, 0)
		if err := n.run(); err != nil {
			t.Fatal(err)
		}
		before := fmt.Sprint(n.loss.loss, n.grads())
		for i := range 270 {
			floats(n.x)[540+i] = 50
		}
		if err := n.run(); err != nil {
			t.Fatal(err)
		}
		if after := fmt.Sprint(n.loss.loss, n.grads()); after != before {
			t.Error("a padding image changed the step")
		}
	})
}

// A cnn learns, gives the same bits at every level with the same numerics id,
// and with gorgonia's tape machine.
func TestCNNTrains(t *testing.T) {
	model := tinyModel("cnn", "epochs", int64(12), "dropout", 0.2, "learning_rate", 0.003)
	parameters := map[string]string{}
	for _, l := range kernels.Levels() {
		tr := imageTrainer(t, l.String())
		r := tinyTrain(t, tr, model, 1)
		if got := r.Val.BalancedAccuracy(); got < 0.8 {
			t.Errorf("%v: balanced accuracy %v on images with a spot; want at least 0.8", l, got)
		}
		id := l.NumericsID()
		if first, ok := parameters[id]; ok && r.Parameters != first {
			t.Errorf("%v: parameters %s; another level of %s has %s", l, r.Parameters, id, first)
		}
		parameters[id] = r.Parameters
	}
	short := tinyModel("cnn", "epochs", int64(2), "dropout", 0.2)
	ours, stock := imageTrainer(t, ""), imageTrainer(t, "")
	stock.newVM = func(g *G.ExprGraph) (G.VM, error) { return G.NewTapeMachine(g), nil }
	if a, b := tinyTrain(t, ours, short, 1), tinyTrain(t, stock, short, 1); a.Parameters != b.Parameters {
		t.Errorf("parameters %s with our machine, %s with gorgonia's", a.Parameters, b.Parameters)
	}
}

// The trainer refuses examples that its model does not take.
func TestTableForImages(t *testing.T) {
	tr := tinyTrainer(t)
	_, err := tr.Train(t.Context(), objective.Job{Spec: tinySpec(t, tr, tinyModel("cnn"), 1)})
	if err == nil || !strings.Contains(err.Error(), "the data is a table with 4 numbers") {
		t.Errorf("a cnn on a table: error %v", err)
	}
}
