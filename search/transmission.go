package search

import (
	"fmt"
	"math"
	"slices"

	"evenkeel/objective"
	"evenkeel/objective/evidence/posthoc"
)

// enoughTrials is the number of trials from which on transmission is believed. Our
// choice: the first window of trials.
const enoughTrials = 4

// trialEffects has the effect of a trial on a number of replicates, of which so many runs
// are those of earlier trials too.
type trialEffects struct {
	replicates, copies int
	effect             posthoc.Effect // of one dimension, see joined; empty if there is none
}

// transmission returns how much of the change that shifts of the logits predict was
// measured in the trials that are known; Effects counts these. A trial is one effect: for every
// weighted round and seed of it, the changes of the recalls against its own unweighted
// round, beside those of the reference's logits shifted by the very weights it was
// trained with. A run that an earlier trial has too is no evidence again. Weights that are
// applied post hoc say nothing of training and are left out.
func (s *Screen) transmission(trials []trialView) (t posthoc.Transmission, err error) {
	var all []posthoc.Effect
	counted := make(map[objective.RunID]int) // the trial that a run counts for
	for i, trial := range trials {
		if trial.failed || trial.invalid || len(trial.measured) == 0 {
			continue
		}
		copies := countRuns(trial.measured, counted, i)
		known := s.effects[i]
		// What is known of trials only grows, and so do the copies: as many are the same ones.
		if known.replicates != len(trial.measured) || known.copies != copies {
			plan, err := s.definition.Plan(trial.point)
			if err != nil {
				return t, fmt.Errorf("trial %d: %w", i+1, err)
			}
			known = trialEffects{replicates: len(trial.measured), copies: copies}
			if plan.Trained() {
				known.effect = joined(s.effectsOf(trial.measured, func(run objective.RunID) bool { return run == "" || counted[run] == i }))
			}
			s.effects[i] = known
		}
		if len(known.effect.Predicted) > 0 {
			all = append(all, known.effect)
		}
	}
	return posthoc.Transmit(all...), nil
}

// countRuns lets the weighted runs of a trial count for it that count for no other one, and
// returns how many do not.
func countRuns(measured []objective.Replicate, counted map[objective.RunID]int, trial int) (copies int) {
	for _, rep := range measured {
		for _, round := range rep.Rounds[1:] {
			if owner, known := counted[round.Run]; !known {
				counted[round.Run] = trial
			} else if owner != trial {
				copies++
			}
		}
	}
	return copies
}

// joined returns an effect of one dimension that counts in a transmission like all of
// the given ones together: with p the predicted changes and o the observed ones, it
// predicts |p| and observes <o, p> / |p|. Rounds and seeds of a trial are tied to each
// other, so they are one cluster. It is empty if nothing is predicted.
func joined(effects []posthoc.Effect) posthoc.Effect {
	var together, size float64
	for _, e := range effects {
		for c, p := range e.Predicted {
			together += float64(e.Observed[c] * p)
			size += float64(p * p)
		}
	}
	if size == 0 {
		return posthoc.Effect{}
	}
	length := math.Sqrt(size)
	return posthoc.Effect{Observed: []float64{together / length}, Predicted: []float64{length}}
}

// effectsOf returns the effects of a trial's weighted rounds whose runs count for it.
func (s *Screen) effectsOf(measured []objective.Replicate, counts func(objective.RunID) bool) (effects []posthoc.Effect) {
	for _, rep := range measured {
		for _, seed := range s.seeds {
			if seed.replicate != rep.Replicate {
				continue
			}
			before := rep.Rounds[0].Val.Recall()
			reference := seed.reference.Val
			for _, round := range rep.Rounds[1:] {
				if !counts(round.Run) {
					continue
				}
				shifted := seed.part.Confusion(posthoc.FromWeights(round.Weights))
				// The change against the trial's own unweighted round, in two steps: points of
				// studies depend on how it is rounded.
				e := posthoc.EffectOf(reference, shifted, reference, round.Val)
				for c, r := range reference.Recall() {
					e.Observed[c] += r - before[c] // 0 unless the trial has a model of its own
				}
				effects = append(effects, e)
			}
		}
	}
	return effects
}

// trusted reports whether points are to be chosen by prediction, given what the
// trials show: not where training ends as if there were no weights, since points chosen
// by prediction are then no better than others.
func trusted(t posthoc.Transmission) bool { return t.Effects < enoughTrials || !t.Ineffective() }

// on reports whether the next point is to be chosen by prediction: as long as
// training is seen to bring what is predicted. Once a point was not, none is: a
// screen that is switched off stays off, as the trials it gave up on show. It
// returns what it judged by.
func (s *Screen) on(trials []trialView) (bool, posthoc.Transmission, error) {
	t, err := s.transmission(trials)
	if err != nil || slices.ContainsFunc(trials, func(t trialView) bool { return !t.screened }) {
		return false, t, err
	}
	return trusted(t), t, nil
}
