package nets

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	G "gorgonia.org/gorgonia"

	"evenkeel/objective/trainers/nets/kernels"
)

// resnetFixture is the training network of a resnet8 on five images of 2 channels and
// 9x8 pixels, the last of them padding, with random inputs and normalisations.
func resnetFixture(t *testing.T, l kernels.Level) (*network, parameters, [][]runningNorm) {
	t.Helper()
	return resnetOf(t, l, 5, 4)
}

// resnetOf is the same for a batch of which the first examples are there.
func resnetOf(t *testing.T, l kernels.Level, batch, examples int) (*network, parameters, [][]runningNorm) {
	t.Helper()
	const classes = 3
	layers := residualLayers([]int{2, 9, 8}, classes)
	params := newParameters(7, layers, &halt{})
	_, running := newRunning(layers)
	c := &compute{level: l, step: 3, examples: examples}
	n, err := newTrainingNetwork(builder{c: c, layers: layers, params: params, running: running}, batch, 144, classes, 7, 0)
	if err != nil {
		t.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(1, 2))
	for i := range floats(n.x) {
		floats(n.x)[i] = float32(rng.NormFloat64())
	}
	for i := range examples {
		labelsOf(n.labels)[i] = uint16(rng.IntN(classes))
		floats(n.rows)[i] = 0.2 + rng.Float32()
	}
	for i := range classes {
		floats(n.offset)[i] = rng.Float32()
	}
	for _, p := range params {
		if p.Dims() == 1 {
			for i := range floats(p) {
				floats(p)[i] += 0.3 * float32(rng.NormFloat64())
			}
		}
	}
	return n, params, running
}

// feature is a batch of images in float64: image, line, column, channel.
type feature [][][][]float64

// plainUnit is a convolution and its normalisation over the batch by the textbook,
// as convNorm has them.
func plainUnit(x feature, w, gamma, beta []float64, kernel, stride int) feature {
	height, width, in, out := len(x[0]), len(x[0][0]), len(x[0][0][0]), len(gamma)
	y := make(feature, len(x))
	mean, square, n := make([]float64, out), make([]float64, out), 0.0
	for b := range x {
		for i := 0; i < height; i += stride {
			var line [][]float64
			for j := 0; j < width; j += stride {
				pixel := make([]float64, out)
				for u := range kernel {
					for v := range kernel {
						p, q := i+u-kernel/2, j+v-kernel/2
						if p < 0 || q < 0 || p >= height || q >= width {
							continue
						}
						for c := range in {
							for o := range out {
								pixel[o] += x[b][p][q][c] * w[((u*kernel+v)*in+c)*out+o]
							}
						}
					}
				}
				line = append(line, pixel)
				n++
			}
			y[b] = append(y[b], line)
		}
	}
	each := func(f func(o int, v *float64)) {
		for b := range y {
			for i := range y[b] {
				for j := range y[b][i] {
					for o := range out {
						f(o, &y[b][i][j][o])
					}
				}
			}
		}
	}
	each(func(o int, v *float64) { mean[o] += *v / n })
	each(func(o int, v *float64) { square[o] += (*v - mean[o]) * (*v - mean[o]) / n })
	each(func(o int, v *float64) { *v = (*v-mean[o])/math.Sqrt(square[o]+1e-5)*gamma[o] + beta[o] })
	return y
}

// plainReLU is max(x + added, 0); added may be nil.
func plainReLU(x, added feature) feature {
	for b := range x {
		for i := range x[b] {
			for j := range x[b][i] {
				for c := range x[b][i][j] {
					if added != nil {
						x[b][i][j][c] += added[b][i][j][c]
					}
					x[b][i][j][c] = math.Max(x[b][i][j][c], 0)
				}
			}
		}
	}
	return x
}

