package trainertest_test

import (
	"testing"

	"evenkeel/objective"
	"evenkeel/objective/trainers/trainertest"
)

func TestSyntheticConforms(t *testing.T) {
	trainertest.Run(t, trainertest.Suite{
		New:       func(*testing.T) objective.Trainer { return &trainertest.Synthetic{Response: 1} },
		Model:     map[string]any{"epochs": int64(3)},
		Learnable: true, Predictions: true, Logits: true, Train: true, Test: true, Ones: true,
	})
}
