package main

import (
	"cmp"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"evenkeel/runs"
	"evenkeel/search"
)

// leaderboardFlags are the flags of leaderboard.
type leaderboardFlags struct {
	study, format string
	all           bool
}

// newLeaderboard returns the command that ranks the arms of a study.
func newLeaderboard(g *global) *cobra.Command {
	var f leaderboardFlags
	var format *string
	cmd := &cobra.Command{
		Use:   "leaderboard",
		Short: "Rank the arms of a study under the unweighted model",
		Long: `Ranks the arms of a study, an arm being a trial after one of its rounds, under
the pinned unweighted model. The table shows the best arm of every trial, --all
shows every arm. JSON holds every arm with the columns of the SQL view
leaderboard, numbers unrounded.`,
		Example: `  evenkeel leaderboard
  evenkeel leaderboard --study fashion --all
  evenkeel leaderboard --format json`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			db, err := openReading(cmd, g)
			if err != nil {
				return err
			}
			defer db.Close()
			f.format = *format
			return printLeaderboard(cmd, db, f)
		},
	}
	cmd.Flags().StringVar(&f.study, "study", "", "`NAME` of the study; the newest is the default")
	cmd.Flags().BoolVar(&f.all, "all", false, "show every arm, not only the best of each trial")
	format = formatFlag(cmd)
	return cmd
}

// printLeaderboard prints the leaderboard of a study.
func printLeaderboard(cmd *cobra.Command, db *runs.DB, f leaderboardFlags) error {
	board, err := db.Leaderboard(cmd.Context(), f.study, 0)
	if err != nil {
		return err
	}
	if !forPeople(f.format) {
		return boardResult(board).write(cmd.OutOrStdout(), f.format)
	}
	def, err := readDefinition(cmd.Context(), db, board.Study.Name, nil)
	if err != nil {
		return err
	}
	page := boardPage{board: board, def: def, all: f.all}
	if page.runs, page.seconds, err = db.Effort(cmd.Context(), board.Study.Name); err != nil {
		return err
	}
	return page.write(cmd.OutOrStdout(), f.format)
}

// boardResult is the leaderboard as the view of the same name has it.
func boardResult(b *runs.Board) result {
	var r result
	for _, name := range strings.Fields(`study rank trial round scheme rounds seeds tier score spread spread_se gap
		worst_class worst_recall balanced_accuracy accuracy difference difference_low difference_high
		weight_gain weight_ratio reference_spread reference_balanced_accuracy params seconds`) {
		r.columns = append(r.columns, column{name: name})
	}
	for _, a := range b.Rows {
		r.rows = append(r.rows, []any{
			a.Study, a.Rank, a.Trial, a.Round, a.Scheme, a.Rounds, a.Seeds, a.Tier, a.Score, a.Spread, a.SpreadSE, a.Gap,
			a.WorstClass, a.WorstRecall, a.BalancedAccuracy, a.Accuracy, a.Difference, a.DifferenceLow, a.DifferenceHigh,
			a.WeightGain, a.WeightRatio, a.ReferenceSpread, a.ReferenceBalancedAccuracy, a.Params, a.Seconds,
		})
	}
	return r
}

// boardPage lays a leaderboard out for people, on 100 columns.
type boardPage struct {
	board *runs.Board
	def   *search.Definition
	all   bool
	// runs and seconds are what the study took.
	runs    int
	seconds float64
}

// write prints head, table and the line about the leader, as a table or in
// Markdown.
func (p boardPage) write(w io.Writer, format string) error {
	h := p.board.Study
	fmt.Fprintf(w, "%s | %s, %d classes | %s | %s, %s, %s, %s\n", h.Name, cmp.Or(h.Title, "no data yet"), len(h.Classes),
		h.Model, count(h.Trials, "trial"), count(h.Arms, "arm"), count(p.runs, "run"), duration(p.seconds))
	if p.board.Reference.Seeds == 0 {
		fmt.Fprintln(w, "Nothing has been trained yet.")
		return nil
	}
	fmt.Fprintf(w, "Validation, %s: for choosing, not for quoting. spread = %s of the recalls.\n",
		perClass(h.ValCounts), p.def.Objective.Spread)
	fmt.Fprintln(w, "change = score minus the unweighted model's on the same seeds; ! = loses more accuracy than the tolerance.")
	if slices.ContainsFunc(p.board.Rows, func(a runs.Row) bool { return a.Seeds > 1 }) {
		fmt.Fprintf(w, "+- holds with 95 %% for all %d arms together, as far as training seeds go.\n", h.Arms)
	}
	r, hidden, err := p.table()
	if err != nil {
		return err
	}
	if err := r.writeBetween(w, format); err != nil {
		return err
	}
	if hidden > 0 {
		fmt.Fprintf(w, "One row a trial, its best arm; --all shows %d more.\n", hidden)
	}
	fmt.Fprintln(w, p.verdict())
	return nil
}

