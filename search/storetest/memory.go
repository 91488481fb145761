package storetest

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"evenkeel/objective"
	"evenkeel/objective/cachetest"
	"evenkeel/objective/evidence/posthoc"
	"evenkeel/search"
)

// Memory is a store in memory. It outlives drivers, as a file would. It is safe for
// concurrent use; its fields may be read and changed while nobody calls it.
type Memory struct {
	*cachetest.Memory

	// Records are the steps, Arms those of a trial after its last step.
	Records []search.Record
	Arms    map[int][]objective.Arm
	// References and Fitted are the reference and fitted offsets by replicate.
	References map[int]objective.Round
	Fitted     map[int]search.Offsets
	// Sent is the last transmission.
	Sent posthoc.Transmission

	mu       sync.Mutex
	screened []int
}

var _ search.Store = (*Memory)(nil)

// NewMemory returns an empty store.
func NewMemory() *Memory {
	return &Memory{
		Memory: cachetest.NewMemory(), Arms: make(map[int][]objective.Arm),
		References: make(map[int]objective.Round), Fitted: make(map[int]search.Offsets),
	}
}

// Load returns all steps.
func (m *Memory) Load(context.Context) ([]search.Record, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.Records), nil
}

// Append adds the next step.
func (m *Memory) Append(_ context.Context, s search.Step) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if want := len(m.Records) + 1; s.Number != want {
		return fmt.Errorf("step %d; want step %d", s.Number, want)
	}
	m.Records = append(m.Records, search.Record{Step: s})
	return nil
}

// Finish records the first outcome of a step; a second one is an error, since no driver
// should have one.
func (m *Memory) Finish(_ context.Context, o search.Outcome, arms []objective.Arm) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	r := &m.Records[o.Step-1]
	if r.Outcome != nil {
		return fmt.Errorf("step %d has an outcome already", o.Step)
	}
	r.Outcome = &o
	m.Arms[r.Step.Trial] = arms
	return nil
}

// Reference records the reference of a replicate.
func (m *Memory) Reference(_ context.Context, replicate int, _ int64, r objective.Round) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.References[replicate] = r
	return nil
}

// Offsets records what fitted offsets do on a replicate.
func (m *Memory) Offsets(_ context.Context, o search.Offsets) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.Fitted[o.Replicate] = o
	return nil
}

// ScreenSeeds returns what SetScreenSeeds recorded.
func (m *Memory) ScreenSeeds(context.Context) ([]int, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.screened, nil
}

// SetScreenSeeds records the seeds that predict, once.
func (m *Memory) SetScreenSeeds(_ context.Context, replicates []int) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.screened == nil {
		m.screened = slices.Clone(replicates)
	}
	return nil
}

// Transmission records the transmission.
func (m *Memory) Transmission(_ context.Context, t posthoc.Transmission) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.Sent = t
	return nil
}

// Flush has nothing to wait for.
func (m *Memory) Flush(context.Context) error { return nil }
