package report

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"evenkeel/objective"
	"evenkeel/objective/evidence/guessing"
	"evenkeel/runs"
	"evenkeel/runs/results"
	"evenkeel/search/followup"
)

// pageTrials is the number of trials a leaderboard shows unless all are asked for.
const pageTrials = 40

// BoardOptions say how much of a leaderboard is shown.
type BoardOptions struct {
	// All shows every arm, Wide whole recipes on a narrow terminal.
	All, Wide bool
}

// Leaderboard prints the ranked arms of a study under the pinned rows, what was
// confirmed, and what to do next.
func Leaderboard(out Out, o *results.Overview, options BoardOptions) error {
	if !out.forPeople() {
		return out.write(figuresOf(boardFigures(o.Leader, o.Board.Rows), o.Board.Rows))
	}
	fmt.Fprintln(out.W, boardPage{out, o, options}.title())
	fmt.Fprintln(out.W)
	answer := answerPage{out, o, o.Recommendation}
	answer.print()
	if err := answer.allOptions(); err != nil {
		return err
	}
	if o.Board.Reference.Seeds == 0 {
		return nil
	}
	fmt.Fprintln(out.W)
	return boardPage{out, o, options}.board()
}

// boardPage lays a leaderboard out for people.
type boardPage struct {
	Out
	*results.Overview
	options BoardOptions
}

// board prints head, table and the line about the leader.
func (p boardPage) board() error {
	if h := p.Board.Study; h.FailedSeeds > 0 {
		p.lines(capitalised(furtherSeeds(h.FailedSeeds)) + ": " + cause(h.SeedFailure))
	}
	if p.Training.Short && p.Recommendation.Why != results.NotTrained {
		p.lines(capitalised(notTrained(p.Training, p.Definition.Model.Trainer.Transport().OwnData)))
	}
	if j := p.Judgement; j.Kind != guessing.Fine && !j.Blocks() {
		p.lines(answerPage{p.Out, p.Overview, p.Recommendation}.judgement())
	}
	p.head()
	r, hidden, err := p.table()
	if err != nil {
		return err
	}
	cutAny := !p.options.Wide && r.fit(p.Width, "recipe", "worst class")
	if err := p.writeBetween(r); err != nil {
		return err
	}
	if cutAny {
		fmt.Fprintln(p.W, "Some cells are cut to fit the terminal; --wide shows them whole.")
	}
	if hidden > 0 {
		fmt.Fprintf(p.W, "One row a trial, its best arm; --all shows %s more. Columns: leaderboard --help\n", count(hidden, "arm"))
	}
	for _, text := range p.unmeasured() {
		p.lines(text)
	}
	if text := p.optimism(); text != "" {
		p.lines(text)
	}
	if n := len(p.Board.Rows); n > 0 && p.Board.Rows[n-1].Seeds < p.seeds() {
		p.lines(fmt.Sprintf("Arms on %s come first; those on fewer seeds usually look better than they are.", count(p.seeds(), "seed")))
	}
	if note := p.modelNote(); note != "" {
		p.lines(note)
	}
	return nil
}

