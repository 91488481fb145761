package nets

import (
	"maps"
	"slices"
	"testing"

	"evenkeel/objective"
	"evenkeel/objective/models"
)

// TestEveryKindHasANetwork holds the networks against the table of kinds.
func TestEveryKindHasANetwork(t *testing.T) {
	kinds := models.Names(models.TrainedBy(models.TrainerNets))
	slices.Sort(kinds)
	if built := slices.Sorted(maps.Keys(networks)); !slices.Equal(built, kinds) {
		t.Errorf("networks for %v; package models has the kinds %v", built, kinds)
	}
	if _, err := architecture(models.Config{Kind: "rnn"}, []int{4}, 3); err == nil {
		t.Error("an unknown kind has a network")
	}
}

// TestEveryWordTrainsAnotherModel: no word of a key, and no way of applying weights,
// does the same as another.
func TestEveryWordTrainsAnotherModel(t *testing.T) {
	tr := imageTrainer(t, "")
	distinct := func(key string, words []string, train func(word string) *objective.Result) {
		seen := map[string]string{}
		for _, word := range words {
			p := train(word).Parameters
			if other, twice := seen[p]; twice {
				t.Errorf("%s %s trains the same model as %s", key, word, other)
			}
			seen[p] = word
		}
	}
	for _, k := range models.KeysOf(models.CNN) {
		distinct(k.Name, k.Words, func(word string) *objective.Result {
			model := tinyModel(models.CNN, k.Name, word, "epochs", int64(1))
			for _, other := range models.KeysOf(models.CNN) {
				if other.Needs != nil && other.Used(model) {
					model[other.Name] = other.Default
				}
			}
			return tinyTrain(t, tr, model, 1)
		})
	}
	distinct("apply", applies, func(way string) *objective.Result {
		if !slices.Contains(objective.TrainedWays(), way) {
			t.Errorf("apply %s is no way that a trainer applies weights", way)
		}
		spec := tinySpec(t, tr, tinyModel(models.CNN, "epochs", int64(1)), 1)
		weights := make([]float64, len(tr.info.Classes))
		for c := range weights {
			weights[c] = float64(c + 1)
		}
		spec, err := spec.WithWeights(weights, way, 0)
		if err != nil {
			t.Fatal(err)
		}
		result, err := tr.Train(t.Context(), objective.Job{Spec: spec})
		if err != nil {
			t.Fatal(err)
		}
		return result
	})
}
