package trained

import (
	"fmt"
	"math"

	"evenkeel/objective"
	"evenkeel/objective/evidence/guessing"
)

// Thresholds; our choices. Decision 0060 has the reasons.
const (
	// halfway is how far from guessing (0) to perfect (1) a model may be on its own training
	// part and still be untrained.
	halfway = 0.5
	// falling is the share of the fall of the training loss that the last third of the epochs
	// brings, from which on the loss is still falling. A loss that decays exponentially to its
	// end brings as much if training ends after 1.5 time constants, with a fifth of the way
	// still to go; one that falls in a straight line brings a third.
	falling = 0.2
	// leastFall is the fall in the last third, as a share of the loss, that counts at all.
	leastFall = 0.01
	// leastGap is how much better than on validation a model may be on its training part and
	// still be untrained: one that knows its training part better was trained.
	leastGap = 0.05
	// fewSteps are so few optimiser steps that a model with fewer than three epochs, of which no
	// course is seen, may be untrained.
	fewSteps = 200
	// several is how many times as many epochs are proposed.
	several = 5
)

// Run is one training run of the unweighted model.
type Run struct {
	// Val and Train are its confusion matrices; Train is nil where it was not measured.
	Val, Train *objective.Confusion
	// Epochs is its course; losses that are not known are NaN or 0.
	Epochs []objective.Epoch
	// Stopped says that early stopping ended it.
	Stopped bool
	// Steps is the number of its optimiser steps, 0 where that is not known.
	Steps int
}

// Judgement is what the runs of one model on several seeds show.
type Judgement struct {
	// Short says that the model is not trained.
	Short bool
	// Train and Val are the mean balanced accuracies on the two parts, Chance is 1/K; shares
	// from 0 to 1. Train is NaN where it was not measured on every seed.
	Train, Val, Chance float64
	// Steps and Epochs are those of the first run; 0 where they are not known.
	Steps, Epochs int
	// Fall is the share of the fall of the training loss that the last third of the epochs
	// brought, as a mean over the runs; NaN where it is not known.
	Fall  float64
	Seeds int
}

// Judge judges at least one run, all on the same validation examples. A model is not trained if
//
//  1. its balanced accuracy on its own training part is below 1/K + (1 - 1/K)/2, halfway from
//     guessing to perfect, as a mean over the runs;
//  2. there it is no better than on validation: at most the upper end of validation's interval
//     ([guessing.Judge]), or 5 points more;
//  3. no run was ended by early stopping, for which validation must have stopped improving;
//  4. the training loss L was still falling: of L(1) - L(E) the last third of the E epochs
//     brought a fifth or more, L(E - m) - L(E) with m = max(1, E/3 rounded down), and at least
//     1 % of L(E). With fewer than three epochs, or unknown losses, there were instead fewer
//     than 200 optimiser steps.
//
// So hard data on which training has come to an end, and a model that has learned its training
// part by heart, are never called untrained.
func Judge(runs []Run) Judgement {
	first := runs[0]
	guess := make([]guessing.Run, len(runs))
	j := Judgement{Steps: first.Steps, Epochs: len(first.Epochs), Seeds: len(runs), Chance: 1 / float64(first.Val.Classes())}
	stopped, n := false, float64(len(runs))
	falls, relative := 0.0, 0.0
	for i, r := range runs {
		guess[i] = guessing.Run{Val: r.Val}
		stopped = stopped || r.Stopped
		if r.Train == nil {
			j.Train = math.NaN()
		} else {
			j.Train += r.Train.BalancedAccuracy() / n
		}
		share, of := fall(r.Epochs)
		falls += share / n
		relative += of / n
	}
	onVal := guessing.Judge(guess)
	j.Val, j.Fall = onVal.Balanced, falls
	poor := j.Train < j.Chance+halfway*(1-j.Chance) // false for NaN
	alike := j.Train <= max(onVal.High, j.Val+leastGap)
	early := j.Fall >= falling && relative >= leastFall
	if math.IsNaN(j.Fall) {
		early = j.Steps > 0 && j.Steps < fewSteps
	}
	j.Short = poor && alike && early && !stopped
	return j
}

// fall returns the share of the fall of the training loss that the last third of the epochs
// brought, and that fall as a share of the last loss; NaN where fewer than three epochs are known,
// and 0 where the loss did not fall.
func fall(epochs []objective.Epoch) (share, relative float64) {
	e := len(epochs)
	if e < 3 {
		return math.NaN(), math.NaN()
	}
	for _, x := range epochs {
		if math.IsNaN(x.Loss) || x.Loss == 0 {
			return math.NaN(), math.NaN()
		}
	}
	first, last := epochs[0].Loss, epochs[e-1].Loss
	lately := epochs[e-1-e/3].Loss - last
	if first <= last || lately <= 0 {
		return 0, 0
	}
	return lately / (first - last), lately / math.Abs(last)
}

// Text says in a sentence what was found, of a model that is named ("the unweighted model"); ""
// if it is trained.
func (j Judgement) Text(model string) string {
	if !j.Short {
		return ""
	}
	length := objective.Plural(j.Epochs, "epoch")
	switch {
	case j.Steps > 0 && j.Epochs > 0:
		length = fmt.Sprintf("%s (%s)", objective.Plural(j.Steps, "optimiser step"), length)
	case j.Steps > 0:
		length = objective.Plural(j.Steps, "optimiser step")
	}
	text := fmt.Sprintf("%s is not trained: %s, balanced accuracy on its own training part %s (validation %s, guessing %s; %s)",
		model, length, objective.Percent(j.Train), objective.Percent(j.Val), objective.Percent(j.Chance), objective.Plural(j.Seeds, "seed"))
	if !math.IsNaN(j.Fall) {
		text += fmt.Sprintf("; the loss was still falling, and the last third of the epochs brought %.0f %% of its fall", 100*j.Fall)
	}
	return text
}

// Enough returns a number of epochs to try instead: several times as many, since a training that is
// cut off so early needs that.
func (j Judgement) Enough() int { return max(several*j.Epochs, 2) }

// Advice says what to do, for a program of the user's own or a built-in model; "" if the model is
// trained.
func (j Judgement) Advice(ownProgram bool) string {
	switch {
	case !j.Short:
		return ""
	case ownProgram:
		return "Train for more epochs, or with a larger learning rate. What weights do to a model that is not trained says nothing about weights."
	}
	return "Train for more epochs (model.epochs; where the study file leaves it out, the size of the data decides), or with a larger model.learning_rate. " +
		"What weights do to a model that is not trained says nothing about weights."
}
