package session

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"evenkeel/runs"
	"evenkeel/runs/notice"
	"evenkeel/runs/results"
	"evenkeel/search"
	"evenkeel/search/followup"
	"evenkeel/search/samplers"
)

// SearchRequest says what to search and how to end.
type SearchRequest struct {
	Definition *search.Definition
	// BuiltIn says that the study is the built-in one, but for its budget.
	BuiltIn bool
	// Confirm says whether the search ends with a confirmation of its leader; nil does where
	// that takes no more trainings than the search did, or the time is limited. Where it is
	// true, what prevents the confirmation is an error.
	Confirm *bool
	// KeepGoing goes on where training ignores the class weights.
	KeepGoing bool
	// UntilGiven says that search.until was given with this request, and is not that of the
	// study file.
	UntilGiven bool
	// Commit, if not nil, returns the commit that a folder's work tree is at.
	Commit func(ctx context.Context, folder string) string
}

// Confirms reports whether the search may end with a confirmation of its leader.
func (r SearchRequest) Confirms() bool { return r.Confirm == nil || *r.Confirm }

// anyCost reports whether the search ends with a confirmation however long that takes:
// where somebody asks for it, in the built-in study, and where the time is limited, since
// nobody is there then to start it in the morning. Elsewhere it must take no more
// trainings than the search did: an expensive program must not run twice as long by
// surprise.
func (r SearchRequest) anyCost() bool {
	return r.asked() || r.Definition.Search.Time > 0 || r.Definition.Search.Until != "" || r.BuiltIn
}

// asked reports whether somebody asked for the confirmation.
func (r SearchRequest) asked() bool { return r.Confirm != nil && *r.Confirm }

// until returns the clock time at which the search must have ended.
func (r SearchRequest) until(now time.Time) (time.Time, error) {
	text := r.Definition.Search.Until
	until, err := search.Until(text, now)
	if err != nil {
		return until, search.Inputf("search.until: %w", err)
	}
	switch over := !until.IsZero() && !until.After(now); {
	case over && r.UntilGiven:
		return until, search.Inputf("--until: %s is over; want a time to come", text)
	case over:
		return until, search.Inputf("search.until: %s is over; want a time to come, there or as --until, or --until '' for no limit", text)
	}
	return until, nil
}

// Outcome says what a search left to show.
type Outcome struct {
	// Leaderboard says that the study has a leaderboard, also where there is an error:
	// the search was interrupted, or its leader could not be confirmed.
	Leaderboard bool
}

// Search runs a study, or continues it. An [*UnconfirmedError] says that the search is
// done and the confirmation that was asked for is not.
func Search(ctx context.Context, stop <-chan struct{}, c Config, r SearchRequest) (Outcome, error) {
	if r.Definition.Lifted > 0 {
		c.notify(notice.TrialsLifted{Trials: r.Definition.Lifted})
	}
	s := &searching{Config: c, SearchRequest: r, def: r.Definition, judge: modelJudge{
		seeds: r.Definition.Search.Replicates, ownProgram: r.Definition.Model.Trainer.Transport().OwnData,
	}}
	var err error
	s.began = time.Now()
	if s.clock, err = r.until(s.began); err != nil {
		return Outcome{}, err
	}
	if err := checkOnFinish(s.def); err != nil {
		return Outcome{}, err
	}
	if err := c.bringUpToDate(ctx); err != nil {
		return Outcome{}, err
	}
	if s.def.Model.Trainer.Transport().Started {
		complete, err := s.isComplete(ctx)
		if err == nil && complete {
			err = s.anyWorked(ctx)
		}
		if err != nil || complete {
			return Outcome{Leaderboard: complete || errors.As(err, new(*UnconfirmedError))}, err
		}
		c.notify(notice.ProgramStarting{Program: s.def.Model.Trainer.Program(s.def.Folder)})
	}
	if err := s.start(ctx, stop, openTrainer); err != nil {
		return Outcome{}, err
	}
	info := s.trainer.Info()
	s.judge.classes, s.judge.steps = info.Classes, func(epochs int) int { return s.def.Steps(info, epochs) }
	if err := s.prepare(ctx); err != nil {
		return Outcome{}, errors.Join(err, s.trainer.close())
	}
	err = s.search(ctx, stop)
	if err == nil {
		err = s.anyWorked(ctx)
	}
	// The trainer is gone before anything that may take long: it holds a GPU.
	s.closeTrainer(s.trainer)
	s.finish(ctx, stop, err)
	var unconfirmed *UnconfirmedError
	var failed *AllFailedError
	shown := err == nil || errors.As(err, &unconfirmed) || errors.As(err, &failed) || errors.Is(err, ErrInterrupted)
	return Outcome{Leaderboard: shown && s.opened}, errors.Join(err, s.db.Close())
}

// AllFailedError says that every trial of a search failed. Its budget is spent, and there is a
// leaderboard, without arms.
type AllFailedError struct {
	Study  string
	Trials int
	// Reason is why the first trial failed.
	Reason string
}