// plainResNet is the loss of the fixture in float64; it shares no code with the network.
func plainResNet(n *network, p [][]float64) float64 {
	const images = 4
	x := make(feature, images)
	for b := range x {
		for i := range 9 {
			var line [][]float64
			for j := range 8 {
				at := b*144 + i*8 + j
				line = append(line, []float64{float64(floats(n.x)[at]), float64(floats(n.x)[at+72])})
			}
			x[b] = append(x[b], line)
		}
	}
	unit := func(x feature, k, kernel, stride int) feature {
		return plainUnit(x, p[3*k], p[3*k+1], p[3*k+2], kernel, stride)
	}
	x = plainReLU(unit(x, 0, 3, 1), nil)
	x = plainReLU(unit(plainReLU(unit(x, 1, 3, 1), nil), 2, 3, 1), x)
	for _, k := range []int{3, 6} {
		x = plainReLU(unit(plainReLU(unit(x, k, 3, 2), nil), k+1, 3, 1), unit(x, k+2, 1, 2))
	}
	var loss, total float64
	for b := range x {
		z := float64s(floats(n.offset))
		for class := range z {
			z[class] += p[28][class]
			for _, line := range x[b] {
				for _, pixel := range line {
					for c, v := range pixel {
						z[class] += v / float64(len(x[b])*len(line)) * p[27][c*len(z)+class]
					}
				}
			}
		}
		sum := 0.0
		for _, v := range z {
			sum += math.Exp(v)
		}
		row := float64(floats(n.rows)[b])
		loss += row * (math.Log(sum) - z[labelsOf(n.labels)[b]])
		total += row
	}
	return loss / total
}

// The loss of a resnet8 and its gradients agree with an independent float64 reference
// and its central differences, to 2e-4 of the largest gradient of each parameter; the
// padding image is in no mean.
func TestResNetGradients(t *testing.T) {
	eachLevel(t, func(t *testing.T, l kernels.Level) {
		n, params, _ := resnetFixture(t, l)
		if err := n.run(); err != nil {
			t.Fatal(err)
		}
		exact := make([][]float64, len(params))
		for i, p := range params {
			exact[i] = float64s(floats(p))
		}
		if len(params) != 29 {
			t.Fatalf("%d parameters; want 9 units of three and a dense layer", len(params))
		}
		if want := plainResNet(n, exact); math.Abs(n.loss.loss-want) > 1e-5*want {
			t.Errorf("loss %v; want %v", n.loss.loss, want)
		}
		for k, grad := range n.grads() {
			largest := 0.0
			for _, g := range grad {
				largest = math.Max(largest, math.Abs(float64(g)))
			}
			for e := range 5 {
				i := e * (len(grad) - 1) / 4
				const h = 1e-6
				old := exact[k][i]
				exact[k][i] = old + h
				up := plainResNet(n, exact)
				exact[k][i] = old - h
				down := plainResNet(n, exact)
				exact[k][i] = old
				if want := (up - down) / (2 * h); math.Abs(float64(grad[i])-want) > 2e-4*largest {
					t.Errorf("parameter %d: gradient %d is %v; central difference %v, the largest is %v", k, i, grad[i], want, largest)
				}
			}
		}
	})
}

// What a padding image holds changes nothing, the running figures included; and
// these move a tenth of the way to the batch's, the variance that with n-1: checked by
// hand on the first convolution's, from what it computed.
func TestResNetPaddingAndRunningFigures(t *testing.T) {
	eachLevel(t, func(t *testing.T, l kernels.Level) {
		n, _, running := resnetFixture(t, l)
		if err := n.run(); err != nil {
			t.Fatal(err)
		}
		before := fmt.Sprint(n.loss.loss, n.grads(), running)
		u := firstUnit(n)
		for c := range 16 {
			var mean, square float64
			const numbers = 4 * 72
			for i := range numbers {
				mean += float64(u.y[i*16+c]) / numbers
			}
			for i := range numbers {
				square += math.Pow(float64(u.y[i*16+c])-mean, 2) / (numbers - 1)
			}
			if got := float64(running[0][0].mean[c]); math.Abs(got-0.1*mean) > 1e-6 {
				t.Errorf("running mean %d is %v; want %v", c, got, 0.1*mean)
			}
			if got := float64(running[0][0].variance[c]); math.Abs(got-0.9-0.1*square) > 1e-6 {
				t.Errorf("running variance %d is %v; want %v", c, got, 0.9+0.1*square)
			}
		}
		other, _, otherRunning := resnetFixture(t, l)
		for i := range 144 {
			floats(other.x)[4*144+i] = 50
		}
		if err := other.run(); err != nil {
			t.Fatal(err)
		}
		if after := fmt.Sprint(other.loss.loss, other.grads(), otherRunning); after != before {
			t.Error("a padding image changed the step")
		}
	})
}

func firstUnit(n *network) *convNorm { return chain(n).units[0] }

// chain is the residual blocks of a network.
func chain(n *network) *residual {
	for _, s := range n.vm.(*machine).steps {
		if r, ok := s.op.(*residual); ok {
			return r
		}
	}
	return nil
}

