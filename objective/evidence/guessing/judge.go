package guessing

import (
	"fmt"
	"math"

	"evenkeel/objective"
	"evenkeel/objective/evidence/interval"
)

// Kind is what is wrong with models.
type Kind string

// The kinds.
const (
	// Fine: the predictions are better than guessing.
	Fine Kind = ""
	// Guessing: the interval of the balanced accuracy includes 1/K, that of K classes
	// guessed at random, or lies below it.
	Guessing Kind = "guessing"
	// OneClass: nearly all predictions of every model are one class.
	OneClass Kind = "one-class"
)

// NaN says whether the logits were not numbers.
type NaN string

// What is known of that.
const (
	// Numbers: the logits are finite, or the predictions are not what NaN gives.
	Numbers NaN = ""
	// Possible: all predictions are class 0, as argmax gives for NaN, and the logits are
	// not known.
	Possible NaN = "possible"
	// Seen: a logit is NaN or infinite.
	Seen NaN = "seen"
)

// nearlyAll is the share of predictions from which on one class is predicted for nearly
// everything. Our choice.
const nearlyAll = 0.95

// frequent is how many times as many examples as the mean of the other classes the most
// predicted class must have for its frequency to be a reason for predicting it. Our choice.
const frequent = 2

// Run is one training run on the validation part.
type Run struct {
	Val *objective.Confusion
	// Logits are examples x classes; nil if they are not known.
	Logits []float32
}

// Judgement is what the runs of one model on several seeds show.
type Judgement struct {
	Kind Kind
	// Balanced is the mean balanced accuracy, Low and High its 95 % interval, Chance is
	// 1/K; shares from 0 to 1.
	Balanced, Low, High, Chance float64
	// Class is the class that is predicted most, Share its share of the predictions: the
	// mean over true classes, so that a frequent class that is predicted rightly does
	// not count as one class for everything. It is the lowest share of a run.
	Class int
	Share float64
	// SameClass says that it is the same class in all runs.
	SameClass bool
	// Frequent says that Class has at least twice the validation examples of the mean of
	// the others. Then this is a common result of unweighted training, and weights are a remedy.
	Frequent bool
	NaN      NaN
	Seeds    int
}

// Judge judges at least one run, all on the same validation examples. The interval is
//
//	mean(b) +- z sqrt(sum_c p_c (1 - p_c) / n_c) / K
//
// with b the balanced accuracy of a run, n_c the examples of class c of K, p_c =
// (n_c r_c + 1) / (n_c + 2), r_c the mean recall, and z the normal quantile of 97.5 %.
// The runs share their examples, so more seeds do not make it narrower; the difference
// between seeds does not make it wider, as the question is whether these runs know anything.
func Judge(runs []Run) Judgement {
	k := runs[0].Val.Classes()
	j := Judgement{Chance: 1 / float64(k), Seeds: len(runs), Share: math.Inf(1), SameClass: true}
	recall := make([]float64, k)
	for i, r := range runs {
		c, share := mostPredicted(r.Val)
		if i > 0 && c != j.Class {
			j.SameClass = false
		}
		if share < j.Share {
			j.Class, j.Share = c, share
		}
		for c, x := range r.Val.Recall() {
			recall[c] += x / float64(len(runs))
		}
		j.NaN = worse(j.NaN, nanOf(r))
	}
	support := runs[0].Val.Support()
	var sum, variance, present float64
	for c, n := range support {
		if n == 0 {
			continue // it has no recall
		}
		present++
		sum += recall[c]
		p := (float64(float64(n)*recall[c]) + 1) / (float64(n) + 2)
		variance += float64(p*(1-p)) / float64(n)
	}
	j.Balanced, variance = sum/present, variance/(present*present)
	half := interval.Quantile(interval.TwoSided, math.Inf(1)) * math.Sqrt(variance)
	j.Low, j.High = j.Balanced-half, j.Balanced+half
	others := float64(runs[0].Val.Total()-support[j.Class]) / float64(k-1)
	j.Frequent = j.SameClass && float64(support[j.Class]) >= frequent*others
	switch {
	case j.Share >= nearlyAll:
		j.Kind = OneClass
	case j.Low <= j.Chance:
		j.Kind = Guessing
	}
	return j
}

