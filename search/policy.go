package search

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"

	"evenkeel/objective"
)

// errDrain says that the next step can only be decided when every step before
// it has an outcome; errDone that there is no next step.
var (
	errDrain = errors.New("the decision needs every outcome")
	errDone  = errors.New("the budget is spent")
)

// Policy decides the steps of a study. It is a pure function: the same
// definition and the same prefix give the same step, whatever machine, worker
// or order of completion produced the prefix.
//
// First every trial is made and evaluated on Replicates seeds. Then, if Racing,
// more seeds go to the contenders in two rungs: the best third of the trials to
// [rungSeeds] seeds, the best [finalists] of those to MaxReplicates. A rung
// starts when the one before has all its outcomes, and ranks by the seeds of
// the one before, so that every comparison is between equals.
type Policy struct {
	Definition *Definition
	Sampler    Sampler

	// memo keeps the arms of a trial for the number of seeds they are over.
	memo map[int]memo
}

// memo is a trial's arms over its first seeds.
type memo struct {
	seeds int
	arms  []objective.Arm
}

const (
	// rungSeeds and finalists follow the usual successive halving on seeds: all
	// on few, a third on three, three on the most. Our choice; see ARCHITECTURE.md.
	rungSeeds = 3
	finalists = 3
)

// Next returns step number len(steps)+1, made from the outcomes of the steps up
// to conditioned. Outcomes of later steps are not looked at: their steps count
// as pending.
func (p *Policy) Next(steps []Record, conditioned int) (Step, error) {
	view := newView(steps, conditioned)
	step := Step{Number: len(steps) + 1, Conditioned: conditioned}
	if len(view.trials) < p.Definition.Search.Trials {
		step.Kind, step.Trial = NewTrial, len(view.trials)+1
		step.Replicates = interval(0, p.Definition.Search.Replicates)
		point, err := p.suggest(view, step.Trial)
		step.Point = point
		return step, err
	}
	return p.race(view, step)
}

// suggest asks the sampler for the point of a trial. The generator depends on
// the trial's number and not on the step's, so that a longer study continues
// the sequence of a shorter one.
func (p *Policy) suggest(v *view, trial int) (Point, error) {
	rng := Rand(p.Definition.Search.Seed, trial, "suggest")
	point, err := p.Sampler.Suggest(p.Definition.Space, p.observations(v), rng)
	if err != nil {
		return nil, fmt.Errorf("sampler %s, trial %d: %w", p.Sampler.Name(), trial, err)
	}
	if err := p.Definition.Space.Contains(point); err != nil {
		return nil, fmt.Errorf("sampler %s, trial %d: %w", p.Sampler.Name(), trial, err)
	}
	return point, nil
}

// race returns the next step that gives a contender more seeds.
func (p *Policy) race(v *view, step Step) (Step, error) {
	c := p.Definition.Search
	if !c.Racing {
		return step, errDone
	}
	members, seeds := v.numbers(), c.Replicates
	for _, rung := range []struct{ size, seeds int }{
		{(len(members) + 2) / 3, min(rungSeeds, c.MaxReplicates)},
		{finalists, c.MaxReplicates},
	} {
		if rung.seeds <= seeds {
			continue
		}
		if !v.known(members, seeds) {
			return step, errDrain
		}
		members = v.best(p.Definition.Objective, members, seeds, rung.size)
		for _, number := range members {
			if have := v.trials[number-1].promised; have < rung.seeds {
				step.Kind, step.Trial = MoreSeeds, number
				step.Replicates = interval(have, rung.seeds)
				return step, nil
			}
		}
		seeds = rung.seeds
	}
	return step, errDone
}

// interval returns lo, lo+1, ..., hi-1.
func interval(lo, hi int) []int {
	x := make([]int, 0, hi-lo)
	for i := lo; i < hi; i++ {
		x = append(x, i)
	}
	return x
}

// view is what a decision may know: every step that was made, and the outcomes
// up to a certain one.
type view struct {
	trials []trialView
}

