package followup_test

import (
	"context"
	"errors"
	"math"
	"slices"
	"sync"
	"testing"
	"time"

	"evenkeel/objective"
	"evenkeel/objective/evidence/posthoc"
	"evenkeel/objective/trainers/trainertest"
	"evenkeel/search"
	"evenkeel/search/followup"
)

// margins is a synthetic trainer whose logits are its margins: that of the true class is
// the margin, that of the next class 0, and the others are far below. So the true recall of
// class c of K is known for every option, with weights w, epochs e and offsets o:
//
//	Phi(0.2 + c/K + response (ln w_c - mean ln w) + learning ln e + o_c - o_next)
type margins struct {
	*trainertest.Synthetic
	// without leaves the logits out, of one part.
	without string
}

func (m margins) Train(ctx context.Context, job objective.Job) (*objective.Result, error) {
	r, err := m.Synthetic.Train(ctx, job)
	if err != nil {
		return nil, err
	}
	labels := m.Info().ValLabels
	rewrite(labels, r.ValPredictions, r.ValLogits)
	if job.Test {
		rewrite(labels, r.TestPredictions, r.TestLogits)
	}
	switch m.without {
	case "validation":
		r.ValLogits = nil
	case "test":
		r.TestLogits = nil
	}
	return r, nil
}

// rewrite makes margins of what [trainertest.Synthetic] answers: 1 + its size for the
// predicted class.
func rewrite(labels, predictions []uint16, logits []float32) {
	const classes = 4
	for i, c := range labels {
		row := logits[i*classes : (i+1)*classes]
		margin := row[predictions[i]] - 1
		if predictions[i] != c {
			margin = -margin
		}
		for k := range row {
			row[k] = -9
		}
		row[c], row[(int(c)+1)%classes] = margin, 0
	}
}

// truth is the true spread and balanced accuracy of an option of a study with 2 epochs.
func (m margins) truth(w []float64, epochs float64, o []float64) (spread, balanced float64) {
	const classes = 4
	var mean float64
	for _, v := range w {
		mean += math.Log(v) / classes
	}
	recall := make([]float64, classes)
	for c := range recall {
		x := 0.2 + float64(c)/classes + m.Learning*math.Log(epochs)
		if w != nil {
			x += m.Response * (math.Log(w[c]) - mean)
		}
		if o != nil {
			x += o[c] - o[(c+1)%classes]
		}
		recall[c] = math.Erfc(-x/math.Sqrt2) / 2
		balanced += recall[c] / classes
	}
	return objective.StdDev.Of(recall), balanced
}

