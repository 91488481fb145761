package trainertest_test

import (
	"context"
	"testing"

	"evenkeel/objective"
	"evenkeel/objective/trainers/trainertest"
)

// own performs its own runs only.
type own struct{ trainertest.Synthetic }

func (o *own) Train(ctx context.Context, job objective.Job) (*objective.Result, error) {
	if err := job.Spec.CheckFor(o.Info()); err != nil {
		return nil, err
	}
	return o.Synthetic.Train(ctx, job)
}

func TestSyntheticConforms(t *testing.T) {
	trainertest.Run(t, trainertest.Suite{
		New:       func(*testing.T) objective.Trainer { return &own{trainertest.Synthetic{Response: 1}} },
		Model:     map[string]any{"epochs": int64(3)},
		Learnable: true, Predictions: true, Logits: true, Train: true, Test: true, Ones: true,
	})
}
