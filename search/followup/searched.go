package followup

import (
	"context"
	"errors"
	"fmt"
	"math"
	"runtime"
	"time"

	"evenkeel/objective"
	"evenkeel/objective/evidence/interval"
	"evenkeel/objective/evidence/posthoc"
)

// Searched is what an option other than weights does on the validation part and the seeds
// of the search: for choosing, not for quoting. Figures are means over seeds. Changes are
// against the reference on the same seeds, as those of arms are.
type Searched struct {
	Option objective.Option
	// Reason says why it was not measured. Then there is nothing else.
	Reason Reason
	// Seeds is the number of training seeds, Epochs how long the model is trained; 0 where
	// models have no number of epochs.
	Seeds, Epochs int
	// Change is the change of the spread, ChangeSE its standard error over seeds and
	// images; of one seed that over images alone.
	Spread, Change, ChangeSE float64
	// Drop is the balanced accuracy lost, DropSE its standard error.
	BalancedAccuracy, Drop, DropSE float64
	// Charge is the expected charge for Drop ([objective.Score.Charge]), Difference is
	// Change + Charge, the change of the score, with its standard error.
	Charge, Difference, DifferenceSE float64
	// Recall is the mean recall of each class.
	Recall []float64
	// Offsets is the one fixed set of offsets, in nats, nil for an option without.
	Offsets []float64
}

// enoughSeeds reports whether figures on some of the seeds are used: with two there is a
// standard error over seeds, where there are two at all.
func enoughSeeds(measured, of int) bool { return measured >= min(2, of) }

// fitsAtOnce returns how many models offsets are fitted to at once where so many trainings may
// be under way: fitting is work for this machine, trainings may be another one's.
func fitsAtOnce(parallel int) int { return max(1, min(parallel, runtime.GOMAXPROCS(0))) }

// mostSets is how many sets of offsets [longerWork.longerShifted] fits at most.
const mostSets = 3

// fitting returns how long it takes to fit so many fixed sets of offsets to so many models, 0
// where that is not known.
func (w *longerWork) fitting(sets, models int) time.Duration {
	return time.Duration(sets*turns(models, fitsAtOnce(w.Parallel))) * w.fit
}

// ready reports whether offsets for so many models would be fitted before limit (zero: always).
func (w *longerWork) ready(models int, limit time.Time) bool {
	return limit.IsZero() || !w.Clock().Add(w.fitting(1, models)).After(limit)
}

// limit returns when fits must have ended, the zero time if never; training says whether they
// are for models that were trained longer.
func (w *longerWork) limit(training bool) time.Time {
	if w.Deadline.IsZero() || w.Reserve == nil {
		return w.Deadline
	}
	return w.Deadline.Add(-w.Reserve(w.Each, training))
}

// recordPlain records what is known of the reference without training: the optimism of the
// leader, and fixed offsets, on as many seeds as there is time for.
func (w *longerWork) recordPlain(ctx context.Context, all []searchedSeed) error {
	o, err := objective.Unless(ctx, func() (Optimism, error) { return w.optimism(all), nil })
	if err != nil {
		return err
	}
	if o.Seeds > 0 {
		if err := w.Store.Optimism(context.WithoutCancel(ctx), o); err != nil {
			return fmt.Errorf("%w: %w", objective.ErrStorage, err)
		}
	}
	if w.FixedKnown {
		return nil
	}
	var plain []*objective.Result
	for _, s := range all {
		plain = append(plain, s.reference)
	}
	s, limit := Searched{Option: objective.OptionOffsetsFixed}, w.limit(false)
	parts, reason := w.folds(plain)
	for reason == "" && !w.ready(len(parts), limit) {
		if parts = parts[:len(parts)-1]; !enoughSeeds(len(parts), len(plain)) {
			reason = ReasonTime
		}
	}
	if s.Reason = reason; reason == "" && len(parts) >= w.Recorded[s.Option] {
		if s, err = w.fixed(s.Option, 0, parts, nil, limit); err != nil {
			return err
		}
	}
	return w.record(context.WithoutCancel(ctx), s)
}

