package search

import (
	"maps"
	"math"
	"reflect"
	"slices"

	"evenkeel/objective"
	"evenkeel/objective/evidence/posthoc"
)

// apart is how far, in nats (root mean square over the classes), the weights that
// are predicted for a trial are to lie from those of earlier trials: an exponent of
// 0.8 and one of 0.85 are not worth two trainings while others are left that are
// predicted to be better than the reference. Where there are none, half as far will
// do, down to closest. Our choice.
const apart, closest = 0.1, 0.0125

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
	// The arm that would lead, with the charge at one common standard error.
	difference float64
	round      int
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
	score, common := s.definition.Objective, objective.CommonSE(s.seeds[0].reference)
	for _, arm := range score.Ranked(reps) {
		if d := arm.Change + score.Charge(arm.Drop, common); d < p.difference {
			p.difference, p.round = d, arm.Round
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

// near reports whether two trials would be all but the same: the same model,
// trained with nearly the same weights in the same way.
func (p *predicted) near(q *predicted, within float64) bool {
	var squares float64
	for c, b := range p.shift {
		d := b - q.shift[c]
		squares += float64(d * d)
	}
	return math.Sqrt(squares/float64(len(p.shift))) < within && p.plan.Apply == q.plan.Apply &&
		p.plan.WeightsFrom == q.plan.WeightsFrom && reflect.DeepEqual(p.plan.Model, q.plan.Model)
}

// choose draws the screen's number of points, numbered from 0, and returns the one
// that is predicted to lead among those at a distance from all trials before, which is
// the smaller the less is left. Rounds behind the best one are taken off it: they
// would be trained to become worse. It returns the first point as it is if there is no
// such one: nothing can be predicted, or all that is worth a training has been
// trained. Rounds are left where the point without them is not fresh. draw must be safe for
// concurrent calls.
func (s *Screen) choose(trials []trialView, draw func(candidate int) (Point, error), fresh func(Point) bool) (Point, *Prediction, error) {
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
	for within := apart; within >= closest && (best == nil || best.difference >= 0); within /= 2 {
		best = nil
		for _, p := range found {
			if p != nil && (best == nil || p.difference < best.difference) &&
				!slices.ContainsFunc(earlier, func(q *predicted) bool { return p.near(q, within) }) {
				best = p
			}
		}
	}
	switch own := found[0]; {
	case best != nil:
		point := s.definition.Space.withRounds(best.point, best.round)
		if !fresh(point) {
			point = best.point
		}
		return point, &Prediction{best.difference, best.round, s.candidates}, nil
	case own != nil:
		return own.point, &Prediction{own.difference, own.round, s.candidates}, nil
	}
	return points[0], &Prediction{Candidates: s.candidates}, nil
}

// earlier returns the predictions for all trials so far, chosen by the screen or not.
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
	p, searched := s.param(KeyRounds)
	if !searched {
		return point
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
	return point
}
