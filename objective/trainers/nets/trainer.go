package nets

import (
	"context"
	"fmt"
	"math"
	"runtime"
	"slices"
	"time"

	G "gorgonia.org/gorgonia"

	"evenkeel/objective"
	"evenkeel/objective/data"
	"evenkeel/objective/models"
	"evenkeel/objective/trainers/nets/kernels"
	"evenkeel/objective/trainers/nets/memory"
)

// version changes whenever the same spec would train another model, kernels
// aside: those have the numerics id.
const version = "1"

// applies are the ways in which class weights act here.
var applies = []string{objective.ApplyLoss, objective.ApplyLogit}

// Options of [New]. The zero value is the usual choice.
type Options struct {
	// Kernels names the kernel level; empty means [kernels.Active].
	Kernels string
	// Threads is the number of threads of one run; 0 means 1. A run has no more than it
	// can use, nor than processors that the process may use. It changes no result.
	// Two runs side by side are faster than one on two threads.
	Threads int
	// Limit is the most memory that a run may need by its estimate, in bytes; one that needs
	// more fails. 0 is no limit.
	Limit int64
	// Room is the memory of the machine that trainers share; a run for which it has none is not
	// started, see [objective.ErrNoRoom]. nil starts all.
	Room *memory.Room
}

// Trainer trains the built-in models on one set of splits. It is safe for
// concurrent use; runs share nothing but the data.
type Trainer struct {
	splits *data.Splits
	input  standardizer
	level  kernels.Level
	opts   Options
	info   objective.Info
	// newVM, in tests, replaces our machine.
	newVM func(g *G.ExprGraph) (G.VM, error)
}

// threads returns the number of threads of a run of a kind of model. A helper without
// a processor would only be in the way of the others, and one beyond the groups of a
// batch's images idle.
func (o Options) threads(kind string) int {
	threads := min(max(o.Threads, 1), runtime.GOMAXPROCS(0))
	if models.OnImages(kind) {
		threads = min(threads, imageParts)
	}
	return threads
}

// enter holds a run against the limit, and waits until there is room for it, and for its data
// too where the trainer has them not yet. It returns what is called at its end.
func (o Options) enter(ctx context.Context, config models.Config, s sizes, test, data bool) (leave func(), err error) {
	if err := checkLimit(config, s, o.Limit); err != nil {
		return nil, err
	}
	if o.Room == nil {
		return func() {}, nil
	}
	n, err := estimate(config, s, o.threads(config.Kind), test)
	if err != nil {
		return nil, err
	}
	if data {
		return o.Room.Enter(ctx, n.all())
	}
	return o.Room.Enter(ctx, n.training)
}

// level returns the kernel level asked for.
func (o Options) level() (kernels.Level, error) {
	if o.Kernels == "" {
		return kernels.Active()
	}
	return kernels.Choose(o.Kernels)
}

var (
	_ objective.Trainer     = (*Trainer)(nil)
	_ objective.TestCounter = (*Trainer)(nil)
)

// New returns a trainer on the given splits, which it keeps and does not change.
// It fails if a part is empty, sizes do not fit, a number of an example is not
// finite, or the kernels asked for do not exist here.
func New(splits *data.Splits, opts Options) (*Trainer, error) {
	level, err := opts.level()
	if err != nil {
		return nil, err
	}
	classes := len(splits.Dataset.Classes)
	for _, p := range []struct {
		name string
		part data.Part
	}{{"training", splits.Train}, {"validation", splits.Val}} {
		if err := checkPart(p.part, splits.Dataset.Features(), classes); err != nil {
			return nil, fmt.Errorf("%s part: %w", p.name, err)
		}
	}
	return &Trainer{
		splits: splits, input: newStandardizer(splits.Train, splits.Dataset.Shape), level: level, opts: opts,
		info: describe(level, splits.Dataset, splits.How, splits.Train.Counts(classes), splits.Val.Y),
	}, nil
}

// describe returns what a trainer says of itself.
func describe(level kernels.Level, ds *data.Dataset, how objective.Split, counts []int, labels []uint16) objective.Info {
	return objective.Info{
		Trainer: models.TrainerNets, Version: version, Numerics: level.NumericsID(), Data: ds.Fingerprint, Split: how,
		Classes: ds.Classes, TrainCounts: counts, ValLabels: labels,
		Supports: append(slices.Clone(applies), objective.SupportsWeightsFrom),
	}
}

func checkPart(p data.Part, features, classes int) error {
	if p.Len() == 0 || len(p.X) != p.Len()*features {
		return fmt.Errorf("%d numbers for %d examples of %d; want at least one example and %d numbers each",
			len(p.X), p.Len(), features, features)
	}
	for i, y := range p.Y {
		if int(y) >= classes {
			return fmt.Errorf("example %d has label %d; want one below %d", i, y, classes)
		}
	}
	for i, x := range p.X {
		if math.IsNaN(float64(x)) || math.IsInf(float64(x), 0) {
			return fmt.Errorf("feature %d of example %d is %v; want a finite number", i%features, i/features, x)
		}
	}
	return nil
}

// Info describes the trainer. Its slices are shared and must not be changed.
func (t *Trainer) Info() objective.Info { return t.info }

// Train performs one run. It fails without training if the spec is not for this
// trainer, its data and numerics, or has model keys that [models.Check] refuses; it ends
// with ctx within one call of a kernel, see [perCall]; it fails when it would need more memory
// than Options.Limit, and is not started where Options.Room has none; and it fails when the loss
// stops being a finite number, naming the epoch and the step.
func (t *Trainer) Train(ctx context.Context, job objective.Job) (*objective.Result, error) {
	start := time.Now()
	config, err := t.check(job)
	if err != nil {
		return nil, err
	}
	leave, err := t.opts.enter(ctx, config, t.sizes(), job.Test, false)
	if err != nil {
		return nil, err
	}
	defer leave()
	result, err := t.run(ctx, job, config)
	if err != nil {
		return nil, err
	}
	result.Seconds = time.Since(start).Seconds()
	return result, nil
}

// run performs a run, and keeps nothing of it.
func (t *Trainer) run(ctx context.Context, job objective.Job, config models.Config) (*objective.Result, error) {
	r, err := newRun(ctx, t, job, config)
	if err != nil {
		return nil, err
	}
	defer r.close()
	return r.train(ctx)
}

// sizes returns those of the trainer's data.
func (t *Trainer) sizes() sizes {
	return sizes{
		shape: t.splits.Dataset.Shape, classes: len(t.info.Classes),
		train: t.splits.Train.Len(), val: t.splits.Val.Len(), test: sum(t.splits.TestCounts()),
	}
}

// check reports what is wrong with a job.
func (t *Trainer) check(job objective.Job) (models.Config, error) {
	s := job.Spec
	if err := s.CheckFor(t.info); err != nil {
		return models.Config{}, err
	}
	if job.Test && sum(t.splits.TestCounts()) == 0 {
		return models.Config{}, fmt.Errorf("the test part was asked for, but %s has none", t.splits.Dataset.Source)
	}
	config, err := models.Parse(s.Model)
	if err == nil {
		err = models.CheckShape(config.Kind, t.splits.Dataset.Shape)
	}
	return config, err
}

func sum(x []int) int {
	total := 0
	for _, n := range x {
		total += n
	}
	return total
}

// TestCounts returns the number of test examples of each class. It says nothing
// of what a model does there.
func (t *Trainer) TestCounts() []int { return t.splits.TestCounts() }