// mostPredicted returns the class with the largest share of the predictions, as the mean
// over the true classes that have examples.
func mostPredicted(m *objective.Confusion) (class int, share float64) {
	k := m.Classes()
	shares := make([]float64, k)
	present := 0
	for t, n := range m.Support() {
		if n == 0 {
			continue
		}
		present++
		for p := range k {
			shares[p] += float64(m.At(t, p)) / float64(n)
		}
	}
	for p, s := range shares {
		if s > shares[class] {
			class = p
		}
	}
	return class, shares[class] / float64(present)
}

// nanOf says whether a run's logits were not numbers, as far as is known.
func nanOf(r Run) NaN {
	for _, x := range r.Logits {
		if x-x != 0 {
			return Seen
		}
	}
	if r.Logits == nil && r.Val.Predicted()[0] == r.Val.Total() {
		return Possible
	}
	return Numbers
}

// worse returns the more certain of two.
func worse(a, b NaN) NaN {
	if a == Seen || b == Numbers {
		return a
	}
	return b
}

// Blocks reports whether nothing else that is measured of these models means anything: they
// are not better than guessing, and the frequency of a class is no explanation.
func (j Judgement) Blocks() bool { return j.Kind != Fine && !j.Frequent }

// Text says in a sentence what was found, of models that are named ("the unweighted model"),
// with the names of the classes; "" if all is well.
func (j Judgement) Text(model string, classes []string) string {
	if j.Kind == Fine {
		return ""
	}
	seeds := objective.Plural(j.Seeds, "seed")
	figures := fmt.Sprintf("balanced accuracy %s (95 %%: %s to %s, %s), guessing gives %s", objective.Percent(j.Balanced),
		objective.Percent(max(0, j.Low)), objective.Percent(min(1, j.High)), seeds, objective.Percent(j.Chance))
	if j.Kind == OneClass {
		class := objective.InSentence(classes[j.Class])
		everything := "nearly everything (" + objective.Percent(j.Share) + " of the predictions)"
		if j.Share == 1 {
			everything = "everything"
		}
		text := fmt.Sprintf("%s predicts %s for %s: %s", model, class, everything, figures)
		if !j.SameClass {
			text = fmt.Sprintf("%s predicts one class for %s, not the same on every seed: %s", model, everything, figures)
		}
		switch j.NaN {
		case Seen:
			text += ". Its logits are NaN or infinite, of which argmax makes one class"
		case Possible:
			text += ". Class 0 for everything is what argmax makes of NaN"
		}
		return text
	}
	if j.High < j.Chance {
		return model + " is worse than guessing: " + figures
	}
	return model + " is no better than guessing: " + figures
}

// Advice says what to look at; "" if all is well.
func (j Judgement) Advice() string {
	switch {
	case j.Kind == Fine:
		return ""
	case j.Frequent:
		return "That class is the most frequent one, so unweighted training may end like this, and weights or offsets may change it. " +
			"If they do not, look for labels in another order than the predictions."
	case j.NaN != Numbers:
		return "Look for NaN in the loss and the logits (a learning rate that is too large, a log of 0, a division by 0), and send the logits: then NaN is refused."
	case j.Kind == OneClass:
		return "Look for inputs that are all the same (a slip in preprocessing or scaling), a training that diverged, and too few epochs. Weights cannot repair this."
	case j.High < j.Chance:
		return "Look for class names or labels in another order than the columns of the predictions, or labels counted from 1. Weights cannot repair this."
	}
	return "Look for labels in another order than the predictions (a data loader that shuffles validation), for inputs that are prepared differently in validation than in training, " +
		"and for too few epochs. Weights cannot repair this."
}
