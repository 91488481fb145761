package search

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"

	"evenkeel/objective"
	"evenkeel/objective/evidence/check"
)

// leastSteps is how many optimiser steps a built-in model gets at least where the study file
// names no epochs. Our choice: with the default optimizer and learning rate a softmax
// regression and a small perceptron on a few hundred rows reach what they can reach by then.
const leastSteps = 1000

// SettleEpochs fills in model.epochs where the study file leaves it to the size of the data
// ([ModelConfig.OpenEpochs]), from what the trainer says of the training part:
//
//	epochs = max(default, ceil(1000 / ceil(n / batch)))
//
// with n training examples and the reference's batch. The number becomes part of the
// definition, fixed and canonical, so that a stored study does not depend on this rule. Where the file has epochs, or the size is not known, it
// changes nothing. It is called once, before the definition is used.
func (d *Definition) SettleEpochs(info objective.Info) error {
	n := 0
	for _, examples := range info.TrainCounts {
		n += examples
	}
	if !d.Model.OpenEpochs || n == 0 {
		return nil
	}
	d.Model.OpenEpochs = false
	model := d.ReferenceModel()
	steps := StepsPerEpoch(n, int(number(model["batch"])))
	epochs := (leastSteps + steps - 1) / steps
	if epochs <= int(number(model["epochs"])) {
		return nil
	}
	return d.setEpochs(epochs)
}

// KeepEpochs fills in model.epochs where the study file leaves it to the size of the data with
// that of the canonical form of the stored study, which thus goes on as it began. It changes
// nothing where the file has epochs, or the stored study has several or none. It is called
// before [Definition.SettleEpochs].
func (d *Definition) KeepEpochs(stored json.RawMessage) error {
	if !d.Model.OpenEpochs {
		return nil
	}
	var of struct {
		Model struct{ Epochs json.RawMessage }
	}
	if err := json.Unmarshal(stored, &of); err != nil {
		return fmt.Errorf("the stored definition of study %s: %w", d.Name, err)
	}
	epochs := 0
	if json.Unmarshal(of.Model.Epochs, &epochs) != nil || epochs < 1 {
		return nil
	}
	d.Model.OpenEpochs = false
	if epochs == int(number(d.ReferenceModel()["epochs"])) {
		return nil
	}
	return d.setEpochs(epochs)
}

// setEpochs settles the number of epochs.
func (d *Definition) setEpochs(epochs int) error {
	d.Model.Fixed["epochs"], d.Model.SettledEpochs = int64(epochs), epochs
	canonical, err := withEpochs(d.Canonical, epochs)
	if err != nil {
		return fmt.Errorf("the definition of study %s: %w", d.Name, err)
	}
	d.Canonical = canonical
	return nil
}

// StepsPerEpoch returns the optimiser steps of one pass over n examples, the last batch of which
// may be incomplete.
func StepsPerEpoch(n, batch int) int { return max(1, (n+batch-1)/max(1, batch)) }

// Steps returns the optimiser steps that so many epochs of the reference take on the training
// part that info describes; 0 where the trainer does not say how large it is, or has batches of
// its own.
func (d *Definition) Steps(info objective.Info, epochs int) int {
	batch, n := int(number(d.ReferenceModel()["batch"])), 0
	for _, examples := range info.TrainCounts {
		n += examples
	}
	if batch == 0 || n == 0 {
		return 0
	}
	return epochs * StepsPerEpoch(n, batch)
}

// withEpochs returns a canonical form with another number of epochs.
func withEpochs(canonical json.RawMessage, epochs int) (json.RawMessage, error) {
	var all, model map[string]json.RawMessage
	if err := json.Unmarshal(canonical, &all); err != nil {
		return nil, err
	}
	if err := json.Unmarshal(all["model"], &model); err != nil {
		return nil, err
	}
	if model == nil {
		return nil, errors.New("it has no model")
	}
	var err error
	if model["epochs"], err = json.Marshal(epochs); err != nil {
		return nil, err
	}
	if all["model"], err = json.Marshal(model); err != nil {
		return nil, err
	}
	return json.Marshal(all)
}

// SmallestBatch returns the smallest batch of any trial in which class weights multiply the loss
// of a built-in model; 0 where no trial is so.
func (d *Definition) SmallestBatch() int {
	if !slices.Contains(d.Ways(), objective.ApplyLoss) {
		return 0
	}
	if v, ok := d.Model.Fixed["batch"]; ok {
		return int(number(v))
	}
	for _, p := range d.Space.Params {
		if p.Name != KeyBatch {
			continue
		}
		if p.Kind != Categorical {
			return int(p.Low)
		}
		least := math.Inf(1)
		for _, v := range p.Choices {
			least = min(least, number(v))
		}
		return int(least)
	}
	return 0
}

// BatchCancels returns [Definition.SmallestBatch] where it is so small that a good part of every
// weight cancels itself ([check.SmallBatch]), else 0.
func (d *Definition) BatchCancels() int {
	if b := d.SmallestBatch(); b > 0 && b < check.SmallBatch {
		return b
	}
	return 0
}
