package main

import (
	"cmp"
	"fmt"
	"io"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"evenkeel/runs"
	"evenkeel/search"
)

const (
	// pageWidth is the width in columns that tables are made for.
	pageWidth = 100
	// pageTrials is the number of trials a leaderboard shows unless all are asked for.
	pageTrials = 40
)

// boardPage lays a leaderboard out for people.
type boardPage struct {
	board     *runs.Board
	def       *search.Definition
	all, wide bool
	// runs and seconds are what the study took.
	runs    int
	seconds float64
	// cut says that recipes were cut.
	cut bool
	// confirmed are the arms whose figures to quote follow.
	confirmed []runs.ConfirmedArm
	// unfinished says that the search was cut short.
	unfinished bool
}

// write prints head, table and the line about the leader, as a table or in
// Markdown.
func (p boardPage) write(w io.Writer, format string) error {
	fmt.Fprintln(w, p.title())
	if p.board.Reference.Seeds == 0 {
		fmt.Fprintln(w, "Nothing has been trained yet.")
		return nil
	}
	p.legend(w)
	r, hidden, err := p.table()
	if err != nil {
		return err
	}
	p.cut = !p.wide && r.fit(2, pageWidth)
	if err := r.writeBetween(w, format); err != nil {
		return err
	}
	if p.cut {
		fmt.Fprintln(w, "Recipes are cut to fit; --wide shows them whole.")
	}
	if hidden > 0 {
		fmt.Fprintf(w, "One row a trial, its best arm, and the leader; --all shows %s more.\n", count(hidden, "arm"))
	}
	fmt.Fprintln(w, p.verdict())
	return nil
}

// title says what was searched and how far.
func (p boardPage) title() string {
	h := p.board.Study
	trials := count(h.Done, "trial")
	if h.Done < p.def.Search.Trials {
		trials = fmt.Sprintf("%d of %d trials", h.Done, p.def.Search.Trials)
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
		count(h.Arms, "arm"), count(p.runs, "run"), duration(p.seconds))
}

// next names the commands that go on from here, with the study's name where it is
// not the newest, which they would take.
func (p boardPage) next(newest string) string {
	study := ""
	if p.def.Name != newest {
		study = " --study " + shellWord(p.def.Name)
	}
	commands := []string{"evenkeel explain" + study}
	if p.unfinished {
		commands = append([]string{strings.TrimSpace("evenkeel resume " + shellWord(p.def.Name))}, commands...)
	}
	if at := p.board.Leader(); at >= 0 {
		a := p.board.Rows[at]
		if !slices.ContainsFunc(p.confirmed, func(c runs.ConfirmedArm) bool { return c.Trial == a.Trial && c.Round == a.Round }) {
			commands = append(commands, "evenkeel confirm"+study)
		}
		commands = append(commands, fmt.Sprintf("evenkeel weights --trial %d --round %d%s --format torch", a.Trial, a.Round, study))
	}
	return "Next: " + strings.Join(commands, " | ")
}

// plainWord matches what a shell takes as it is.
var plainWord = regexp.MustCompile(`^[A-Za-z0-9._/-]+$`)

