package nets_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"evenkeel/objective"
	"evenkeel/objective/data"
	"evenkeel/objective/trainers/nets"
	"evenkeel/objective/trainers/trainertest"
)

// lazySplit is small and leaves most of the embedded sample to be drawn again.
var lazySplit = objective.Split{Validation: 0.2, Limit: 50, Seed: 1}

func newLazy(t *testing.T) (*nets.Lazy, *data.Dataset) {
	t.Helper()
	ds, err := data.Open(data.Source{Kind: "embedded"})
	if err != nil {
		t.Fatal(err)
	}
	dealt, err := data.Deal(ds, lazySplit)
	if err != nil {
		t.Fatal(err)
	}
	l, err := nets.NewLazy(dealt, nets.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return l, ds
}

func TestLazyConformance(t *testing.T) {
	trainertest.Run(t, trainertest.Suite{
		New: func(t *testing.T) objective.Trainer {
			l, _ := newLazy(t)
			redrawn, err := l.Redraw(7)
			if err != nil {
				t.Fatal(err)
			}
			return redrawn
		},
		Model: softmax("epochs", int64(2)), Endless: softmax("epochs", int64(1_000_000)),
		Learnable: true, Boosted: 6, Predictions: true, Logits: true, Train: true, Test: true, Ones: true,
	})
}

// TestLazyIsTheTrainerOnItsSplit: whether redrawn or asked for by its settings, a
// split gives the same Info and the same model: also its inputs are standardised
// over the training part that is drawn. Another split gives another model, tested
// on the same examples.
func TestLazyIsTheTrainerOnItsSplit(t *testing.T) {
	l, ds := newLazy(t)
	var before *objective.Result
	for _, seed := range []int64{0, 7} {
		split := lazySplit
		lazy := l
		if seed != 0 {
			split.Resplit = seed
			var err error
			if lazy, err = l.Redraw(seed); err != nil {
				t.Fatal(err)
			}
		}
		splits, err := data.Split(ds, split)
		if err != nil {
			t.Fatal(err)
		}
		eager, err := nets.New(splits, nets.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(eager.Info(), lazy.Info()); diff != "" || !slices.Equal(eager.TestCounts(), lazy.TestCounts()) {
			t.Errorf("resplit %d: lazy says otherwise (-eager +lazy):\n%s", seed, diff)
		}
		info := lazy.Info()
		job := objective.Job{Test: true, Spec: objective.Spec{
			Schema: objective.SpecVersion, Trainer: info.Trainer, Version: info.Version, Numerics: info.Numerics,
			Data: info.Data, Split: info.Split, Model: softmax("epochs", int64(1)), Seed: 3,
		}}
		want, err := eager.Train(t.Context(), job)
		if err != nil {
			t.Fatal(err)
		}
		got, err := lazy.Train(t.Context(), job)
		if err != nil {
			t.Fatal(err)
		}
		if got.Parameters != want.Parameters || !slices.Equal(got.TestPredictions, want.TestPredictions) {
			t.Errorf("resplit %d: another model than that on the split asked for by its settings", seed)
		}
		if before == nil {
			before = got
			continue
		}
		if got.Parameters == before.Parameters {
			t.Error("drawn again, the parts gave the same model")
		}
		if !slices.Equal(got.TestLabels, before.TestLabels) {
			t.Error("drawn again, the parts have another test part")
		}
	}
}
