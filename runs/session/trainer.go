package session

import (
	"context"
	"errors"
	"fmt"
	"hash/crc32"
	"regexp"
	"slices"

	"evenkeel/objective"
	"evenkeel/objective/evidence/check"
	"evenkeel/objective/trainers"
	"evenkeel/objective/trainers/all"
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
	// part drawn again.
	redraw func(seed int64) (objective.Trainer, error)
}

// openTrainer opens the trainer of a study's model and checks the model before
// anything starts. What the study file leaves to the size of the data is settled then, as
// it is stored where the study has begun. A program of the user's own logs into a file beside the database. An
// error is a [search.InputError] where the study file is at fault.
func openTrainer(ctx context.Context, def *search.Definition, db string) (*opened, error) {
	return open(ctx, def, db, false)
}

// errWholeBatch refuses a batch of one example where weights multiply the loss. It begins with
// the key, so that its place in the study file is found.
var errWholeBatch = errors.New("model.batch is 1, or may be: the loss of a batch is divided by the sum of its weights, so a batch of one example " +
	"cancels its weight; want at least 2, better 32 or more, or weighting.apply: logit")

// openRedrawable is openTrainer for a study whose parts are to be drawn again.
func openRedrawable(ctx context.Context, def *search.Definition, db string) (*opened, error) {
	return open(ctx, def, db, true)
}

func open(ctx context.Context, def *search.Definition, db string, redraw bool) (*opened, error) {
	if def.SmallestBatch() == 1 {
		return nil, search.InputError{Err: &trainers.StudyError{Err: errWholeBatch}}
	}
	setup := def.Setup()
	setup.Log, setup.Redraw = trainerLog(db, def.Name), redraw
	o, err := all.Open(ctx, setup)
	if wrong := (*trainers.StudyError)(nil); errors.As(err, &wrong) {
		return nil, search.InputError{Err: err}
	}
	if err != nil {
		return nil, err
	}
	err = keepEpochs(ctx, def, db)
	if err == nil {
		err = def.SettleEpochs(o.Info())
	}
	if err != nil {
		return nil, errors.Join(err, o.Close())
	}
	return &opened{Trainer: o.Trainer, title: o.Title, parallel: o.Parallel, close: o.Close, redraw: o.Redraw}, nil
}

// checkTrainer compares what a study asks of its trainer with what the trainer
// says of itself: the plumbing part of a check.
func checkTrainer(def *search.Definition, info objective.Info) error {
	var faults []error
	for _, f := range check.Plumbing(info, appliedByTrainer(def), def.SwitchesOnLate()) {
		if f.State == check.Fault {
			faults = append(faults, search.Inputf("%s. %s", f.Text, f.Advice))
		}
	}
	return errors.Join(faults...)
}

// appliedByTrainer returns the ways of applying weights that the trainer has a
// part in.
func appliedByTrainer(def *search.Definition) []string {
	return slices.DeleteFunc(def.Ways(), func(way string) bool { return !objective.Trained(way) })
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
