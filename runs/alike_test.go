package runs_test

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"evenkeel/objective"
	"evenkeel/objective/trainers/trainertest"
	"evenkeel/runs"
	"evenkeel/search"
	"evenkeel/search/random"
)

// ignoring is a trainer that ignores its class weights, except on one seed if it is not 0,
// where it scales its logits and predicts the same.
type ignoring struct {
	trainertest.Synthetic
	scales int64
}

func (i *ignoring) Train(ctx context.Context, job objective.Job) (*objective.Result, error) {
	weighted := job.Spec.Weights != nil
	job.Spec.Weights = nil
	r, err := i.Synthetic.Train(ctx, job)
	if err == nil && weighted && job.Spec.Seed == i.scales {
		for k := range r.ValLogits {
			r.ValLogits[k] *= 2
		}
	}
	return r, err
}

// TestAlike: a study in which training ignores the weights is known by identical logits, or
// predictions where logits are gone; one run that differs in its logits shows that they
// matter. Invalid trials have no say.
func TestAlike(t *testing.T) {
	alike := func(db *runs.DB) runs.Alike {
		e, err := db.Evidence(t.Context(), "", 1, 1)
		if err != nil {
			t.Fatal(err)
		}
		return e.Alike
	}
	if a := alike(completed(t)); a.Same || a.Exactly || a.Vectors < 2 || a.Trials < 2 || !(a.Strongest > 1.5) {
		t.Errorf("weights that act: %+v", a)
	}

	study := func(scales int64) *runs.DB {
		def := define(t)
		db := open(t, filepath.Join(t.TempDir(), "x.db"), runs.Options{NoSync: true})
		s := openStudy(t, db, def)
		trainer := &ignoring{Synthetic: trainertest.Synthetic{Response: 0.3}, scales: scales}
		if err := s.Describe(t.Context(), "synthetic", trainer.Info()); err != nil {
			t.Fatal(err)
		}
		d := search.Driver{Definition: def, Store: s, Trainer: trainer, Sampler: random.New(), Parallel: 2, Clock: time.Now, KeepGoing: true}
		if _, err := d.Run(t.Context(), nil); err != nil {
			t.Fatal(err)
		}
		closeStudy(t, s)
		return db
	}
	db := study(0)
	a := alike(db)
	if !a.Same || !a.Exactly || a.Vectors < 2 || a.Trials < 2 {
		t.Errorf("weights that are ignored: %+v", a)
	}
	trial, err := db.Trial(t.Context(), "", 1)
	if err != nil {
		t.Fatal(err)
	}
	if b := alike(study(trial.Replicates[0].Seed)); b.Same || b.Exactly {
		t.Errorf("one run has other logits: %+v", b)
	}
	if _, err := db.Invalidate(t.Context(), "", 1, "a mistake"); err != nil {
		t.Fatal(err)
	}
	if b := alike(db); b.Trials != a.Trials-1 {
		t.Errorf("%d trials, and %d with one that is invalid", a.Trials, b.Trials)
	}
}
