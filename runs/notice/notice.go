// Package notice has what package session says of its work to whoever asked for it:
// notices while it goes on, and beforehand what a search would take ([Planned]). They are
// data; package report has the words.
package notice

import (
	"time"

	"evenkeel/objective"
	"evenkeel/objective/evidence/guessing"
	"evenkeel/objective/evidence/trained"
	"evenkeel/runs"
	"evenkeel/runs/results"
	"evenkeel/search"
)

// Notice is something that a person may want to know while the work goes on: one of the
// types below.
type Notice interface{ notice() }

// ProgramStarting says that the study's own program is about to be started.
type ProgramStarting struct {
	// Program is the command with its folder.
	Program string
}

// ProgramNotNeeded says that the study is complete, so its own program was not started.
type ProgramNotNeeded struct{ Study string }

// StudyOpened says that a search begins or continues a study on the data that Info describes.
type StudyOpened struct {
	Definition *search.Definition
	Opening    runs.Opening
	Info       objective.Info
}

// SearchBegan says that trials are about to be made, until the deadline (zero: none).
type SearchBegan struct {
	Definition *search.Definition
	Deadline   time.Time
}

// TrialsLifted says that a limit of time was given without a number of trials, so that the
// study file's is none.
type TrialsLifted struct{ Trials int }

// TimeShort says, once the first training and the fit of its offsets have been timed, that a
// search will not come to a conclusion in its time: Fit trainings of Each seconds fit, and at
// least Reference are needed for the unweighted model, Trials for two trials and their race,
// and as many as Longer for training the unweighted model longer and Confirming for confirming
// the leader, 0 where that is not done. Offsets is how many take as long as all fits of offsets.
type TimeShort struct {
	Fit, Each                                      float64
	Reference, Trials, Longer, Confirming, Offsets float64
	// Others is how many trainings take as long as Longer with fixed offsets for both models,
	// which get no more than two eighths of the time.
	Others float64
	// Interval says that the leader will have an interval, Confirmed that it will be confirmed
	// where it is to be.
	Interval, Confirmed bool
}

// SearchEvent says that something happened in the search.
type SearchEvent struct {
	Definition *search.Definition
	Event      search.Event
}

// ModelJudged says that what a search trains is no better than guessing: the unweighted model
// or, where Weighted is true, a model that was trained with weights.
type ModelJudged struct {
	Judgement guessing.Judgement
	Classes   []string
	Weighted  bool
}

// NotTrained says that training of the unweighted model ends long before it could show what the
// model can learn. OwnProgram says that the user's own program trains it.
type NotTrained struct {
	Judgement  trained.Judgement
	OwnProgram bool
}

// SearchEnded says that no more trials are made. Summary is of a search that did not fail.
type SearchEnded struct {
	Study   string
	Failed  bool
	Summary search.Summary
}

// LongerBegan says that the unweighted model is about to be trained for so many epochs on so
// many seeds of the search, for comparison.
type LongerBegan struct {
	Study         string
	Epochs, Seeds int
}

// LongerFailed says that this failed, which costs the search nothing.
type LongerFailed struct{ Err error }

// WillNotConfirm says that the leader will not be confirmed, and no time is kept free for it.
type WillNotConfirm struct{ Err error }

// NothingToConfirm says that the search ended without an arm to confirm, since none leads (Why)
// or, where Why is "", since no option is better than the unweighted model in the search. None
// says why nothing can be recommended at all, "" where that is not so.
type NothingToConfirm struct {
	Why  results.NoLeader
	None results.Why
}

// ConfirmationTooDear says that the leader is not confirmed, since nobody asked for it and
// it would take more trainings than the search did.
type ConfirmationTooDear struct {
	Study string
	// Several says that the history has several studies.
	Several bool
	// Trainings and Seconds are what it would take, the latter 0 where that is not known;
	// Searched are the trainings of the search.
	Trainings, Searched int
	Seconds             float64
}

