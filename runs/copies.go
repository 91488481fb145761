package runs

import (
	"cmp"
	"context"
	"slices"

	"evenkeel/runs/disk"
)

// armName names an arm of a study.
type armName struct{ trial, round int }

// armRuns are the runs that arms are made of, one a seed in their order.
type armRuns map[armName][]string

// loadArmRuns reads the runs of all arms of a study, or of those of one trial.
func loadArmRuns(ctx context.Context, q disk.Querier, study, trial int) (armRuns, error) {
	runs := make(armRuns)
	// Two queries and not one with OR, so that both use the key.
	where, args := `study = ? AND trial > 0`, []any{study}
	if trial != allTrials {
		where, args = `study = ? AND trial = ?`, []any{study, trial}
	}
	err := disk.Each(ctx, q, `SELECT trial, round, run FROM trial_runs WHERE `+where+` AND round > 0 ORDER BY trial, replicate, round`, args, func(scan disk.Scanner) error {
		var a armName
		var run string
		err := scan(&a.trial, &a.round, &run)
		runs[a] = append(runs[a], run)
		return err
	})
	return runs, err
}

// same reports whether two arms have the same run on every seed that both were measured on.
func (r armRuns) same(a, b armName) bool {
	x, y := r[a], r[b]
	n := min(len(x), len(y))
	return n > 0 && slices.Equal(x[:n], y[:n])
}

// copies returns the arms that are copies of another one: the same runs, which one recipe
// gives with a limit of two rounds and of three, and two recipes with the same weights. Of
// arms that are copies of each other the one with the most seeds is the arm, of equals the
// earlier one. The view leaderboard has the same rule.
func (r armRuns) copies(arms []armName) map[armName]bool {
	if len(arms) < 2 {
		return nil
	}
	order := slices.Clone(arms)
	slices.SortFunc(order, func(a, b armName) int {
		return cmp.Or(cmp.Compare(len(r[b]), len(r[a])), cmp.Compare(a.trial, b.trial), cmp.Compare(a.round, b.round))
	})
	copies := make(map[armName]bool)
	first := make(map[string][]armName)
	for _, a := range order {
		if len(r[a]) == 0 {
			continue
		}
		run := r[a][0]
		if slices.ContainsFunc(first[run], func(b armName) bool { return r.same(a, b) }) {
			copies[a] = true
			continue
		}
		first[run] = append(first[run], a)
	}
	return copies
}