// title says what was searched, how far, and by how much work.
func (p boardPage) title() string {
	h := p.Board.Study
	trials := count(h.Done, "trial")
	if planned := p.Definition.MostTrials(); h.Done < planned {
		trials = fmt.Sprintf("%d of %d trials", h.Done, planned)
	}
	var marks []string
	if h.Failed > 0 {
		marks = append(marks, fmt.Sprintf("%d failed", h.Failed))
	}
	if h.FailedSeeds > 0 {
		marks = append(marks, furtherSeeds(h.FailedSeeds))
	}
	if h.Invalid > 0 {
		marks = append(marks, fmt.Sprintf("%d invalidated", h.Invalid))
	}
	if len(marks) > 0 {
		trials += " (" + strings.Join(marks, ", ") + ")"
	}
	data := objective.Printable(cmp.Or(h.Title, "no data yet"))
	if len(h.Classes) > 0 {
		data += fmt.Sprintf(", %d classes", len(h.Classes))
	}
	title := fmt.Sprintf("%s | %s | %s | %s, %s", h.Name, data, h.Model, trials, count(h.Arms, "arm"))
	trained, found := count(p.Runs, "training"), ""
	if p.Found > 0 {
		found = fmt.Sprintf(" (%d more found from an earlier study)", p.Found)
	}
	if len(p.Confirmed) > 0 { // which the time is of too, and the trainings are not
		return fmt.Sprintf("%s\n%s in the search%s; %s in all, confirmation included", title, trained, found, Duration(p.Seconds))
	}
	return fmt.Sprintf("%s, %s%s, %s in all", title, trained, found, Duration(p.Seconds))
}

// furtherSeeds says how many further seeds of trials failed.
func furtherSeeds(n int) string { return count(n, "further seed") + " failed" }

// cause is the first failure's error without the excerpt of what a program sent, which the log
// has.
func cause(failure string) string {
	text, _, _ := strings.Cut(failure, "; it sent `")
	return beneath(text, 2)
}

// head says what the table was measured on.
func (p boardPage) head() {
	h := p.Board.Study
	use := "for choosing; not for quoting"
	if p.Recommendation.Confirmed != nil {
		use = "chose what was confirmed; not for quoting"
	}
	fmt.Fprintf(p.W, "SEARCH on validation (%s, %s): %s\n", perClass(h.ValCounts), count(p.seeds(), "seed"), use)
	spread := "spread: " + p.Definition.Objective.Spread.Text()
	if !math.IsNaN(p.NoiseFloor) {
		spread += fmt.Sprintf("; noise floor %s (what perfectly even classes would show)", decimals(p.NoiseFloor, 3))
	}
	fmt.Fprintln(p.W, spread)
	if q := p.Recommendation.Of(objective.OptionNothing).Test; q.Seeds > 0 && p.Recommendation.Confirmed != nil {
		here := p.Board.Reference.Spread
		text := "unweighted spread " + decimals(here, 3) + " here"
		if floor := p.NoiseFloor; p.Definition.Objective.Spread == objective.StdDev && floor < here {
			text += fmt.Sprintf(" (%s without that noise)", decimals(math.Sqrt(float64(here*here)-float64(floor*floor)), 3))
		}
		p.lines(fmt.Sprintf("%s, %s on the test part without its noise: other examples", text, decimals(q.Spread, 3)))
	}
	for _, text := range p.predicted() {
		p.lines(text)
	}
}

// predicted says what was looked at without training, and how much of it training
// delivered; nothing where nothing was.
func (p boardPage) predicted() []string {
	s := p.Board.Screening
	if s.Points == 0 {
		return nil
	}
	lines := []string{count(s.Points, "candidate") + " predicted without training"}
	if results.Delivered(s) {
		lines = append(lines, fmt.Sprintf("training delivered %s of the predicted change of each class's recall (%s)", s.Transmission, count(s.Transmission.Effects, "trial")))
	}
	return lines
}

// seeds returns the number of training seeds of the highest tier.
func (p boardPage) seeds() int {
	if len(p.Board.Rows) == 0 {
		return p.Board.Reference.Seeds
	}
	return p.Board.Rows[0].Seeds
}