// LeaderNotConfirmed says that the confirmation at the end of a search came to nothing.
type LeaderNotConfirmed struct{ Err error }

// AlreadyConfirmed says that exactly this is confirmed, on so many fresh seeds.
type AlreadyConfirmed struct {
	Study               string
	Trial, Round, Seeds int
}

// LargerKept says that the arm is confirmed on more fresh seeds than the asked ones, and these
// are not replaced.
type LargerKept struct{ Trial, Round, Seeds, Asked int }

// ConfirmingBegan says that an arm is about to be confirmed, by at most so many trainings.
type ConfirmingBegan struct {
	Study               string
	Trial, Round, Seeds int
	Resplit             bool
	Trainings           int
	// Seconds is about how long it takes, 0 where that is not known.
	Seconds float64
}

// ConfirmingCutShort says that the limit of time left a confirmation fewer fresh seeds than were
// asked for. What it found of these is recorded.
type ConfirmingCutShort struct {
	Study                      string
	Trial, Round, Seeds, Asked int
	Resplit                    bool
}

// FreshSeedsLeftOut says that so many of the fresh seeds that were asked for are left out of a
// recorded confirmation, because a training failed on them.
type FreshSeedsLeftOut struct {
	Study                              string
	Trial, Round, Seeds, Asked, Failed int
	Cause                              string
}

// MeasuringBegan says that a trial's probes are about to be trained on so many of its seeds, by
// at most so many trainings; none where all are stored.
type MeasuringBegan struct {
	Study                   string
	Trial, Seeds, Trainings int
	// Seconds is about how long it takes, 0 where that is not known.
	Seconds float64
}

// SeedMeasured says that everything of one more seed is measured, of a confirmation's fresh ones
// or of those probed.
type SeedMeasured struct {
	Done, Total int
	Fresh       bool
}

// RunFailed says that a training of a confirmation or a probe failed.
type RunFailed struct {
	Run objective.RunID
	Err error
}

// ConfirmingInterrupted says that a confirmation was interrupted, and nothing is claimed.
type ConfirmingInterrupted struct{}

// MeasuringInterrupted says that probes were interrupted, and nothing is said.
type MeasuringInterrupted struct{}

// CheckBegan says that a trainer is about to be checked, with so many trainings at once.
type CheckBegan struct{ Parallel int }

// OnFinishFailed says that the command of search.on_finish failed, which changes nothing.
type OnFinishFailed struct {
	Words []string
	Err   error
}

// TrainerNotClosed says that the trainer left something behind, such as a process that cannot
// be killed or files. Everything that was recorded is as it was.
type TrainerNotClosed struct{ Err error }

func (ProgramStarting) notice()       {}
func (ProgramNotNeeded) notice()      {}
func (StudyOpened) notice()           {}
func (SearchBegan) notice()           {}
func (TrialsLifted) notice()          {}
func (TimeShort) notice()             {}
func (SearchEvent) notice()           {}
func (NotTrained) notice()            {}
func (ModelJudged) notice()           {}
func (SearchEnded) notice()           {}
func (LongerBegan) notice()           {}
func (LongerFailed) notice()          {}
func (WillNotConfirm) notice()        {}
func (NothingToConfirm) notice()      {}
func (ConfirmationTooDear) notice()   {}
func (LeaderNotConfirmed) notice()    {}
func (AlreadyConfirmed) notice()      {}
func (LargerKept) notice()            {}
func (ConfirmingBegan) notice()       {}
func (ConfirmingCutShort) notice()    {}
func (FreshSeedsLeftOut) notice()     {}
func (MeasuringBegan) notice()        {}
func (SeedMeasured) notice()          {}
func (RunFailed) notice()             {}
func (ConfirmingInterrupted) notice() {}
func (MeasuringInterrupted) notice()  {}
func (CheckBegan) notice()            {}
func (OnFinishFailed) notice()        {}
func (TrainerNotClosed) notice()      {}
