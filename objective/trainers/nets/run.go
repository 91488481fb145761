package nets

import (
	"context"
	"fmt"
	"math"
	"slices"

	"evenkeel/objective"
	"evenkeel/objective/data"
	"evenkeel/objective/models"
	"evenkeel/objective/trainers/nets/kernels"
)

// run is one training run: everything it needs, used by one goroutine and
// dropped at its end.
type run struct {
	job    objective.Job
	config models.Config
	splits *data.Splits
	params parameters
	// all are the parameters and the running figures of normalisations.
	all     parameters
	compute *compute
	net     *network
	eval    *evaluator
	loader  *loader
	opt     *optimizer
	stop    stopping
	// from is the first epoch, counted from 0, in which the weights act.
	from int
}

// newRun prepares a run, whose work ends with ctx.
func newRun(ctx context.Context, t *Trainer, job objective.Job, config models.Config) (*run, error) {
	features, classes := t.splits.Dataset.Features(), len(t.info.Classes)
	batch := min(config.Batch, t.splits.Train.Len())
	layers, err := architecture(config, t.splits.Dataset.Shape, classes)
	if err != nil {
		return nil, err
	}
	seed := job.Spec.Seed
	c := &compute{level: t.level}
	c.halt = haltWith(ctx)
	c.start(t.opts.threads(config.Kind))
	r := &run{
		job: job, config: config, splits: t.splits, compute: c,
		params: newParameters(seed, layers, &c.halt),
		from:   switchOn(job.Spec, config.Epochs),
	}
	running, byLayer := newRunning(layers)
	r.all = append(slices.Clone(r.params), running...)
	r.opt = newOptimizer(config, c, r.params)
	r.stop = stopping{patience: config.EarlyStopping, from: min(r.from+1, config.Epochs)}
	b := builder{c: c, layers: layers, params: r.params, running: byLayer, newVM: t.newVM}
	if r.net, err = newTrainingNetwork(b, batch, features, classes, seed, config.Dropout); err != nil {
		c.close()
		return nil, fmt.Errorf("training network: %w", err)
	}
	r.loader = &loader{batches: newBatches(t.splits.Train, t.input, seed, batch), c: c, net: r.net}
	r.loader.augmenter = newAugmenter(config.Augment, t.splits.Dataset.Shape)
	rows := evaluationBatch(config.Kind)
	forward, err := newEvaluationNetwork(b, rows, features)
	if err != nil {
		c.close()
		return nil, fmt.Errorf("evaluation network: %w", err)
	}
	r.eval = &evaluator{net: forward, input: t.input, level: t.level, rows: rows, features: features, classes: classes}
	return r, nil
}

// switchOn returns floor(weights_from * epochs), the first epoch from 0 in which
// the weights act, and 0 for an unweighted run. The small addend keeps a product
// that is a whole number on paper from falling below it, as 0.29*100 does.
func switchOn(s objective.Spec, epochs int) int {
	return int(math.Floor(float64(s.WeightsFrom*float64(epochs)) + 1e-9))
}

// close ends the threads of the run.
func (r *run) close() { r.compute.close() }

// train performs the epochs and measures the final model.
func (r *run) train(ctx context.Context) (*objective.Result, error) {
	result := &objective.Result{}
	for epoch := 1; epoch <= r.config.Epochs && !result.Stopped; epoch++ {
		e, err := r.epoch(ctx, epoch)
		if err != nil {
			return nil, err
		}
		result.Epochs = append(result.Epochs, e)
		if r.job.OnEpoch != nil {
			r.job.OnEpoch(e)
		}
		result.Stopped = r.stop.observe(epoch, e.ValLoss, r.all) && epoch < r.config.Epochs
	}
	r.stop.finish(r.all)
	return result, r.measure(ctx, result)
}

// epoch passes once over the training part.
func (r *run) epoch(ctx context.Context, epoch int) (objective.Epoch, error) {
	r.loader.shuffle(epoch)
	weights := r.apply(epoch - 1)
	var loss, total float64
	for k := range r.loader.count() {
		if err := ctx.Err(); err != nil {
			return objective.Epoch{}, fmt.Errorf("epoch %d, step %d: %w", epoch, k+1, err)
		}
		if err := r.step(k, weights); err != nil {
			return objective.Epoch{}, fmt.Errorf("epoch %d, step %d: %w", epoch, k+1, err)
		}
		loss += float64(r.net.loss.loss * r.net.loss.weights)
		total += r.net.loss.weights
	}
	val, err := r.eval.measure(ctx, r.splits.Val)
	if err == nil && !finite(val.loss) {
		err = r.diverged("validation loss", val.loss)
	}
	if err != nil {
		return objective.Epoch{}, fmt.Errorf("epoch %d, validation after step %d: %w", epoch, r.loader.count(), err)
	}
	return objective.Epoch{Epoch: epoch, Loss: loss / total, ValLoss: val.loss}, nil
}

// step performs one optimiser step on batch k of the epoch; weights has one entry
// per class, nil means all 1. Parameters stay as they are if the loss is not finite.
func (r *run) step(k int, weights []float32) error {
	r.loader.load(k, weights)
	r.compute.step++
	if err := r.net.run(); err != nil {
		return err
	}
	if l := r.net.loss.loss; !finite(l) {
		return r.diverged("loss", l)
	}
	r.opt.step(r.net.grads())
	return nil
}

// apply sets the logit offsets for an epoch, counted from 0, and returns the
// class weights of its loss, nil for all 1.
func (r *run) apply(epoch int) []float32 {
	w := r.job.Spec.Weights
	if w == nil || epoch < r.from {
		return nil
	}
	if r.job.Spec.Apply == objective.ApplyLoss {
		return w
	}
	offset := floats(r.net.offset)
	for c, v := range w {
		offset[c] = float32(-kernels.Log(float64(v)))
	}
	return nil
}

// measure fills the result with what the final model says about every part.
func (r *run) measure(ctx context.Context, result *objective.Result) error {
	val, err := r.eval.measure(ctx, r.splits.Val)
	if err != nil {
		return fmt.Errorf("validation part: %w", err)
	}
	result.ValPredictions, result.ValLogits = val.predictions, val.logits
	if result.Val, err = objective.ConfusionFromLabels(r.eval.classes, r.splits.Val.Y, val.predictions); err != nil {
		return fmt.Errorf("validation part: %w", err)
	}
	if result.Train, err = r.eval.confusion(ctx, r.splits.Train); err != nil {
		return fmt.Errorf("training part: %w", err)
	}
	if r.job.Test {
		if err := r.measureTest(ctx, result); err != nil {
			return fmt.Errorf("test part: %w", err)
		}
	}
	result.Parameters, err = r.all.hash(&r.compute.halt)
	return err
}

// measureTest opens the test part.
func (r *run) measureTest(ctx context.Context, result *objective.Result) error {
	part := r.splits.OpenTest("a training run whose job asks for the test part")
	test, err := r.eval.measure(ctx, part)
	if err != nil {
		return err
	}
	result.TestPredictions, result.TestLogits, result.TestLabels = test.predictions, test.logits, part.Y
	result.Test, err = objective.ConfusionFromLabels(r.eval.classes, part.Y, test.predictions)
	return err
}

func (r *run) diverged(what string, v float64) error {
	return fmt.Errorf("the %s is %v: training diverged; want a smaller learning rate than %v", what, v, r.config.LearningRate)
}

func finite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }
