package nets

import "evenkeel/objective/data"

// batches deals the training part in a new order every epoch.
type batches struct {
	part  data.Part
	input standardizer
	seed  int64
	order []int
	size  int
}

func newBatches(p data.Part, input standardizer, seed int64, size int) *batches {
	return &batches{part: p, input: input, seed: seed, order: make([]int, p.Len()), size: size}
}

// shuffle deals anew for an epoch; the order depends on seed and epoch alone.
func (b *batches) shuffle(epoch int) {
	for i := range b.order {
		b.order[i] = i
	}
	generator(b.seed, forOrder, epoch).Shuffle(len(b.order), func(i, j int) {
		b.order[i], b.order[j] = b.order[j], b.order[i]
	})
}

// count returns the number of batches of an epoch; the last may be incomplete.
func (b *batches) count() int { return (len(b.order) + b.size - 1) / b.size }

// load fills the inputs of a network with batch k. Rows that the last batch
// lacks are zeros of weight 0: they change neither loss nor gradient. weights has
// one entry per class; nil means all 1.
func (b *batches) load(k int, n *network, weights []float32) {
	x, labels, rows := floats(n.x), n.labels.Data().([]uint16), floats(n.rows)
	features := len(x) / b.size
	ids := b.order[k*b.size : min((k+1)*b.size, len(b.order))]
	for i, id := range ids {
		y := b.part.Y[id]
		b.input.apply(x[i*features:(i+1)*features], b.part.X[id*features:(id+1)*features])
		labels[i], rows[i] = y, 1
		if weights != nil {
			rows[i] = weights[y]
		}
	}
	clear(x[len(ids)*features:])
	clear(labels[len(ids):])
	clear(rows[len(ids):])
}
