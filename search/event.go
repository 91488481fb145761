package search

import (
	"time"

	"evenkeel/objective"
)

// EventKind is the kind of an [Event].
type EventKind string

// The kinds of events.
const (
	// EventLoaded: the steps of earlier invocations were read.
	EventLoaded EventKind = "loaded"
	// EventSuggesting: the policy is about to decide a step.
	EventSuggesting EventKind = "suggesting"
	// EventStep: a step was decided and handed to the store.
	EventStep EventKind = "step"
	// EventReference: the reference was measured on a training seed.
	EventReference EventKind = "reference"
	// EventRun: something happened to a training run.
	EventRun EventKind = "run"
	// EventOutcome: a step ended and was handed to the store.
	EventOutcome EventKind = "outcome"
	// EventNotice: something a person should know, in Text.
	EventNotice EventKind = "notice"
)

// Event is what a [Driver] reports to its observer, from several goroutines.
type Event struct {
	Kind EventKind
	// Evaluations and Open are set for EventLoaded: how many evaluations of a trial
	// on a seed are done already, of about [Budget.Evaluations], and how many steps were
	// begun and are taken up again. Arms are those of all trials so far.
	Evaluations, Open int
	// Step is set for EventStep and EventOutcome.
	Step Step
	// Outcome and Arms are set for EventOutcome; Arms are the trial's after it.
	Outcome Outcome
	Arms    []objective.Arm
	// Replicate and Reference are set for EventReference: the number of the training seed,
	// from 0, and what was measured on it, and Logits where they are known. Epochs is the course
	// of its training, and Stopped says that early stopping ended it. Offsets is how long a
	// confirmation will take to fit offsets on one fresh seed, by what those of this seed took.
	Replicate int
	Reference objective.Round
	Logits    []float32
	Epochs    []objective.Epoch
	Stopped   bool
	Offsets   time.Duration
	// Run is set for EventRun.
	Run objective.RunEvent
	// Text is set for EventNotice.
	Text string
}