// Error says so.
func (e *AllFailedError) Error() string {
	return fmt.Sprintf("every trial of study %s failed (%d of %d); the first: %s", e.Study, e.Trials, e.Trials, e.Reason)
}

// anyWorked returns an [*AllFailedError] if every trial of the study that ended failed.
func (s *searching) anyWorked(ctx context.Context) error {
	db, err := s.openReading(ctx)
	if err != nil {
		return err
	}
	board, err := db.Leaderboard(context.WithoutCancel(ctx), s.def.Name)
	if err = errors.Join(err, db.Close()); err != nil {
		return err
	}
	if results.LeaderOf(board).Why != results.AllFailed {
		return nil
	}
	return &AllFailedError{Study: s.def.Name, Trials: board.Study.Failed, Reason: board.Study.Failure}
}

// searching is one invocation's work on a search.
type searching struct {
	Config
	SearchRequest
	def     *search.Definition
	db      *runs.DB
	trainer *opened
	// began is when this invocation began.
	began time.Time
	// clock is the clock time at which the search must have ended, zero if never.
	clock time.Time
	// leader is how the search ends with a confirmation, nil if it does not.
	leader *leaderConfirmation
	// reserve is the time that the search keeps free for what follows it.
	reserve followup.Reserve
	// kept is the part of it that fixed offsets and longer training must leave, nil where time
	// is not limited.
	kept followup.Kept
	// spent is the part of search.time that was over before this invocation.
	spent time.Duration
	// before is how the invocation before this one ended, "" if there was none.
	before runs.State
	// opened says that the study is there, begun that its trainer was not refused,
	// ended how the search ended, worked that it did anything, or brings to its end what
	// was cut short.
	opened, begun bool
	ended         runs.State
	worked        atomic.Bool
	judge         modelJudge
	// timing is set before trials are made.
	timing timing
}

// patience is how long after the time is over reading the data, or starting the program, may
// go on. Our choice: a search that stops at once with what it has is worth a moment.
const patience = 2 * time.Second

// start opens the trainer with the given function, unless the time is over before it is ready: then there would be no
// time to train.
func (s *searching) start(ctx context.Context, stop <-chan struct{}, open opener) (err error) {
	opening, cancel := ctx, func() {}
	limit := s.def.Search.Deadline(s.clock, 0, s.began)
	if !limit.IsZero() {
		opening, cancel = context.WithDeadline(ctx, limit.Add(patience))
	}
	defer cancel()
	s.trainer, err = s.Config.start(opening, stop, s.def, open)
	if err != nil && ctx.Err() == nil && errors.Is(opening.Err(), context.DeadlineExceeded) {
		what := "the data were read"
		if s.def.Model.Trainer.Transport().OwnData {
			what = "the training program was ready"
		}
		return fmt.Errorf("the time was over before %s, so nothing was trained; want a longer --time or a later --until", what)
	}
	return err
}

// isComplete reports whether nothing is left to do for a study whose program need not
// be started then.
func (s *searching) isComplete(ctx context.Context) (bool, error) {
	complete, err := s.peek(ctx, s.def)
	if err != nil || !complete {
		return false, err
	}
	if owes, err := s.owesLonger(ctx); err != nil || owes {
		return false, err
	}
	if s.Confirms() {
		awaits, err := s.awaitsConfirmation(ctx)
		if err != nil || awaits {
			return false, err
		}
	}
	s.notify(notice.ProgramNotNeeded{Study: s.def.Name})
	return true, nil
}

// prepare compares the study with its trainer and opens the history.
func (s *searching) prepare(ctx context.Context) (err error) {
	if err := checkTrainer(s.def, s.trainer.Info()); err != nil {
		return err
	}
	if s.Confirms() {
		s.leader = &leaderConfirmation{asked: s.asked(), anyCost: s.anyCost()}
		if err := hasTestPart(s.trainer.Trainer, s.def); err != nil && s.asked() {
			return err
		} else if err != nil {
			s.notify(notice.WillNotConfirm{Err: err})
			s.leader = nil // and no time is kept free
		}
	}
	s.db, err = s.open(ctx)
	return err
}

