package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strconv"

	"evenkeel/objective"
	"evenkeel/objective/cachetest"
	"evenkeel/objective/data"
	"evenkeel/objective/trainers/nets"
	"evenkeel/search"
	"evenkeel/search/studyfile"
)

// experiment is what all repetitions have in common.
type experiment struct {
	options
	pool   *data.Dataset // the images to draw from
	text   []byte        // the study
	folder string
	out    io.Writer // results
	log    io.Writer // what goes on
	// wrap makes the trainer of another world of the real one.
	wrap func(objective.Trainer) objective.Trainer
	// first are the trainers on the embedded sample, plain the runs of the truth without
	// weights and arms what was measured of the fixed arms there, once there are any: they
	// are the same for all repetitions.
	first *trainers
	plain *cachetest.Memory
	arms  *outsideArms
}

// define returns the study of a repetition: the seed of everything that is derived
// in it is the repetition's number.
func (e *experiment) define(number int, further ...studyfile.Override) (*search.Definition, error) {
	all := slices.Concat(e.set, further, []studyfile.Override{{Key: "search.seed", Value: strconv.Itoa(number), Flag: "the repetition"}})
	def, err := studyfile.Parse(filepath.Base(e.study), e.text, e.folder, all)
	if err != nil {
		return nil, err
	}
	if def.Model.Trainer.Transport().OwnData {
		return nil, fmt.Errorf("the study brings its own trainer; want a built-in model, which can train on drawn samples")
	}
	return def, nil
}

// settings is a mark of everything but the repetition that figures depend on, so
// that no file mixes what cannot be compared.
func (e *experiment) settings(defs ...*search.Definition) string {
	h := sha256.New()
	fmt.Fprintf(h, "null %v, embedded %v, draw %d and %d, seeds %d and %d\n", e.null, e.embedded, e.train, e.test, e.seeds, e.truth)
	if !e.withArms {
		fmt.Fprintln(h, "no arms")
	}
	if e.exchangeable {
		fmt.Fprintln(h, "exchangeable classes", exchangeable, shift, e.outside)
	}
	for _, def := range defs {
		h.Write(def.Canonical)
	}
	return hex.EncodeToString(h.Sum(nil))[:8]
}

// numbers returns the repetitions that are wanted.
func (e *experiment) numbers() []int {
	if len(e.only) > 0 {
		return e.only
	}
	all := make([]int, e.repetitions)
	for i := range all {
		all[i] = i + 1
	}
	return all
}

// trainers are the two trainers of a repetition. They train the same models, and
// differ in what they call the test part.
type trainers struct {
	sample  objective.Trainer // the drawn test part
	outside objective.Trainer // everything that was not drawn
	title   string
}

// draw draws the sample of a repetition.
func (e *experiment) draw(number int, split objective.Split) (*trainers, error) {
	drawn, err := e.pool.Draw(int64(number), e.train, e.test)
	if err != nil {
		return nil, err
	}
	return e.both(drawn, split)
}

// both returns the trainers of a sample and of what is outside of it.
func (e *experiment) both(drawn *data.Drawn, split objective.Split) (t *trainers, err error) {
	t = &trainers{title: drawn.Sample.Title}
	if t.sample, err = e.trainer(drawn.Sample, split); err != nil {
		return nil, err
	}
	t.outside, err = e.trainer(drawn.Outside, split)
	return t, err
}

// trainer returns the trainer on a dataset in the experiment's world.
func (e *experiment) trainer(ds *data.Dataset, split objective.Split) (objective.Trainer, error) {
	parts, err := data.Split(ds, split)
	if err != nil {
		return nil, err
	}
	t, err := nets.New(parts, nets.Options{})
	if err != nil {
		return nil, err
	}
	return e.wrap(t), nil
}

// perform opens the ledger of an experiment and performs what is missing of it, with the study
// of the given repetition for the settings; with -table it performs nothing.
func (e *experiment) perform(ctx context.Context, columns []string, number int, one func(ctx context.Context, number int) ([][]string, error)) (*ledger, error) {
	settings := ""
	if !e.table {
		def, err := e.define(number)
		if err != nil {
			return nil, err
		}
		settings = e.settings(def)
	}
	l, err := openLedger(e.file, columns, settings)
	if err != nil || e.table {
		return l, err
	}
	if err := e.each(ctx, l, one); err != nil {
		return nil, err
	}
	fmt.Fprintln(e.out)
	return l, nil
}

// each performs the repetitions that the file does not have yet, and adds the rows
// of each to it as soon as it is complete.
func (e *experiment) each(ctx context.Context, l *ledger, perform func(ctx context.Context, number int) ([][]string, error)) error {
	if err := l.writeHeader(e.out); err != nil {
		return err
	}
	for _, number := range e.numbers() {
		if l.has(number) {
			continue
		}
		rows, err := perform(ctx, number)
		if err != nil {
			return fmt.Errorf("repetition %d: %w", number, err)
		}
		if err := l.add(number, rows, e.out); err != nil {
			return err
		}
	}
	return nil
}
