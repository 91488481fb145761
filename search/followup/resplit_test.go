package followup_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"evenkeel/objective"
	"evenkeel/objective/trainers/trainertest"
	"evenkeel/search"
	"evenkeel/search/followup"
)

// redrawable is a synthetic trainer whose parts can be drawn again. The split has a
// part in the noise, and turned ones have the classes of the validation examples in
// another order. It performs the runs on its own split alone.
type redrawable struct {
	*trainertest.Synthetic
	split objective.Split
	turn  int // by how many examples, a multiple of those of a class
}

func (r redrawable) Info() objective.Info {
	info := r.Synthetic.Info()
	info.Split = r.split
	info.ValLabels = turned(info.ValLabels, r.turn)
	return info
}

func (r redrawable) Train(ctx context.Context, job objective.Job) (*objective.Result, error) {
	if job.Spec.Split != r.split {
		return nil, fmt.Errorf("a run on split %+v was handed to the trainer on %+v", job.Spec.Split, r.split)
	}
	job.Spec.Seed += splitNoise * r.split.Resplit
	result, err := r.Synthetic.Train(ctx, job)
	if err == nil {
		result.ValPredictions = turned(result.ValPredictions, r.turn)
		result.ValLogits = turned(result.ValLogits, r.turn*result.Val.Classes())
	}
	return result, err
}

// splitNoise is what a split adds to the seed of the noise; trainingSeed takes it
// away again.
const splitNoise = 7919

func trainingSeed(s objective.Spec) int64 { return s.Seed - splitNoise*s.Split.Resplit }

// turned moves the first n entries behind the others.
func turned[T any](list []T, n int) []T { return slices.Concat(list[n:], list[:n]) }

// redrawer returns the confirmer of a synthetic trainer whose parts can be drawn
// anew, and a function that returns the specs trained so far, in the order of their
// beginning. turn says whether drawing anew changes the order of the classes;
// before is called with the number of each training.
func redrawer(d *search.Definition, store followup.Store, parallel int, turn bool, before func(n int)) (c *followup.Confirmer, trained func() []objective.Spec) {
	var mu sync.Mutex
	var specs []objective.Spec
	synthetic := &trainertest.Synthetic{Response: 1, PerClass: 60}
	synthetic.Before = func(_ context.Context, job objective.Job) error {
		job.Spec.Seed = trainingSeed(job.Spec)
		mu.Lock()
		specs = append(specs, job.Spec)
		n := len(specs)
		mu.Unlock()
		if before != nil {
			before(n)
		}
		return nil
	}
	own := redrawable{Synthetic: synthetic, split: objective.Split{Validation: 0.2, Test: 0.2, Seed: 1}}
	c = confirmer(d, store, own, parallel)
	c.Redraw = func(seed int64) (objective.Trainer, error) {
		again := own
		again.split.Resplit = seed
		if turn {
			again.turn = synthetic.PerClass * int(1+seed%3)
		}
		return again, nil
	}
	return c, func() []objective.Spec {
		mu.Lock()
		defer mu.Unlock()
		return slices.Clone(specs)
	}
}

// resplitArm is fixedArm with parts drawn again and the vector of a search.
func resplitArm(t *testing.T, d *search.Definition, seeds int) followup.Arm {
	t.Helper()
	arm := fixedArm(t, d, seeds)
	arm.Resplit, arm.Vector = true, []float64{0.5, 0.75, 1.25, 1.5}
	return arm
}

