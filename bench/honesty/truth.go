package main

import (
	"context"
	"fmt"
	"time"

	"evenkeel/objective"
	"evenkeel/objective/cachetest"
	"evenkeel/search"
	"evenkeel/search/followup"
)

// truthOf measures a confirmed arm on further seeds and on the images outside of
// the sample. It is a confirmation itself, so that what is estimated and what is
// true are the same quantity by construction; only its images and seeds are others.
func (e *experiment) truthOf(ctx context.Context, def *search.Definition, outside objective.Trainer, arm followup.Arm) (*followup.Confirmation, effort, error) {
	m := startMeter()
	arm.Seeds = e.truth
	c := followup.Confirmer{
		Definition: otherSeeds(def), Store: newMemory(), Trainer: outside, Parallel: e.workers, Clock: time.Now, Observe: m.followUp,
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
type memory struct{ *cachetest.Memory }

var _ followup.Store = (*memory)(nil)

func newMemory() *memory { return &memory{cachetest.NewMemory()} }

// OpenTest does nothing: the images outside are no test part that wears out.
func (m *memory) OpenTest(context.Context, followup.Reading) error { return nil }

// TestDelivered does nothing likewise.
func (m *memory) TestDelivered(context.Context, followup.Reading) error { return nil }

// DescribeSplit is never called: the truth is on the repetition's own parts.
func (m *memory) DescribeSplit(context.Context, objective.Info) error { return nil }

// Confirm does nothing.
func (m *memory) Confirm(context.Context, *followup.Confirmation) error { return nil }
