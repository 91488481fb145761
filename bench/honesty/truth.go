package main

import (
	"context"
	"fmt"
	"maps"
	"time"

	"evenkeel/objective"
	"evenkeel/objective/cachetest"
	"evenkeel/search"
	"evenkeel/search/followup"
)

// truthOf measures a confirmed arm on further seeds and on the images outside of
// the sample. It is a confirmation itself, so that what is estimated and what is
// true are the same quantity by construction; only its images and seeds are others.
// The control of equal cost, which nobody asks for here, is not trained. What store
// has already is not trained again.
func (e *experiment) truthOf(ctx context.Context, def *search.Definition, outside objective.Trainer, arm followup.Arm, store *memory) (*followup.Confirmation, effort, error) {
	m := startMeter()
	arm.Seeds = e.truth
	c := followup.Confirmer{
		Definition: otherSeeds(def), Store: store, Trainer: withoutControl(outside, def, arm), Parallel: e.workers, Clock: time.Now, Observe: m.followUp,
	}
	out, err := c.Run(ctx, nil, arm)
	if objective.IsInterruption(err) {
		err = errBrokenOff
	}
	if err != nil {
		return nil, effort{}, fmt.Errorf("truth: %w", err)
	}
	return out, m.effort(), nil
}

// phaseTruth is the phase of the seed from which the seeds of the truth are derived.
const phaseTruth search.Phase = "truth"

// otherSeeds returns the study with another seed, whose training seeds neither the
// search nor its confirmation uses. Nothing else that is confirmed depends on it.
func otherSeeds(def *search.Definition) *search.Definition {
	other := *def
	other.Search.Seed = search.TrainingSeed(def.Search.Seed, 0, phaseTruth)
	return &other
}

// memory keeps runs for the truth; nothing of it is recorded.
type memory struct {
	*cachetest.Memory
	// plain keeps those without weights where repetitions have them in common; nil where
	// they do not.
	plain *cachetest.Memory
}

var _ followup.Store = (*memory)(nil)

func newMemory() *memory { return &memory{Memory: cachetest.NewMemory()} }

// Find returns a run, which repetitions may have in common.
func (m *memory) Find(ctx context.Context, id objective.RunID) (*objective.Result, bool, error) {
	if m.plain != nil {
		if r, ok, err := m.plain.Find(ctx, id); ok || err != nil {
			return r, ok, err
		}
	}
	return m.Memory.Find(ctx, id)
}

// Save keeps a run.
func (m *memory) Save(ctx context.Context, id objective.RunID, spec objective.Spec, r *objective.Result) error {
	if m.plain != nil && spec.Unweighted() {
		return m.plain.Save(ctx, id, spec, r)
	}
	return m.Memory.Save(ctx, id, spec, r)
}

// all returns every run that is known.
func (m *memory) all() map[objective.RunID]*objective.Result {
	runs := m.Runs()
	if m.plain != nil {
		maps.Copy(runs, m.plain.Runs())
	}
	return runs
}

// OpenTest does nothing: the images outside are no test part that wears out.
func (m *memory) OpenTest(context.Context, followup.Reading) error { return nil }

// TestDelivered does nothing likewise.
func (m *memory) TestDelivered(context.Context, followup.Reading) error { return nil }

// DescribeSplit is never called: the truth is on the repetition's own parts.
func (m *memory) DescribeSplit(context.Context, objective.Info) error { return nil }

// Confirm does nothing.
func (m *memory) Confirm(context.Context, *followup.Confirmation) error { return nil }