// TestOptionsAreTrue: what is handed over has the figures that are quoted. The true spread
// and balanced accuracy of each fixed option lie within four standard errors of the
// measured change, and the recommendation would have a right p-value: every option that
// has a lower score is found to have one.
func TestOptionsAreTrue(t *testing.T) {
	d := define(t, confirmStudy)
	trainer := margins{Synthetic: &trainertest.Synthetic{Response: .5, Learning: .4, PerClass: 1000}}
	store := newConfirmations()
	arm := fixedArm(t, d, 8)
	arm.Vector = []float64{1.5, 1.2, 0.8, 0.5}
	arm.Offsets = []float64{.25, .1, -.1, -.25}
	c := confirmer(d, store, trainer, 2)
	got, err := c.Run(t.Context(), nil, arm)
	if err != nil {
		t.Fatal(err)
	}
	plain, balanced := trainer.truth(nil, 2, nil)
	for _, x := range []struct {
		option  objective.Option
		weights []float64
		epochs  float64
	}{
		{objective.OptionOffsetsFixed, nil, 2},
		{objective.OptionWeightsFixed, arm.Vector, 2},
		{objective.OptionWeightsThenOffsets, arm.Vector, 2},
		{objective.OptionLonger, nil, 4},
		{objective.OptionLongerThenOffsets, nil, 4},
		{followup.EqualCost, nil, 6},
	} {
		m := option(t, got, x.option)
		if !slices.Equal(m.Weights, x.weights) || (m.Offsets != nil) != (x.option != objective.OptionWeightsFixed && x.option != objective.OptionLonger && x.option != followup.EqualCost) {
			t.Errorf("%s hands over weights %v and offsets %v", x.option, m.Weights, m.Offsets)
		}
		spread, accuracy := trainer.truth(m.Weights, x.epochs, m.Offsets)
		f := find(t, got, x.option, objective.OptionNothing)
		if off := math.Abs(f.Spread.Estimate-(spread-plain)) / f.Spread.SE; off > 4 {
			t.Errorf("%s changes the spread by %.4f +- %.4f; truly by %.4f", x.option, f.Spread.Estimate, f.Spread.SE, spread-plain)
		}
		if off := math.Abs(f.BalancedAccuracy.Estimate-(accuracy-balanced)) / f.BalancedAccuracy.SE; off > 4 {
			t.Errorf("%s changes the balanced accuracy by %.4f +- %.4f; truly by %.4f", x.option, f.BalancedAccuracy.Estimate, f.BalancedAccuracy.SE, accuracy-balanced)
		}
		truly := spread - plain + d.Objective.Charge(balanced-accuracy, 0)
		if below := f.Score.Below(); truly < -.01 && below > .05 || truly > .01 && below < .95 {
			t.Errorf("%s truly changes the score by %.3f; the test against nothing has p = %.3f", x.option, truly, below)
		}
		if m.Spread != f.Spread.A || m.PlainSpread != f.Plain.A || math.Abs(m.BalancedAccuracy-f.BalancedAccuracy.A) > 1e-15 || len(m.Recalls) != 4 {
			t.Errorf("%s has other figures alone than against nothing", x.option)
		}
	}
	if len(got.Options) != 9 || len(got.Comparisons) != 30 {
		t.Errorf("%d options and %d comparisons; want 9 and 28 + 2", len(got.Options), len(got.Comparisons))
	}
}

// TestFixedOffsetsOfFreshSeeds: the set that is handed over for models that no search has
// trained is the mean of what was fitted to the validation logits of every fresh seed, and
// each is measured with that of the others. A set that the search has is left as it is.
func TestFixedOffsetsOfFreshSeeds(t *testing.T) {
	d := define(t, confirmStudy)
	trainer := margins{Synthetic: &trainertest.Synthetic{Response: .5, Learning: .4, PerClass: 300}}
	store := newConfirmations()
	arm := fixedArm(t, d, 6)
	arm.Vector = []float64{1.5, 1.2, 0.8, 0.5}
	c := confirmer(d, store, trainer, 3)
	got, err := c.Run(t.Context(), nil, arm)
	if err != nil {
		t.Fatal(err)
	}
	labels := trainer.Info().ValLabels
	for model, then := range map[objective.Option]objective.Option{
		objective.OptionWeightsFixed: objective.OptionWeightsThenOffsets, objective.OptionLonger: objective.OptionLongerThenOffsets,
	} {
		var fitted [][]float64
		var results []*objective.Result
		for _, r := range got.Runs {
			if r.What != model {
				continue
			}
			result, found, err := store.Find(t.Context(), r.Run)
			if err != nil || !found {
				t.Fatal(found, err)
			}
			folds, err := posthoc.FoldsOf(result, labels)
			if err != nil {
				t.Fatal(err)
			}
			fitted, results = append(fitted, folds.FitAll(d.Objective).Offsets), append(results, result)
		}
		if m := option(t, got, then); !slices.Equal(m.Offsets, posthoc.MeanOffsets(fitted)) {
			t.Errorf("%s hands over %v; want the mean of %v", then, m.Offsets, fitted)
		}
		var mean float64
		for s, r := range results {
			others := posthoc.MeanOffsets(slices.Delete(slices.Clone(fitted), s, s+1))
			predictions, err := posthoc.TestPredictions(r, others)
			if err != nil {
				t.Fatal(err)
			}
			m, err := objective.ConfusionFromLabels(4, r.TestLabels, predictions)
			if err != nil {
				t.Fatal(err)
			}
			mean += d.Objective.Spread.Of(m.Recall()) / float64(len(results))
		}
		if m := option(t, got, then); math.Abs(m.PlainSpread-mean) > 1e-12 {
			t.Errorf("%s has a spread of %v; with the offsets of the other seeds it is %v", then, m.PlainSpread, mean)
		}
	}
	arm.LongerOffsets, arm.WeightsOffsets = []float64{.4, .2, -.2, -.4}, []float64{.1, .1, -.1, -.1}
	if got, err = c.Run(t.Context(), nil, arm); err != nil {
		t.Fatal(err)
	}
	if m := option(t, got, objective.OptionLongerThenOffsets); !slices.Equal(m.Offsets, arm.LongerOffsets) {
		t.Errorf("longer-then-offsets hands over %v; want what the search has, %v", m.Offsets, arm.LongerOffsets)
	}
	if m := option(t, got, objective.OptionWeightsThenOffsets); !slices.Equal(m.Offsets, arm.WeightsOffsets) {
		t.Errorf("weights-then-offsets hands over %v; want what it was given, %v", m.Offsets, arm.WeightsOffsets)
	}
}

