package search

import (
	"fmt"

	"evenkeel/objective"
	"evenkeel/objective/posthoc"
)

const (
	// leastTransmission is the share of a predicted change that training must bring
	// for the screen to be believed: below it the training absorbs the weights, and
	// points chosen by prediction are no better than others.
	leastTransmission = 0.3
	// enoughTrials is the number of trials from which on transmission is believed. Our
	// choice: the first window of trials.
	enoughTrials = 4
)

// trialEffects are the effects of a trial on so many replicates.
type trialEffects struct {
	replicates int
	effects    []posthoc.Effect
}

// transmission returns how much of what shifts of the logits predict arrived in the
// trials that are known, and how many trials say so. An effect is a weighted round
// on one seed: the change of the recalls against the trial's own unweighted round,
// beside that of the reference's logits shifted by the very weights it was trained
// with. Weights that are applied post hoc say nothing of training and are left out.
func (s *Screen) transmission(trials []trialView) (t posthoc.Transmission, trained int, err error) {
	var all []posthoc.Effect
	for i, trial := range trials {
		if trial.failed || trial.invalid || len(trial.measured) == 0 {
			continue
		}
		known := s.effects[i]
		if known.replicates != len(trial.measured) {
			plan, err := s.definition.Plan(trial.point)
			if err != nil {
				return t, 0, fmt.Errorf("trial %d: %w", i+1, err)
			}
			known = trialEffects{replicates: len(trial.measured)}
			if plan.Apply != objective.ApplyPosthoc {
				known.effects = s.effectsOf(trial.measured)
			}
			s.effects[i] = known
		}
		if len(known.effects) > 0 {
			trained++
			all = append(all, known.effects...)
		}
	}
	return posthoc.Transmit(all...), trained, nil
}

// effectsOf returns the effects of a trial's weighted rounds.
func (s *Screen) effectsOf(measured []objective.Replicate) (effects []posthoc.Effect) {
	for _, rep := range measured {
		for _, seed := range s.seeds {
			if seed.replicate != rep.Replicate {
				continue
			}
			before := rep.Rounds[0].Val.Recall()
			for _, round := range rep.Rounds[1:] {
				shifted := seed.part.Confusion(posthoc.FromWeights(round.Weights))
				e := posthoc.EffectOf(seed.reference.Val, shifted, round.Val)
				for c, r := range seed.reference.Val.Recall() {
					e.Observed[c] += r - before[c] // 0 unless the trial has a model of its own
				}
				effects = append(effects, e)
			}
		}
	}
	return effects
}

// trusted reports whether points are to be chosen by prediction, given what is
// known of the trials so far: not where transmission is below [leastTransmission]
// by more than its standard error.
func (s *Screen) trusted(trials []trialView) (bool, posthoc.Transmission, error) {
	t, trained, err := s.transmission(trials)
	return trained < enoughTrials || !(t.Tau+t.SE < leastTransmission), t, err
}

// on reports whether the next point is to be chosen by prediction: as long as
// training is seen to bring what is predicted. Once a point was not, none is: a
// screen that is switched off stays off, as the trials it gave up on show.
func (s *Screen) on(trials []trialView) (bool, error) {
	for _, t := range trials {
		if !t.screened {
			return false, nil
		}
	}
	trusted, _, err := s.trusted(trials)
	return trusted, err
}
