package cachetest

import (
	"context"
	"maps"
	"sync"

	"evenkeel/objective"
)

// Memory is a cache in memory. It is safe for concurrent use.
type Memory struct {
	mu   sync.Mutex
	runs map[objective.RunID]*objective.Result
}

var _ objective.Cache = (*Memory)(nil)

// NewMemory returns an empty cache.
func NewMemory() *Memory { return &Memory{runs: make(map[objective.RunID]*objective.Result)} }

// Find returns the result that was saved first.
func (m *Memory) Find(_ context.Context, id objective.RunID) (*objective.Result, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	r, ok := m.runs[id]
	return r, ok, nil
}

// Save keeps a result unless the run is known; a test part that it lacked is added.
func (m *Memory) Save(_ context.Context, id objective.RunID, _ objective.Spec, r *objective.Result) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	known, ok := m.runs[id]
	if ok && known.Test == nil && r.Test != nil {
		whole := *known
		whole.Test, whole.TestPredictions, whole.TestLogits, whole.TestLabels = r.Test, r.TestPredictions, r.TestLogits, r.TestLabels
		m.runs[id] = &whole
	}
	if !ok {
		m.runs[id] = r
	}
	return nil
}

// Len returns the number of runs.
func (m *Memory) Len() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.runs)
}

// Runs returns the results by run, in a map of the caller's.
func (m *Memory) Runs() map[objective.RunID]*objective.Result {
	m.mu.Lock()
	defer m.mu.Unlock()
	return maps.Clone(m.runs)
}
