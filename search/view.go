package search

import (
	"cmp"
	"math"
	"slices"

	"evenkeel/objective"
)

// view is what a decision may know: every step that was made, and the outcomes
// up to a certain one. It is brought forward from decision to decision, so that
// a decision costs the same in a long study as in a short one; what it holds
// depends on the prefix alone.
type view struct {
	trials []trialView
	// steps and conditioned are the prefix that it holds.
	steps, conditioned int
	// flat are the observations of all trials in their order; those of trial i
	// start at starts[i]. They are right for the first fresh trials.
	flat   []Observation
	starts []int
	fresh  int
	// common is the standard error of lost accuracy that observations are charged at, that
	// of the first trial with arms; 0 before there is one.
	common float64
}

// trialView is one trial as far as it is known.
type trialView struct {
	point Point
	// screened says that a screen chose the point.
	screened bool
	// promised is the number of seeds that steps have asked for, measured the
	// replicates whose outcome is known, arms what they add up to.
	promised int
	measured []objective.Replicate
	arms     []objective.Arm
	// failed says that its first seeds failed, stuck that further ones did: it keeps
	// its arms on the seeds it has, and gets no more.
	failed, stuck bool
	// invalid trials count as made, and that is all: they are neither learned from
	// nor raced.
	invalid bool
}

// newTrialView returns the view of a trial of which only its step is known.
func newTrialView(r Record) trialView {
	return trialView{point: r.Step.Point, screened: r.Step.Predicted != nil, invalid: r.Invalid != ""}
}

// advance brings the view to a prefix. Steps are only ever appended and their
// first outcome is final, so it looks at what is new; an earlier prefix than
// the last one starts it over.
func (v *view) advance(steps []Record, conditioned int, score objective.Score) {
	if len(steps) < v.steps || conditioned < v.conditioned {
		*v = view{}
	}
	for ; v.steps < len(steps); v.steps++ {
		step := steps[v.steps].Step
		if step.Kind == NewTrial {
			v.trials = append(v.trials, newTrialView(steps[v.steps]))
		}
		v.trials[step.Trial-1].promised += len(step.Replicates)
	}
	for ; v.conditioned < conditioned; v.conditioned++ {
		record := steps[v.conditioned]
		t := &v.trials[record.Step.Trial-1]
		if record.Outcome.Err != "" {
			t.failed = t.failed || record.Step.Kind == NewTrial
			t.stuck = true
		}
		t.measured = append(t.measured, record.Outcome.Replicates...)
		t.arms = score.Arms(t.measured)
		v.fresh = min(v.fresh, record.Step.Trial-1)
	}
}

// valid returns the numbers of all trials that were not declared invalid.
func (v *view) valid() []int {
	return slices.DeleteFunc(interval(1, len(v.trials)+1), func(n int) bool { return v.trials[n-1].invalid })
}

// known reports whether the given trials are known on their first seeds, or to
// have failed there.
func (v *view) known(trials []int, seeds int) bool {
	for _, n := range trials {
		if t := v.trials[n-1]; !t.stuck && len(t.measured) < min(seeds, t.promised) {
			return false
		}
	}
	return true
}

// best returns the best trials, ranked by their best arm on the first seeds;
// failed trials are left out.
func (v *view) best(score objective.Score, trials []int, seeds, size int) []int {
	type contender struct {
		number int
		value  float64 // of the best arm
	}
	var all []contender
	for _, n := range trials {
		t := v.trials[n-1]
		if t.failed || len(t.measured) < seeds {
			continue // it failed there, if not before
		}
		c := contender{number: n}
		arms := score.Ranked(t.measured[:seeds])
		if i := objective.Best(arms); i >= 0 {
			c.value = arms[i].Difference
		}
		all = append(all, c)
	}
	slices.SortStableFunc(all, func(a, b contender) int { return cmp.Compare(a.value, b.value) })
	top := all[:min(size, len(all))]
	numbers := make([]int, len(top))
	for i, c := range top {
		numbers[i] = c.number
	}
	return numbers
}

// observations returns what a sampler may learn from: one observation per arm,
// each of weight 1/rounds, and one pending or failed observation for a trial
// without arms. Invalid trials give none. Values are scores with the charge at one common
// standard error of the lost accuracy, so that they do not change with the number of seeds.
func (v *view) observations(score objective.Score) []Observation {
	if v.fresh < len(v.starts) {
		v.flat, v.starts = v.flat[:v.starts[v.fresh]], v.starts[:v.fresh]
	}
	for ; v.fresh < len(v.trials); v.fresh++ {
		t := v.trials[v.fresh]
		v.starts = append(v.starts, len(v.flat))
		switch {
		case t.invalid:
		case t.failed:
			v.flat = append(v.flat, Observation{Point: t.point, Value: math.NaN(), State: ObservedFailed, Weight: 1})
		case len(t.arms) == 0:
			v.flat = append(v.flat, Observation{Point: t.point, Value: math.NaN(), State: ObservedPending, Weight: 1})
		default:
			if v.common == 0 {
				v.common = objective.CommonSE(t.measured[0].Reference)
			}
			for _, a := range t.arms {
				v.flat = append(v.flat, Observation{
					Point: t.point, Round: a.Round, Value: a.Change + score.Charge(a.Drop, v.common), State: ObservedComplete, Weight: 1 / float64(len(t.arms)),
				})
			}
		}
	}
	return v.flat
}
