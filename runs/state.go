package runs

// State says how far something is: an invocation of a study, a step, a trial or a run.
// The words are stored, and columns of views have them.
type State string

// The states of invocations. One that was killed is recorded as that when somebody
// continues the study; until then it is stored like one that is running.
const (
	// StateRunning is also the state of a trial before its first step has ended.
	StateRunning     State = "running"
	StateDone        State = "done"
	StateTime        State = "time" // its time was up
	StateInterrupted State = "interrupted"
	StateFailed      State = "failed" // also of steps and trials
	StateKilled      State = "killed"
)

// The other states of steps, trials and runs.
const (
	StateOpen     State = "open"     // a step that has not ended
	StateComplete State = "complete" // a step, trial or run
)

// Unfinished reports whether a study whose last invocation is in the state has work
// left that nobody is doing.
func (s State) Unfinished() bool { return s != StateDone && s != StateRunning }
