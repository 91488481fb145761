package storetest

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"sync"
	"testing"

	"evenkeel/objective/evidence/posthoc"
	"evenkeel/search"
)

// empty checks that a new store has nothing in it.
func empty(t testing.TB, open Open) error {
	s := open(t).Store
	return errors.Join(screenedFrom(t.Context(), s, nil), loads(t.Context(), s, nil), s.Flush(t.Context()))
}

// steps checks that steps are loaded as they were appended, in the order of their
// numbers, without waiting for anything.
func steps(t testing.TB, open Open) error {
	s := open(t).Store
	if err := appendAll(t.Context(), s, twelve()...); err != nil {
		return err
	}
	return loads(t.Context(), s, recorded(twelve()))
}

// outcomes checks that outcomes are loaded as they were recorded, numbers to the bit
// and NaN included, and that each step keeps its own replicates.
func outcomes(t testing.TB, open Open) error {
	s, list := open(t).Store, []search.Step{newTrial(1, 0, 1), newTrial(2, 0), moreSeeds(3, 1, 2), newTrial(4, 1, 0)}
	want := recorded(list)
	for i, step := range list {
		if err := appendAll(t.Context(), s, step); err != nil {
			return err
		}
		if step.Number == 2 {
			o := search.Outcome{Step: 2, Err: "epoch 3: the loss is NaN", Seconds: 2.5}
			if err := s.Finish(t.Context(), o, nil); err != nil {
				return err
			}
			want[i].Outcome = &o
			continue
		}
		o, err := finish(t.Context(), s, step)
		if err != nil {
			return err
		}
		want[i].Outcome = &o
	}
	return loads(t.Context(), s, want)
}

// openSteps checks that steps may end in any order, and that those that did not are open.
func openSteps(t testing.TB, open Open) error {
	s, list := open(t).Store, twelve()
	want := recorded(list)
	if err := appendAll(t.Context(), s, list...); err != nil {
		return err
	}
	for _, n := range []int{4, 2, 12, 3} {
		o, err := finish(t.Context(), s, list[n-1])
		if err != nil {
			return err
		}
		want[n-1].Outcome = &o
		if err := loads(t.Context(), s, want); err != nil {
			return fmt.Errorf("after step %d ended: %w", n, err)
		}
	}
	return nil
}

// firstOutcome checks that a second outcome of a step, which may be an error, changes
// nothing.
func firstOutcome(t testing.TB, open Open) error {
	s, step := open(t).Store, newTrial(1, 0)
	if err := appendAll(t.Context(), s, step); err != nil {
		return err
	}
	o, err := finish(t.Context(), s, step)
	if err != nil {
		return err
	}
	_ = s.Finish(t.Context(), search.Outcome{Step: 1, Err: "a second end", Seconds: 9}, nil)
	return loads(t.Context(), s, []search.Record{{Step: step, Outcome: &o}})
}

// copies checks that records that were loaded are the caller's.
func copies(t testing.TB, open Open) error {
	s := open(t).Store
	if err := appendAll(t.Context(), s, newTrial(1, 0), newTrial(2, 0)); err != nil {
		return err
	}
	got, err := s.Load(t.Context())
	if err != nil {
		return err
	}
	for i := range got {
		got[i].Outcome = &search.Outcome{Step: i + 1, Err: "of the caller"}
		got[i].Step.Trial = 99
	}
	return loads(t.Context(), s, recorded([]search.Step{newTrial(1, 0), newTrial(2, 0)}))
}

// arguments checks that what is recorded is not changed.
func arguments(t testing.TB, open Open) error {
	s, step := open(t).Store, newTrial(1, 3, 0)
	step.Predicted = &search.Prediction{Difference: -0.01, Round: 1, Candidates: 64}
	same := newTrial(1, 3, 0)
	same.Predicted = &search.Prediction{Difference: -0.01, Round: 1, Candidates: 64}
	if err := appendAll(t.Context(), s, step); err != nil {
		return err
	}
	o, err := measured(t.Context(), s, step)
	if err != nil {
		return err
	}
	before := o
	before.Replicates = slices.Clone(o.Replicates)
	given := arms(2)
	if err := s.Finish(t.Context(), o, given); err != nil {
		return err
	}
	if err := s.Flush(t.Context()); err != nil {
		return err
	}
	if !slices.Equal(given, arms(2)) {
		return fmt.Errorf("the arms were changed to %+v", given)
	}
	return difference([]search.Record{{Step: same, Outcome: &before}}, []search.Record{{Step: step, Outcome: &o}})
}

