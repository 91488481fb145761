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
// New trials are made, each on Replicates seeds. If Racing, there is a race when 2, 4, 8, ...
// trials are known: at most three trials that may lead get further seeds, before other
// trials are made. So a search that ends early has a leader that was measured. A race does
// not wait for trials under way; only the last one, when all trials are made, needs every
// outcome, and it is repeated until no arm that may lead lacks seeds.
//
// A trial that was declared invalid counts as made, and is neither learned from
// nor given more seeds. What races before that decided stays as it is recorded, and what
// they would decide without the trial comes next.
//
// Where the space has counted points, each is made once, and what is left of the budget
// goes to further seeds of the best trials.
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
	// races is what the races before the first replayed steps decided.
	races    races
	replayed int
	// trials is the number of trials that the study makes, 0 if nothing bounds it, points
	// are those of a space that has counted ones; both hold once the policy is begun.
	trials int
	points []enumerated
	begun  bool
	// judged is what the last decision on a point knew of the screen.
	judged posthoc.Transmission
}

// Next returns step number len(steps)+1, made from the outcomes of the steps up
// to conditioned. Outcomes of later steps are not used: their steps count
// as pending.
func (p *Policy) Next(steps []Record, conditioned int) (Step, error) {
	p.begin()
	score, config := p.Definition.Objective, p.Definition.Search
	v := &p.known
	if len(steps) < p.replayed {
		p.races, p.replayed = races{}, 0
	}
	for ; p.replayed < len(steps); p.replayed++ {
		v.advance(steps[:p.replayed], steps[p.replayed].Step.Conditioned, score)
		p.races.decide(v, score, config, p.trials)
	}
	v.advance(steps, conditioned, score)
	// What is decided for a step holds for the later ones only once the step is recorded.
	now := p.races
	now.decide(v, score, config, p.trials)
	step := Step{Number: len(steps) + 1, Conditioned: conditioned}
	if g, ok := now.next(v); ok {
		step.Kind, step.Trial = MoreSeeds, g.trial
		step.Replicates = interval(v.trials[g.trial-1].promised, g.seeds)
		return step, nil
	}
	if p.trials == 0 || len(v.trials) < p.trials {
		step.Kind, step.Trial = NewTrial, len(v.trials)+1
		step.Replicates = interval(0, config.Replicates)
		var err error
		step.Point, step.Predicted, err = p.suggest(v, step.Trial)
		return step, err
	}
	if config.Racing && v.conditioned < v.steps {
		return step, errDrain
	}
	return step, errDone
}

// begin looks at the space once.
func (p *Policy) begin() {
	if !p.begun {
		p.begun, p.trials, p.points = true, p.Definition.MostTrials(), p.Definition.Space.enumerate()
	}
}

// suggest returns the point of a trial: the sampler's, or the one of many
// suggestions that the screen prefers. Generators depend on the trial's number and
// not on the step's, so that steps that add seeds do not change what later trials
// draw; the screen's first candidate is what would be taken without it. Where the space has
// counted points, one that was made already is replaced by one that was not.
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
		if p.points != nil && v.made[point.key()] {
			point = v.free(p.points, Rand(p.Definition.Search.Seed, trial, "free "+purpose))
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
			return p.Screen.choose(v.trials, draw, func(point Point) bool { return p.points == nil || !v.made[point.key()] })
		}
	}
	point, err := draw(0)
	return point, nil, err
}

// interval returns lo, lo+1, ..., hi-1.
func interval(lo, hi int) []int {
	x := make([]int, 0, hi-lo)
	for i := lo; i < hi; i++ {
		x = append(x, i)
	}
	return x
}
