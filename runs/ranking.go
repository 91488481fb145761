package runs

import (
	"context"
	"fmt"
	"math"

	"gonum.org/v1/gonum/stat/distuv"

	"evenkeel/objective"
)

// ranking holds what the simultaneous intervals of a study need of its arms,
// by trial. Sums are taken in the order of trials and rounds, so they do not
// depend on the order in which trials finished.
type ranking struct {
	trials []trialNoise // by trial number - 1
}

// trialNoise is the share of one trial; all zero while it is not ranked.
type trialNoise struct {
	arms, freedom int
	sumSquares    float64
}

// loadRanking reads the arms of a study.
func loadRanking(ctx context.Context, q querier, study int) (r ranking, err error) {
	err = each(ctx, q, `SELECT trial, seeds, sum_squares FROM arms WHERE study = ? ORDER BY trial, round`, []any{study}, func(scan scanner) error {
		var trial, seeds int
		var sum float64
		if err := scan(&trial, &seeds, &sum); err != nil {
			return err
		}
		r.at(trial).add(seeds, sum)
		return nil
	})
	return r, err
}

// at returns the entry of a trial.
func (r *ranking) at(trial int) *trialNoise {
	for len(r.trials) < trial {
		r.trials = append(r.trials, trialNoise{})
	}
	return &r.trials[trial-1]
}

func (t *trialNoise) add(seeds int, sumSquares float64) {
	t.arms++
	t.freedom += seeds - 1
	t.sumSquares += sumSquares
}

// set replaces the arms of a trial.
func (r *ranking) set(trial int, arms []objective.Arm) {
	t := r.at(trial)
	*t = trialNoise{}
	for _, a := range arms {
		t.add(a.Seeds, a.SumSquares)
	}
}

// figures returns the number of arms m, the degrees of freedom, the pooled
// standard deviation over seeds and the critical value; the last two are NaN
// without a degree of freedom.
func (r *ranking) figures() (m, freedom int, pooled, critical float64) {
	var sum float64
	for _, t := range r.trials {
		m += t.arms
		freedom += t.freedom
		sum += t.sumSquares
	}
	return m, freedom, math.Sqrt(sum / float64(freedom)), Critical(m, freedom)
}

// Critical returns the factor of simultaneous 95 % intervals for m means by
// Bonferroni's inequality: the quantile of Student's t distribution with the
// given degrees of freedom at
//
//	1 - 0.05 / (2 m)
//
// It is NaN if m or freedom is below 1.
func Critical(m, freedom int) float64 {
	if m < 1 || freedom < 1 {
		return math.NaN()
	}
	t := distuv.StudentsT{Mu: 0, Sigma: 1, Nu: float64(freedom)}
	return t.Quantile(1 - 0.05/float64(2*m))
}

// checkArms says what is wrong with arms as rows of a trial.
func checkArms(arms []objective.Arm) error {
	for i, a := range arms {
		if a.Round != i+1 || a.Seeds < 1 {
			return fmt.Errorf("arm %d has round %d and %d seeds; want rounds 1, 2, ... and at least one seed", i, a.Round, a.Seeds)
		}
		for name, v := range map[string]float64{
			"spread": a.Spread, "gap": a.Gap, "balanced accuracy": a.BalancedAccuracy, "accuracy": a.Accuracy,
			"difference": a.Difference, "sum of squares": a.SumSquares, "drop": a.Drop, "weight gain": a.WeightGain,
			"reference spread": a.ReferenceSpread, "reference balanced accuracy": a.ReferenceBalancedAccuracy,
		} {
			if math.IsNaN(v) {
				return fmt.Errorf("arm of round %d: the %s is not a number", a.Round, name)
			}
		}
	}
	return nil
}

// bestArm returns the round and difference of the best arm, the first of equals;
// nil if there is none.
func bestArm(arms []objective.Arm) (round, difference any) {
	best := -1
	for i, a := range arms {
		if best < 0 || a.Difference < arms[best].Difference {
			best = i
		}
	}
	if best < 0 {
		return nil, nil
	}
	return arms[best].Round, arms[best].Difference
}
