package results

import (
	"context"
	"fmt"
	"math"
	"slices"

	"evenkeel/objective"
	"evenkeel/objective/evidence/interval"
	"evenkeel/runs"
)

// Side is one of the arms compared.
type Side struct {
	Trial *runs.Trial
	Round int
}

// at returns the side's round on a seed that all sides have.
func (s Side) at(replicate int) objective.Round {
	i := slices.IndexFunc(s.Trial.Replicates, func(r objective.Replicate) bool { return r.Replicate == replicate })
	return s.Trial.Replicates[i].Rounds[s.Round]
}

// Comparison is arms over the training seeds that they have in common, on validation.
type Comparison struct {
	// Sides are the arms; the others are compared with the first.
	Sides []Side
	// Seeds are the numbers of the common replicates.
	Seeds []int
	// Measures are the recall of every class, then spread and balanced accuracy.
	Measures []Measure
}

// Measure is one figure of every side.
type Measure struct {
	Name string
	// Share says that it is a share, shown in points, and not a spread.
	Share bool
	// Means are the means over the common seeds, one a side. Changes are those of the
	// other sides against the first, with 95 % intervals over seeds and examples.
	Means   []float64
	Changes []interval.Paired
}

// Compare reads arms of the named study, "" for the newest, and compares them with the
// first. They need a training seed in common.
func Compare(ctx context.Context, db *runs.DB, study string, arms []Arm) (*Comparison, error) {
	c := &Comparison{}
	for _, a := range arms {
		t, round, err := readArm(ctx, db.TrialWithHits, study, a, false)
		if err != nil {
			return nil, err
		}
		c.Sides = append(c.Sides, Side{Trial: t, Round: round})
	}
	if c.Seeds = common(c.Sides); len(c.Seeds) == 0 {
		return nil, fmt.Errorf("the trials have no training seed in common; compare trials that are complete")
	}
	t := c.Sides[0].Trial
	def, err := Definition(ctx, db, t.Study.Name, nil)
	if err != nil {
		return nil, err
	}
	classes := t.Replicates[0].Rounds[0].Val.Classes()
	for class := range classes {
		c.add(t.Study.Class(class), true, func(r objective.Round) float64 { return r.Val.Recall()[class] }, func(rounds []objective.Round, scale float64) objective.Linear {
			return meanRecalls(rounds, scale, class, class+1)
		})
	}
	c.add("spread", false, func(r objective.Round) float64 { return r.Spread }, def.Objective.Spread.Linear)
	c.add("balanced accuracy", true, func(r objective.Round) float64 { return r.BalancedAccuracy }, func(rounds []objective.Round, scale float64) objective.Linear {
		return meanRecalls(rounds, scale/float64(classes), 0, classes)
	})
	return c, nil
}

// meanRecalls is scale times the sum over classes, from one to before another, of the mean
// recall over runs.
func meanRecalls(rounds []objective.Round, scale float64, from, to int) objective.Linear {
	l := objective.Linear{Rounds: rounds}
	for _, r := range rounds {
		slopes := make([]float64, r.Val.Classes())
		for class := from; class < to; class++ {
			slopes[class] = scale / float64(len(rounds))
		}
		l.Slopes = append(l.Slopes, slopes)
	}
	return l
}

// add measures a figure of every side; linear is scale times its mean over runs, to first
// order. The interval joins the noise of seeds and of examples as the leaderboard does
// ([interval.Cochran]).
func (c *Comparison) add(name string, share bool, of func(objective.Round) float64, linear func([]objective.Round, float64) objective.Linear) {
	m := Measure{Name: name, Share: share}
	var first []float64
	var before []objective.Round
	for i, s := range c.Sides {
		x := make([]float64, len(c.Seeds))
		var rounds []objective.Round
		mean := 0.0
		for j, seed := range c.Seeds {
			rounds = append(rounds, s.at(seed))
			x[j] = of(rounds[j])
			mean += x[j]
		}
		m.Means = append(m.Means, mean/float64(len(x)))
		if i == 0 {
			first, before = x, rounds
			continue
		}
		d := interval.PairedDifference(first, x)
		half := interval.Cochran(d.High-d.Mean, interval.Quantile(interval.TwoSided, math.Inf(1)), objective.ImageVariance(linear(rounds, 1), linear(before, -1)))
		d.Low, d.High = d.Mean-half, d.Mean+half
		m.Changes = append(m.Changes, d)
	}
	c.Measures = append(c.Measures, m)
}

// common returns the replicates that all sides have.
func common(sides []Side) []int {
	count := make(map[int]int)
	for _, s := range sides {
		for _, rep := range s.Trial.Replicates {
			count[rep.Replicate]++
		}
	}
	var all []int
	for r, n := range count {
		if n == len(sides) {
			all = append(all, r)
		}
	}
	slices.Sort(all)
	return all
}
