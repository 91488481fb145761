package search

import (
	"fmt"
	"slices"

	"evenkeel/objective"
	"evenkeel/objective/evidence/posthoc"
)

// The words of search.screen.
const (
	ScreenAuto = "auto"
	ScreenOff  = "off"
)

const (
	// screenSeeds is the most seeds of the reference that predict: with five the
	// seeds' noise of a prediction is well below that of a trained arm on one seed.
	screenSeeds = 5
	// mostCandidates and fewestCandidates bound the points that are predicted for
	// each new trial; screenWork is how many examples may be predicted for all of them
	// in between, about a third of a second of one core. A round costs as much as
	// matrixCost examples for each cell of its matrix besides, and crossFitting times as
	// much where it is cross-fitted. Our choice; measured.
	mostCandidates, fewestCandidates = 256, 4
	screenWork                       = 3e7
	matrixCost, crossFitting         = 5, 7
)

// Screen predicts what trials measure without training any: it shifts the logits
// of the trained reference by ln w, measures, and weighs anew, which is the whole
// reweighting loop ([posthoc.Chain]). So many points can be looked at for each one
// that is trained. Whether training brings what is predicted is measured as trials
// finish.
//
// A prediction knows nothing of the model's own parameters: where these are
// searched, the sampler chooses them and the screen chooses the weighting.
//
// Predictions depend on the definition and on the reference's runs alone. A Screen
// is not safe for concurrent use. Make one with [NewScreen].
type Screen struct {
	definition *Definition
	train      []int
	seeds      []screenSeed
	candidates int

	// chosen holds what was predicted for earlier trials, effects what they said of
	// transmission on so many replicates.
	chosen  map[int]*predicted
	effects map[int]trialEffects
}

// ReferenceRun is the trained reference on one seed, with the labels of its
// validation examples.
type ReferenceRun struct {
	Replicate int
	Round     objective.Round
	Result    *objective.Result
	Labels    []uint16
}

// usable says why nothing can be predicted from a run.
func (r ReferenceRun) usable() error {
	if r.Result.ValLogits == nil || r.Labels == nil {
		return fmt.Errorf("the reference's logits and labels on validation are not stored")
	}
	return nil
}

// screenSeed is the reference on one seed.
type screenSeed struct {
	replicate int
	reference objective.Round
	part      *posthoc.Logits
	folds     *posthoc.Folds // nil where a class has too few examples to cut in folds
	plain     []uint16       // predictions of the unweighted model
}

// NewScreen returns the screen of a study from runs of its reference, of which the
// first five count. The error says why nothing can be predicted: there are no
// logits, or no labels to compare them with.
func NewScreen(d *Definition, train []int, runs []ReferenceRun) (*Screen, error) {
	s := &Screen{definition: d, train: train, chosen: make(map[int]*predicted), effects: make(map[int]trialEffects)}
	derives := slices.ContainsFunc(d.Ways(), func(way string) bool { return !objective.Trained(way) })
	for _, r := range runs[:min(len(runs), screenSeeds)] {
		if err := r.usable(); err != nil {
			return nil, err
		}
		part, err := posthoc.NewLogits(r.Result.Val.Classes(), r.Result.ValLogits, r.Labels)
		if err != nil {
			return nil, err
		}
		seed := screenSeed{replicate: r.Replicate, reference: r.Round, part: part}
		if derives {
			if folds, err := posthoc.NewFolds(part); err == nil {
				seed.folds = folds
			}
		}
		seed.plain = part.Predict(make([]float64, part.Classes()), nil)
		s.seeds = append(s.seeds, seed)
	}
	if len(s.seeds) == 0 {
		return nil, fmt.Errorf("the reference was not trained on any seed")
	}
	classes := s.seeds[0].part.Classes()
	each := float64(len(s.seeds)*(s.seeds[0].part.Len()+matrixCost*classes*classes)) * (d.meanRounds() + 1)
	if derives {
		each *= crossFitting
	}
	s.candidates = int(min(max(screenWork/each, fewestCandidates), mostCandidates))
	return s, nil
}

// Predict returns what a plan measures on each of the screen's seeds if training
// does what shifting the logits does. Round 0 is the reference's, for every model of
// the plan. Where the plan applies its weights post hoc this is, to the last
// bit, what the trial measures on that seed, for the model of the reference.
//
// The error is that of [posthoc.Chain.Run]: the recipe gives no weights there.
func (s *Screen) Predict(plan objective.Plan) ([]objective.Replicate, error) {
	chain := posthoc.Chain{Recipe: plan.Recipe, Rounds: plan.Rounds, Train: s.train, Spread: s.definition.Objective.Spread}
	reps := make([]objective.Replicate, len(s.seeds))
	for i, seed := range s.seeds {
		reps[i] = objective.Replicate{Replicate: seed.replicate, Reference: seed.reference}
		var err error
		if plan.Trained() {
			reps[i].Rounds, err = seed.chained(chain)
		} else {
			reps[i].Rounds, err = seed.crossFitted(chain)
		}
		if err != nil {
			return nil, err
		}
	}
	return reps, nil
}

// chained are the rounds of a trial that trains with its weights.
func (s screenSeed) chained(chain posthoc.Chain) ([]objective.Round, error) {
	return chain.RunPredicted(s.part, func(round *objective.Round, predictions []uint16) {
		round.BalancedVariance = objective.BalancedVariance(s.part.Classes(), s.part.Labels(), predictions, s.plain)
	})
}

// crossFitted are those of a trial that shifts logits.
func (s screenSeed) crossFitted(chain posthoc.Chain) ([]objective.Round, error) {
	if s.folds == nil {
		return nil, fmt.Errorf("a class has too few validation examples for cross-fitted weights")
	}
	fitted, err := chain.CrossFit(s.folds)
	if err != nil {
		return nil, err
	}
	rounds := make([]objective.Round, len(fitted))
	for r, f := range fitted {
		rounds[r] = f.Round
		if r > 0 {
			rounds[r].BalancedVariance = objective.BalancedVariance(s.part.Classes(), s.part.Labels(), f.CrossFitted.Predictions, s.plain)
		}
	}
	return rounds, nil
}