// shellWord quotes a word for a shell where it needs to be.
func shellWord(s string) string {
	if plainWord.MatchString(s) {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// searchesModel reports whether the trials' models differ, so that a change is
// not the weights' alone.
func (p boardPage) searchesModel() bool {
	return slices.ContainsFunc(p.def.Space.Params, func(s search.Param) bool { return strings.HasPrefix(s.Name, "model.") })
}

// table lays the rows out and says how many arms it leaves out.
func (p boardPage) table() (r result, hidden int, err error) {
	r = result{tight: true, columns: []column{
		{name: "rank"}, {name: "trial"}, {name: "recipe", left: true}, {name: "round"}, {name: "max/min"},
		{name: "spread"}, {name: "change"}, {name: "+-"}, {name: "noise?", left: true},
	}}
	if p.searchesModel() {
		r.columns = append(r.columns, column{name: "weights"})
	}
	r.columns = append(r.columns, column{name: "worst class", left: true}, column{name: "bal.acc", left: true})
	r.rows = append(r.rows, p.row(p.reference(), ""))
	if p.board.Offsets.Seeds > 0 {
		r.rows = append(r.rows, p.row(p.offsets(), ""))
	}
	seen, leader := make(map[int]bool), p.board.Leader()
	for i, a := range p.board.Rows {
		if !p.all && i != leader && (seen[a.Trial] || len(seen) == pageTrials) {
			hidden++
			continue
		}
		seen[a.Trial] = true
		recipe, err := recipeText(p.def, a.Point)
		if err != nil {
			return r, 0, fmt.Errorf("trial %d: %w", a.Trial, err)
		}
		rank := rankText(a)
		if i == leader {
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
	ref := p.board.Reference
	name := "unweighted"
	for _, param := range p.def.Space.Params {
		if key, ok := strings.CutPrefix(param.Name, "model."); ok {
			if v, used := p.def.ReferenceModel()[key]; used {
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
	o := p.board.Offsets
	drop := points(-o.Drop)
	if o.Drop > p.def.Objective.Tolerance {
		drop += "!"
	}
	return []any{
		"-", "-", "fitted offsets, no training", 0, "-", decimals(o.Spread, 3), signed(o.Difference(p.def.Objective), 3), "", "",
		worstText(o.WorstClass, o.WorstRecall), drop,
	}
}

// row puts the weights' own change into a row where the table has that column.
func (p boardPage) row(cells []any, weights string) []any {
	if !p.searchesModel() {
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
	switch {
	case a.Seeds < seeds:
		return count(a.Seeds, "seed")
	case math.IsNaN(a.DifferenceHigh):
		return ""
	case a.DifferenceHigh < 0 || a.DifferenceLow > 0:
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

// worstText names a class, in short, with its recall.
func worstText(class string, recall float64) string { return cut(class, 8) + " " + percent(recall) }

// cut shortens a text to so many characters.
func cut(text string, most int) string {
	if utf8.RuneCountInString(text) <= most {
		return text
	}
	return strings.TrimRight(string([]rune(text)[:most-1]), " ") + "…"
}

// accuracyChange is the balanced accuracy lost, in points, marked where it is
// more than the tolerance.
func accuracyChange(a runs.Row) string {
	text := points(-a.Drop)
	if a.Over {
		text += "!"
	}
	return text
}

// verdict says in one line whether the leader's difference exceeds the noise of
// seeds and validation images, and claims nothing beyond that.
func (p boardPage) verdict() string {
	if h := p.board.Study; len(p.board.Rows) == 0 {
		if h.Failed > 0 && h.Failed == h.Done {
			return fmt.Sprintf("%s failed; evenkeel show 1 says why, and the table failed_runs has the trainer's words.", allOf(h.Failed))
		}
		return "No trial is complete yet."
	}
	at := p.board.Leader()
	if at < 0 {
		return fmt.Sprintf(`No leader: no arm with %s holds the accuracy tolerance with a standard error to spare.
More seeds (search.max_replicates), more validation images or a larger tolerance may find one.`, count(p.board.Rows[0].Seeds, "seed"))
	}
	a := p.board.Rows[at]
	text := fmt.Sprintf("Leader (*): trial %d round %d, spread %s (unweighted %s): ", a.Trial, a.Round, decimals(a.Spread, 3), decimals(a.ReferenceSpread, 3))
	switch {
	case math.IsNaN(a.DifferenceHigh):
		text += count(a.Seeds, "seed") + " cannot tell it from noise."
	case a.DifferenceHigh < 0:
		text += fmt.Sprintf("over %d seeds, beyond noise.", a.Seeds)
	case a.Difference >= 0:
		text += fmt.Sprintf("over %d seeds, not more even.", a.Seeds)
	default:
		text += fmt.Sprintf("over %d seeds, within noise.", a.Seeds)
	}
	if p.searchesModel() {
		text += fmt.Sprintf("\nIts weights change the spread by %s against its own unweighted model; the rest is the model.", signed(-a.WeightGain, 3))
	}
	if at > 0 {
		text += "\nThe arms above it do not hold the accuracy tolerance with a standard error to spare."
	}
	return text
}

// allOf says how many trials all of them are.
func allOf(n int) string {
	if n == 1 {
		return "The only trial"
	}
	return fmt.Sprintf("All %d trials", n)
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
		return "examples unknown"
	}
	lo, hi := slices.Min(counts), slices.Max(counts)
	if lo == hi {
		return count(int(lo), "example") + " a class"
	}
	return fmt.Sprintf("%d to %d examples a class", lo, hi)
}
