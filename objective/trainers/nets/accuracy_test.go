package nets_test

import (
	"testing"

	"evenkeel/objective"
	"evenkeel/objective/data"
	"evenkeel/objective/trainers/nets"
)

// embedded returns the embedded sample split as the default study splits it.
func embedded(t testing.TB) *data.Splits {
	t.Helper()
	return embeddedSplit(t, split)
}

func embeddedSplit(t testing.TB, how objective.Split) *data.Splits {
	t.Helper()
	ds, err := data.Open(data.Source{Kind: "embedded"})
	if err != nil {
		t.Fatal(err)
	}
	splits, err := data.Split(ds, how)
	if err != nil {
		t.Fatal(err)
	}
	return splits
}

var split = objective.Split{Validation: 0.2, Test: 0.2, Seed: 1}

// mlp returns the model of the default study, changed by pairs of key and value.
func mlp(changes ...any) map[string]any {
	return changed(map[string]any{
		"kind": "mlp", "epochs": int64(15), "batch": int64(128), "optimizer": "adam", "learning_rate": 0.001,
		"weight_decay": 0.0, "dropout": 0.0, "early_stopping": int64(0), "hidden": []int64{128},
	}, changes)
}

// softmax returns the softmax model with the same settings.
func softmax(changes ...any) map[string]any {
	m := mlp("kind", "softmax")
	delete(m, "hidden")
	delete(m, "dropout")
	return changed(m, changes)
}

// cnn returns the convolutional model with the same settings.
func cnn(changes ...any) map[string]any {
	m := mlp("kind", "cnn", "augment", "none")
	delete(m, "hidden")
	return changed(m, changes)
}

// resnet8 returns the residual network with the same settings.
func resnet8(changes ...any) map[string]any {
	m := mlp("kind", "resnet8", "augment", "none")
	delete(m, "hidden")
	delete(m, "dropout")
	return changed(m, changes)
}

func changed(m map[string]any, changes []any) map[string]any {
	for i := 0; i < len(changes); i += 2 {
		m[changes[i].(string)] = changes[i+1]
	}
	return m
}

func specOf(tr objective.Trainer, model map[string]any, seed int64) objective.Spec {
	info := tr.Info()
	return objective.Spec{
		Schema: objective.SpecVersion, Trainer: info.Trainer, Version: info.Version, Numerics: info.Numerics,
		Data: info.Data, Split: info.Split, Model: model, Seed: seed,
	}
}

func trainerOn(t testing.TB, s *data.Splits) *nets.Trainer {
	t.Helper()
	tr, err := nets.New(s, nets.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return tr
}

func train(t testing.TB, tr objective.Trainer, job objective.Job) *objective.Result {
	t.Helper()
	r, err := tr.Train(t.Context(), job)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// The default model must be good enough that evening out its recalls means
// something: balanced test accuracy of at least 0.82.
func TestDefaultModelAccuracy(t *testing.T) {
	tr := trainerOn(t, embedded(t))
	r := train(t, tr, objective.Job{Spec: specOf(tr, mlp(), 1), Test: true})
	got := r.Test.BalancedAccuracy()
	t.Logf("balanced accuracy %.4f on test, %.4f on validation, %.4f on training; %.3f s; parameters %s",
		got, r.Val.BalancedAccuracy(), r.Train.BalancedAccuracy(), r.Seconds, r.Parameters)
	if got < 0.82 {
		t.Errorf("balanced test accuracy %.4f; want at least 0.82", got)
	}
}
