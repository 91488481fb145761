package nets

import (
	"errors"
	"fmt"

	"evenkeel/objective"
	"evenkeel/objective/models"
	"evenkeel/objective/trainers/nets/kernels"
)

// sizes are those of the data that a trainer is on.
type sizes struct {
	shape            []int
	classes          int
	train, val, test int // examples
}

// need is what a training needs of memory by its estimate, in bytes.
type need struct {
	// data is that of the training and validation examples as numbers, which all trainings of a
	// trainer share; training is everything else.
	data, training int64
}

func (n need) all() int64 { return n.data + n.training }

// runtimeBytes is what a run takes beside its numbers: the graphs, and pages of the heap that
// are not full. Measured.
const runtimeBytes = 6 << 20

// estimate returns what a run of a model needs, from shapes alone. It is the sum of
//
//   - parameters, their gradients, the moments of the optimizer and, with early stopping, the
//     best parameters so far: 3 to 5 numbers for each, and for the filters of convolutions one
//     more for each of up to 16 groups of images;
//   - of a batch the inputs, what every operation makes of them and the gradient by it;
//   - the same without gradients for the evaluation;
//   - scratch memory of each thread, the order of the examples, and the logits and predictions
//     of every part;
//   - the examples of the parts that are used, as numbers.
//
// Beside the data it is within a factor of 1.1 of the measured peak, but for 12 MB (TestNeed).
func estimate(config models.Config, s sizes, threads int, test bool) (need, error) {
	layers, err := architecture(config, s.shape, s.classes)
	if err != nil {
		return need{}, err
	}
	features := 1
	for _, n := range s.shape {
		features *= n
	}
	batch, rows := min(config.Batch, s.train), evaluationBatch(config.Kind)
	examples := s.train + s.val
	if test {
		examples += s.test
	}
	copies := 3 // parameters, gradients, the first moment
	if config.Optimizer == models.Adam {
		copies++
	}
	if config.EarlyStopping > 0 {
		copies++
	}
	var floats, scratch int
	for i, l := range layers {
		at := newFootprint(l, batch, rows, i == 0, config.Dropout > 0)
		floats += copies*at.parameters + at.groups + at.forward*rows + at.step
		scratch = max(scratch, at.scratch)
	}
	floats += batch*(features+1+s.classes) + rows*(features+2*s.classes) + threads*scratch
	// Every part's logits and predictions, and the validation part's of one more epoch.
	bytes := 4*int64(floats) + int64(examples+s.val)*(4*int64(s.classes)+2) + 8*int64(s.train)
	each := 4*int64(features) + 2 // of an example
	if test {
		bytes += int64(s.test) * each
	}
	return need{data: int64(s.train+s.val) * each, training: bytes + runtimeBytes}, nil
}

// evaluationBatch is the number of examples of a forward pass of a kind of model.
func evaluationBatch(kind string) int {
	if models.OnImages(kind) {
		return evaluationImages
	}
	return evaluationRows
}

// footprint is the numbers that a layer keeps.
type footprint struct {
	parameters int
	groups     int // of gradients by groups of images
	forward    int // of an example, in evaluation
	step       int // of a batch, in training
	scratch    int // of a thread
}

func newFootprint(l layer, batch, rows int, first, dropout bool) (f footprint) {
	for _, shape := range l.parameterShapes() {
		f.parameters += shape.TotalSize()
	}
	switch {
	case l.conv != nil:
		y := l.conv.PooledOutputs()
		f.groups, f.forward, f.scratch = min(imageParts, batch)*f.parameters, y, l.conv.Scratch()
		f.step = batch * (y + (y+3)/4) // with a byte that says what was taken
		if !l.conv.Planar {
			f.step += batch * l.conv.Inputs()
		}
		f.step += dropped(l, batch, y, dropout)
	case l.blocks != nil:
		f.residual(l, batch)
	case l.pixels > 0:
		f.forward, f.step = l.out, batch*(l.out+l.pixels*l.out)
	default:
		f.forward, f.scratch = l.out, kernels.ProductScratch(max(l.in, l.out, batch, rows))
		f.step = batch * l.out
		if l.relu {
			f.step += batch * l.out
		}
		if !first {
			f.step += batch * l.in
		}
		f.step += dropped(l, batch, l.out, dropout)
	}
	return f
}

// dropped is what dropout behind a layer keeps: the mask, the result and the gradient.
func dropped(l layer, batch, width int, dropout bool) int {
	if dropout && l.dropped {
		return 3 * batch * width
	}
	return 0
}

// residual counts a chain of blocks: see residual, convNorm and residualGrad.
func (f *footprint) residual(l layer, batch int) {
	var g [2]int
	inner := 0
	for i, units := range l.blocks {
		end := units[min(len(units)-1, 1)]
		scratch := 0
		for j, u := range units {
			u.Batch = batch
			y := outputs(u)
			f.forward += y
			f.step += batch * (y + 4*u.Out) // y, and moments and sums
			f.groups += imageParts * u.Weights() * u.Out
			f.parameters += 2 * u.Out // the running figures, which early stopping keeps too
			if j != 1 {
				scratch += u.Scratch() // the first and third read the same images
			}
			f.scratch = max(f.scratch, u.Scratch(), scratch)
		}
		if i > 0 || i == len(l.blocks)-1 {
			f.forward, f.step = f.forward+outputs(end), f.step+batch*outputs(end)
			inner = max(inner, outputs(units[0]))
		}
		g[i%2] = max(g[i%2], outputs(end))
	}
	f.step += batch * (g[0] + g[1] + inner)
}

// errOverLimit is the failure of a run that needs more than the study file allows.
var errOverLimit = errors.New("model.memory")

// checkLimit holds what a run of a model needs against the limit of the study file, 0 for none.
// It counts one thread and the test part, so that it says the same on every machine, and of a
// search and its confirmation.
func checkLimit(config models.Config, s sizes, limit int64) error {
	n, err := estimate(config, s, 1, true)
	if err != nil || limit == 0 || n.all() <= limit {
		return err
	}
	return fmt.Errorf("%w allows %s, and a training of this model needs about %s", errOverLimit, objective.ExactBytes(limit), objective.Bytes(n.all()))
}
