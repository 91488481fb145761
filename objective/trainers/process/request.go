package process

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"evenkeel/objective"
)

// paramPrefix marks the entries of a model that are the program's own.
const paramPrefix = "params."

// runNameLength is how much of a run's address the program gets to see.
const runNameLength = 16

// newRequest turns a job into the message for the program; attempt and folder
// are still missing.
func newRequest(job objective.Job, classes int) (train, error) {
	spec := job.Spec
	id, err := spec.ID()
	if err != nil {
		return train{}, err
	}
	r := train{
		Type: "train", Run: string(id[:runNameLength]), Seed: spec.Seed,
		ClassWeights: spec.Weights, Apply: spec.Apply, WeightsFrom: spec.WeightsFrom,
		Params: map[string]any{}, Parts: []string{"train", "val"},
	}
	if spec.Unweighted() {
		r.ClassWeights = slices.Repeat([]float32{1}, classes)
		r.Round = new(int)
	}
	if r.Apply == "" {
		r.Apply = objective.ApplyLoss
	}
	r.TestShape = job.TestShape
	if job.Test {
		r.Parts = append(r.Parts, "test")
	}
	r.Epochs, _ = spec.Model["epochs"].(int64)
	for key, value := range spec.Model {
		if name, ok := strings.CutPrefix(key, paramPrefix); ok {
			if f, isReal := value.(float64); isReal {
				value = realParam(f)
			}
			r.Params[name] = value
		}
	}
	return r, nil
}

// realParam is a parameter that stays a real number where its value is whole: 1
// is written 1.0, so that a program that looks at the kind finds the same kind
// in every run.
type realParam float64

// MarshalJSON writes the shortest form that has a point or an exponent.
func (r realParam) MarshalJSON() ([]byte, error) {
	b, err := json.Marshal(float64(r))
	if err != nil {
		return nil, err
	}
	if _, err := strconv.ParseInt(string(b), 10, 64); err == nil {
		b = append(b, ".0"...)
	}
	return b, nil
}