// table lays the rows out and says how many arms it leaves out.
func (p boardPage) table() (r result, hidden int, err error) {
	r = result{tight: true, columns: []column{
		{name: "rank"}, {name: "trial"}, {name: "recipe", left: true}, {name: "round"}, {name: "score"},
		{name: "change"}, {name: "+-"}, {name: "noise?", left: true}, {name: "spread"},
	}}
	if p.Definition.SearchesModel() {
		r.columns = append(r.columns, column{name: "weights"})
	}
	if p.options.Wide {
		r.columns = append(r.columns, column{name: "max/min"})
	}
	r.columns = append(r.columns, column{name: "worst class", left: true}, column{name: "bal.acc", left: true})
	r.rows = append(r.rows, p.row(p.reference(), "1.0", ""))
	if p.Board.Offsets.Seeds > 0 {
		r.rows = append(r.rows, p.row(p.offsets(), "-", ""))
	}
	for _, cells := range p.searched() {
		r.rows = append(r.rows, p.row(cells, "-", ""))
	}
	seen := make(map[int]bool)
	for _, a := range p.Board.Rows {
		if !p.options.All && (seen[a.Trial] || len(seen) == pageTrials) {
			hidden++
			continue
		}
		seen[a.Trial] = true
		recipe, err := recipeText(p.Definition, a.Point)
		if err != nil {
			return r, 0, fmt.Errorf("trial %d: %w", a.Trial, err)
		}
		r.rows = append(r.rows, p.row([]any{
			rankText(a), a.Trial, recipe, fmt.Sprintf("%d of %d", a.Round, a.Rounds), decimals(a.Score, 3),
			signed(a.Difference, 3), halfWidth(a), noiseText(a, p.seeds()), decimals(a.Spread, 3), worstText(a.WorstClass, a.WorstRecall), accuracyChange(a),
		}, ratioText(a.WeightRatio), signed(-a.WeightGain, 3)))
	}
	return r, hidden, nil
}

// reference is the pinned row.
func (p boardPage) reference() []any {
	ref := p.Board.Reference
	name := "unweighted"
	for _, param := range p.Definition.Space.Params {
		if key, ok := param.ModelKey(); ok {
			if v, used := p.Definition.ReferenceModel()[key]; used {
				name += " " + key + "=" + valueText(v)
			}
		}
	}
	return []any{
		"-", "-", name, 0, decimals(ref.Spread, 3), "", "", "", decimals(ref.Spread, 3), worstText(ref.WorstClass, ref.WorstRecall), percent(ref.BalancedAccuracy),
	}
}

// offsets is the second pinned row: what shifting the unweighted model's logits
// does without any training.
func (p boardPage) offsets() []any {
	o := p.Board.Offsets
	drop := points(-o.Drop)
	if o.Drop > p.Definition.Objective.Tolerance+objective.Slack {
		drop += "!"
	}
	return []any{
		"-", "-", "offsets, fitted to each", 0, decimals(p.Board.Reference.Spread+o.Difference(p.Definition.Objective), 3),
		signed(o.Difference(p.Definition.Objective), 3), "", "", decimals(o.Spread, 3),
		worstText(o.WorstClass, o.WorstRecall), drop,
	}
}

// optimism says what the leader's change counts for beside the pinned rows; "" where that is
// not known, and where nothing is taken off.
func (p boardPage) optimism() string {
	o, at := p.Board.Optimism, p.Leader.At
	if at < 0 || o.Trial != p.Board.Rows[at].Trial || o.Round != p.Board.Rows[at].Round {
		return ""
	}
	counts := p.Recommendation.Of(objective.OptionWeightsRemeasured).Search.Score
	if signed(counts, 3) == signed(p.Board.Rows[at].Difference, 3) {
		return ""
	}
	return fmt.Sprintf("Against the rows without a rank, rank 1 counts as %s, not %s: its weights were measured on these very examples, and %s of its change is not expected on others. Offsets are measured on examples left out of their fit.",
		signed(counts, 3), signed(p.Board.Rows[at].Difference, 3), signed(p.Board.Rows[at].Difference-counts, 3))
}

