package search_test

import (
	"context"
	"encoding/json"

	"evenkeel/objective"
	"evenkeel/search"
	"evenkeel/search/storetest"
)

// textOf writes everything that a store holds but durations, for comparisons.
func textOf(m *storetest.Memory) string {
	type line struct {
		Step    search.Step
		Outcome *search.Outcome
		Arms    []objective.Arm
	}
	var lines []line
	for _, r := range m.Records {
		if r.Outcome != nil {
			o := *r.Outcome
			o.Seconds = 0
			r.Outcome = &o
		}
		lines = append(lines, line{r.Step, r.Outcome, finite(m.Arms[r.Step.Trial])})
	}
	ids := make(map[objective.RunID]bool)
	for id := range m.Runs() {
		ids[id] = true
	}
	b, err := json.MarshalIndent([]any{lines, ids, m.References}, "", " ")
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

// full is a store on a disk without room.
type full struct {
	*storetest.Memory
	err error
}

func (f full) Append(context.Context, search.Step) error { return f.err }
