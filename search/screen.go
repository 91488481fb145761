package search

import (
	"fmt"
	"maps"
	"math"
	"reflect"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"evenkeel/objective"
	"evenkeel/objective/posthoc"
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
	// each new trial; screenWork is how many (example, round) pairs all of them may
	// cost in between, about a third of a second of one core, and crossFitting how many
	// times that a chain costs that is cross-fitted. Our choice; measured.
	mostCandidates, fewestCandidates = 256, 32
	screenWork, crossFitting         = 3e7, 7
	// apart is how far, in nats (root mean square over the classes), the weights that
	// are predicted for a trial must lie from those of earlier trials: an exponent of
	// 0.8 and one of 0.85 are not worth two trainings. Our choice.
	apart = 0.1
)

// Screen predicts what trials measure without training any: it shifts the logits
// of the trained reference by ln w, measures, and weighs anew, which is the whole
// reweighting loop ([posthoc.Chain]). So many points can be looked at for each one
// that is trained. Whether training brings what is predicted is measured as trials
// finish ([Screen.Transmission]).
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

// screenSeed is the reference on one seed.
type screenSeed struct {
	replicate int
	reference objective.Round
	part      *posthoc.Part
	folds     *posthoc.Folds // nil where a class has too few examples to cut in folds
	plain     []uint16       // predictions of the unweighted model
}

// NewScreen returns the screen of a study from runs of its reference, of which the
// first five count. The error says why nothing can be predicted: there are no
// logits, or no labels to hold them against.
func NewScreen(d *Definition, train []int, runs []ReferenceRun) (*Screen, error) {
	s := &Screen{definition: d, train: train, chosen: make(map[int]*predicted), effects: make(map[int]trialEffects)}
	for _, r := range runs[:min(len(runs), screenSeeds)] {
		if r.Result.ValLogits == nil || r.Labels == nil {
			return nil, fmt.Errorf("the reference's logits and labels on validation are not at hand")
		}
		part, err := posthoc.NewPart(r.Result.Val.Classes(), r.Result.ValLogits, r.Labels)
		if err != nil {
			return nil, err
		}
		seed := screenSeed{replicate: r.Replicate, reference: r.Round, part: part}
		if folds, err := posthoc.NewFolds(part); err == nil {
			seed.folds = folds
		}
		seed.plain = part.Predict(make([]float64, part.Classes()), nil)
		s.seeds = append(s.seeds, seed)
	}
	if len(s.seeds) == 0 {
		return nil, fmt.Errorf("the reference was not trained on any seed")
	}
	each := float64(len(s.seeds)*s.seeds[0].part.Len()) * (float64(d.meanRounds()) + 1)
	if slices.Contains(d.Values("weighting.apply"), any(objective.ApplyPosthoc)) {
		each *= crossFitting
	}
	s.candidates = int(min(max(screenWork/each, fewestCandidates), mostCandidates))
	return s, nil
}

// Candidates returns how many points are predicted for each new trial.
func (s *Screen) Candidates() int { return s.candidates }

// Predict returns what a plan measures on each of the screen's seeds if training
// does what shifting the logits does. Round 0 is the reference's, whatever the
// plan's model. Where the plan applies its weights post hoc this is, to the last
// bit, what the trial measures on that seed, for the model of the reference.
//
// The error is that of [posthoc.Chain.Run]: the recipe gives no weights there.
func (s *Screen) Predict(plan objective.Plan) ([]objective.Replicate, error) {
	chain := posthoc.Chain{Recipe: plan.Recipe, Rounds: plan.Rounds, Train: s.train, Spread: s.definition.Objective.Spread}
	reps := make([]objective.Replicate, len(s.seeds))
	for i, seed := range s.seeds {
		reps[i] = objective.Replicate{Replicate: seed.replicate, Reference: seed.reference}
		var err error
		if plan.Apply == objective.ApplyPosthoc {
			reps[i].Rounds, err = seed.crossFitted(chain)
		} else {
			reps[i].Rounds, err = seed.chained(chain)
		}
		if err != nil {
			return nil, err
		}
	}
	return reps, nil
}

// chained are the rounds of a trial that trains with its weights.
func (s screenSeed) chained(chain posthoc.Chain) ([]objective.Round, error) {
	rounds, err := chain.Run(s.part)
	if err != nil {
		return nil, err
	}
	var predictions []uint16
	for r := range rounds[1:] {
		round := &rounds[r+1]
		predictions = s.part.Predict(posthoc.FromWeights(round.Weights), predictions[:0])
		round.ImageVariance = objective.ImageVariance(s.part.Classes(), s.part.Labels(), predictions, s.plain)
	}
	return rounds, nil
}

// crossFitted are those of a trial that shifts logits.
func (s screenSeed) crossFitted(chain posthoc.Chain) ([]objective.Round, error) {
	if s.folds == nil {
		return nil, fmt.Errorf("a class has too few validation examples to shift logits by weights that had no part in them")
	}
	fitted, err := chain.CrossFit(s.folds)
	if err != nil {
		return nil, err
	}
	rounds := make([]objective.Round, len(fitted))
	for r, f := range fitted {
		rounds[r] = f.Round
		if r > 0 {
			rounds[r].ImageVariance = objective.ImageVariance(s.part.Classes(), s.part.Labels(), f.CrossFitted.Predictions, s.plain)
		}
	}
	return rounds, nil
}