// searched are the pinned rows of what was measured when the search ended: one fixed set of
// offsets, the unweighted model trained twice as many epochs, and both.
func (p boardPage) searched() (rows [][]any) {
	l := p.Board.Longer
	for _, s := range []*followup.Searched{p.Board.Offsets.Fixed, &l.Searched, l.Offsets} {
		if s == nil || s.Seeds == 0 || s.Reason != "" {
			continue
		}
		name := searchedName(s.Option, count(s.Epochs, "epoch"))
		drop := points(-s.Drop)
		if s.Drop > p.Definition.Objective.Tolerance+objective.Slack {
			drop += "!"
		}
		worst, low := objective.Lowest(s.Recall)
		rows = append(rows, []any{
			"-", "-", name, 0, decimals(p.Board.Reference.Spread+s.Difference, 3), signed(s.Difference, 3), "", "", decimals(s.Spread, 3),
			worstText(p.Board.Study.Class(worst), low), drop,
		})
	}
	return rows
}

// searchedName names such a row; longer is how long training longer is.
func searchedName(o objective.Option, longer string) string {
	switch o {
	case objective.OptionLonger:
		return "unweighted, " + longer
	case objective.OptionLongerThenOffsets:
		return longer + ", fixed offsets"
	}
	return "offsets, one fixed set"
}

// unmeasured says which of these rows are missing, or are of fewer seeds than there are, and why:
// a line for each reason.
func (p boardPage) unmeasured() (lines []string) {
	b := p.Board
	leader := 0
	if p.Leader.At >= 0 {
		leader = b.Rows[p.Leader.At].Seeds
	}
	var reasons []followup.Reason
	rows := map[followup.Reason][]string{}
	for _, x := range []struct {
		row   *followup.Searched
		seeds int
	}{{b.Offsets.Fixed, b.Reference.Seeds}, {&b.Longer.Searched, leader}, {b.Longer.Offsets, leader}} {
		if x.row == nil || x.row.Option == "" {
			continue
		}
		reason, name := x.row.Reason, searchedName(x.row.Option, answerPage{p.Out, p.Overview, p.Recommendation}.epochsText())
		if reason == "" && x.row.Seeds < x.seeds {
			reason, name = followup.ReasonTime, fmt.Sprintf("%s (on %d of %d seeds)", name, x.row.Seeds, x.seeds)
		}
		if reason == "" {
			continue
		}
		if rows[reason] == nil {
			reasons = append(reasons, reason)
		}
		rows[reason] = append(rows[reason], name)
	}
	for _, reason := range reasons {
		text := "Not measured: " + strings.Join(rows[reason], "; ") + ": " + whyNotMeasured(reason)
		if reason == followup.ReasonTime && p.Recommendation.Confirmed == nil {
			text += "; with more time evenkeel resume " + ShellWord(p.Definition.Name) + " does it"
		}
		lines = append(lines, text)
	}
	return lines
}

// row puts the weights' own change and their ratio into a row where the table has these
// columns.
func (p boardPage) row(cells []any, ratio, weights string) []any {
	if p.Definition.SearchesModel() {
		cells = slices.Insert(cells, len(cells)-2, any(weights))
	}
	if p.options.Wide {
		cells = slices.Insert(cells, len(cells)-2, any(ratio))
	}
	return cells
}