// TestOptionsThatDoNotApply have their reason, and the others are measured all the same.
func TestOptionsThatDoNotApply(t *testing.T) {
	const (
		offsets, refitted   = objective.OptionOffsetsFixed, objective.OptionOffsetsRefitted
		weighted, afterLong = objective.OptionWeightsThenOffsets, objective.OptionLongerThenOffsets
		longer, control     = objective.OptionLonger, followup.EqualCost
	)
	for name, c := range map[string]struct {
		without string
		change  func(*followup.Arm)
		want    map[objective.Option]followup.Reason
	}{
		"everything": {"", func(*followup.Arm) {}, nil},
		"no offsets of the search": {"", func(a *followup.Arm) { a.Offsets = nil }, map[objective.Option]followup.Reason{
			offsets: followup.ReasonNoOffsets,
		}},
		"no logits of the validation part": {"validation", func(a *followup.Arm) { a.Offsets = nil }, map[objective.Option]followup.Reason{
			offsets: followup.ReasonNoOffsets, refitted: followup.ReasonNoLogits, weighted: followup.ReasonNoLogits, afterLong: followup.ReasonNoLogits,
		}},
		"no logits of the test part": {"test", func(*followup.Arm) {}, map[objective.Option]followup.Reason{
			offsets: followup.ReasonNoLogits, refitted: followup.ReasonNoLogits, weighted: followup.ReasonNoLogits, afterLong: followup.ReasonNoLogits,
		}},
		"early stopping": {"", func(a *followup.Arm) { a.Stops = true }, map[objective.Option]followup.Reason{
			longer: followup.ReasonEarlyStopping, afterLong: followup.ReasonEarlyStopping, control: followup.ReasonEarlyStopping,
		}},
	} {
		d := define(t, confirmStudy)
		arm := fixedArm(t, d, 6)
		arm.Vector, arm.Offsets = []float64{1.5, 1.2, 0.8, 0.5}, []float64{.25, .1, -.1, -.25}
		c.change(&arm)
		trainer := margins{&trainertest.Synthetic{Response: .5}, c.without}
		got, err := confirmer(d, newConfirmations(), trainer, 2).Run(t.Context(), nil, arm)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for _, m := range got.Options {
			if m.Reason != c.want[m.Option] {
				t.Errorf("%s: %s has the reason %q; want %q", name, m.Option, m.Reason, c.want[m.Option])
			}
			if m.Reason == "" && m.Option != objective.OptionNothing {
				find(t, got, m.Option, objective.OptionNothing)
			}
		}
	}
}

