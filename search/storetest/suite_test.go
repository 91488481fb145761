package storetest

import (
	"cmp"
	"context"
	"errors"
	"math"
	"slices"
	"strconv"
	"sync/atomic"
	"testing"

	"evenkeel/objective"
	"evenkeel/search"
)

// faulty is a store with some of its methods replaced.
type faulty struct {
	*Memory
	load      func([]search.Record) []search.Record
	append    func(search.Step) search.Step
	finish    func(*Memory, search.Outcome, []objective.Arm) error
	reference func(*Memory, int, objective.Round) error
	offsets   func(*Memory, search.Offsets) error
	screened  func(*Memory, []int)
}

func (f faulty) Load(ctx context.Context) ([]search.Record, error) {
	list, err := f.Memory.Load(ctx)
	if f.load != nil {
		list = f.load(list)
	}
	return list, err
}

func (f faulty) Append(ctx context.Context, s search.Step) error {
	if f.append != nil {
		s = f.append(s)
	}
	return f.Memory.Append(ctx, s)
}

func (f faulty) Finish(ctx context.Context, o search.Outcome, arms []objective.Arm) error {
	if f.finish != nil {
		return f.finish(f.Memory, o, arms)
	}
	return f.Memory.Finish(ctx, o, arms)
}

func (f faulty) Reference(ctx context.Context, replicate int, seed int64, r objective.Round) error {
	if f.reference != nil {
		return f.reference(f.Memory, replicate, r)
	}
	return f.Memory.Reference(ctx, replicate, seed, r)
}

func (f faulty) Offsets(ctx context.Context, o search.Offsets) error {
	if f.offsets != nil {
		return f.offsets(f.Memory, o)
	}
	return f.Memory.Offsets(ctx, o)
}

func (f faulty) SetScreenSeeds(ctx context.Context, seeds []int) error {
	if f.screened != nil {
		f.screened(f.Memory, seeds)
		return nil
	}
	return f.Memory.SetScreenSeeds(ctx, seeds)
}

// loading is a store that loads other records than it holds.
func loading(change func([]search.Record) []search.Record) func() faulty {
	return func() faulty { return faulty{load: change} }
}

// eachRound is a store that loads other rounds than it holds.
func eachRound(change func(*objective.Round)) func() faulty {
	return loading(func(list []search.Record) []search.Record {
		for i, r := range list {
			if r.Outcome == nil {
				continue
			}
			o := *r.Outcome
			o.Replicates = slices.Clone(o.Replicates)
			for j := range o.Replicates {
				rounds := slices.Clone(o.Replicates[j].Rounds)
				for k := range rounds {
					change(&rounds[k])
				}
				o.Replicates[j].Rounds = rounds
			}
			list[i].Outcome = &o
		}
		return list
	})
}

// eachOutcome is a store that loads other outcomes than it holds.
func eachOutcome(change func(*search.Outcome)) func() faulty {
	return loading(func(list []search.Record) []search.Record {
		for i, r := range list {
			if r.Outcome != nil {
				o := *r.Outcome
				change(&o)
				list[i].Outcome = &o
			}
		}
		return list
	})
}

