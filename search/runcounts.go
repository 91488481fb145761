package search

import (
	"sync"

	"evenkeel/objective"
)

// runCounts counts the runs that an invocation needed and did not train. Every trial needs the
// unweighted runs, for several figures each, so each of these counts once, and only if it was
// not trained here.
type runCounts struct {
	mu         sync.Mutex
	unweighted map[objective.RunID]bool // that are counted, as trained or as shared
	found      int
}

// observe takes in an event and reports whether observers are to get it: a shared run that is
// counted already is nothing new.
func (c *runCounts) observe(e objective.RunEvent) bool {
	if e.Kind != objective.RunTrained && e.Kind != objective.RunShared {
		return true
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if e.Spec.Unweighted() {
		if c.unweighted[e.Run] && e.Kind == objective.RunShared {
			return false
		}
		c.unweighted[e.Run] = true
	}
	if e.Kind == objective.RunShared {
		c.found++
	}
	return true
}

// shared returns the count.
func (c *runCounts) shared() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.found
}