// TestOneRoundIsTheControl: a recipe with one round takes as long as twice the epochs, so
// the control is the same run.
func TestOneRoundIsTheControl(t *testing.T) {
	d := define(t, confirmStudy)
	arm := fixedArm(t, d, 6)
	arm.Round = 1
	trainer, all, _ := watched(.3, nil)
	trainer.PerClass = 50
	got, err := confirmer(d, newConfirmations(), trainer, 2).Run(t.Context(), nil, arm)
	if err != nil {
		t.Fatal(err)
	}
	if trainings, length := arm.Cost(d); trainings != 4 || length != 5 || all.Load() != 6*4 {
		t.Errorf("%d trainings, %d a seed announced, as long as %v; want 24, 4 and 5", all.Load(), trainings, length)
	}
	a, b := option(t, got, objective.OptionLonger), option(t, got, followup.EqualCost)
	if a.Spread != b.Spread || b.Reason != "" {
		t.Errorf("longer %+v, at equal cost %+v; want the same", a, b)
	}
}

// searches is a store of what [followup.Longer] records.
type searches struct {
	*confirmations
	runs  map[int]objective.RunID
	found map[objective.Option]followup.Searched
	// optimism is the last one.
	optimism followup.Optimism
}

func (s *searches) LongerRun(_ context.Context, replicate int, _ int64, run objective.RunID) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.runs[replicate] = run
	return nil
}

func (s *searches) Searched(_ context.Context, o followup.Searched) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.found[o.Option] = o
	return nil
}

func (s *searches) Optimism(_ context.Context, o followup.Optimism) error {
	s.optimism = o
	return nil
}

func newSearches() *searches {
	return &searches{confirmations: newConfirmations(), runs: make(map[int]objective.RunID), found: make(map[objective.Option]followup.Searched)}
}

// TestLonger: at the end of a search the reference is trained longer on the leader's seeds,
// and what it and fixed offsets do is true within four standard errors. Repeated it trains
// nothing; where the time is over it keeps what is complete.
func TestLonger(t *testing.T) {
	d := define(t, confirmStudy)
	reference, leader := []int{0, 1, 2, 3, 4}, []int{0, 1, 2}
	trainings := 0
	trainer := margins{Synthetic: &trainertest.Synthetic{Response: .5, Learning: .4, PerClass: 1000, Before: func(context.Context, objective.Job) error {
		trainings++
		return nil
	}}}
	store := newSearches()
	l := followup.Longer{Definition: d, Store: store, Trainer: trainer, Parallel: 1, Clock: time.Now}
	for range 2 {
		if err := l.Run(t.Context(), nil, reference, leader); err != nil {
			t.Fatal(err)
		}
		if trainings != 5+3 || len(store.runs) != 3 {
			t.Errorf("%d trainings, %d of them longer; want five of the reference and three", trainings, len(store.runs))
		}
	}
	if store.optimism.Seeds != 0 {
		t.Errorf("optimism %+v of no leader", store.optimism)
	}
	l.Leader = fixedArm(t, d, 0)
	if err := l.Run(t.Context(), nil, reference, leader); err != nil {
		t.Fatal(err)
	}
	if o := store.optimism; o.Trial != 4 || o.Round != 2 || o.Seeds != 5 || !(o.Spread > 0) {
		t.Errorf("optimism %+v; want one above 0 of trial 4 round 2 over five seeds", o)
	}
	plain, balanced := trainer.truth(nil, 2, nil)
	for _, x := range []struct {
		option objective.Option
		seeds  int
		epochs float64
	}{{objective.OptionOffsetsFixed, 5, 2}, {objective.OptionLonger, 3, 4}, {objective.OptionLongerThenOffsets, 3, 4}} {
		s := store.found[x.option]
		if s.Reason != "" || s.Seeds != x.seeds || float64(s.Epochs) != x.epochs || len(s.Recall) != 4 {
			t.Errorf("%s: %+v; want %d seeds and %v epochs", x.option, s, x.seeds, x.epochs)
		}
		spread, accuracy := trainer.truth(nil, x.epochs, s.Offsets)
		if math.Abs(s.Change-(spread-plain)) > 4*s.ChangeSE || math.Abs(s.Drop-(balanced-accuracy)) > 4*s.DropSE {
			t.Errorf("%s: %.4f +- %.4f at a loss of %.4f +- %.4f; truly %.4f at %.4f", x.option, s.Change, s.ChangeSE, s.Drop, s.DropSE, spread-plain, balanced-accuracy)
		}
		if want := s.Change + d.Objective.Charge(s.Drop, s.DropSE); math.Abs(s.Difference-want) > 1e-15 || !(s.DifferenceSE > 0) {
			t.Errorf("%s: a difference of %v +- %v; want %v", x.option, s.Difference, s.DifferenceSE, want)
		}
	}
	stops := newSearches()
	l.Store, l.Stops = stops, true
	if err := l.Run(t.Context(), nil, reference, leader); err != nil || stops.found[objective.OptionLonger].Reason != followup.ReasonEarlyStopping ||
		stops.found[objective.OptionOffsetsFixed].Reason != "" || len(stops.runs) != 0 {
		t.Errorf("with early stopping: %v, %+v, runs %v", err, stops.found, stops.runs)
	}
}

