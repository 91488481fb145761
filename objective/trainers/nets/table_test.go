package nets

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"evenkeel/objective"
	"evenkeel/objective/models"
	"evenkeel/objective/trainers/trainertest"
)

// TestEveryKindHasANetwork compares the networks with the table of kinds.
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

// TestEveryKindTakesItsExamples: a kind that is for images only builds a network on the
// smallest that the table allows and of other proportions, every other kind also on a
// table's rows.
func TestEveryKindTakesItsExamples(t *testing.T) {
	for _, kind := range models.TrainedBy(models.TrainerNets) {
		shapes := [][]int{{1, 14, 14}, {3, 9, 12}, {4}, {1}}
		if kind.Images() {
			shapes = [][]int{{1, kind.LeastPixels, kind.LeastPixels}, {3, kind.LeastPixels, kind.LeastPixels + 5}}
		}
		for _, shape := range shapes {
			if err := models.CheckShape(kind.Name, shape); err != nil {
				t.Errorf("%s on %v: %v", kind.Name, shape, err)
				continue
			}
			config, err := models.Parse(tinyModel(kind.Name))
			if err != nil {
				t.Fatal(err)
			}
			if layers, err := architecture(config, shape, 3); err != nil || len(layers) == 0 {
				t.Errorf("%s on %v: %d layers, error %v", kind.Name, shape, len(layers), err)
			}
		}
	}
}

// TestEveryKeyTrainsAnotherModel: in every kind, no value of a key that it uses does the
// same as another, and neither do two ways of applying weights.
func TestEveryKeyTrainsAnotherModel(t *testing.T) {
	tr := imageTrainer(t, "")
	distinct := func(key string, values []any, train func(value any) *objective.Result) {
		seen := map[string]any{}
		for _, value := range values {
			r := train(value)
			trained := fmt.Sprintf("%s after %d epochs", r.Parameters, len(r.Epochs))
			if other, twice := seen[trained]; twice {
				t.Errorf("%s %v trains the same model as %v", key, value, other)
			}
			seen[trained] = value
		}
	}
	for _, kind := range models.Names(models.TrainedBy(models.TrainerNets)) {
		// Steps so large that the validation loss soon rises, which ends a run early.
		base := []any{"epochs", int64(8), "learning_rate", 0.1}
		for _, k := range models.KeysOf(kind) {
			changes := base
			if k.Needs != nil {
				changes = append(slices.Clone(base), k.Needs.Key, k.Needs.Words[0], k.Name, k.Default)
			}
			value := tinyModel(kind, changes...)[k.Name]
			values := []any{value, trainertest.Another(k, value)}
			for _, word := range k.Words {
				if !slices.Contains(values, any(word)) {
					values = append(values, word)
				}
			}
			distinct(kind+": "+k.Name, values, func(value any) *objective.Result {
				model := tinyModel(kind, append(slices.Clone(changes), k.Name, value)...)
				for _, other := range models.KeysOf(kind) {
					if _, there := model[other.Name]; !there && other.Used(model) {
						model[other.Name] = other.Default
					}
				}
				return tinyTrain(t, tr, model, 1)
			})
		}
	}
	ways := make([]any, len(applies))
	for i, way := range applies {
		ways[i] = way
	}
	distinct("apply", ways, func(way any) *objective.Result {
		if !slices.Contains(objective.TrainedWays(), way.(string)) {
			t.Errorf("apply %s is no way that a trainer applies weights", way)
		}
		spec := tinySpec(t, tr, tinyModel(models.CNN, "epochs", int64(1)), 1)
		weights := make([]float64, len(tr.info.Classes))
		for c := range weights {
			weights[c] = float64(c + 1)
		}
		spec, err := spec.WithWeights(weights, way.(string), 0)
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