// bad are stores with one fault each, and the check that must find it.
var bad = []struct {
	name, check string
	store       func() faulty
}{
	{"begins with a step", "new", loading(func(list []search.Record) []search.Record {
		if len(list) == 0 {
			list = recorded([]search.Step{newTrial(1, 0)})
		}
		return list
	})},
	{"sorts numbers as text", "steps", loading(func(list []search.Record) []search.Record {
		slices.SortFunc(list, func(a, b search.Record) int {
			return cmp.Compare(strconv.Itoa(a.Step.Number), strconv.Itoa(b.Step.Number))
		})
		return list
	})},
	{"forgets what a step was conditioned on", "steps", func() faulty {
		return faulty{append: func(s search.Step) search.Step { s.Conditioned = 0; return s }}
	}},
	{"forgets that nothing could be predicted", "steps", func() faulty {
		return faulty{append: func(s search.Step) search.Step {
			if s.Predicted != nil && s.Predicted.Round == 0 {
				s.Predicted = nil
			}
			return s
		}}
	}},
	{"rounds a prediction", "steps", func() faulty {
		return faulty{append: func(s search.Step) search.Step {
			if s.Predicted != nil {
				s.Predicted = &search.Prediction{Difference: math.Round(1e9*s.Predicted.Difference) / 1e9, Round: s.Predicted.Round}
			}
			return s
		}}
	}},
	{"loads the last steps alone", "steps", loading(func(list []search.Record) []search.Record { return list[max(0, len(list)-10):] })},
	{"keeps single precision", "outcomes", eachRound(func(r *objective.Round) { r.Accuracy = float64(float32(r.Accuracy)) })},
	{"writes infinity as a large number", "outcomes", eachRound(func(r *objective.Round) {
		r.Raw = slices.Clone(r.Raw)
		for i, v := range r.Raw {
			if math.IsInf(v, 0) {
				r.Raw[i] = math.MaxFloat64
			}
		}
	})},
	{"forgets a solved parameter", "outcomes", eachRound(func(r *objective.Round) { r.Solved = nil })},
	{"forgets the fallback", "outcomes", eachRound(func(r *objective.Round) { r.Fallback = false })},
	{"forgets the noise of the images", "outcomes", eachRound(func(r *objective.Round) { r.BalancedVariance = 0 })},
	{"loses the reason of a failure", "outcomes", eachOutcome(func(o *search.Outcome) {
		if o.Err != "" {
			o.Err = "failed"
		}
	})},
	{"forgets the time", "outcomes", eachOutcome(func(o *search.Outcome) { o.Seconds = 0 })},
	{"orders replicates by number", "outcomes", eachOutcome(func(o *search.Outcome) {
		o.Replicates = slices.Clone(o.Replicates)
		slices.SortFunc(o.Replicates, func(a, b objective.Replicate) int { return cmp.Compare(a.Replicate, b.Replicate) })
	})},
	{"joins all replicates of a trial", "outcomes", loading(func(list []search.Record) []search.Record {
		all := make(map[int][]objective.Replicate)
		for i, r := range list {
			if r.Outcome != nil {
				all[r.Step.Trial] = append(all[r.Step.Trial], r.Outcome.Replicates...)
				o := *r.Outcome
				o.Replicates = all[r.Step.Trial]
				list[i].Outcome = &o
			}
		}
		return list
	})},
	{"takes outcomes in the order of the steps", "open steps", func() faulty {
		return faulty{finish: func(m *Memory, o search.Outcome, _ []objective.Arm) error {
			for i := range m.Records {
				if m.Records[i].Outcome == nil {
					m.Records[i].Outcome = &o
					return nil
				}
			}
			return nil
		}}
	}},
	{"closes the steps before one that ends", "open steps", func() faulty {
		return faulty{finish: func(m *Memory, o search.Outcome, arms []objective.Arm) error {
			for n := 1; n < o.Step; n++ {
				_ = m.Finish(context.Background(), search.Outcome{Step: n, Err: "lost"}, nil)
			}
			return m.Finish(context.Background(), o, arms)
		}}
	}},
	{"keeps the last outcome", "first outcome", func() faulty {
		return faulty{finish: func(m *Memory, o search.Outcome, _ []objective.Arm) error {
			m.Records[o.Step-1].Outcome = &o
			return nil
		}}
	}},
	{"gives its own records away", "copies", func() faulty {
		f := faulty{Memory: NewMemory()}
		f.load = func([]search.Record) []search.Record { return f.Records }
		return f
	}},
	{"sorts the replicates that it is given", "arguments", func() faulty {
		return faulty{finish: func(m *Memory, o search.Outcome, arms []objective.Arm) error {
			slices.SortFunc(o.Replicates, func(a, b objective.Replicate) int { return cmp.Compare(a.Replicate, b.Replicate) })
			return m.Finish(context.Background(), o, arms)
		}}
	}},
	{"ranks the arms in place", "arguments", func() faulty {
		return faulty{finish: func(m *Memory, o search.Outcome, arms []objective.Arm) error {
			slices.SortFunc(arms, func(a, b objective.Arm) int { return cmp.Compare(a.Difference, b.Difference) })
			return m.Finish(context.Background(), o, arms)
		}}
	}},
	{"clears the prediction", "arguments", func() faulty {
		return faulty{append: func(s search.Step) search.Step {
			if s.Predicted != nil {
				own := *s.Predicted
				*s.Predicted, s.Predicted = search.Prediction{}, &own
			}
			return s
		}}
	}},
	{"refuses offsets that are there", "beside steps", func() faulty {
		return faulty{offsets: func(m *Memory, o search.Offsets) error {
			if _, ok := m.Fitted[o.Replicate]; ok {
				return errors.New("constraint failed")
			}
			return m.Offsets(context.Background(), o)
		}}
	}},
	{"counts a reference as a step", "beside steps", func() faulty {
		return faulty{reference: func(m *Memory, _ int, _ objective.Round) error {
			m.Records = append(m.Records, search.Record{Step: newTrial(len(m.Records)+1, 0)})
			return nil
		}}
	}},
	{"keeps the last screen seeds", "screen seeds", func() faulty {
		return faulty{screened: func(m *Memory, seeds []int) { m.screened = seeds }}
	}},
	{"orders screen seeds", "screen seeds", func() faulty {
		return faulty{screened: func(m *Memory, seeds []int) {
			_ = m.SetScreenSeeds(context.Background(), slices.Sorted(slices.Values(seeds)))
		}}
	}},
	{"is busy for the second of two", "side by side", func() faulty {
		var calls atomic.Int64
		second := make(chan struct{})
		return faulty{reference: func(*Memory, int, objective.Round) error {
			switch calls.Add(1) {
			case 1:
				<-second // so that it meets another one in any case
			case 2:
				close(second)
				return errors.New("database is locked")
			}
			return nil
		}}
	}},
}

