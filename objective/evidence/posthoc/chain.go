package posthoc

import (
	"fmt"

	"evenkeel/objective"
	"evenkeel/schemes"
)

// Chain is the reweighting loop of a trial in which weights shift the logits of
// the unweighted model instead of entering a training.
type Chain struct {
	Recipe schemes.Recipe
	// Rounds is the number of weighted rounds, at least 1.
	Rounds int
	// Train is the number of training examples of each class; nil stands for the
	// proportions of the part itself, as in [objective.Evaluator].
	Train []int
	// Spread is the measure in the rounds; empty means [objective.StdDev].
	Spread objective.Spread
}

// Run returns rounds 0..Rounds of the chain on the logits of an unweighted
// model. Round 0 is the model itself. Round r shifts its logits by ln w, see
// [FromWeights], with the weights w that the recipe makes from what round r-1 measured
// and, where it accumulates, from earlier weights. Weights are measured on the same examples
// that they are applied to; see [Chain.CrossFit] for figures to report.
//
// Of a round, Round, Raw, Weights, Shown, Solved, Fallback, Val, Spread,
// BalancedAccuracy and Accuracy are set: there is no run and no training matrix,
// and the image variance, which needs the reference, is left to the caller.
//
// The errors are those of [schemes.Recipe.Next], with the round, and one for
// Rounds < 1.
func (c Chain) Run(p *Logits) ([]objective.Round, error) {
	return c.run(p, p.NewCounts(), c.trainCounts(p), nil)
}

// RunPredicted is Run, and calls complete with each round from 1 and its predictions,
// which complete must not keep.
func (c Chain) RunPredicted(p *Logits, complete func(round *objective.Round, predictions []uint16)) ([]objective.Round, error) {
	counts, predictions := p.NewCounts(), make([]uint16, 0, p.Len())
	count := func(round *objective.Round, b []float64) {
		predictions = p.Predict(b, predictions[:0])
		counts.of(p, predictions)
		*round = c.measured(*round, counts.Confusion())
		complete(round, predictions)
	}
	return c.rounds(p, counts, c.trainCounts(p), count)
}

// run is Run with a buffer, known training counts, and a function that is called with
// the shift of each round from 1; it may be nil.
func (c Chain) run(p *Logits, counts *Counts, train []int, shifted func(round int, b []float64)) ([]objective.Round, error) {
	return c.rounds(p, counts, train, func(round *objective.Round, b []float64) {
		if shifted != nil {
			shifted(round.Round, b)
		}
		p.Count(b, counts)
		*round = c.measured(*round, counts.Confusion())
	})
}

// rounds is the chain, with a function that measures each round from 1 under its
// shift.
func (c Chain) rounds(p *Logits, counts *Counts, train []int, measure func(round *objective.Round, b []float64)) ([]objective.Round, error) {
	if c.Rounds < 1 {
		return nil, fmt.Errorf("a chain of %d rounds; want at least 1", c.Rounds)
	}
	rounds := make([]objective.Round, 0, c.Rounds+1)
	p.Count(make([]float64, p.classes), counts)
	rounds = append(rounds, c.measured(objective.Round{}, counts.Confusion()))
	state := schemes.State{}
	for r := 1; r <= c.Rounds; r++ {
		val := rounds[r-1].Val
		step, err := c.Recipe.Next(schemes.Measurement{
			TruePositives: val.TruePositives(), Support: val.Support(), Predicted: val.Predicted(), Train: train,
		}, r, state)
		if err != nil {
			return nil, fmt.Errorf("round %d: %w", r, err)
		}
		state = schemes.State{Weights: step.Weights, Solved: step.Solved}
		rounds = append(rounds, objective.Round{
			Round: r, Raw: step.Raw, Weights: step.Weights, Shown: step.Shown,
			Solved: step.Solved, Fallback: step.Fallback,
		})
		measure(&rounds[r], FromWeights(step.Weights))
	}
	return rounds, nil
}

// measured completes a round with the figures of m.
func (c Chain) measured(round objective.Round, m *objective.Confusion) objective.Round {
	round.Val = m
	round.Spread = c.spread().Of(m.Recall())
	round.BalancedAccuracy, round.Accuracy = m.BalancedAccuracy(), m.Accuracy()
	return round
}

func (c Chain) spread() objective.Spread {
	if c.Spread == "" {
		return objective.StdDev
	}
	return c.Spread
}

// trainCounts returns the training counts that the recipe reads.
func (c Chain) trainCounts(p *Logits) []int {
	if c.Train != nil {
		return c.Train
	}
	counts := make([]int, p.classes)
	for k, n := range p.support {
		counts[k] = int(n)
	}
	return counts
}

// CrossFittedRound is a round of [Chain.CrossFit].
type CrossFittedRound struct {
	// Round has the weights that all examples give, to show and to apply
	// elsewhere, and the figures of the folds: Val is CrossFitted.Confusion, and
	// Round.Spread is [CrossFitted.Spread].
	objective.Round
	CrossFitted CrossFitted
}

// CrossFit returns rounds 0..Rounds like [Chain.Run], with weights measured on
// other examples than those they are applied to: for each fold the whole chain
// runs on the other two, and the weights of each of its rounds are applied to
// the fold. These figures are reported where the shift is the result itself, not a
// prediction of what training does. In round 0 every shift is 0.
func (c Chain) CrossFit(f *Folds) ([]CrossFittedRound, error) {
	counts, train := f.whole.NewCounts(), c.trainCounts(f.whole)
	whole, err := c.run(f.whole, counts, train, nil)
	if err != nil {
		return nil, err
	}
	shifts := make([][][]float64, len(whole)) // by round and fold
	for r := range shifts {
		shifts[r] = make([][]float64, foldCount)
	}
	for k, rest := range f.rest {
		shifts[0][k] = make([]float64, f.whole.classes)
		keep := func(round int, b []float64) { shifts[round][k] = b }
		if _, err := c.run(rest, counts, train, keep); err != nil {
			return nil, fmt.Errorf("without fold %d: %w", k, err)
		}
	}
	rounds := make([]CrossFittedRound, len(whole))
	for r, round := range whole {
		fitted := f.apply(shifts[r])
		round = c.measured(round, fitted.Confusion)
		round.Spread = fitted.Spread(c.spread())
		rounds[r] = CrossFittedRound{round, fitted}
	}
	return rounds, nil
}

// Optimism returns how much too kind the figures of the chain's last round are because its
// weights were measured on the very examples that they are judged on: the spread of
// [Chain.CrossFit], whose examples had no part in their weights, minus that of [Chain.Run],
// and the same of the balanced accuracy lost. Both are usually above 0. The errors are those
// of Run.
//
// Source: B. Efron, How biased is the apparent error rate of a prediction rule?, Journal of
// the American Statistical Association 81 (1986), for the apparent and the cross-validated
// error.
func (c Chain) Optimism(f *Folds) (spread, accuracy float64, err error) {
	apparent, err := c.Run(f.whole)
	if err != nil {
		return 0, 0, err
	}
	fitted, err := c.CrossFit(f)
	if err != nil {
		return 0, 0, err
	}
	a, b := apparent[c.Rounds], fitted[c.Rounds].Round
	return b.Spread - a.Spread, a.BalancedAccuracy - b.BalancedAccuracy, nil
}