// Prediction is what a screen said of the point that it chose for a trial.
type Prediction struct {
	// Difference is the score minus the reference's of the trial's best arm, and
	// Round that arm's. Both are 0 where nothing could be predicted for the point.
	Difference float64
	Round      int
	// Candidates is the number of points that were predicted to choose this one.
	Candidates int
}

// predicted is a point with what is predicted for it.
type predicted struct {
	point Point
	plan  objective.Plan
	// The arm that would lead: the best of those that hold the accuracy tolerance,
	// of all if none does.
	difference float64
	round      int
	holds      bool
	// shift is ln w there, centred, mean over the seeds.
	shift []float64
}

// predict returns the prediction for a point, nil if its recipe gives no weights.
func (s *Screen) predict(point Point) (*predicted, error) {
	plan, err := s.definition.Plan(point)
	if err != nil {
		return nil, err
	}
	reps, err := s.Predict(plan)
	if err != nil {
		return nil, nil
	}
	p := &predicted{point: point, plan: plan, difference: math.Inf(1)}
	for _, arm := range s.definition.Objective.Arms(reps) {
		if arm.Holds && !p.holds || arm.Holds == p.holds && arm.Difference < p.difference {
			p.difference, p.round, p.holds = arm.Difference, arm.Round, arm.Holds
		}
	}
	if p.round == 0 {
		return nil, nil
	}
	p.shift = make([]float64, s.seeds[0].part.Classes())
	for _, rep := range reps {
		for c, b := range posthoc.FromWeights(rep.Rounds[p.round].Weights) {
			p.shift[c] += b / float64(len(reps))
		}
	}
	return p, nil
}

// better reports whether p is predicted to lead q.
func (p *predicted) better(q *predicted) bool {
	if p.holds != q.holds {
		return p.holds
	}
	return p.difference < q.difference
}

// near reports whether two trials would be all but the same: the same model,
// trained with nearly the same weights in the same way.
func (p *predicted) near(q *predicted) bool {
	var squares float64
	for c, b := range p.shift {
		d := b - q.shift[c]
		squares += float64(d * d)
	}
	return math.Sqrt(squares/float64(len(p.shift))) < apart && p.plan.Apply == q.plan.Apply &&
		p.plan.WeightsFrom == q.plan.WeightsFrom && reflect.DeepEqual(p.plan.Model, q.plan.Model)
}

// choose draws the screen's number of points, numbered from 0, and returns the one
// that is predicted to lead among those at a distance from all trials before. Rounds
// behind the best one are taken off it: they would be trained to become worse. It
// returns the first point as it is if there is no such one: nothing can be predicted,
// or all that is worth a training has been trained. draw must be safe for concurrent
// calls.
func (s *Screen) choose(trials []trialView, draw func(candidate int) (Point, error)) (Point, *Prediction, error) {
	points, found := make([]Point, s.candidates), make([]*predicted, s.candidates)
	err := inParallel(s.candidates, func(i int) (err error) {
		if points[i], err = draw(i); err == nil {
			found[i], err = s.predict(points[i])
		}
		return err
	})
	if err != nil {
		return nil, nil, err
	}
	earlier, err := s.earlier(trials)
	if err != nil {
		return nil, nil, err
	}
	var best *predicted
	for _, p := range found {
		if p != nil && (best == nil || p.better(best)) && !slices.ContainsFunc(earlier, p.near) {
			best = p
		}
	}
	switch own := found[0]; {
	case best != nil:
		return s.definition.Space.withRounds(best.point, best.round), &Prediction{best.difference, best.round, s.candidates}, nil
	case own != nil:
		return own.point, &Prediction{own.difference, own.round, s.candidates}, nil
	}
	return points[0], &Prediction{Candidates: s.candidates}, nil
}

// earlier returns the predictions for the trials so far, whatever chose them.
func (s *Screen) earlier(trials []trialView) ([]*predicted, error) {
	var list []*predicted
	for i, t := range trials {
		p, ok := s.chosen[i]
		if !ok {
			var err error
			if p, err = s.predict(t.point); err != nil {
				return nil, err
			}
			s.chosen[i] = p
		}
		if p != nil && !t.failed && !t.invalid {
			list = append(list, p)
		}
	}
	return list, nil
}

// withRounds returns the point with the fewest rounds that the space allows and
// that are not below r, at most its own; the point itself where rounds are not
// searched.
func (s Space) withRounds(point Point, r int) Point {
	for _, p := range s.Params {
		if p.Name != "weighting.rounds" {
			continue
		}
		rounds := func(v float64) float64 {
			if p.Kind == Categorical {
				return number(p.Choices[int(v)])
			}
			return v
		}
		best := point[p.Name]
		for k := 0.0; k < p.Count(); k++ {
			v := p.gridValue(k)
			if p.Kind != Categorical && rounds(v) >= rounds(best) {
				break // values ascend
			}
			if rounds(v) >= float64(r) && rounds(v) < rounds(best) {
				best = v
			}
		}
		point = maps.Clone(point)
		point[p.Name] = best
	}
	return point
}

// inParallel calls work for 0, ..., n-1 on all processors and returns the error
// with the lowest index.
func inParallel(n int, work func(i int) error) error {
	errs := make([]error, n)
	var next atomic.Int64
	var workers sync.WaitGroup
	for range min(n, runtime.GOMAXPROCS(0)) {
		workers.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				errs[i] = work(i)
			}
		})
	}
	workers.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
