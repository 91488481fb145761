// Package trainertest holds what tests of trainers share: the conformance
// suite that every [objective.Trainer] passes, and [Synthetic], a trainer that
// answers at once, for tests of what is built on trainers.
//
// It is not part of the program: only tests import it.
//
// # Start here
//
//	func TestConformance(t *testing.T) {
//		trainertest.Run(t, trainertest.Suite{
//			New:       func(t *testing.T) objective.Trainer { return newTrainer(t) },
//			Model:     map[string]any{"epochs": int64(2)},
//			Learnable: true,
//		})
//	}
package trainertest
