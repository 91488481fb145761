package nets

import (
	"evenkeel/objective/data"
	"evenkeel/objective/trainers/nets/kernels"
)

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

// loader fills the inputs of a network with batches.
type loader struct {
	*batches
	c   *compute
	net *network
	ids []int // of the batch being loaded
	// augmenter changes the images; nil leaves them as they are.
	augmenter *augmenter
}

// shuffle deals anew for an epoch, and draws how its images are changed.
func (l *loader) shuffle(epoch int) {
	l.batches.shuffle(epoch)
	if l.augmenter != nil {
		l.augmenter.begin(l.seed, epoch)
	}
}

// load loads batch k. Rows that the last batch lacks are zeros of weight 0: they
// change neither loss nor gradient. weights has one entry per class; nil means all 1.
func (l *loader) load(k int, weights []float32) {
	l.ids = l.order[k*l.size : min((k+1)*l.size, len(l.order))]
	l.c.examples = len(l.ids)
	l.c.do(l, min(loaderParts, len(l.ids)), 0) // it looks itself whether the run is over
	labels, rows := labelsOf(l.net.labels), floats(l.net.rows)
	for i, id := range l.ids {
		y := l.part.Y[id]
		labels[i], rows[i] = y, 1
		if weights != nil {
			rows[i] = weights[y]
		}
	}
	x := floats(l.net.x)
	clear(x[len(l.ids)*(len(x)/l.size):])
	clear(labels[len(l.ids):])
	clear(rows[len(l.ids):])
}

// loaderParts is into how many parts the loading of a batch is divided.
const loaderParts = 8

func (l *loader) parts(from, to int, _ *kernels.Workspace) {
	x := floats(l.net.x)
	features := len(x) / l.size
	first, end := span(from, to, min(loaderParts, len(l.ids)), len(l.ids))
	for row := first; row < end && !l.c.over(); row++ {
		id := l.ids[row]
		image := x[row*features : (row+1)*features]
		l.input.apply(l.c.level, image, l.part.X[id*features:(id+1)*features])
		if l.augmenter != nil {
			l.augmenter.apply(image, id)
		}
	}
}
