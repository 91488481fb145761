package results

import (
	"context"
	"math"
	"time"

	"evenkeel/objective"
	"evenkeel/objective/evidence/guessing"
	"evenkeel/objective/evidence/posthoc"
	"evenkeel/objective/evidence/trained"
	"evenkeel/runs"
	"evenkeel/search"
	"evenkeel/search/followup"
)

// Overview is everything that a leaderboard shows.
type Overview struct {
	Board      *runs.Board
	Definition *search.Definition
	Leader     Leader
	// Runs is the number of trainings in the search of the study, and Found how many more it
	// needed that an earlier study has ([runs.DB.FoundRuns]). Seconds is what it took
	// ([runs.DB.Effort]).
	Runs, Found int
	Seconds     float64
	// Enough is a limit of time, over all starts, that suffices for a conclusion by how long
	// trainings took so far; 0 where that is not known.
	Enough time.Duration
	// Confirmed are the confirmed arms.
	Confirmed []Confirmed
	// Unfinished says that the search was cut short, TimeOver that its limit of time did it.
	Unfinished, TimeOver bool
	// Failure is why the last search of the study broke off, "" where it did not.
	Failure string
	// Judgement says whether the unweighted model is better than guessing.
	Judgement guessing.Judgement
	// Training says whether it is trained at all.
	Training trained.Judgement
	// Several says that the file has other studies, so that commands must name this one.
	Several bool
	// Running says that the study is being worked on.
	Running bool
	// NoTestPart says that nothing is held out to confirm on; BuiltIn, which is the
	// caller's to set, that it is the built-in study.
	NoTestPart, BuiltIn bool
	// Shifts says that weights shift the logits of a trained model.
	Shifts bool
	// Recommendation says what to use.
	Recommendation *Recommendation
	// FreshFailures is what failed in the confirmations of each arm, see [runs.DB.FreshFailures].
	FreshFailures []runs.FreshFailures
	// NoiseFloor is the spread that perfectly even classes would show on as many
	// validation examples; NaN where it is not known.
	NoiseFloor float64
}

// leastPrediction is a change of the score that is shown as .000: where nothing larger was
// predicted of any trial, the share of it that training delivered says nothing.
const leastPrediction = 0.0005

// Delivered reports whether it is known what share of the predicted changes training
// delivered.
func Delivered(s runs.Screening) bool {
	return s.Transmission.Effects > 0 && s.Largest >= leastPrediction
}

// ReadOverview reads the overview of the named study, "" for the newest, all of it from one
// state of the history.
func ReadOverview(ctx context.Context, db *runs.DB, study string) (o *Overview, err error) {
	err = db.Snapshot(ctx, func(db *runs.DB) error {
		o, err = readOverview(ctx, db, study)
		return err
	})
	return o, err
}

func readOverview(ctx context.Context, db *runs.DB, study string) (o *Overview, err error) {
	o = &Overview{}
	if o.Board, err = db.Leaderboard(ctx, study); err != nil {
		return nil, err
	}
	name := o.Board.Study.Name
	if o.Definition, err = Definition(ctx, db, name, nil); err != nil {
		return nil, err
	}
	o.Leader, o.NoiseFloor = LeaderOf(o.Board), math.NaN()
	if o.Board.Reference.Seeds > 0 {
		o.Judgement = judgementOf(o.Board)
		var rounds []objective.Round
		for _, rep := range o.Board.Reference.Replicates {
			rounds = append(rounds, rep.Reference)
		}
		if o.Training, err = trainingOf(ctx, db, o.Definition.ReferenceModel(), o.Board.Study.TrainCounts, rounds); err != nil {
			return nil, err
		}
		o.NoiseFloor = posthoc.EvenSpread(o.Definition.Objective.Spread, o.Board.Reference.BalancedAccuracy, o.Board.Study.ValCounts)
	}
	if o.Runs, o.Seconds, err = db.Effort(ctx, name); err != nil {
		return nil, err
	}
	if o.Found, err = db.FoundRuns(ctx, name); err != nil {
		return nil, err
	}
	o.Runs -= o.Found
	if o.Confirmed, err = Confirmations(ctx, db, name); err != nil {
		return nil, err
	}
	if o.FreshFailures, err = db.FreshFailures(ctx, name); err != nil {
		return nil, err
	}
	state, err := db.State(ctx, name)
	if err != nil {
		return nil, err
	}
	o.Unfinished, o.TimeOver, o.Running = state.Unfinished(), state == runs.StateTime, state == runs.StateRunning
	if state == runs.StateFailed {
		if o.Failure, err = db.Failure(ctx, name); err != nil {
			return nil, err
		}
	}
	if o.Several, err = Several(ctx, db); err != nil {
		return nil, err
	}
	o.NoTestPart = withoutTestPart(o.Definition)
	o.Enough = o.enough()
	o.Recommendation = o.recommendation()
	return o, nil
}

