package search_test

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"sync"

	"evenkeel/objective"
	"evenkeel/objective/evidence/posthoc"
	"evenkeel/search"
)

// memory is a trial history in maps. It outlives drivers, as a file would.
type memory struct {
	mu         sync.Mutex
	runs       map[objective.RunID]*objective.Result
	records    []search.Record
	arms       map[int][]objective.Arm
	references map[int]objective.Round
	offsets    map[int]search.Offsets
	sent       posthoc.Transmission
	screened   []int
	fail       error
}

func newMemory() *memory {
	return &memory{
		runs: make(map[objective.RunID]*objective.Result),
		arms: make(map[int][]objective.Arm), references: make(map[int]objective.Round),
	}
}

func (m *memory) Find(_ context.Context, id objective.RunID) (*objective.Result, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	r, ok := m.runs[id]
	return r, ok, nil
}

func (m *memory) Save(_ context.Context, id objective.RunID, _ objective.Spec, r *objective.Result) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.runs[id] = r
	return m.fail
}

func (m *memory) Load(context.Context) ([]search.Record, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return append([]search.Record(nil), m.records...), nil
}

func (m *memory) Append(_ context.Context, s search.Step) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.records = append(m.records, search.Record{Step: s})
	return m.fail
}

func (m *memory) Finish(_ context.Context, o search.Outcome, arms []objective.Arm) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	r := &m.records[o.Step-1]
	if r.Outcome != nil {
		return errors.New("a second outcome for a step")
	}
	r.Outcome = &o
	m.arms[r.Step.Trial] = arms
	return m.fail
}

func (m *memory) Reference(_ context.Context, replicate int, _ int64, r objective.Round) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.references[replicate] = r
	return m.fail
}

func (m *memory) ScreenSeeds(context.Context) ([]int, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.screened, nil
}

func (m *memory) SetScreenSeeds(_ context.Context, replicates []int) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.screened = replicates
	return m.fail
}

func (m *memory) Transmission(_ context.Context, t posthoc.Transmission) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.sent = t
	return m.fail
}

func (m *memory) Offsets(_ context.Context, o search.Offsets) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.offsets == nil {
		m.offsets = make(map[int]search.Offsets)
	}
	m.offsets[o.Replicate] = o
	return m.fail
}

func (m *memory) Spent(context.Context) (float64, error) { return 0, nil }
func (m *memory) Flush(context.Context) error            { return nil }

// text returns everything but durations, for comparisons.
func (m *memory) text() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	type line struct {
		Step    search.Step
		Outcome *search.Outcome
		Arms    []objective.Arm
	}
	var lines []line
	for _, r := range m.records {
		if r.Outcome != nil {
			o := *r.Outcome
			o.Seconds = 0
			r.Outcome = &o
		}
		lines = append(lines, line{r.Step, r.Outcome, finite(m.arms[r.Step.Trial])})
	}
	ids := make(map[objective.RunID]bool)
	for id := range maps.Keys(m.runs) {
		ids[id] = true
	}
	b, err := json.MarshalIndent([]any{lines, ids, m.references}, "", " ")
	if err != nil {
		panic(err)
	}
	return string(b)
}

// finite replaces the NaN of a standard error over one seed, which JSON lacks.
func finite(arms []objective.Arm) []objective.Arm {
	out := append([]objective.Arm(nil), arms...)
	for i := range out {
		if out[i].Seeds == 1 {
			out[i].SpreadSE = -1
		}
	}
	return out
}
