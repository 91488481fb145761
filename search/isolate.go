package search

import (
	"context"
	"fmt"

	"evenkeel/objective"
)

// tolerated is after how many deaths of the program in a step its trainings get a process of
// their own. One may be a power cut or somebody's kill.
const tolerated = 2

// countDeaths reads how often the program died since anything was recorded, and says which
// trainings are isolated.
func (d *Driver) countDeaths(ctx context.Context) (err error) {
	if counter, ok := d.Store.(DeathCounter); ok {
		if d.deaths, err = counter.Deaths(ctx); err != nil {
			return err
		}
	}
	say := func(deaths int, when string) {
		d.Observe(Event{Kind: EventNotice, Text: fmt.Sprintf("the program died %d times %s: its trainings have a process of their own now", deaths, when)})
	}
	for _, r := range d.steps {
		if r.Outcome == nil && r.Deaths >= tolerated && r.Invalid == "" {
			say(r.Deaths, fmt.Sprintf("in step %d, of trial %d", r.Step.Number, r.Step.Trial))
		}
	}
	if d.deaths >= tolerated {
		say(d.deaths, "before another step was recorded")
	}
	return nil
}

// isolate returns the context for the trainings of a step, 0 before the first.
func (d *Driver) isolate(ctx context.Context, step int) context.Context {
	if d.deaths >= tolerated || step > 0 && d.steps[step-1].Deaths >= tolerated {
		return objective.Isolate(ctx)
	}
	return ctx
}