// optimism is that of the leader, of no seed where it cannot be predicted: without logits,
// and where weights shift logits, whose figures are cross-fitted already.
func (w *longerWork) optimism(all []searchedSeed) Optimism {
	o := Optimism{Trial: w.Leader.Trial, Round: w.Leader.Round}
	if o.Trial == 0 || !w.Leader.Plan.Trained() {
		return o
	}
	chain := posthoc.Chain{Recipe: w.Leader.Plan.Recipe, Rounds: o.Round, Spread: w.Definition.Objective.Spread}
	for _, s := range all {
		labels := w.eval.Labels(s.reference)
		if s.reference.ValLogits == nil || labels == nil {
			continue
		}
		folds, err := posthoc.FoldsOf(s.reference, labels)
		if err != nil {
			continue
		}
		chain.Train = w.eval.TrainCounts(s.replicate.Reference)
		spread, accuracy, err := chain.Optimism(folds)
		if err != nil {
			continue
		}
		o.Seeds, o.Spread, o.Accuracy = o.Seeds+1, o.Spread+spread, o.Accuracy+accuracy
	}
	if o.Seeds > 0 {
		o.Spread, o.Accuracy = o.Spread/float64(o.Seeds), o.Accuracy/float64(o.Seeds)
	}
	return o
}

// recordLonger derives the figures of the models that were trained longer, without and with
// offsets, and records them, or the reason why there are none; of is the number of seeds on
// which they were to be trained.
func (w *longerWork) recordLonger(ctx context.Context, all []searchedSeed, of int, reason Reason) error {
	var longer []*objective.Result
	var reps []objective.Replicate
	var reference []objective.Round
	for _, s := range all {
		if s.longer != nil {
			longer, reps = append(longer, s.longer), append(reps, s.replicate)
			reference = append(reference, s.replicate.Reference)
		}
	}
	if reason == "" && (len(longer) == 0 || !enoughSeeds(len(longer), of)) {
		reason = ReasonTime
	}
	alone := Searched{Option: objective.OptionLonger, Reason: reason}
	shifted := Searched{Option: objective.OptionLongerThenOffsets, Reason: reason}
	if reason == "" {
		alone = w.longer(reps)
	}
	if err := w.record(ctx, alone); err != nil {
		return err
	}
	if reason == "" {
		var err error
		if shifted, err = w.longerShifted(alone.Drop, longer, reference); err != nil {
			return err
		}
	}
	return w.record(ctx, shifted)
}

// riskOfGain is the probability up to which offsets for longer models may lose more than the
// tolerance, where they use what longer training gains. See decision 0076.
const riskOfGain = 0.2

// longerShifted estimates what one set of offsets does to models that were trained longer, and
// lost so much balanced accuracy by that: less than 0 is a gain. The offsets may lose the
// tolerance and all of the gain, half of it or none: the most of these by which they keep the
// tolerance, counted from the reference, but for a risk of one fifth.
func (w *longerWork) longerShifted(lost float64, longer []*objective.Result, reference []objective.Round) (Searched, error) {
	parts, reason := w.folds(longer)
	if reason != "" {
		return Searched{Option: objective.OptionLongerThenOffsets, Reason: reason}, nil
	}
	limit := w.limit(true)
	if lost >= 0 {
		return w.fixed(objective.OptionLongerThenOffsets, lost, parts, reference, limit)
	}
	for _, share := range []float64{1, 0.5} {
		s, err := w.fixed(objective.OptionLongerThenOffsets, float64(share*lost), parts, reference, limit)
		if err != nil || s.Reason != "" || w.Definition.Objective.LossProbability(s.Drop, s.DropSE) <= riskOfGain {
			return s, err
		}
	}
	return w.fixed(objective.OptionLongerThenOffsets, 0, parts, reference, limit)
}

// record derives the charge and the score of an option, if it was measured, and records it,
// unless figures on more seeds are recorded: these stay.
func (w *longerWork) record(ctx context.Context, s Searched) error {
	if s.Seeds < w.Recorded[s.Option] {
		return nil
	}
	if s.Reason == "" {
		epochs, _ := w.Definition.ReferenceModel()["epochs"].(int64)
		s.Epochs = s.Option.Trainings(0) * int(epochs) // no option of weights is recorded here
		score := w.Definition.Objective
		s.Charge = score.Charge(s.Drop, s.DropSE)
		s.Difference = s.Change + s.Charge
	}
	if err := w.Store.Searched(ctx, s); err != nil {
		return fmt.Errorf("%w: %w", objective.ErrStorage, err)
	}
	return nil
}

