package results

import (
	"context"
	"fmt"
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
	// other sides against the first, with 95 % intervals over seeds.
	Means   []float64
	Changes []interval.Paired
}

// Compare reads arms of the named study, "" for the newest, and compares them with the
// first. They need a training seed in common.
func Compare(ctx context.Context, db *runs.DB, study string, arms []Arm) (*Comparison, error) {
	c := &Comparison{}
	for _, a := range arms {
		t, round, err := ReadArm(ctx, db, study, a, false)
		if err != nil {
			return nil, err
		}
		c.Sides = append(c.Sides, Side{Trial: t, Round: round})
	}
	if c.Seeds = common(c.Sides); len(c.Seeds) == 0 {
		return nil, fmt.Errorf("the trials have no training seed in common; compare trials that are complete")
	}
	t := c.Sides[0].Trial
	for class := range t.Replicates[0].Rounds[0].Val.Classes() {
		c.add(t.Study.Class(class), true, func(r objective.Round) float64 { return r.Val.Recall()[class] })
	}
	c.add("spread", false, func(r objective.Round) float64 { return r.Spread })
	c.add("balanced accuracy", true, func(r objective.Round) float64 { return r.BalancedAccuracy })
	return c, nil
}

// add measures a figure of every side.
func (c *Comparison) add(name string, share bool, of func(objective.Round) float64) {
	m := Measure{Name: name, Share: share}
	var first []float64
	for i, s := range c.Sides {
		x := make([]float64, len(c.Seeds))
		mean := 0.0
		for j, seed := range c.Seeds {
			x[j] = of(s.at(seed))
			mean += x[j]
		}
		m.Means = append(m.Means, mean/float64(len(x)))
		if i == 0 {
			first = x
			continue
		}
		m.Changes = append(m.Changes, interval.PairedDifference(first, x))
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
