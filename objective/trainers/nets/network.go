package nets

import (
	"fmt"
	"sync"

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// building serialises the building of graphs: gorgonia touches global nodes and
// counters meanwhile. Running them needs no lock.
var building sync.Mutex

// network is one graph with its machine: the forward pass of a model, and for
// training also the loss and the gradients. Its inputs are the tensors x (batch
// x features), labels, rows (the weight of each row) and offset (one per class).
type network struct {
	vm     G.VM
	logits func() []float32

	x      *tensor.Dense
	labels *tensor.Dense
	rows   *tensor.Dense
	offset *tensor.Dense
	loss   *crossEntropy
	// grads returns the gradients of the last step, one per parameter.
	grads func() [][]float32
}

// builder builds one network.
type builder struct {
	g      *G.ExprGraph
	c      *compute
	layers []layer
	params parameters
	// running are the running figures of each layer's normalisations.
	running  [][]runningNorm
	training bool
	nodes    G.Nodes // of the parameters
	// newVM makes the machine; nil means newMachine.
	newVM func(g *G.ExprGraph) (G.VM, error)
}

// forward adds the layers and returns the logits. With dropout, the layers that
// are made for it are followed by it, seeded by their number.
func (b *builder) forward(x *G.Node, dropoutSeed func(layer int) uint64, p float64) (*G.Node, error) {
	y := x
	for i, l := range b.layers {
		operands := G.Nodes{y}
		for j := range l.parameterShapes() {
			t := b.params[len(b.nodes)]
			n := G.NewTensor(b.g, G.Float32, t.Dims(), G.WithShape(t.Shape()...), G.WithName(fmt.Sprintf("p%d.%d", i, j)), G.WithValue(t))
			b.nodes, operands = append(b.nodes, n), append(operands, n)
		}
		var err error
		if y, err = G.ApplyOp(b.op(i, x.Shape()[0]), operands...); err != nil {
			return nil, fmt.Errorf("layer %d: %w", i+1, err)
		}
		if p > 0 && l.dropped {
			if y, err = G.ApplyOp(newDropout(b.c, dropoutSeed(i), p, y.Shape()[0], y.Shape()[1]), y); err != nil {
				return nil, fmt.Errorf("dropout after layer %d: %w", i+1, err)
			}
		}
	}
	return y, nil
}

// op returns the operation of layer i on a batch; the first layer's input is data.
func (b *builder) op(i, batch int) G.Op {
	l := b.layers[i]
	switch {
	case l.conv != nil:
		conv := *l.conv
		conv.Batch = batch
		return newConvBlock(b.c, conv, b.training)
	case l.blocks != nil:
		return newResidual(b.c, batch, l.blocks, b.running[i], b.training)
	case l.pixels > 0:
		return newAverage(batch, l.pixels, l.out)
	}
	return newDense(b.c, batch, l.in, l.out, l.relu, i == 0)
}

// machineOf makes the machine and a function that reads a node from it.
func (b *builder) machineOf() (G.VM, func(n *G.Node) G.Value, error) {
	if b.newVM != nil {
		vm, err := b.newVM(b.g)
		return vm, func(n *G.Node) G.Value { return n.Value() }, err
	}
	m, err := newMachine(b.g, &b.c.halt)
	if err != nil {
		return nil, nil, err
	}
	return m, m.value, nil
}

func (b *builder) input(x *tensor.Dense, name string) *G.Node {
	return G.NewTensor(b.g, x.Dtype(), x.Dims(), G.WithShape(x.Shape()...), G.WithName(name), G.WithValue(x))
}

// newTrainingNetwork builds the graph of one optimiser step: loss and gradients.
func newTrainingNetwork(b builder, batch, features, classes int, seed int64, p float64) (*network, error) {
	building.Lock()
	defer building.Unlock()
	b.g, b.training = G.NewGraph(), true
	n := &network{
		x: newMatrix(batch, features), rows: newVector(batch), offset: newVector(classes),
		labels: tensor.New(tensor.WithShape(batch), tensor.Of(tensor.Uint16)),
		loss:   newCrossEntropy(b.c, batch, classes),
	}
	logits, err := b.forward(b.input(n.x, "x"), func(layer int) uint64 {
		high, _ := derive(seed, forDropout, layer)
		return high
	}, p)
	if err != nil {
		return nil, err
	}
	loss, err := G.ApplyOp(n.loss, logits, b.input(n.labels, "labels"), b.input(n.rows, "rows"), b.input(n.offset, "offset"))
	if err != nil {
		return nil, fmt.Errorf("loss: %w", err)
	}
	grads, err := G.Grad(loss, b.nodes...)
	if err != nil {
		return nil, fmt.Errorf("gradients: %w", err)
	}
	vm, value, err := b.machineOf()
	if err != nil {
		return nil, err
	}
	n.vm = vm
	n.logits = func() []float32 { return floats(value(logits)) }
	values := make([][]float32, len(grads))
	n.grads = func() [][]float32 {
		for i, g := range grads {
			values[i] = floats(value(g))
		}
		return values
	}
	return n, nil
}

// newEvaluationNetwork builds the forward pass alone, without dropout, over the
// same parameters.
func newEvaluationNetwork(b builder, batch, features int) (*network, error) {
	building.Lock()
	defer building.Unlock()
	b.g = G.NewGraph()
	n := &network{x: newMatrix(batch, features)}
	logits, err := b.forward(b.input(n.x, "x"), nil, 0)
	if err != nil {
		return nil, err
	}
	vm, value, err := b.machineOf()
	if err != nil {
		return nil, err
	}
	n.vm, n.logits = vm, func() []float32 { return floats(value(logits)) }
	return n, nil
}

// run executes the network once.
func (n *network) run() error {
	n.vm.Reset()
	return n.vm.RunAll()
}