// TestResplitPairs: all runs of a fresh seed are on the one split that is drawn for
// it, which was described before and of which no other seed has runs; no more seeds
// are at work than trainings; the vector is the search's; and a confirmation without
// --resplit is another reading that shares no run.
func TestResplitPairs(t *testing.T) {
	d := define(t, confirmStudy)
	const seeds, parallel = 8, 3
	store := newConfirmations()
	c, trained := redrawer(d, store, parallel, true, nil)
	arm := resplitArm(t, d, seeds)
	got, err := c.Run(t.Context(), nil, arm)
	if err != nil {
		t.Fatal(err)
	}
	specs := trained()
	first, last := make(map[objective.Split]int), make(map[objective.Split]int)
	for i, s := range specs {
		if _, ok := first[s.Split]; !ok {
			first[s.Split] = i
		}
		last[s.Split] = i
	}
	// Reference, rounds 1 and 2, the vector, the reference for twice and three times as long.
	if len(specs) != seeds*6 || len(first) != seeds || store.Len() != len(specs) {
		t.Errorf("%d trainings of %d runs on %d splits; want 48, 48 and 8", len(specs), store.Len(), len(first))
	}
	for i := range specs {
		atWork := 0
		for split := range first {
			if first[split] <= i && i <= last[split] {
				atWork++
			}
		}
		if atWork > parallel {
			t.Errorf("%d seeds were at work at training %d; want at most %d", atWork, i+1, parallel)
		}
	}
	for _, s := range specs {
		r := slices.IndexFunc(got.Runs, func(r followup.Run) bool { return r.Seed == s.Seed })
		if r < 0 || s.Split.Resplit != search.SplitSeed(d.Search.Seed, got.Runs[r].Replicate) ||
			s.Seed != search.TrainingSeed(d.Search.Seed, got.Runs[r].Replicate, search.PhaseConfirm) {
			t.Errorf("a run on training seed %d has split %+v; want those of one fresh seed", s.Seed, s.Split)
		}
	}
	for _, info := range store.splits {
		if _, ok := first[info.Split]; !ok || !slices.Equal(info.ValLabels, mustRedraw(t, c, info.Split.Resplit).ValLabels) {
			t.Errorf("split %+v was described; want one that is trained on, with its labels", info.Split)
		}
	}
	if len(store.splits) != seeds {
		t.Errorf("%d splits were described; want %d", len(store.splits), seeds)
	}
	for _, r := range got.Runs {
		if r.What == objective.OptionWeightsFixed && !slices.Equal(r.Weights, arm.Vector) {
			t.Errorf("the vector is %v; want that of the search, %v", r.Weights, arm.Vector)
		}
	}
	if want := (followup.Reading{Trial: 4, Round: 2, Seeds: seeds, Resplit: true, Reference: got.Runs[0].Run}); len(store.readings) != 1 || store.readings[0] != want {
		t.Errorf("readings %+v; want %+v", store.readings, want)
	}
	plain := arm
	plain.Resplit = false
	if _, err := c.Run(t.Context(), nil, plain); err != nil {
		t.Fatal(err)
	}
	if again := trained(); len(again) != 2*len(specs) || len(store.readings) != 2 || store.readings[1].Resplit || len(store.splits) != seeds {
		t.Errorf("without --resplit %d trainings in all, readings %+v; want 96 and a second one", len(again), store.readings)
	}
}

// mustRedraw returns what a trainer drawn again says of itself.
func mustRedraw(t *testing.T, c *followup.Confirmer, seed int64) objective.Info {
	t.Helper()
	x, err := c.Redraw(seed)
	if err != nil {
		t.Fatal(err)
	}
	return x.Info()
}

// TestResplitLabels: the labels are those of each seed's own validation part. With
// the classes in another order on every split, which changes what belongs to which
// label and nothing else, all findings are the same: also of fitted offsets and of
// weights applied post hoc, which are fitted to these labels.
func TestResplitLabels(t *testing.T) {
	for _, apply := range []string{"loss", "posthoc"} {
		d := define(t, confirmStudy, "weighting.apply="+apply)
		var spreads [2]map[string][]float64
		for i, turn := range []bool{false, true} {
			store := newConfirmations()
			c, _ := redrawer(d, store, 2, turn, nil)
			got, err := c.Run(t.Context(), nil, resplitArm(t, d, 6))
			if err != nil {
				t.Fatalf("apply %s: %v", apply, err)
			}
			for _, r := range got.Runs {
				run, found, err := store.Find(t.Context(), r.Run)
				if err != nil || !found {
					t.Fatalf("apply %s: run %.8s: found %v, error %v", apply, r.Run, found, err)
				}
				labels := mustRedraw(t, c, search.SplitSeed(d.Search.Seed, r.Replicate)).ValLabels
				m, err := objective.ConfusionFromLabels(run.Val.Classes(), labels, run.ValPredictions)
				if err != nil || !m.Equal(run.Val) {
					t.Errorf("apply %s: the validation matrix of %s on fresh seed %d is not that of its predictions and labels (%v)", apply, r.What, r.Replicate+1, err)
				}
			}
			spreads[i] = make(map[string][]float64)
			for _, f := range got.Comparisons {
				spreads[i][string(f.What+" against "+f.Against)] = append(slices.Clone(f.Spread.Each), f.Spread.A, f.Spread.B, f.Drop.Drop)
			}
			find(t, got, objective.OptionWeightsRemeasured, objective.OptionOffsetsRefitted)
		}
		// Sums over examples come in another order.
		if diff := cmp.Diff(spreads[0], spreads[1], cmpopts.EquateApprox(0, 1e-9)); diff != "" {
			t.Errorf("apply %s: with the classes in another order (+) the findings differ:\n%s", apply, diff)
		}
	}
}

