package models_test

import (
	"reflect"
	"testing"

	"evenkeel/objective/models"
	"evenkeel/objective/trainers/trainertest"
)

// complete adds the defaults of the keys that a model uses and does not have.
func complete(model map[string]any) map[string]any {
	for _, k := range models.KeysOf(model["kind"].(string)) {
		if _, there := model[k.Name]; !there && k.Used(model) {
			model[k.Name] = k.Default
		}
	}
	return model
}

// TestEveryKeyCounts: another value of a key is another configuration, in every kind of
// the built-in trainer.
func TestEveryKeyCounts(t *testing.T) {
	for _, kind := range models.Names(models.TrainedBy(models.TrainerNets)) {
		for _, k := range models.KeysOf(kind) {
			model := map[string]any{"kind": kind}
			if k.Needs != nil {
				model[k.Needs.Key] = k.Needs.Words[0]
			}
			before, err := models.Parse(complete(model))
			if err != nil {
				t.Fatal(err)
			}
			other := trainertest.Another(k, model[k.Name])
			model[k.Name] = other
			for _, needing := range models.KeysOf(kind) {
				if !needing.Used(model) {
					delete(model, needing.Name)
				}
			}
			after, err := models.Parse(complete(model))
			if err != nil {
				t.Fatal(err)
			}
			if reflect.DeepEqual(after, before) {
				t.Errorf("%s.%s = %v is the same configuration as %v", kind, k.Name, other, k.Default)
			}
		}
	}
}
