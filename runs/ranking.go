package runs

import (
	"context"
	"fmt"
	"maps"
	"math"
	"slices"

	"evenkeel/objective"
	"evenkeel/objective/evidence/interval"
	"evenkeel/runs/disk"
	"evenkeel/runs/writer"
)

// ranking holds what the intervals of a study need of its arms, by trial. They
// are used in the order of trials and rounds, so nothing depends on the order in
// which trials finished.
type ranking struct {
	trials [][]interval.Group // by trial number - 1, an arm each, in the order of rounds 1, 2, ...
	// runs are what the arms are made of: copies are one arm.
	runs armRuns
	// arms counts all of them, copies those that are copies of another one; firsts are the
	// arms with each first run.
	arms, copies int
	firsts       map[string][]armName
	// several counts the arms with several seeds, settled how many of these there were when
	// the intervals were last brought up to date.
	several, settled int
	changed          bool
	// invalid holds the trials that were declared invalid: they are not ranked.
	invalid map[int]bool
}

// loadRanking reads the arms of a study.
func loadRanking(ctx context.Context, q disk.Querier, study int) (r ranking, err error) {
	r.invalid, r.firsts = make(map[int]bool), make(map[string][]armName)
	if r.runs, err = loadArmRuns(ctx, q, study, allTrials); err != nil {
		return r, err
	}
	err = disk.Each(ctx, q, `SELECT number FROM trials WHERE study = ? AND invalid IS NOT NULL`, []any{study}, func(scan disk.Scanner) error {
		var trial int
		err := scan(&trial)
		r.invalid[trial] = true
		return err
	})
	if err != nil {
		return r, err
	}
	var last int
	if err := q.QueryRowContext(ctx, `SELECT coalesce(max(number), 0) FROM trials WHERE study = ?`, study).Scan(&last); err != nil {
		return r, err
	}
	err = disk.Each(ctx, q, `SELECT trial, seeds, sum_squares, image_variance FROM arms WHERE study = ? ORDER BY trial, round`, []any{study}, func(scan disk.Scanner) error {
		var trial int
		var g interval.Group
		if err := scan(&trial, &g.Seeds, &g.SumSquares, &g.ImageVariance); err != nil {
			return err
		}
		if trial < 1 || trial > last {
			return fmt.Errorf("an arm is of trial %d, and the trials are 1 to %d", trial, last)
		}
		r.set(trial, append(r.at(trial), g), nil)
		return nil
	})
	// An invocation that was killed may have left intervals behind.
	r.settled, r.changed = r.several, r.several > 0
	return r, err
}

// at returns the arms of a trial.
func (r *ranking) at(trial int) []interval.Group {
	for len(r.trials) < trial {
		r.trials = append(r.trials, nil)
	}
	return r.trials[trial-1]
}

// set replaces the arms of a trial, with what they are made of where that is not known; an
// invalid one's are left out.
func (r *ranking) set(trial int, arms []interval.Group, runs armRuns) {
	if r.invalid[trial] {
		return
	}
	r.count(trial, r.at(trial), -1)
	maps.Copy(r.runs, runs)
	r.count(trial, arms, 1)
	r.trials[trial-1], r.changed = arms, true
}

// count adds arms of a trial to the counts, or takes them away.
func (r *ranking) count(trial int, arms []interval.Group, sign int) {
	for k, a := range arms {
		r.arms += sign
		if a.Seeds > 1 {
			r.several += sign
		}
		arm := armName{trial, k + 1}
		if len(r.runs[arm]) == 0 {
			continue
		}
		first := r.runs[arm][0]
		r.copies -= len(r.runs.copies(r.firsts[first]))
		if sign > 0 {
			r.firsts[first] = append(r.firsts[first], arm)
		} else {
			r.firsts[first] = slices.DeleteFunc(r.firsts[first], func(a armName) bool { return a == arm })
		}
		r.copies += len(r.runs.copies(r.firsts[first]))
	}
}

// size returns the number of arms without copies.
func (r *ranking) size() int { return r.arms - r.copies }

// distinct returns the arms without copies, by trial and round.
func (r *ranking) distinct() []interval.Group {
	var arms []armName
	for i, groups := range r.trials {
		for k := range groups {
			arms = append(arms, armName{i + 1, k + 1})
		}
	}
	copies := r.runs.copies(arms)
	groups := make([]interval.Group, 0, len(arms))
	for _, a := range arms {
		if !copies[a] {
			groups = append(groups, r.trials[a.trial-1][a.round-1])
		}
	}
	return groups
}

// due reports whether the intervals are far enough behind to be brought up to
// date in the middle of a search: they change with every arm, but bringing all of
// them up to date for each would cost more than a run.
func (r *ranking) due() bool {
	return r.changed && r.several > 0 && (r.several < 64 || r.several-r.settled > r.settled/8)
}

// settle brings the intervals of all arms up to date.
func (s *Study) settle(tx *writer.Transaction) error {
	r := &s.ranking
	if !r.changed {
		return nil
	}
	r.settled, r.changed = r.several, false
	if r.several == 0 {
		return nil
	}
	pool := interval.NewPool(r.distinct())
	for i, arms := range r.trials {
		for k, a := range arms {
			if a.Seeds < 2 {
				continue // HalfWidth has none
			}
			if err := tx.Exec(`UPDATE arms SET half_width = ? WHERE study = ? AND trial = ? AND round = ?`,
				pool.HalfWidth(a), s.number, i+1, k+1); err != nil {
				return err
			}
		}
	}
	return nil
}

// groups returns what intervals need of arms.
func groups(arms []objective.Arm) []interval.Group {
	g := make([]interval.Group, len(arms))
	for i, a := range arms {
		g[i] = interval.Group{Seeds: a.Seeds, SumSquares: a.SumSquares, ImageVariance: a.ImageVariance}
	}
	return g
}

// checkArms says what is wrong with arms as rows of a trial.
func checkArms(arms []objective.Arm) error {
	for i, a := range arms {
		if a.Round != i+1 || a.Seeds < 1 {
			return fmt.Errorf("arm %d has round %d and %d seeds; want rounds 1, 2, ... and at least one seed", i, a.Round, a.Seeds)
		}
		for name, v := range map[string]float64{
			"spread": a.Spread, "gap": a.Gap, "balanced accuracy": a.BalancedAccuracy, "accuracy": a.Accuracy,
			"difference": a.Difference, "sum of squares": a.SumSquares, "image variance": a.ImageVariance, "drop": a.Drop, "weight gain": a.WeightGain,
			"reference spread": a.ReferenceSpread, "reference balanced accuracy": a.ReferenceBalancedAccuracy,
		} {
			if math.IsNaN(v) {
				return fmt.Errorf("arm of round %d: the %s is not a number", a.Round, name)
			}
		}
	}
	return nil
}

// bestArm returns the round and difference of the best arm; nil if there is none.
func bestArm(arms []objective.Arm) (round, difference any) {
	best := objective.Best(arms)
	if best < 0 {
		return nil, nil
	}
	return arms[best].Round, arms[best].Difference
}