// table lays the rows out and says how many it leaves out.
func (p boardPage) table() (r result, hidden int, err error) {
	r = result{columns: []column{
		{name: "rank"}, {name: "trial"}, {name: "recipe", left: true}, {name: "round"}, {name: "max/min"}, {name: "seeds"},
		{name: "spread"}, {name: "change"}, {name: "+-"}, {name: "worst class", left: true}, {name: "bal.acc", left: true},
	}}
	ref := p.board.Reference
	r.rows = append(r.rows, []any{
		"-", "-", "unweighted", 0, "1.0", ref.Seeds, decimals(ref.Spread, 3), "", "",
		ref.WorstClass + " " + percent(ref.WorstRecall), percent(ref.BalancedAccuracy),
	})
	seen := make(map[int]bool)
	for _, a := range p.board.Rows {
		if seen[a.Trial] && !p.all {
			hidden++
			continue
		}
		seen[a.Trial] = true
		recipe, err := recipeText(p.def, a.Point)
		if err != nil {
			return r, 0, fmt.Errorf("trial %d: %w", a.Trial, err)
		}
		r.rows = append(r.rows, []any{
			rankText(a), a.Trial, recipe, fmt.Sprintf("%d/%d", a.Round, a.Rounds), ratioText(a.WeightRatio), a.Seeds,
			decimals(a.Spread, 3), signed(a.Difference, 3), halfWidth(a),
			a.WorstClass + " " + percent(a.WorstRecall), accuracyChange(a),
		})
	}
	return r, hidden, nil
}

// rankText marks ties.
func rankText(a runs.Row) string {
	if a.Tied {
		return strconv.Itoa(a.Rank) + "="
	}
	return strconv.Itoa(a.Rank)
}

// halfWidth is the half width of the simultaneous interval, if there is one.
func halfWidth(a runs.Row) string {
	if math.IsNaN(a.DifferenceHigh) {
		return ""
	}
	return decimals(a.DifferenceHigh-a.Difference, 3)
}

// ratioText writes the ratio of the largest weight to the smallest.
func ratioText(v float64) string {
	switch {
	case v >= 1e4:
		return fmt.Sprintf("%.0e", v)
	case v >= 100:
		return fmt.Sprintf("%.0f", v)
	}
	return fmt.Sprintf("%.1f", v)
}

// accuracyChange is the change of balanced accuracy in points, marked where the
// tolerance is exceeded.
func accuracyChange(a runs.Row) string {
	text := points(a.BalancedAccuracy - a.ReferenceBalancedAccuracy)
	if a.Over {
		text += "!"
	}
	return text
}

// verdict says in one line whether the leader's difference exceeds what seeds
// alone do, and claims nothing beyond that.
func (p boardPage) verdict() string {
	if len(p.board.Rows) == 0 {
		return "No trial is complete yet."
	}
	top := p.board.Rows[0]
	at := -1
	for i, a := range p.board.Rows {
		if a.Holds && a.Seeds == top.Seeds {
			at = i
			break
		}
	}
	if at < 0 {
		return fmt.Sprintf("No leader: none of the arms with %s holds the accuracy tolerance of %s points with a standard error to spare.",
			count(top.Seeds, "seed"), strings.TrimPrefix(points(p.def.Objective.Tolerance), "+"))
	}
	a := p.board.Rows[at]
	lead := fmt.Sprintf("Leader: trial %d, round %d, spread %s against %s unweighted",
		a.Trial, a.Round, decimals(a.Spread, 3), decimals(a.ReferenceSpread, 3))
	switch {
	case a.Seeds < 2 || math.IsNaN(a.DifferenceHigh):
		lead += ", on one seed: whether that is more than seeds alone do cannot be said (search.max_replicates)."
	case a.DifferenceHigh < 0:
		lead += fmt.Sprintf(": over %d seeds, more than seeds alone do. Nothing is claimed beyond these images.", a.Seeds)
	case a.Difference >= 0:
		lead += fmt.Sprintf(": over %d seeds, no arm that holds the accuracy tolerance is more even.", a.Seeds)
	default:
		lead += fmt.Sprintf(": over %d seeds, within what seeds alone do.", a.Seeds)
	}
	if at > 0 {
		lead += "\n(The arms above it do not hold the accuracy tolerance with a standard error to spare, which a leader must.)"
	}
	return lead
}

// count writes a number with its noun.
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return strconv.Itoa(n) + " " + noun + "s"
}

// perClass says how many examples a class has.
func perClass(counts []int64) string {
	if len(counts) == 0 {
		return "unknown size"
	}
	lo, hi := counts[0], counts[0]
	for _, n := range counts {
		lo, hi = min(lo, n), max(hi, n)
	}
	if lo == hi {
		return fmt.Sprintf("%d examples a class", lo)
	}
	return fmt.Sprintf("%d to %d examples a class", lo, hi)
}