// A short batch after a whole one gives what it gives a network that has done nothing
// before: nothing is left of images and groups that are not there, not even NaN.
func TestResNetShortBatchAfterAWholeOne(t *testing.T) {
	eachLevel(t, func(t *testing.T, l kernels.Level) {
		const batch, short = 20, 3
		want, params, _ := resnetOf(t, l, batch, short)
		if err := want.run(); err != nil {
			t.Fatal(err)
		}
		n, own, _ := resnetOf(t, l, batch, batch)
		if err := n.run(); err != nil {
			t.Fatal(err)
		}
		r := chain(n)
		r.c.examples = short
		copy(floats(n.x), floats(want.x))
		copy(labelsOf(n.labels), labelsOf(want.labels))
		copy(floats(n.rows), floats(want.rows))
		copy(floats(n.offset), floats(want.offset))
		own.restore(params.snapshot())
		z := floats(r.z)
		for i := short * r.shape[1]; i < len(z); i++ {
			z[i] = float32(math.NaN())
		}
		if err := n.run(); err != nil {
			t.Fatal(err)
		}
		if n.loss.loss != want.loss.loss {
			t.Errorf("loss %v; want %v", n.loss.loss, want.loss.loss)
		}
		for k, grad := range n.grads() {
			for i, g := range want.grads()[k] {
				if grad[i] != g {
					t.Fatalf("gradient %d of parameter %d is %v; want %v", i, k, grad[i], g)
				}
			}
		}
	})
}

// Blocks that are not those of a chain are refused.
func TestResidualRefusesOtherBlocks(t *testing.T) {
	data := kernels.Conv{In: 1, Height: 4, Width: 4, Out: 2, Planar: true}
	inner := kernels.Conv{In: 2, Height: 4, Width: 4, Out: 2}
	for what, blocks := range map[string][][]kernels.Conv{
		"a first block of two units":   {{data, inner}},
		"a later block of one unit":    {{data}, {inner}},
		"four units":                   {{data}, {inner, inner, inner, inner}},
		"a first block of no data":     {{inner}},
		"a later block of planar ones": {{data}, {data, inner}},
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s did not panic", what)
				}
			}()
			newResidual(&compute{level: kernels.Portable}, 2, blocks, make([]runningNorm, 9), false)
		}()
	}
}

// A resnet8 learns, gives the same bits at every level with the same numerics id,
// and with gorgonia's tape machine; early stopping restores the running figures too.
func TestResNetTrains(t *testing.T) {
	model := tinyModel("resnet8", "epochs", int64(8), "learning_rate", 0.003)
	hashes := map[string]string{}
	for _, l := range kernels.Levels() {
		r := tinyTrain(t, imageTrainer(t, l.String()), model, 1)
		if got := r.Val.BalancedAccuracy(); got < 0.8 {
			t.Errorf("%v: balanced accuracy %v on images with a spot; want at least 0.8", l, got)
		}
		id := l.NumericsID()
		if first, ok := hashes[id]; ok && r.Parameters != first {
			t.Errorf("%v: parameters %s; another level of %s has %s", l, r.Parameters, id, first)
		}
		hashes[id] = r.Parameters
	}
	short := tinyModel("resnet8", "epochs", int64(2))
	ours, stock := imageTrainer(t, ""), imageTrainer(t, "")
	stock.newVM = func(g *G.ExprGraph) (G.VM, error) { return G.NewTapeMachine(g), nil }
	if a, b := tinyTrain(t, ours, short, 1), tinyTrain(t, stock, short, 1); a.Parameters != b.Parameters {
		t.Errorf("parameters %s with our machine, %s with gorgonia's", a.Parameters, b.Parameters)
	}
	long := tinyTrain(t, ours, tinyModel("resnet8", "epochs", int64(60), "early_stopping", int64(3), "learning_rate", 0.003), 1)
	best := long.Epochs[0]
	for _, e := range long.Epochs {
		if e.ValLoss < best.ValLoss {
			best = e
		}
	}
	if !long.Stopped {
		t.Fatalf("the run did not stop in %d epochs", len(long.Epochs))
	}
	cut := tinyTrain(t, ours, tinyModel("resnet8", "epochs", int64(best.Epoch), "learning_rate", 0.003), 1)
	if cut.Parameters != long.Parameters {
		t.Errorf("restored parameters %s; those after epoch %d are %s", long.Parameters, best.Epoch, cut.Parameters)
	}
}