// TestLongerIsLate: an hour a training, of which the search's five have been; two more fit.
func TestLongerIsLate(t *testing.T) {
	d := define(t, confirmStudy)
	now := time.Date(2026, 1, 1, 23, 0, 0, 0, time.UTC)
	clock := func() time.Time { return now }
	trainer := margins{Synthetic: &trainertest.Synthetic{Learning: .4, PerClass: 50, Before: func(context.Context, objective.Job) error {
		now = now.Add(time.Hour)
		return nil
	}}}
	store := newSearches()
	eval := objective.Evaluator{
		Runner: objective.NewRunner(trainer, store, 1, clock, nil), Info: trainer.Info(), ReferenceModel: d.ReferenceModel(), Score: d.Objective,
	}
	for r := range 5 {
		if _, _, _, err := eval.Reference(t.Context(), search.TrainingSeed(d.Search.Seed, r, search.PhaseSearch)); err != nil {
			t.Fatal(err)
		}
	}
	l := followup.Longer{Definition: d, Store: store, Trainer: trainer, Parallel: 1, Clock: clock, Deadline: now.Add(2*time.Hour + 30*time.Minute)}
	if err := l.Run(t.Context(), nil, []int{0, 1, 2, 3, 4}, []int{0, 1, 2}); err != nil || store.found[objective.OptionLonger].Seeds != 2 {
		t.Errorf("time for two: %v, %+v", err, store.found[objective.OptionLonger])
	}
	l.Deadline, l.Each = now.Add(time.Hour), 31*time.Minute // two times 31 minutes
	if err := l.Run(t.Context(), nil, []int{0, 1, 2, 3, 4}, []int{3}); err != nil || store.found[objective.OptionLonger].Reason != followup.ReasonTime || store.runs[3] != "" {
		t.Errorf("no time for the first: %v, %+v", err, store.found[objective.OptionLonger])
	}
	l.Each = 30 * time.Minute
	if err := l.Run(t.Context(), nil, []int{0, 1, 2, 3, 4}, []int{3}); err != nil || store.runs[3] == "" {
		t.Errorf("time for one: %v, %+v", err, store.found[objective.OptionLonger])
	}
	l.Deadline = now.Add(-time.Hour)
	l.Store = &searches{confirmations: store.confirmations, runs: map[int]objective.RunID{}, found: map[objective.Option]followup.Searched{}}
	stop := make(chan struct{})
	close(stop)
	if err := l.Run(t.Context(), stop, []int{0, 1, 2, 3, 4}, []int{4}); !objective.IsInterruption(err) {
		t.Errorf("stopped: %v; want an interruption", err)
	}
}