// TestMemoryPasses runs the suite on a store without fault.
func TestMemoryPasses(t *testing.T) {
	Run(t, func(testing.TB) Opened {
		m := NewMemory()
		return Opened{Store: m, Reopen: func() (search.Store, error) { return m, nil }}
	})
}

// TestBadAreFound checks that the suite finds each fault by the check that is for it.
func TestBadAreFound(t *testing.T) {
	for _, b := range bad {
		t.Run(b.name, func(t *testing.T) {
			if err := find(t, b.check, func(testing.TB) Opened {
				f := b.store()
				if f.Memory == nil {
					f.Memory = NewMemory()
				}
				return Opened{Store: f}
			}); err == nil {
				t.Errorf("the check %q does not find it", b.check)
			}
		})
	}
}

// TestForgettingIsFound: stores that lose something when they are opened again.
func TestForgettingIsFound(t *testing.T) {
	for name, forget := range map[string]func(m *Memory) (search.Store, error){
		"everything":     func(*Memory) (search.Store, error) { return NewMemory(), nil },
		"open steps":     func(m *Memory) (search.Store, error) { m.Records = m.Records[:2]; return m, nil },
		"screen seeds":   func(m *Memory) (search.Store, error) { m.screened = nil; return m, nil },
		"runs":           func(m *Memory) (search.Store, error) { m.Memory = NewMemory().Memory; return m, nil },
		"how to be open": func(*Memory) (search.Store, error) { return nil, errors.New("locked") },
	} {
		if err := find(t, "reopened", func(testing.TB) Opened {
			m := NewMemory()
			return Opened{Store: m, Reopen: func() (search.Store, error) { return forget(m) }}
		}); err == nil {
			t.Errorf("a store that forgets %s is not found", name)
		}
	}
}

// find runs one check.
func find(t *testing.T, check string, open Open) error {
	t.Helper()
	for _, c := range checks {
		if c.name == check {
			return c.of(t, open)
		}
	}
	t.Fatalf("there is no check %q", check)
	return nil
}
