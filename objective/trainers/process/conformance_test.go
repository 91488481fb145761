//go:build unix

package process

import (
	"testing"

	"evenkeel/objective"
	"evenkeel/objective/trainers/trainertest"
)

func TestConformance(t *testing.T) {
	for name, slots := range map[string]int{"one process": 1, "three processes": 3} {
		t.Run(name, func(t *testing.T) {
			trainertest.Run(t, trainertest.Suite{
				New: func(t *testing.T) objective.Trainer {
					o := options(t)
					for len(o.Slots) < slots {
						o.Slots = append(o.Slots, o.Slots[0])
					}
					return open(t, o, defaultWaits)
				},
				Model:     map[string]any{"kind": "command", "epochs": int64(3)},
				Endless:   map[string]any{"kind": "command", "epochs": int64(1_000_000), "params.fault": "endless"},
				Learnable: true, Predictions: true, Logits: true, Train: true, Test: true, Ones: true,
			})
		})
	}
}
