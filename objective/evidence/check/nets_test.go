package check_test

import (
	"testing"

	"evenkeel/objective"
	"evenkeel/objective/data"
	"evenkeel/objective/evidence/check"
	"evenkeel/objective/trainers/nets"
)

// The built-in models are fit to be searched over, in both ways of applying weights.
func TestBuiltIn(t *testing.T) {
	dataset, err := data.Open(data.Source{Kind: "embedded"})
	if err != nil {
		t.Fatal(err)
	}
	splits, err := data.Split(dataset, objective.Split{Validation: 0.3, Limit: 100, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	trainer, err := nets.New(splits, nets.Options{})
	if err != nil {
		t.Fatal(err)
	}
	info := trainer.Info()
	found := run(t, trainer, func(c *check.Config) {
		c.Spec.Split, c.Apply, c.Parallel = info.Split, []string{"loss", "logit"}, 2
		c.Spec.Model = map[string]any{"kind": "mlp", "epochs": int64(5), "batch": int64(32), "optimizer": "sgd", "learning_rate": 0.01,
			"momentum": 0.9, "weight_decay": 0.0, "dropout": 0.1, "early_stopping": int64(0), "hidden": []int64{16}}
	})
	if check.Worst(found) != check.OK {
		t.Error(text(found))
	}
	t.Log(text(found))
}