// trialView is one trial as far as it is known.
type trialView struct {
	point Point
	// promised is the number of seeds that steps have asked for, measured the
	// replicates whose outcome is known.
	promised int
	measured []objective.Replicate
	failed   bool
}

// newView gathers the trials of a prefix.
func newView(steps []Record, conditioned int) *view {
	v := &view{}
	for i, r := range steps {
		if r.Step.Kind == NewTrial {
			v.trials = append(v.trials, trialView{point: r.Step.Point})
		}
		t := &v.trials[r.Step.Trial-1]
		t.promised += len(r.Step.Replicates)
		if i >= conditioned || r.Outcome == nil {
			continue
		}
		t.failed = t.failed || r.Outcome.Err != ""
		t.measured = append(t.measured, r.Outcome.Replicates...)
	}
	return v
}

// numbers returns all trial numbers.
func (v *view) numbers() []int { return interval(1, len(v.trials)+1) }

// known reports whether the given trials are known on their first seeds, or to
// have failed.
func (v *view) known(trials []int, seeds int) bool {
	for _, n := range trials {
		if t := v.trials[n-1]; !t.failed && len(t.measured) < min(seeds, t.promised) {
			return false
		}
	}
	return true
}

// best returns the best trials, ranked by their best arm on the first seeds;
// failed trials are left out. If none of them has an arm that holds the
// accuracy tolerance, the best trial that has one takes the last place.
func (v *view) best(score objective.Score, trials []int, seeds, size int) []int {
	type contender struct {
		number int
		value  float64 // of the best arm
		holds  bool    // whether some arm holds the tolerance
		safe   float64 // of the best arm that does
	}
	var all []contender
	for _, n := range trials {
		t := v.trials[n-1]
		if t.failed || len(t.measured) < seeds {
			continue
		}
		c := contender{number: n}
		for i, arm := range score.Arms(t.measured[:seeds]) {
			if i == 0 || arm.Difference < c.value {
				c.value = arm.Difference
			}
			if arm.Holds && (!c.holds || arm.Difference < c.safe) {
				c.holds, c.safe = true, arm.Difference
			}
		}
		all = append(all, c)
	}
	slices.SortStableFunc(all, func(a, b contender) int { return cmp.Compare(a.value, b.value) })
	top := all[:min(size, len(all))]
	if !slices.ContainsFunc(top, func(c contender) bool { return c.holds }) {
		at := -1
		for i, c := range all {
			if c.holds && (at < 0 || c.safe < all[at].safe) {
				at = i
			}
		}
		if at >= 0 {
			top[len(top)-1] = all[at]
		}
	}
	numbers := make([]int, len(top))
	for i, c := range top {
		numbers[i] = c.number
	}
	return numbers
}

// observations returns what a sampler may learn from: one observation per arm,
// each of weight 1/rounds, and one pending or failed observation for a trial
// without arms.
func (p *Policy) observations(v *view) []Observation {
	obs := make([]Observation, 0, 2*len(v.trials))
	for i, t := range v.trials {
		switch {
		case t.failed:
			obs = append(obs, Observation{Point: t.point, Value: math.NaN(), State: ObservedFailed, Weight: 1})
		case len(t.measured) == 0:
			obs = append(obs, Observation{Point: t.point, Value: math.NaN(), State: ObservedPending, Weight: 1})
		default:
			arms := p.arms(i+1, t.measured)
			for _, a := range arms {
				obs = append(obs, Observation{
					Point: t.point, Round: a.Round, Value: a.Difference, State: ObservedComplete, Weight: 1 / float64(len(arms)),
				})
			}
		}
	}
	return obs
}

// arms returns a trial's arms, computed once per number of seeds: outcomes are
// final, so the same seeds always give the same arms.
func (p *Policy) arms(trial int, measured []objective.Replicate) []objective.Arm {
	if m, ok := p.memo[trial]; ok && m.seeds == len(measured) {
		return m.arms
	}
	if p.memo == nil {
		p.memo = make(map[int]memo)
	}
	m := memo{seeds: len(measured), arms: p.Definition.Objective.Arms(measured)}
	p.memo[trial] = m
	return m.arms
}