// longer measures the models that were trained longer, as arms are measured.
func (w *longerWork) longer(reps []objective.Replicate) Searched {
	score := w.Definition.Objective
	arm := score.Arms(reps)[0]
	spread := objective.Score{Spread: score.Spread}.Arms(reps)[0] // without charge: of the change alone
	s := Searched{
		Option: objective.OptionLonger, Seeds: arm.Seeds, Spread: arm.Spread, Change: arm.Change, ChangeSE: standardError(spread),
		BalancedAccuracy: arm.BalancedAccuracy, Drop: arm.Drop, DropSE: arm.DropSE, DifferenceSE: standardError(arm),
		Recall: make([]float64, reps[0].Reference.Val.Classes()),
	}
	for _, rep := range reps {
		for c, r := range rep.Rounds[1].Val.Recall() {
			s.Recall[c] += r / float64(len(reps))
		}
	}
	return s
}

// standardError returns that of an arm's Difference, over seeds and images.
func standardError(a objective.Arm) float64 {
	variance := a.ImageVariance
	if a.Seeds > 1 {
		variance += a.SumSquares / float64((a.Seeds-1)*a.Seeds)
	}
	return math.Sqrt(variance)
}

// folds returns the validation logits of models, or why offsets cannot be fitted to them.
func (w *longerWork) folds(models []*objective.Result) ([]*posthoc.Folds, Reason) {
	var parts []*posthoc.Folds
	for _, r := range models {
		labels := w.eval.Labels(r)
		if r.ValLogits == nil || labels == nil {
			return nil, ReasonNoLogits
		}
		folds, err := posthoc.FoldsOf(r, labels)
		if err != nil {
			return nil, ReasonFewExamples
		}
		parts = append(parts, folds)
	}
	return parts, ""
}

// fixed estimates what one set of offsets does to models. Without offsets they lose lost of
// balanced accuracy against the reference, and what is counted is against the runs of
// reference on the same seeds; nil stands for the models without offsets. At the limit (zero:
// never) it gives up, which is the reason then; without reference the models that are fitted
// by then are used, if they are enough. Where the search is to stop, that is an interruption.
func (w *longerWork) fixed(option objective.Option, lost float64, parts []*posthoc.Folds, reference []objective.Round, limit time.Time) (Searched, error) {
	s := Searched{Option: option}
	if !w.ready(len(parts), limit) {
		s.Reason = ReasonTime
		return s, nil
	}
	began := w.Clock()
	estimation := posthoc.Estimation{AtOnce: fitsAtOnce(w.Parallel), Stopped: func() bool {
		return w.halted() || !limit.IsZero() && !w.Clock().Before(limit)
	}}
	if reference == nil { // else these are of all models
		estimation.Fewest = min(2, len(parts))
	}
	score := w.Definition.Objective
	f, err := estimation.Fixed(score.After(lost), nil, parts...)
	switch {
	case w.halted():
		return s, objective.ErrStopped
	case errors.Is(err, posthoc.ErrStopped):
		s.Reason = ReasonTime
		return s, nil
	case err != nil:
		s.Reason = ReasonFewExamples
		return s, nil
	}
	w.fit = max(w.fit, w.Clock().Sub(began)/time.Duration(turns(f.Models, fitsAtOnce(w.Parallel))))
	s.Seeds, s.Offsets, s.Recall = f.Models, f.Offsets, f.After
	s.Spread, s.BalancedAccuracy = f.PlainAfter, f.BalancedAccuracy+f.Cost.Estimate
	change, cost := f.Change, f.Cost
	if reference != nil {
		t := f.Together(score.Spread, 0, reference)
		change, cost = t.Change, t.Cost
	} else {
		change.Estimate = f.PlainAfter - f.PlainSpread
	}
	s.Change, s.ChangeSE, s.Drop, s.DropSE = change.Estimate, half(change), -cost.Estimate, half(cost)
	slope := score.Penalty * score.LossProbability(s.Drop, s.DropSE)
	s.DifferenceSE = f.Together(score.Spread, slope, reference).ScoreSE
	return s, nil
}

// half returns the standard error that a 95 % interval stands for if it is a normal one.
func half(x posthoc.Interval) float64 {
	return (x.High - x.Low) / 2 / interval.Quantile(interval.TwoSided, math.Inf(1))
}
