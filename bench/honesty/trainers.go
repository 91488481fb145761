package main

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"math"
	"reflect"

	"evenkeel/objective"
	"evenkeel/search"
	"evenkeel/search/followup"
)

// unchanged is the world as it is.
func unchanged(t objective.Trainer) objective.Trainer { return t }

// withoutEffect makes a world in which weights do nothing: a weighted run is the
// unweighted one on another seed, so that arms differ by noise and by nothing else.
func withoutEffect(t objective.Trainer) objective.Trainer {
	return altered{t, "null", func(s objective.Spec) objective.Spec {
		s.Seed = noiseSeed(s.Seed, s.Weights)
		s.Weights, s.Apply, s.WeightsFrom = nil, "", 0
		return s
	}}
}

// noiseSeed derives from a seed and weights the seed of the run that takes their
// place, in [0, 2^31): the low 31 bits of the first 8 bytes, big-endian, of the
// SHA-256 of the seed's 8 bytes and the 4 bytes of each float32.
func noiseSeed(seed int64, weights []float32) int64 {
	b := binary.BigEndian.AppendUint64(nil, uint64(seed))
	for _, w := range weights {
		b = binary.BigEndian.AppendUint32(b, math.Float32bits(w))
	}
	sum := sha256.Sum256(b)
	return int64(binary.BigEndian.Uint64(sum[:8]) & (1<<31 - 1))
}

// onOtherClasses makes a world in which each class gets the weight that was meant
// for another: class c that of class c + max(1, K/3), modulo K.
func onOtherClasses(t objective.Trainer) objective.Trainer {
	return altered{t, "shuffled", func(s objective.Spec) objective.Spec {
		k := len(s.Weights)
		dealt := make([]float32, k)
		for c := range dealt {
			dealt[c] = s.Weights[(c+max(1, k/3))%k]
		}
		s.Weights = dealt
		return s
	}}
}

// altered is a trainer that trains something else where there are weights.
type altered struct {
	inner objective.Trainer
	world string
	alter func(objective.Spec) objective.Spec
}

// Info is the trainer's under another version: its runs are other runs.
func (a altered) Info() objective.Info {
	info := a.inner.Info()
	info.Version += " " + a.world
	return info
}

// Train trains what the world makes of a run.
func (a altered) Train(ctx context.Context, job objective.Job) (*objective.Result, error) {
	info := a.inner.Info()
	if want := a.Info().Version; job.Spec.Version != want {
		return nil, fmt.Errorf("the run's version is %q; this trainer has %q", job.Spec.Version, want)
	}
	job.Spec.Version = info.Version
	if !job.Spec.Unweighted() {
		job.Spec = a.alter(job.Spec)
	}
	return a.inner.Train(ctx, job)
}

// withoutControl is a trainer that fails at the control of a confirmation: the reference
// with the epochs of all rounds of the arm together. An option that needs the same run
// keeps it.
func withoutControl(t objective.Trainer, def *search.Definition, arm followup.Arm) objective.Trainer {
	control := maps.Clone(def.ReferenceModel())
	epochs, ok := control["epochs"].(int64)
	if !ok || arm.Round+1 == objective.LongerFactor {
		return t
	}
	control["epochs"] = epochs * int64(arm.Round+1)
	if reflect.DeepEqual(control, arm.Plan.Model) {
		return t
	}
	return uncontrolled{t, control}
}

// uncontrolled is a trainer that does not train one model without weights.
type uncontrolled struct {
	objective.Trainer
	model map[string]any
}

var errControl = errors.New("the control of equal cost is not trained for the truth")

// Train fails for that model.
func (u uncontrolled) Train(ctx context.Context, job objective.Job) (*objective.Result, error) {
	if job.Spec.Unweighted() && reflect.DeepEqual(job.Spec.Model, u.model) {
		return nil, errControl
	}
	return u.Trainer.Train(ctx, job)
}
