package search

import (
	"math"

	"evenkeel/objective"
)

// view is what a decision may know: every step that was made, and the outcomes
// up to a certain one. It is brought forward from decision to decision, so that
// a decision costs the same in a long study as in a short one; what it holds
// depends on the prefix alone.
type view struct {
	trials []trialView
	// made are the points of all trials, by their keys.
	made map[string]bool
	// lastSeeds is the last step that gave further seeds, further the number of seeds that
	// such steps gave.
	lastSeeds, further int
	// steps and conditioned are the prefix that it holds.
	steps, conditioned int
	// flat are the observations of all trials in their order; those of trial i
	// start at starts[i]. They are right for the first fresh trials.
	flat   []Observation
	starts []int
	fresh  int
	// seen are the arms that they are made of.
	seen originals
	// common is the standard error of lost accuracy that observations are charged at, that
	// of the first trial with arms; 0 before there is one.
	common float64
}

// trialView is one trial as far as it is known.
type trialView struct {
	// step is the number of the step that made it.
	step  int
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
	return trialView{step: r.Step.Number, point: r.Step.Point, screened: r.Step.Predicted != nil, invalid: r.Invalid != ""}
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
			if v.made == nil {
				v.made = make(map[string]bool)
			}
			v.made[step.Point.key()] = true
		} else {
			v.lastSeeds = step.Number
			v.further += len(step.Replicates)
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

// observations returns what a sampler may learn from: one observation per arm,
// each of weight 1/rounds, and one pending or failed observation for a trial
// without arms. Invalid trials give none, and neither does an arm that is a copy of one
// of the same trial or an earlier one. Values are scores with the charge at one common
// standard error of the lost accuracy, so that they do not change with the number of seeds.
func (v *view) observations(score objective.Score) []Observation {
	if v.seen == nil {
		v.seen = make(originals)
	}
	for n := len(v.starts); n > v.fresh; n-- {
		v.seen.forget(v, n)
	}
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
				if !v.seen.add(v, armKey{v.fresh + 1, a.Round}) {
					continue
				}
				v.flat = append(v.flat, Observation{
					Point: t.point, Round: a.Round, Value: a.Change + score.Charge(a.Drop, v.common), State: ObservedComplete, Weight: 1 / float64(len(t.arms)),
				})
			}
		}
	}
	return v.flat
}
