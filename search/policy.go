package search

import (
	"errors"
	"fmt"

	"evenkeel/objective/evidence/posthoc"
)

// errDrain says that the next step can only be decided when every step before
// it has an outcome; errDone that there is no next step.
var (
	errDrain = errors.New("the decision needs every outcome")
	errDone  = errors.New("the budget is spent")
)

// Policy decides the steps of a study. It is a pure function: the same
// definition and the same prefix give the same step. The machine, the workers and
// the order of completion that produced the prefix do not matter.
//
// First every trial is made and evaluated on Replicates seeds. Then, if Racing,
// more seeds go to the contenders in two rungs: the best third of the trials to
// [rungSeeds] seeds, the best [finalists] of those to MaxReplicates. A rung
// starts when the one before has all its outcomes, and ranks by the seeds of
// the one before, so that every comparison is between equals.
//
// A trial that was declared invalid counts as made, and is neither learned from
// nor given more seeds; its place in a rung goes to the next one.
//
// With a Screen, a new trial's point is the one of many suggestions that is
// predicted to lead, as long as training is seen to bring what is predicted.
// The screen is as much a function of the definition as the sampler is: it knows
// the reference's runs, which the definition determines.
type Policy struct {
	Definition *Definition
	Sampler    Sampler
	// Screen may be nil: every suggestion is taken as it is.
	Screen *Screen

	known view
	// judged is what the last decision on a point knew of the screen.
	judged posthoc.Transmission
}

const (
	// rungSeeds and finalists follow the usual successive halving on seeds: all
	// on few, a third on three, three on the most. Our choice; see docs/decisions/0006.
	rungSeeds = 3
	finalists = 3
)

// Next returns step number len(steps)+1, made from the outcomes of the steps up
// to conditioned. Outcomes of later steps are not used: their steps count
// as pending.
func (p *Policy) Next(steps []Record, conditioned int) (Step, error) {
	v := &p.known
	v.advance(steps, conditioned, p.Definition.Objective)
	step := Step{Number: len(steps) + 1, Conditioned: conditioned}
	if len(v.trials) < p.Definition.Search.Trials {
		step.Kind, step.Trial = NewTrial, len(v.trials)+1
		step.Replicates = interval(0, p.Definition.Search.Replicates)
		var err error
		step.Point, step.Predicted, err = p.suggest(v, step.Trial)
		return step, err
	}
	return p.race(v, step)
}

// suggest returns the point of a trial: the sampler's, or the one of many
// suggestions that the screen prefers. Generators depend on the trial's number and
// not on the step's, so that steps that add seeds do not change what later trials
// draw; the screen's first candidate is what would be taken without it.
func (p *Policy) suggest(v *view, trial int) (Point, *Prediction, error) {
	history := v.observations(p.Definition.Objective)
	draw := func(candidate int) (Point, error) {
		purpose := "suggest"
		if candidate > 0 {
			purpose = fmt.Sprintf("screen %d", candidate)
		}
		point, err := p.Sampler.Suggest(p.Definition.Space, history, Rand(p.Definition.Search.Seed, trial, purpose))
		if err == nil {
			err = p.Definition.Space.Contains(point)
		}
		if err != nil {
			return nil, fmt.Errorf("sampler %s, trial %d: %w", p.Sampler.Name(), trial, err)
		}
		return point, nil
	}
	if p.Screen != nil {
		screens, t, err := p.Screen.on(v.trials)
		if err != nil {
			return nil, nil, err
		}
		p.judged = t
		if screens {
			return p.Screen.choose(v.trials, draw)
		}
	}
	point, err := draw(0)
	return point, nil, err
}

// rung is a stage of the race: a number of trials, and the seeds that each of them gets.
type rung struct{ size, seeds int }

// rungs returns the stages of the race among a number of trials, each with more
// seeds than the one before; none without racing.
func (c Config) rungs(trials int) []rung {
	var list []rung
	seeds := c.Replicates
	for _, r := range []rung{
		{(trials + 2) / 3, min(rungSeeds, c.MaxReplicates)},
		{finalists, c.MaxReplicates},
	} {
		if c.Racing && r.seeds > seeds {
			list = append(list, r)
			seeds = r.seeds
		}
	}
	return list
}

// Evaluations returns how many times a trial is evaluated on a seed until the
// study is complete, if no trial fails.
func (c Config) Evaluations() int {
	n, members, seeds := c.Trials*c.Replicates, c.Trials, c.Replicates
	for _, r := range c.rungs(c.Trials) {
		members = min(members, r.size)
		n += members * (r.seeds - seeds)
		seeds = r.seeds
	}
	return n
}

// race returns the next step that gives a contender more seeds.
func (p *Policy) race(v *view, step Step) (Step, error) {
	c := p.Definition.Search
	members, seeds := v.valid(), c.Replicates
	for _, rung := range c.rungs(len(members)) {
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