// TestLongerLeavesTheConfirmation: trainings of a minute, of which double ones take two. Where
// the search kept time free for a confirmation, at least six seeds of it fit after longer
// training; where longer training takes more than an eighth of the whole time, nothing is
// trained. The time that was spent before counts as a part of the whole.
func TestLongerLeavesTheConfirmation(t *testing.T) {
	d := define(t, confirmStudy)
	now := time.Date(2026, 1, 1, 23, 0, 0, 0, time.UTC)
	clock := func() time.Time { return now }
	trainer := margins{Synthetic: &trainertest.Synthetic{Learning: .4, PerClass: 50, Before: func(_ context.Context, j objective.Job) error {
		epochs, _ := j.Spec.Model["epochs"].(int64)
		now = now.Add(time.Duration(epochs) * time.Minute / 2)
		return nil
	}}}
	seeds := []int{0, 1, 2, 3, 4}
	_, length := fixedArm(t, d, 10).Cost(d)
	for _, c := range []struct {
		whole, spent  time.Duration
		longer, fresh int // seeds of longer training, fresh seeds that fit after it
	}{
		{72 * time.Minute, 0, 0, 0},                // six seeds are more than three quarters
		{80 * time.Minute, 0, 0, 6},                // longer training is more than an eighth
		{80 * time.Minute, 20 * time.Minute, 5, 6}, // not of all the time
		{88 * time.Minute, 0, 0, 6},
		{100 * time.Minute, 0, 5, 6},
		{8 * time.Hour, 0, 5, 10},
	} {
		s := newSearches()
		eval := objective.Evaluator{Runner: objective.NewRunner(trainer, s, 1, clock, nil), Info: trainer.Info(), ReferenceModel: d.ReferenceModel(), Score: d.Objective}
		for _, r := range seeds {
			if _, _, _, err := eval.Reference(t.Context(), search.TrainingSeed(d.Search.Seed, r, search.PhaseSearch)); err != nil {
				t.Fatal(err)
			}
		}
		deadline := now.Add(c.whole)
		reserve := followup.Reserve{Confirms: true}
		reserve.Observe(search.Event{Arms: []objective.Arm{{Round: 2, Seeds: 5}}})
		driver, longer := reserve.Before(d, 1, c.spent, deadline, clock)
		now = deadline.Add(-driver(time.Minute)) // the search ends
		l := followup.Longer{Definition: d, Store: s, Trainer: trainer, Parallel: 1, Clock: clock, Deadline: deadline, Reserve: longer, Each: time.Minute}
		if err := l.Run(t.Context(), nil, seeds, seeds); err != nil {
			t.Fatal(err)
		}
		fit := followup.Fit(10, 0, 1, 60*length, deadline.Sub(now).Seconds())
		if len(s.runs) != c.longer || fit != c.fresh {
			t.Errorf("%v, of which %v were spent: longer on %d seeds and then %d fresh ones fit; want %d and %d", c.whole, c.spent, len(s.runs), fit, c.longer, c.fresh)
		}
	}
}

// TestLongerFails: a longer training that fails is the reason why nothing is known of it, and
// is returned; fixed offsets and the optimism, which need none, are measured all the same. The
// next time it is made up for.
func TestLongerFails(t *testing.T) {
	d := define(t, confirmStudy)
	broken := errors.New("out of memory")
	fails := true
	trainer := margins{Synthetic: &trainertest.Synthetic{Learning: .4, PerClass: 50, Before: func(_ context.Context, j objective.Job) error {
		if j.Spec.Model["epochs"] == int64(4) && fails {
			return broken
		}
		return nil
	}}}
	s := newSearches()
	l := followup.Longer{Definition: d, Store: s, Trainer: trainer, Parallel: 2, Clock: time.Now, Leader: fixedArm(t, d, 0)}
	if err := l.Run(t.Context(), nil, []int{0, 1, 2}, []int{0, 1, 2}); !errors.Is(err, broken) {
		t.Errorf("a failed training: %v; want why", err)
	}
	for option, want := range map[objective.Option]followup.Reason{
		objective.OptionOffsetsFixed: "", objective.OptionLonger: followup.ReasonFailed, objective.OptionLongerThenOffsets: followup.ReasonFailed,
	} {
		if got, ok := s.found[option]; !ok || got.Reason != want || (got.Seeds == 3) != (want == "") {
			t.Errorf("%s: %+v; want the reason %q", option, got, want)
		}
	}
	if s.optimism.Seeds != 3 {
		t.Errorf("optimism %+v; want one of three seeds", s.optimism)
	}
	fails = false
	if err := l.Run(t.Context(), nil, []int{0, 1, 2}, []int{0, 1, 2}); err != nil || s.found[objective.OptionLonger].Seeds != 3 {
		t.Errorf("the next time: %v, %+v", err, s.found[objective.OptionLonger])
	}
}

