package followup_test

import (
	"context"
	"math"
	"slices"
	"testing"

	"evenkeel/objective"
	"evenkeel/objective/evidence/posthoc"
	"evenkeel/objective/trainers/trainertest"
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
	arm.Offsets, arm.LongerOffsets = []float64{.25, .1, -.1, -.25}, []float64{.2, .1, -.1, -.2}
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

// TestFixedOffsetsOfFreshSeeds: the set that is handed over for models with the fixed weights,
// which no search has trained, is the mean of what was fitted to the validation logits of every
// fresh seed, and each is measured with that of the others. For models that are trained longer
// nothing is fitted: there is the search's set or none. The accuracy that they may lose is less by what the
// model has lost against the unweighted one. A set that the search has is left as it is.
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
	balanced := map[int]float64{} // of the unweighted model, by seed
	for _, r := range got.Runs {
		if r.What == objective.OptionNothing {
			result, _, err := store.Find(t.Context(), r.Run)
			if err != nil {
				t.Fatal(err)
			}
			balanced[r.Replicate] = result.Val.BalancedAccuracy()
		}
	}
	for model, then := range map[objective.Option]objective.Option{
		objective.OptionWeightsFixed: objective.OptionWeightsThenOffsets,
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
			score := d.Objective // the model may have lost a part of what may be lost
			score.Tolerance -= max(0, balanced[r.Replicate]-result.Val.BalancedAccuracy())
			fitted, results = append(fitted, folds.FitAll(score).Offsets), append(results, result)
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
	if m := option(t, got, objective.OptionLongerThenOffsets); m.Reason != followup.ReasonNoOffsets || m.Offsets != nil {
		t.Errorf("longer-then-offsets without a set of the search: %+v; want no fitted offsets", m)
	}
	arm.LongerReason = followup.ReasonTime
	if got, err = c.Run(t.Context(), nil, arm); err != nil {
		t.Fatal(err)
	}
	if m := option(t, got, objective.OptionLongerThenOffsets); m.Reason != followup.ReasonTime {
		t.Errorf("longer-then-offsets for which the search had no time: %+v", m)
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
		"no logits of the validation part": {"validation", func(a *followup.Arm) {
			a.Offsets, a.LongerOffsets, a.LongerReason = nil, nil, followup.ReasonNoLogits
		}, map[objective.Option]followup.Reason{
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
		arm.Vector, arm.Offsets, arm.LongerOffsets = []float64{1.5, 1.2, 0.8, 0.5}, []float64{.25, .1, -.1, -.25}, []float64{.2, .1, -.1, -.2}
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
