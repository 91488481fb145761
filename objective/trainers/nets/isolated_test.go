package nets

import (
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"

	"evenkeel/objective"
	"evenkeel/objective/data"
	"evenkeel/objective/models"
	"evenkeel/objective/trainers"
)

func TestMain(m *testing.M) {
	Child()
	os.Exit(m.Run())
}

// TestIsolatedRunsAreTheSame: in a process of its own a run gives the same bits, epochs and test
// part included, for every kind of model and with weights.
func TestIsolatedRunsAreTheSame(t *testing.T) {
	o, err := Opener.Open(t.Context(), trainers.Setup{
		Settings: trainers.Nets.NewSettings(nil), Source: data.Source{Kind: "embedded"}, Kinds: []string{models.CNN}, Model: tinyModel(models.CNN),
		Split: objective.Split{Validation: 0.2, Test: 0.2, Limit: 20, Seed: 1}, Parallel: 1,
	})
	if err != nil {
		t.Fatal(err)
	}
	defer o.Close()
	info := o.Info()
	for _, kind := range models.Names(models.TrainedBy(models.TrainerNets)) {
		spec := objective.Spec{
			Schema: objective.SpecVersion, Trainer: info.Trainer, Version: info.Version, Numerics: info.Numerics, Data: info.Data, Split: info.Split,
			Model: tinyModel(kind), Seed: 7,
		}
		spec, err := spec.WithWeights([]float64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10.1}, objective.ApplyLoss, 0)
		if err != nil {
			t.Fatal(err)
		}
		var results [2]*objective.Result
		var epochs [2][]objective.Epoch
		for i, isolated := range []bool{false, true} {
			results[i], err = o.Train(t.Context(), objective.Job{
				Spec: spec, Test: true, Isolated: isolated, OnEpoch: func(e objective.Epoch) { epochs[i] = append(epochs[i], e) },
			})
			if err != nil {
				t.Fatal(err)
			}
			results[i].Seconds = 0
		}
		same := cmp.Comparer(func(a, b *objective.Confusion) bool {
			return a == nil && b == nil || a != nil && b != nil && a.Equal(b)
		})
		if diff := cmp.Diff(results[0], results[1], same) + cmp.Diff(epochs[0], epochs[1]); diff != "" || len(epochs[0]) != 3 {
			t.Errorf("%s (-here +isolated):\n%s", kind, diff)
		}
	}
}