// TestConfirmationWithoutLonger: longer trainings that fail, on every seed or on one, are the
// reason why what needs them is not measured, and the confirmation goes on. Trainings that
// every option needs end it.
func TestConfirmationWithoutLonger(t *testing.T) {
	const longer, after, control = objective.OptionLonger, objective.OptionLongerThenOffsets, followup.EqualCost
	d := define(t, confirmStudy)
	last := search.TrainingSeed(d.Search.Seed, 5, search.PhaseConfirm)
	for name, c := range map[string]struct {
		round   int
		fails   func(epochs int64, seed int64) bool
		missing []objective.Option
	}{
		"twice the epochs":            {2, func(epochs, _ int64) bool { return epochs == 4 }, []objective.Option{longer, after}},
		"twice the epochs, one seed":  {2, func(epochs, seed int64) bool { return epochs == 4 && seed == last }, []objective.Option{longer, after}},
		"the epochs of the recipe":    {2, func(epochs, _ int64) bool { return epochs == 6 }, []objective.Option{control}},
		"both, which are the same":    {1, func(epochs, _ int64) bool { return epochs == 4 }, []objective.Option{longer, after, control}},
		"nothing, for comparing with": {2, func(int64, int64) bool { return false }, nil},
	} {
		trainer := margins{Synthetic: &trainertest.Synthetic{Response: .5, PerClass: 50, Before: func(_ context.Context, j objective.Job) error {
			if c.fails(j.Spec.Model["epochs"].(int64), j.Spec.Seed) {
				return errors.New("out of memory")
			}
			return nil
		}}}
		failed := make(map[objective.RunID]int)
		var mu sync.Mutex
		x := confirmer(d, newConfirmations(), trainer, 2)
		x.Observe = func(e followup.Event) {
			if e.Kind == followup.EventRun && e.Run.Kind == objective.RunFailed {
				mu.Lock()
				failed[e.Run.Run]++
				mu.Unlock()
			}
		}
		arm := fixedArm(t, d, 6)
		arm.Round, arm.Vector, arm.Offsets = c.round, []float64{1.5, 1.2, 0.8, 0.5}, []float64{.25, .1, -.1, -.25}
		got, err := x.Run(t.Context(), nil, arm)
		if err != nil || got.Seeds != 6 {
			t.Errorf("%s fails: %v; want a confirmation", name, err)
			continue
		}
		for _, m := range got.Options {
			want := followup.Reason("")
			if slices.Contains(c.missing, m.Option) {
				want = followup.ReasonFailed
			}
			if m.Reason != want {
				t.Errorf("%s fails: %s has the reason %q; want %q", name, m.Option, m.Reason, want)
			}
		}
		for run, times := range failed {
			if times > 1 {
				t.Errorf("%s fails: run %.8s was tried %d times", name, run, times)
			}
		}
	}
	trainer := &trainertest.Synthetic{Before: func(context.Context, objective.Job) error { return errors.New("out of memory") }}
	if _, err := confirmer(d, newConfirmations(), trainer, 2).Run(t.Context(), nil, fixedArm(t, d, 6)); err == nil || objective.IsInterruption(err) {
		t.Errorf("every training fails: %v; want an error", err)
	}
}
