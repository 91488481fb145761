package report

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"evenkeel/runs"
	"evenkeel/runs/results"
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
		return out.write(boardResult(o))
	}
	p := boardPage{out, o, options}
	if err := p.board(); err != nil {
		return err
	}
	for _, a := range o.Confirmed {
		if err := (confirmedPage{out, o.Definition}).section(a); err != nil {
			return err
		}
	}
	if len(o.Board.Rows) == 0 {
		return nil
	}
	if o.Conclusion != nil {
		out.lines(concluded(*o.Conclusion))
	}
	for _, line := range p.next() {
		fmt.Fprintln(out.W, line)
	}
	return nil
}

// boardPage lays a leaderboard out for people.
type boardPage struct {
	Out
	*results.Overview
	options BoardOptions
}

// board prints head, table and the line about the leader.
func (p boardPage) board() error {
	fmt.Fprintln(p.W, p.title())
	if p.Board.Reference.Seeds == 0 {
		fmt.Fprintln(p.W, "Nothing has been trained yet.")
		return nil
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
		fmt.Fprintf(p.W, "One row a trial, its best arm, and the leader; --all shows %s more. Columns: leaderboard --help\n", count(hidden, "arm"))
	}
	if n := len(p.Board.Rows); n > 0 && p.Board.Rows[n-1].Seeds < p.seeds() {
		p.lines(fmt.Sprintf("Arms on %s come first; those on fewer seeds usually look better than they are.", count(p.seeds(), "seed")))
	}
	p.lines(p.leader())
	if note := p.modelNote(); note != "" {
		p.lines(note)
	}
	return nil
}

// title says what was searched and how far.
func (p boardPage) title() string {
	h := p.Board.Study
	trials := count(h.Done, "trial")
	if planned := p.Definition.Search.Trials; h.Done < planned {
		trials = fmt.Sprintf("%d of %d trials", h.Done, planned)
	}
	var marks []string
	if h.Failed > 0 {
		marks = append(marks, fmt.Sprintf("%d failed", h.Failed))
	}
	if h.Invalid > 0 {
		marks = append(marks, fmt.Sprintf("%d invalidated", h.Invalid))
	}
	if len(marks) > 0 {
		trials += " (" + strings.Join(marks, ", ") + ")"
	}
	data := cmp.Or(h.Title, "no data yet")
	if len(h.Classes) > 0 {
		data += fmt.Sprintf(", %d classes", len(h.Classes))
	}
	return fmt.Sprintf("%s | %s | %s | %s, %s, %s, %s", h.Name, data, h.Model, trials,
		count(h.Arms, "arm"), count(p.Runs, "training"), duration(p.Seconds)+" in all")
}

// head says what the table was measured on.
func (p boardPage) head() {
	h := p.Board.Study
	use := "not for quoting"
	if slices.ContainsFunc(p.Confirmed, func(a results.Confirmed) bool { return !a.Invalid }) {
		use = "quote the CONFIRMATION below"
	}
	fmt.Fprintf(p.W, "SEARCH on validation (%s, %s): for choosing; %s\n", perClass(h.ValCounts), count(p.seeds(), "seed"), use)
	spread := "spread: " + p.Definition.Objective.Spread.Text()
	if !math.IsNaN(p.NoiseFloor) {
		spread += fmt.Sprintf("; noise floor %s (what perfectly even classes would show)", decimals(p.NoiseFloor, 3))
	}
	fmt.Fprintln(p.W, spread)
	if text := p.predicted(); text != "" {
		p.lines(text)
	}
}

// leastPrediction is the change of the score that would be shown as .000: where nothing
// larger was predicted of any trial, the share of it that training delivered says nothing.
const leastPrediction = 0.0005

// predicted says what was looked at without training, and how much of it training
// delivered; "" where nothing was.
func (p boardPage) predicted() string {
	s := p.Board.Screening
	if s.Points == 0 {
		return ""
	}
	text := count(s.Points, "candidate") + " predicted without training"
	if s.Transmission.Effects == 0 || s.Largest < leastPrediction {
		return text
	}
	return fmt.Sprintf("%s; training delivered %s of the predicted change (%s)", text, s.Transmission, count(s.Transmission.Effects, "trial"))
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
		{name: "rank"}, {name: "trial"}, {name: "recipe", left: true}, {name: "round"}, {name: "max/min"},
		{name: "spread"}, {name: "change"}, {name: "+-"}, {name: "noise?", left: true},
	}}
	if p.Definition.SearchesModel() {
		r.columns = append(r.columns, column{name: "weights"})
	}
	r.columns = append(r.columns, column{name: "worst class", left: true}, column{name: "bal.acc", left: true})
	r.rows = append(r.rows, p.row(p.reference(), ""))
	if p.Board.Offsets.Seeds > 0 {
		r.rows = append(r.rows, p.row(p.offsets(), ""))
	}
	seen := make(map[int]bool)
	for i, a := range p.Board.Rows {
		if !p.options.All && i != p.Leader.At && (seen[a.Trial] || len(seen) == pageTrials) {
			hidden++
			continue
		}
		seen[a.Trial] = true
		recipe, err := recipeText(p.Definition, a.Point)
		if err != nil {
			return r, 0, fmt.Errorf("trial %d: %w", a.Trial, err)
		}
		rank := rankText(a)
		if i == p.Leader.At {
			rank += "*"
		}
		r.rows = append(r.rows, p.row([]any{
			rank, a.Trial, recipe, fmt.Sprintf("%d/%d", a.Round, a.Rounds), ratioText(a.WeightRatio),
			decimals(a.Spread, 3), signed(a.Difference, 3), halfWidth(a), noiseText(a, p.seeds()), worstText(a.WorstClass, a.WorstRecall), accuracyChange(a),
		}, signed(-a.WeightGain, 3)))
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
		"-", "-", name, 0, "1.0", decimals(ref.Spread, 3), "", "", "", worstText(ref.WorstClass, ref.WorstRecall), percent(ref.BalancedAccuracy),
	}
}