// enough is [Overview.Enough]: the time so far, and that of all trainings of a conclusion again
// ([followup.NeedsOf]), each as long as those so far took with all that goes with them, and half
// as much more. Our choice.
func (o *Overview) enough() time.Duration {
	if o.Runs <= 0 || o.Seconds <= 0 {
		return 0
	}
	const more = 1.5
	needs := followup.NeedsOf(o.Definition, !o.NoTestPart)
	return time.Duration((o.Seconds + more*needs.Trainings()*o.Seconds/float64(o.Runs)) * float64(time.Second))
}

// OnlyFirstSeeds reports whether every training on further seeds failed, as one on a fresh
// seed then would.
func (o *Overview) OnlyFirstSeeds() bool {
	return o.Board.Study.FailedSeeds > 0 && len(o.Board.Rows) > 0 && o.Board.Rows[0].Seeds <= o.Definition.Search.Replicates
}

// FailedIn returns what failed in the recorded confirmation of an arm that was made in the
// given way, or in a later one that is not recorded; nil if nothing did.
func (o *Overview) FailedIn(a Arm, resplit, unrecorded bool) *runs.FreshFailures {
	return runs.FailedIn(o.FreshFailures, a.Trial, a.Round, resplit, unrecorded)
}

// withoutTestPart reports whether a study has nothing to confirm on, as far as its files
// say so: its own program says so only when it is asked.
func withoutTestPart(d *search.Definition) bool {
	return !d.Model.Trainer.Transport().OwnData && d.Data.Split.Test == 0 && d.Data.Source.WithoutTest()
}

// judgementOf judges the unweighted model on the seeds it was trained on. Where there are
// fitted offsets its logits are known, and then they are finite, or the runs would have been
// refused.
func judgementOf(b *runs.Board) guessing.Judgement {
	var logits []float32
	if b.Offsets.Seeds > 0 {
		logits = []float32{}
	}
	var trained []guessing.Run
	for _, rep := range b.Reference.Replicates {
		trained = append(trained, guessing.Run{Val: rep.Reference.Val, Logits: logits})
	}
	return guessing.Judge(trained)
}

// trainingOf judges whether a model was trained at all, by its unweighted runs.
func trainingOf(ctx context.Context, db *runs.DB, model map[string]any, train []int64, rounds []objective.Round) (j trained.Judgement, err error) {
	perEpoch := 0
	if batch, ok := model["batch"].(int64); ok && len(train) > 0 {
		n := 0
		for _, examples := range train {
			n += int(examples)
		}
		perEpoch = search.StepsPerEpoch(n, int(batch))
	}
	var all []trained.Run
	for _, r := range rounds {
		run := trained.Run{Val: r.Val, Train: r.Train}
		if run.Epochs, run.Stopped, err = db.Course(ctx, r.Run); err != nil {
			return j, err
		}
		run.Steps = perEpoch * len(run.Epochs)
		all = append(all, run)
	}
	return trained.Judge(all), nil
}
