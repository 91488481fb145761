package nets_test

import (
	"testing"

	"evenkeel/objective"
	"evenkeel/objective/models"
	"evenkeel/objective/trainers/nets"
	"evenkeel/objective/trainers/trainertest"
)

// The suite on the embedded sample; class 6, shirts, is the worst and has room.
func TestConformance(t *testing.T) {
	conforming := map[string]func(...any) map[string]any{
		"softmax": softmax,
		"cnn":     func(c ...any) map[string]any { return cnn(append(c, "dropout", 0.2)...) },
		"resnet8": func(c ...any) map[string]any { return resnet8(append(c, "batch", int64(16))...) },
		"mlp":     func(c ...any) map[string]any { return mlp(append(c, "hidden", []int64{16, 12}, "dropout", 0.2)...) },
	}
	for _, kind := range models.Names(models.TrainedBy(models.TrainerNets)) {
		if conforming[kind] == nil {
			t.Errorf("the suite trains no %s; want a model of every kind of the built-in trainer", kind)
		}
	}
	for name, model := range conforming {
		split := split
		switch name { // for time
		case "cnn":
			split.Limit = 150
		case "resnet8":
			split.Limit = 60
		}
		splits := embeddedSplit(t, split)
		t.Run(name, func(t *testing.T) {
			trainertest.Run(t, trainertest.Suite{
				New: func(t *testing.T) objective.Trainer {
					tr, err := nets.New(splits, nets.Options{})
					if err != nil {
						t.Fatal(err)
					}
					return tr
				},
				Model: model("epochs", int64(2)), Endless: model("epochs", int64(1_000_000)),
				Learnable: true, Boosted: 6, Predictions: true, Logits: true, Train: true, Test: true, Ones: true,
			})
		})
	}
}
