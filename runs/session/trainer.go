package session

import (
	"context"
	"errors"
	"fmt"
	"hash/crc32"
	"maps"
	"regexp"
	"runtime"
	"slices"

	"evenkeel/objective"
	"evenkeel/objective/data"
	"evenkeel/objective/evidence/check"
	"evenkeel/objective/trainers/nets"
	"evenkeel/objective/trainers/process"
	"evenkeel/search"
)

// opened is the trainer of a study, ready to train.
type opened struct {
	objective.Trainer
	// title names the data in tables.
	title string
	// parallel is the number of trainings at once.
	parallel int
	close    func() error
	// redraw, where it is not nil, is the same trainer with training and validation
	// part drawn anew.
	redraw func(seed int64) (objective.Trainer, error)
}

// openTrainer opens the trainer of a study's model and checks the model before
// anything starts. The user's own program logs into a file beside the database.
// An error is a [search.InputError] where the study file is at fault.
func openTrainer(ctx context.Context, def *search.Definition, db string) (*opened, error) {
	if def.Model.Command == nil {
		return openModel(def)
	}
	c := def.Model.Command
	trainer, err := process.Start(ctx, process.Options{
		Command: c.Words, Dir: def.Folder, Slots: c.Slots,
		Timeout: c.Timeout, Silence: c.Silence, StartTimeout: c.StartTimeout,
		RunsPerProcess: c.RunsPerProcess, LogFile: trainerLog(db, def.Name),
	})
	if err != nil {
		return nil, fmt.Errorf("model.command: %w", err)
	}
	o := &opened{Trainer: trainer, title: trainer.Info().Data, parallel: len(c.Slots), close: trainer.Close}
	if def.Search.Parallel > 0 {
		o.parallel = min(o.parallel, def.Search.Parallel)
	}
	return o, nil
}

// openModel opens the data of a study and the built-in models.
func openModel(def *search.Definition) (*opened, error) {
	ds, err := openData(def)
	if err != nil {
		return nil, err
	}
	splits, err := data.Split(ds, def.Data.Split)
	if err != nil {
		return nil, search.Inputf("data: %w", err)
	}
	trainer, err := nets.New(splits, netOptions(def))
	if err != nil {
		return nil, search.InputError{Err: err}
	}
	return opening(def, ds, trainer)
}

// openRedrawable is openTrainer for the built-in models of a study whose parts are
// to be drawn anew. Nothing becomes a number before it is trained on.
func openRedrawable(_ context.Context, def *search.Definition, _ string) (*opened, error) {
	ds, err := openData(def)
	if err != nil {
		return nil, err
	}
	dealt, err := data.Deal(ds, def.Data.Split)
	if err != nil {
		return nil, search.Inputf("data: %w", err)
	}
	trainer, err := nets.NewLazy(dealt, netOptions(def))
	if err != nil {
		return nil, search.InputError{Err: err}
	}
	o, err := opening(def, ds, trainer)
	if err == nil {
		o.redraw = func(seed int64) (objective.Trainer, error) { return trainer.Redraw(seed) }
	}
	return o, err
}

// openData opens the data of a study, which must suit its models.
func openData(def *search.Definition) (*data.Dataset, error) {
	ds, err := data.Open(def.Data.Source)
	if err != nil {
		return nil, search.Inputf("data.source: %w", err)
	}
	for _, kind := range slices.Sorted(maps.Keys(def.Model.Keys)) {
		if err := nets.CheckShape(kind, ds.Shape); err != nil {
			return nil, search.Inputf("model.kind with data.source %s: %w", ds.Source, err)
		}
	}
	return ds, nil
}

// opening checks the model of a study and joins it with its trainer.
func opening(def *search.Definition, ds *data.Dataset, trainer objective.Trainer) (*opened, error) {
	if err := nets.Check(def.ReferenceModel()); err != nil {
		return nil, search.Inputf("model: %w", err)
	}
	return &opened{Trainer: trainer, title: ds.Title, parallel: parallelism(def), close: func() error { return nil }}, nil
}

// netOptions says how built-in models are trained: trainings side by side come first,
// and where search.parallel leaves processors over, each training has several.
func netOptions(def *search.Definition) nets.Options {
	return nets.Options{Threads: runtime.GOMAXPROCS(0) / parallelism(def)}
}

// parallelism returns the number of trainings of built-in models at once: as many as
// processors that this process may use. In a container with a quota these are fewer
// than there are: the quota rounded up, and at least 2, as Go takes it.
func parallelism(def *search.Definition) int {
	if def.Search.Parallel > 0 {
		return def.Search.Parallel
	}
	return runtime.GOMAXPROCS(0)
}

// checkTrainer compares what a study asks of its trainer with what the trainer
// says of itself: the plumbing part of a check.
func checkTrainer(def *search.Definition, info objective.Info) error {
	var faults []error
	for _, f := range check.Plumbing(info, appliedByTrainer(def), usesWeightsFrom(def)) {
		if f.State == check.Fault {
			faults = append(faults, search.Inputf("%s. %s", f.Text, f.Advice))
		}
	}
	return errors.Join(faults...)
}

// appliedByTrainer returns the ways of applying weights that the trainer has a
// part in.
func appliedByTrainer(def *search.Definition) []string {
	var ways []string
	for _, v := range def.Values("weighting.apply") {
		if v != objective.ApplyPosthoc { // which is done here, with the logits of each result
			ways = append(ways, v.(string))
		}
	}
	return ways
}

// usesWeightsFrom reports whether some trial switches its weights on late.
func usesWeightsFrom(def *search.Definition) bool {
	return slices.ContainsFunc(def.Values("weighting.weights_from"), func(v any) bool { return v != 0.0 })
}

// unsafeInNames matches what a file name should not have.
var unsafeInNames = regexp.MustCompile(`[^A-Za-z0-9._-]+`)

// trainerLog returns the file for what the trainer of a study logs. Names that a
// file cannot have as they are get a mark of their own.
func trainerLog(db, study string) string {
	name := unsafeInNames.ReplaceAllString(study, "_")
	if name != study {
		name += fmt.Sprintf("-%08x", crc32.ChecksumIEEE([]byte(study)))
	}
	return db + "." + name + ".log"
}