// TestResplitGoesOn: interrupted and started again it finds what it finds in one go
// and trains nothing twice; repeated it trains nothing; and neither depends on how
// much goes on at once or on where the vector comes from.
func TestResplitGoesOn(t *testing.T) {
	d := define(t, confirmStudy)
	for name, vector := range map[string][]float64{"the search's vector": {0.5, 0.75, 1.25, 1.5}, "the fresh seeds' vector": nil} {
		arm := resplitArm(t, d, 6)
		arm.Vector = vector
		c, _ := redrawer(d, newConfirmations(), 1, true, nil)
		want, err := c.Run(t.Context(), nil, arm)
		if err != nil {
			t.Fatal(err)
		}
		for _, at := range []int{1, 14, 29} {
			store := newConfirmations()
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			c, trained := redrawer(d, store, 4, true, func(n int) {
				if n == at {
					cancel()
				}
			})
			if _, err := c.Run(ctx, nil, arm); !objective.IsInterruption(err) || store.last != nil {
				t.Fatalf("%s, stopped at training %d: error %v; want an interruption and no claim", name, at, err)
			}
			for i := range 2 {
				before := len(trained())
				c.Parallel = 2
				got, err := c.Run(t.Context(), nil, arm)
				if err != nil {
					t.Fatal(err)
				}
				if text(got) != text(want) {
					t.Errorf("%s, stopped at training %d: another confirmation than in one go", name, at)
				}
				if i == 1 && len(trained()) != before {
					t.Errorf("%s, stopped at training %d: the repetition trained", name, at)
				}
			}
			if n := len(trained()); store.Len() != 36 || n > 36+4 || len(store.readings) != 1 {
				t.Errorf("%s, stopped at training %d: %d runs, %d trainings, %d readings; want 36, hardly more, and 1", name, at, store.Len(), n, len(store.readings))
			}
		}
	}
}

// nowhere is a store that cannot describe a split.
type nowhere struct{ *confirmations }

var errNowhere = errors.New("disk full")

func (nowhere) DescribeSplit(context.Context, objective.Info) error { return errNowhere }

func TestResplitRefuses(t *testing.T) {
	d := define(t, confirmStudy)
	boom := errors.New("too few examples")
	for name, c := range map[string]struct {
		change func(*followup.Confirmer)
		want   string
	}{
		"a trainer of fixed parts": {func(c *followup.Confirmer) { c.Redraw = nil }, "cannot be drawn again by this trainer"},
		"nothing to draw":          {func(c *followup.Confirmer) { c.Redraw = func(int64) (objective.Trainer, error) { return nil, boom } }, "too few examples"},
		"a full disk":              {func(c *followup.Confirmer) { c.Store = nowhere{newConfirmations()} }, "disk full"},
	} {
		store := newConfirmations()
		confirmer, trained := redrawer(d, store, 2, true, nil)
		c.change(confirmer)
		if _, err := confirmer.Run(t.Context(), nil, resplitArm(t, d, 6)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v; want one with %q", name, err, c.want)
		}
		if store.last != nil || len(store.readings) > 0 || len(trained()) > 0 {
			t.Errorf("%s: something was read, trained or recorded", name)
		}
	}
}
