package followup

import "evenkeel/objective"

// EventKind is the kind of an [Event].
type EventKind string

// The kinds of events.
const (
	// EventRun: something happened to a training run.
	EventRun EventKind = "run"
	// EventSeed: everything of one more training seed is measured.
	EventSeed EventKind = "seed"
	// EventLonger: a [Longer] is about to train longer on Total seeds.
	EventLonger EventKind = "longer"
)

// Event is what a [Confirmer], a [Longer] or a [Prober] reports to its observer, from several
// goroutines.
type Event struct {
	Kind EventKind
	// Run is set for EventRun.
	Run objective.RunEvent
	// Done of Total seeds are measured; set for EventSeed, Total for EventLonger too.
	Done, Total int
}