// search joins the study with its trainer and drives it to its end. It returns
// ErrInterrupted if it was stopped.
func (s *searching) search(ctx context.Context, stop <-chan struct{}) (err error) {
	invocation := runs.Invocation{Program: s.Program, AcceptCode: s.AcceptCode}
	if s.Commit != nil {
		invocation.GitCommit = s.Commit(ctx, s.def.Folder)
	}
	if before, err := s.db.State(ctx, s.def.Name); err == nil {
		s.before = before
	}
	study, opening, err := s.db.OpenStudy(ctx, s.def, invocation)
	if err = asInput(err); err != nil && ctx.Err() != nil && !errors.As(err, new(search.InputError)) {
		return ErrInterrupted
	}
	if err != nil {
		return err
	}
	s.opened, s.ended = true, runs.StateFailed
	whole := ctx
	ctx, stored := whileStored(ctx, study)
	defer func() {
		stored()
		if broken := study.Err(); broken != nil {
			err = broken
		} else if err != nil && whole.Err() != nil {
			err = ErrInterrupted
		}
		if err != nil && s.begun && s.ended == runs.StateFailed && !errors.Is(err, ErrInterrupted) {
			_ = study.Event(runs.EventFailed, err.Error()) // where it cannot be stored, err says so
		}
		closing := study.Close(s.ended)
		if err == nil || closing != nil && (errors.Is(err, ErrInterrupted) || errors.As(closing, new(*runs.MovedError))) {
			err = closing // a failure before it would say the same
		}
	}()
	info := s.trainer.Info()
	err = asInput(study.Describe(ctx, s.trainer.title, info))
	if s.begun = !errors.As(err, new(search.InputError)); err != nil {
		return err
	}
	s.notify(notice.StudyOpened{Definition: s.def, Opening: opening, Info: info})
	if err := study.Begin(ctx, runs.Searching); err != nil {
		return err
	}
	deadline, err := s.deadline(ctx, study)
	if err != nil {
		return err
	}
	if err := s.drive(ctx, stop, study, deadline); err != nil {
		return err
	}
	if cutShort(s.before) { // it is brought to its end now
		s.worked.Store(true)
	}
	if err := s.others(ctx, stop, study, deadline); err != nil || s.leader == nil {
		return err
	}
	return s.leader.run(ctx, s, visited{db: s.db, study: study, trainer: s.trainer, stop: stop}, deadline)
}

// cutShort reports whether an invocation that ended so may have left something undone that
// follows the trials: it did not end by itself.
func cutShort(before runs.State) bool {
	switch before {
	case runs.StateInterrupted, runs.StateKilled, runs.StateRunning, runs.StateFailed:
		return true
	}
	return false
}

// deadline returns when this invocation must end, the zero time if never. Reading the data, or
// starting the program, counts too.
func (s *searching) deadline(ctx context.Context, study *runs.Study) (time.Time, error) {
	spent := 0.0
	if s.def.Search.Time != 0 {
		var err error
		if spent, err = study.Spent(ctx); err != nil {
			return time.Time{}, err
		}
		s.spent = time.Duration(spent * float64(time.Second))
	}
	return s.def.Search.Deadline(s.clock, spent, s.began), nil
}

// drive makes the trials.
func (s *searching) drive(ctx context.Context, stop <-chan struct{}, study *runs.Study, deadline time.Time) error {
	sampler, err := samplers.New(s.def.Search.Sampler)
	if err != nil {
		return err
	}
	driver := search.Driver{
		Definition: s.def, Store: study, Trainer: s.trainer, Sampler: sampler,
		Parallel: s.trainer.parallel, Deadline: deadline, Clock: time.Now,
		Observe: s.observe, KeepGoing: s.KeepGoing,
	}
	s.timing.whole = s.spent + time.Until(deadline)
	s.timing.def, s.timing.parallel, s.timing.deadline, s.timing.confirms = s.def, s.trainer.parallel, deadline, s.leader != nil
	if s.reserve.Confirms = s.leader != nil; !deadline.IsZero() {
		driver.Reserve, s.kept = s.reserve.Before(s.def, s.trainer.parallel, s.spent, deadline, time.Now)
	}
	s.notify(notice.SearchBegan{Definition: s.def, Deadline: deadline})
	summary, err := driver.Run(ctx, stop)
	if err == nil && summary.End == search.EndComplete {
		s.ended = runs.StateDone
		err = study.EvictLogits(context.WithoutCancel(ctx))
	}
	s.notify(notice.SearchEnded{Study: s.def.Name, Failed: err != nil, Summary: summary})
	switch {
	case err != nil:
		return err
	case summary.End == search.EndStopped:
		s.ended = runs.StateInterrupted
		return ErrInterrupted
	case summary.End == search.EndTime:
		s.ended = runs.StateTime
	}
	return nil
}

// observe takes in an event of the driver.
func (s *searching) observe(e search.Event) {
	if e.Kind == search.EventOutcome {
		s.worked.Store(true)
	}
	s.reserve.Observe(e)
	s.notify(notice.SearchEvent{Definition: s.def, Event: e})
	if n := s.timing.observe(e, time.Now()); n != nil {
		s.notify(n)
	}
	for _, n := range s.judge.observe(e) {
		s.notify(n)
	}
}

// finish starts the command of search.on_finish where the search came to an end and did
// anything, or failed.
func (s *searching) finish(ctx context.Context, stop <-chan struct{}, outcome error) {
	if !s.begun || errors.Is(outcome, ErrInterrupted) || !s.worked.Load() && outcome == nil {
		return
	}
	waiting, done := untilStopped(ctx, stop)
	defer done()
	var unconfirmed *UnconfirmedError
	if errors.As(outcome, &unconfirmed) {
		outcome = nil // the search itself is done
	}
	s.onFinish(waiting, outcome)
}