// offsets is the second pinned row: what shifting the unweighted model's logits
// does without any training.
func (p boardPage) offsets() []any {
	o := p.Board.Offsets
	drop := points(-o.Drop)
	if o.Drop > p.Definition.Objective.Tolerance {
		drop += "!"
	}
	return []any{
		"-", "-", "fitted offsets, no training", 0, "-", decimals(o.Spread, 3), signed(o.Difference(p.Definition.Objective), 3), "", "",
		worstText(o.WorstClass, o.WorstRecall), drop,
	}
}

// row puts the weights' own change into a row where the table has that column.
func (p boardPage) row(cells []any, weights string) []any {
	if !p.Definition.SearchesModel() {
		return cells
	}
	return slices.Insert(cells, len(cells)-2, any(weights))
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
	switch results.NoiseOf(a) {
	case results.TooFewSeeds:
		return ""
	case results.MoreEven, results.LessEven:
		return "beyond"
	}
	return "within"
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
	if a.Over {
		text += "!"
	}
	return text
}

// leader says in a sentence whether the leader's difference exceeds the noise of seeds
// and validation images, or why there is none, and claims nothing beyond that.
func (p boardPage) leader() string {
	if p.Leader.At < 0 {
		return capitalised(WhyNoLeader(p.Overview)) + "."
	}
	a := p.Board.Rows[p.Leader.At]
	text := fmt.Sprintf("Leader (*): trial %d round %d, %s: spread %s, unweighted on the same seeds %s; ", a.Trial, a.Round,
		count(a.Seeds, "seed"), decimals(a.Spread, 3), decimals(a.ReferenceSpread, 3))
	switch p.Leader.Noise {
	case results.TooFewSeeds:
		text += "too few seeds to distinguish it from noise."
	case results.MoreEven:
		text += "more even, beyond noise."
	case results.WithinNoise:
		text += "within noise."
	default:
		text += "not more even."
	}
	if p.Leader.At > 0 {
		text += fmt.Sprintf(" The arms above it may lose more accuracy than your limit of %s points, given how uncertain that loss is.",
			unsigned(p.Definition.Objective.Tolerance))
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

// WhyNoLeader says in a clause why no arm leads.
func WhyNoLeader(o *results.Overview) string {
	switch o.Leader.Why {
	case results.AllFailed:
		return allOf(o.Board.Study.Failed) + " failed; evenkeel show 1 says why, and the table failed_runs has the trainer's log"
	case results.NoneComplete:
		return "no trial is complete yet"
	}
	return fmt.Sprintf("no arm leads: every arm on %s may lose more accuracy than your limit of %s points, given how uncertain that loss is. "+
		"More seeds (search.max_replicates), more validation examples or a larger objective.accuracy_tolerance may find one",
		count(o.Board.Rows[0].Seeds, "seed"), unsigned(o.Definition.Objective.Tolerance))
}

// allOf says how many trials all of them are.
func allOf(n int) string {
	if n == 1 {
		return "the only trial"
	}
	return fmt.Sprintf("all %d trials", n)
}

// next names the commands that go on from here, one a line, with the study's name where
// it is not the newest, which they would take. The weights are not offered where a
// confirmation found that a fixed set of them does not help.
func (p boardPage) next() []string {
	study := ""
	if p.Definition.Name != p.Newest {
		study = " --study " + ShellWord(p.Definition.Name)
	}
	lines := []string{"Next:"}
	add := func(command string) { lines = append(lines, "  "+command) }
	if p.Unfinished {
		add("evenkeel resume " + ShellWord(p.Definition.Name))
	}
	add("evenkeel explain" + study)
	if p.Leader.At < 0 {
		return lines
	}
	a := p.Board.Rows[p.Leader.At]
	confirmed := results.Of(p.Confirmed, a.Trial, a.Round)
	if confirmed == nil {
		add("evenkeel confirm" + study)
	}
	if confirmed == nil || confirmed.VectorHelps() {
		add(fmt.Sprintf("evenkeel weights --trial %d --round %d%s --format torch", a.Trial, a.Round, study))
	}
	return lines
}

// boardResult is the leaderboard as the view of the same name has it.
func boardResult(o *results.Overview) result {
	var r result
	for _, name := range strings.Fields(`study rank trial round scheme rounds seeds tier score spread spread_se gap
		worst_class worst_recall balanced_accuracy accuracy difference difference_low difference_high
		weight_gain weight_ratio reference_spread reference_balanced_accuracy params seconds
		accuracy_drop holds_tolerance leader`) {
		r.columns = append(r.columns, column{name: name})
	}
	for i, a := range o.Board.Rows {
		r.rows = append(r.rows, []any{
			a.Study, a.Rank, a.Trial, a.Round, a.Scheme, a.Rounds, a.Seeds, a.Seeds, a.Score, a.Spread, a.SpreadSE, a.Gap,
			a.WorstClass, a.WorstRecall, a.BalancedAccuracy, a.Accuracy, a.Difference, a.DifferenceLow, a.DifferenceHigh,
			a.WeightGain, a.WeightRatio, a.ReferenceSpread, a.ReferenceBalancedAccuracy, a.Params, a.Seconds,
			a.Drop, a.Holds, i == o.Leader.At,
		})
	}
	return r
}