// besideSteps checks that the reference, offsets and transmission may be recorded, and
// recorded again, and that no step changes by it.
func besideSteps(t testing.TB, open Open) error {
	s := open(t).Store
	if err := appendAll(t.Context(), s, newTrial(1, 0)); err != nil {
		return err
	}
	for _, sent := range []posthoc.Transmission{{Tau: 0.8, SE: math.NaN(), Effects: 1}, {Tau: 0.7, SE: 0.1, Effects: 2}} {
		if err := errors.Join(reference(t.Context(), s, 0), s.Transmission(t.Context(), sent), s.Flush(t.Context())); err != nil {
			return err
		}
	}
	return loads(t.Context(), s, recorded([]search.Step{newTrial(1, 0)}))
}

// reference records the reference and its fitted offsets on one seed.
func reference(ctx context.Context, s search.Store, replicate int) error {
	r, err := round(ctx, s, 0, replicate, 0)
	if err != nil {
		return err
	}
	offsets := search.Offsets{Replicate: replicate, Values: []float64{0.1, -0.1, 0.2, -0.2}, Val: r.Val, Spread: 0.05, Difference: -0.02, Drop: 0.001}
	if err := s.Reference(ctx, replicate, int64(1000+replicate), r); err != nil {
		return fmt.Errorf("Reference: %w", err)
	}
	if err := s.Offsets(ctx, offsets); err != nil {
		return fmt.Errorf("Offsets: %w", err)
	}
	return nil
}

// screenSeeds checks that they are recorded once.
func screenSeeds(t testing.TB, open Open) error {
	s := open(t).Store
	for _, seeds := range [][]int{{2, 0, 5}, {1}} {
		if err := errors.Join(s.SetScreenSeeds(t.Context(), seeds), s.Flush(t.Context())); err != nil {
			return err
		}
		if err := screenedFrom(t.Context(), s, []int{2, 0, 5}); err != nil { // those that were set first
			return fmt.Errorf("after %v were set: %w", seeds, err)
		}
	}
	return nil
}

// screenedFrom checks the seeds of the reference that points are predicted from.
func screenedFrom(ctx context.Context, s search.Store, want []int) error {
	got, err := s.ScreenSeeds(ctx)
	if err == nil && !slices.Equal(got, want) {
		err = fmt.Errorf("screen seeds %v; want %v", got, want)
	}
	return err
}

// sideBySide checks that goroutines may record at once, as the steps of a driver do.
func sideBySide(t testing.TB, open Open) error {
	s, list := open(t).Store, twelve()[:8]
	if err := appendAll(t.Context(), s, list...); err != nil {
		return err
	}
	want, faults := recorded(list), make([]error, len(list))
	var wg sync.WaitGroup
	for i, step := range list {
		wg.Go(func() {
			o, err := search.Outcome{}, reference(t.Context(), s, i%2)
			if err == nil {
				o, err = finish(t.Context(), s, step)
			}
			want[i].Outcome, faults[i] = &o, err
		})
	}
	wg.Wait()
	if err := errors.Join(faults...); err != nil {
		return err
	}
	return loads(t.Context(), s, want)
}

// reopened checks that everything is there after another process opened the study.
func reopened(t testing.TB, open Open) error {
	opened := open(t)
	if opened.Reopen == nil {
		return nil
	}
	s, list := opened.Store, twelve()
	want := recorded(list)
	if err := errors.Join(appendAll(t.Context(), s, list...), s.SetScreenSeeds(t.Context(), []int{1, 0})); err != nil {
		return err
	}
	o, err := finish(t.Context(), s, list[1])
	if err := errors.Join(err, s.Flush(t.Context())); err != nil {
		return err
	}
	want[1].Outcome = &o
	again, err := opened.Reopen()
	if err != nil {
		return fmt.Errorf("opening it again: %w", err)
	}
	if err := screenedFrom(t.Context(), again, []int{1, 0}); err != nil {
		return err
	}
	run := o.Replicates[0].Rounds[0].Run
	if _, found, err := again.Find(t.Context(), run); err != nil {
		return err
	} else if !found {
		return fmt.Errorf("run %s is not found", run)
	}
	if err := loads(t.Context(), again, want); err != nil {
		return err
	}
	last, err := finish(t.Context(), again, list[0]) // and it goes on
	want[0].Outcome = &last
	return errors.Join(err, loads(t.Context(), again, want))
}
