package nets

import (
	"context"
	"fmt"
	"runtime"

	"evenkeel/objective"
	"evenkeel/objective/data"
	"evenkeel/objective/models"
	"evenkeel/objective/trainers"
	"evenkeel/objective/trainers/nets/memory"
)

// Opener opens the data of a study and the built-in models on it. Every error is a
// [*trainers.StudyError], but that of a context that ends first: reading large data takes a
// while, and nothing ends a slow disk.
var Opener = trainers.Opener{
	Transport: trainers.Nets,
	Open: func(ctx context.Context, s trainers.Setup) (*trainers.Opened, error) {
		return objective.Unless(ctx, func() (*trainers.Opened, error) {
			o, err := openStudy(s)
			if err != nil {
				return nil, &trainers.StudyError{Err: err}
			}
			return o, nil
		})
	},
}

func openStudy(s trainers.Setup) (*trainers.Opened, error) {
	ds, err := data.Open(s.Source)
	if err != nil {
		return nil, fmt.Errorf("data.source: %w", err)
	}
	for _, kind := range s.Kinds {
		if err := models.CheckShape(kind, ds.Shape); err != nil {
			return nil, fmt.Errorf("model.kind with data.source %s: %w", ds.Source, err)
		}
	}
	opts := options(s.Settings.Parallel(s.Parallel))
	opts.Limit, opts.Room = s.Settings.(trainers.NetsSettings).Memory, memory.NewRoom()
	o := &trainers.Opened{Title: ds.Title, Parallel: s.Settings.Parallel(s.Parallel), Close: func() error { return nil }}
	if s.Redraw {
		err = redrawable(o, ds, s, opts)
	} else {
		err = fixed(o, ds, s, opts)
	}
	if err != nil {
		return nil, err
	}
	config, err := models.Parse(s.Model)
	if err != nil {
		return nil, fmt.Errorf("model: %w", err)
	}
	if err := checkLimit(config, o.Trainer.(sized).sizes(), opts.Limit); err != nil {
		return nil, fmt.Errorf("%w. It is the reference, with which every trial is compared; want a higher limit, or a smaller model", err)
	}
	return o, nil
}

// sized is a trainer on data of known sizes.
type sized interface{ sizes() sizes }

// fixed puts the trainer on the parts of the study in place.
func fixed(o *trainers.Opened, ds *data.Dataset, s trainers.Setup, opts Options) error {
	splits, err := data.Split(ds, s.Split)
	if err != nil {
		return fmt.Errorf("data: %w", err)
	}
	t, err := New(splits, opts)
	if err != nil {
		return err
	}
	apart, err := newIsolated(t, s.Source, s.Split)
	if err != nil {
		return err
	}
	o.Trainer, o.Close = apart, apart.child.Close
	return nil
}

// redrawable is fixed for a study whose parts are to be drawn again. Nothing becomes a
// number before it is trained on.
func redrawable(o *trainers.Opened, ds *data.Dataset, s trainers.Setup, opts Options) error {
	dealt, err := data.Deal(ds, s.Split)
	if err != nil {
		return fmt.Errorf("data: %w", err)
	}
	t, err := NewLazy(dealt, opts)
	if err == nil {
		o.Trainer = t
		o.Redraw = func(seed int64) (objective.Trainer, error) { return t.Redraw(seed) }
	}
	return err
}

// options says how models are trained with so many trainings at once: those come first,
// and where they leave processors over, each training has several.
func options(parallel int) Options { return Options{Threads: runtime.GOMAXPROCS(0) / parallel} }