// rankText marks ties.
func rankText(a runs.Row) string {
	if a.Rank == 0 { // of an invalid trial
		return "-"
	}
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

// noiseText says whether an arm's difference exceeds the noise of seeds and images,
// whichever way it goes; of an arm with fewer seeds than the leaders, how many.
func noiseText(a runs.Row, seeds int) string {
	if a.Seeds < seeds {
		return count(a.Seeds, "seed")
	}
	switch noise := results.NoiseOf(a); noise {
	case results.TooFewSeeds:
		return ""
	case results.MoreEven, results.LessEven:
		return "beyond"
	case results.WithinNoise, results.NotMoreEven:
		return "within"
	default:
		panic(fmt.Sprintf("report: an arm has the noise %q", noise))
	}
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

// worstText names a class with its recall.
func worstText(class string, recall float64) string { return class + " " + percent(recall) }

// accuracyChange is the balanced accuracy lost, in points, marked where it is
// more than the tolerance.
func accuracyChange(a runs.Row) string {
	text := points(-a.Drop)
	if a.LossProbability > 0.5 {
		text += "!"
	}
	return text
}

// modelNote says what of the leader's change is the weights' where the model is searched
// too; "" elsewhere.
func (p boardPage) modelNote() string {
	if p.Leader.At < 0 || !p.Definition.SearchesModel() {
		return ""
	}
	a := p.Board.Rows[p.Leader.At]
	return fmt.Sprintf("Its weights change the spread by %s against its own unweighted model; the rest is the model. "+
		"change: against the first row; weights: against the trial's own unweighted model; bal.acc: against the better of these two.",
		signed(-a.WeightGain, 3))
}

// NoLeader says in a clause why no arm leads.
func NoLeader(why results.NoLeader) string {
	switch why {
	case results.NoneComplete:
		return "no trial is complete yet"
	case results.AllInvalid:
		return "every trial that ended well was declared invalid"
	case results.AllFailed:
		return "every trial failed"
	}
	panic(fmt.Sprintf("report: no arm leads because of %q", why))
}

// boardFigures are the columns of the view leaderboard, and what is not stored.
func boardFigures(leader results.Leader, rows []runs.Row) []figure[runs.Row] {
	return []figure[runs.Row]{
		{"study", func(a runs.Row) any { return a.Study }},
		{"rank", func(a runs.Row) any { return a.Rank }},
		{"trial", func(a runs.Row) any { return a.Trial }},
		{"round", func(a runs.Row) any { return a.Round }},
		{"scheme", func(a runs.Row) any { return a.Scheme }},
		{"rounds", func(a runs.Row) any { return a.Rounds }},
		{"seeds", func(a runs.Row) any { return a.Seeds }},
		{"tier", func(a runs.Row) any { return a.Seeds }},
		{"score", func(a runs.Row) any { return a.Score }},
		{"spread", func(a runs.Row) any { return a.Spread }},
		{"spread_se", func(a runs.Row) any { return a.SpreadSE }},
		{"gap", func(a runs.Row) any { return a.Gap }},
		{"worst_class", func(a runs.Row) any { return a.WorstClass }},
		{"worst_recall", func(a runs.Row) any { return a.WorstRecall }},
		{"balanced_accuracy", func(a runs.Row) any { return a.BalancedAccuracy }},
		{"accuracy", func(a runs.Row) any { return a.Accuracy }},
		{"difference", func(a runs.Row) any { return a.Difference }},
		{"difference_low", func(a runs.Row) any { return a.DifferenceLow }},
		{"difference_high", func(a runs.Row) any { return a.DifferenceHigh }},
		{"weight_gain", func(a runs.Row) any { return a.WeightGain }},
		{"weight_ratio", func(a runs.Row) any { return a.WeightRatio }},
		{"reference_spread", func(a runs.Row) any { return a.ReferenceSpread }},
		{"reference_balanced_accuracy", func(a runs.Row) any { return a.ReferenceBalancedAccuracy }},
		{"params", func(a runs.Row) any { return a.Params }},
		{"seconds", func(a runs.Row) any { return a.Seconds }},
		// Not in the view.
		{"accuracy_drop", func(a runs.Row) any { return a.Drop }},
		{"accuracy_drop_se", func(a runs.Row) any { return a.DropSE }},
		{"charge", func(a runs.Row) any { return a.Charge }},
		{"loss_probability", func(a runs.Row) any { return a.LossProbability }},
		{"leader", func(a runs.Row) any {
			return leader.At >= 0 && a.Trial == rows[leader.At].Trial && a.Round == rows[leader.At].Round
		}},
		{"noise", func(a runs.Row) any { return string(results.NoiseOf(a)) }},
	}
}
