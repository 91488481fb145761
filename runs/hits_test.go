package runs_test

import (
	"path/filepath"
	"slices"
	"testing"

	"evenkeel/objective"
	"evenkeel/runs"
	"evenkeel/search"
)

// TestLoadRestoresHits: every round has the hits of its run's predictions, for a
// trainer that states its labels first.
func TestLoadRestoresHits(t *testing.T) {
	db := completed(t)
	labels, rounds := trainer().Info().ValLabels, 0
	for _, r := range records(t, db) {
		for _, rep := range r.Outcome.Replicates {
			for _, round := range append([]objective.Round{rep.Reference}, rep.Rounds...) {
				result, found, err := db.Run(t.Context(), round.Run)
				if err != nil || !found {
					t.Fatalf("run %s: found %v, %v", round.Run, found, err)
				}
				want := objective.NewHits(result.Val, labels, result.ValPredictions)
				if rounds++; want == nil || !slices.Equal(round.Hits, want) {
					t.Errorf("step %d, round %d: hits %x, want %x", r.Step.Number, round.Round, round.Hits, want)
				}
			}
		}
	}
	if rounds == 0 {
		t.Error("no rounds")
	}
}

// TestHitsWithoutLabels: labels that came with one run are not those of a run that
// came without, which had no hits when it was measured.
func TestHitsWithoutLabels(t *testing.T) {
	s := openStudy(t, open(t, filepath.Join(t.TempDir(), "test.db"), runs.Options{NoSync: true}), define(t))
	defer closeStudy(t, s)
	info := trainer().Info()
	labels, split := info.ValLabels, info.Split
	info.ValLabels = nil
	if err := s.Describe(t.Context(), "synthetic", info); err != nil {
		t.Fatal(err)
	}
	save := func(seed int64, with bool) objective.Round {
		spec := objective.Spec{Schema: objective.SpecVersion, Trainer: info.Trainer, Data: info.Data, Split: split, Seed: seed}
		result, err := trainer().Train(t.Context(), objective.Job{Spec: spec})
		if err != nil {
			t.Fatal(err)
		}
		if with {
			result.ValLabels = labels
		}
		id, err := spec.ID()
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Save(t.Context(), id, spec, result); err != nil {
			t.Fatal(err)
		}
		return objective.Round{Run: id, Val: result.Val, Train: result.Train, Hits: objective.NewHits(result.Val, result.ValLabels, result.ValPredictions)}
	}
	step := search.Step{Number: 1, Kind: search.NewTrial, Trial: 1, Replicates: []int{0}, Point: define(t).Space.Middle()}
	if err := s.Append(t.Context(), step); err != nil {
		t.Fatal(err)
	}
	without, with := save(1, false), save(2, true)
	rep := objective.Replicate{Seed: 1, Reference: without, Rounds: []objective.Round{with}}
	if err := s.Finish(t.Context(), search.Outcome{Step: 1, Replicates: []objective.Replicate{rep}}, nil); err != nil {
		t.Fatal(err)
	}
	loaded, err := s.Load(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	got := loaded[0].Outcome.Replicates[0]
	if got.Reference.Hits != nil || with.Hits == nil || !slices.Equal(got.Rounds[0].Hits, with.Hits) {
		t.Errorf("hits without labels %x, with labels %x; want none and %x", got.Reference.Hits, got.Rounds[0].Hits, with.Hits)
	}
}
