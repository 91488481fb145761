package report

import (
	"bytes"
	"math"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"evenkeel/objective"
	"evenkeel/objective/evidence/explain"
	"evenkeel/objective/evidence/posthoc"
	"evenkeel/runs"
	"evenkeel/runs/results"
	"evenkeel/search"
	"evenkeel/search/followup"
	"evenkeel/search/studyfile"
)

// boardOf is a page over rows, the first of which leads.
func boardOf(rows ...runs.Row) boardPage {
	board := &runs.Board{Study: runs.StudyHead{Name: "s", Arms: len(rows), ValCounts: []int64{120, 120}}, Reference: runs.Reference{Seeds: 5, Spread: .13, WorstClass: "Shirt"}, Rows: rows}
	return boardPage{Overview: &results.Overview{
		Board: board, Leader: results.LeaderOf(board),
		Definition: &search.Definition{Name: "s", Objective: objective.Score{Spread: objective.StdDev, Tolerance: 0.01}},
	}}
}

// row is an arm whose difference has the given half width.
func row(difference, half float64, seeds int) runs.Row {
	return runs.Row{
		Trial: 18, Round: 2, Rounds: 2, Seeds: seeds, Spread: .1, Difference: difference, DifferenceLow: difference - half, DifferenceHigh: difference + half,
		WeightRatio: 19.5, WorstClass: "T-shirt", WorstRecall: .667, Drop: .021, LossProbability: .4,
	}
}

// TestNoiseOnTheBoard: the column says whether an interval leaves out 0.
func TestNoiseOnTheBoard(t *testing.T) {
	for _, c := range []struct {
		arm  runs.Row
		word string
	}{
		{row(-.03, .02, 5), "beyond"},
		{row(-.03, .04, 5), "within"},
		{row(.01, .04, 5), "within"},
		{row(.05, .04, 5), "beyond"},
		{row(-.03, math.NaN(), 2), ""},
	} {
		if got := noiseText(c.arm, c.arm.Seeds); got != c.word {
			t.Errorf("difference %v to %v: %q, want %q", c.arm.DifferenceLow, c.arm.DifferenceHigh, got, c.word)
		}
	}
}

// TestMoreResume: a study that used up its time needs more of it, or resuming ends at once: as
// much as a conclusion takes.
func TestMoreResume(t *testing.T) {
	for _, c := range []struct {
		unfinished, timeOver bool
		limit, enough        time.Duration
		want                 string
	}{
		{true, false, 0, 0, "evenkeel resume s"},
		{true, false, 8 * time.Hour, 0, "evenkeel resume s"},
		{true, true, 8 * time.Hour, 0, "evenkeel resume s --time 16h"},
		{true, true, 45 * time.Minute, time.Hour, "evenkeel resume s --time 1h30m"},
		{true, true, 10 * time.Second, 0, "evenkeel resume s --time 20s"},
		// A conclusion takes longer than twice as long.
		{true, true, time.Second, 41 * time.Second, "evenkeel resume s --time 50s"},
		{true, true, time.Second, 61 * time.Second, "evenkeel resume s --time 2m"},
		{true, true, time.Minute, 11 * time.Minute, "evenkeel resume s --time 20m"},
		{true, true, time.Minute, 121 * time.Minute, "evenkeel resume s --time 3h"},
		{true, true, 0, 0, "evenkeel resume s"}, // search.until ended it
		{false, false, 8 * time.Hour, 0, "evenkeel explain"},
	} {
		p := answerPage{Overview: boardOf(row(-.03, .02, 5)).Overview}
		p.Unfinished, p.TimeOver, p.Definition.Search.Time = c.unfinished, c.timeOver, c.limit
		p.Enough = c.enough
		if got := p.more()[0]; got != c.want {
			t.Errorf("unfinished %v, time over %v after %v: %q, want %q", c.unfinished, c.timeOver, c.limit, got, c.want)
		}
	}
}

// TestBoardFitsThePage: 100 columns with recipes cut, also where the model is searched.
func TestBoardFitsThePage(t *testing.T) {
	for _, rate := range []string{"0.001", "{low: 0.0001, high: 0.01, log: true}"} {
		text := "study: s\nmodel: {kind: mlp, learning_rate: " + rate + `}
weighting: {scheme: {name: mean-ratio, exponent: {low: 0.25, high: 16, log: true}}, update: [accumulate, replace], damping: {low: 0.1, high: 0.9}}`
		def, err := studyfile.Parse("s.yaml", []byte(text), "/", nil)
		if err != nil {
			t.Fatal(err)
		}
		p := boardOf(row(-.03, .02, 5), row(-.03, .02, 8))
		p.Definition = def
		p.Board.Offsets = runs.OffsetsRow{Seeds: 5, WorstClass: "Pullover"}
		for i := range p.Board.Rows {
			p.Board.Rows[i].Trial, p.Board.Rows[i].Point = 18+i, def.Space.Middle()
		}
		r, _, err := p.table()
		if err != nil {
			t.Fatal(err)
		}
		if !r.fit(pageWidth, "recipe", "worst class") {
			t.Errorf("learning rate %s: no recipe was cut; want some, or the test says nothing", rate)
		}
		var b bytes.Buffer
		if err := (Out{W: &b, Format: "table"}).write(r); err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(b.String(), "\n")
		if !strings.Contains(lines[0], "change   +- noise? ") {
			t.Errorf("heading %q; want noise? behind +-", lines[0])
		}
		for _, line := range lines {
			if n := utf8.RuneCountInString(line); n > pageWidth {
				t.Errorf("%d columns: %s", n, line)
			}
		}
	}
}

// TestRatiosOfShownWeights: the ratio of mean weights is named where it is not the mean of the
// ratios. Two seeds with 4 : 1 : 1 and 1 : 1 : 4 have ratios of 4 each and mean weights 2 : 1 : 2.
func TestRatiosOfShownWeights(t *testing.T) {
	p := trialPage{
		Trial:   &runs.Trial{Arms: []runs.Row{{Round: 1, WeightRatio: 4}, {Round: 2, WeightRatio: 3}}},
		weights: [][]float64{nil, {2, 1, 2}, {3, 1, 1}},
	}
	if got, want := p.ratios(), "max/min is the mean of each seed's own; that of the weights shown, which are means over the seeds, is 2.0 after round 1."; got != want {
		t.Errorf("%q; want %q", got, want)
	}
	p.weights[1] = []float64{4, 1, 4}
	if got := p.ratios(); got != "" {
		t.Errorf("the same ratios: %q", got)
	}
}

// TestWhatIsLeft: the last line of an explanation names only what there is.
func TestWhatIsLeft(t *testing.T) {
	shown, hidden := explain.Finding{Name: "a", Text: "a", Shown: true}, explain.Finding{Name: "b", Text: "b"}
	more := []explain.Remedy{{Name: "try"}}
	for want, r := range map[string]explain.Report{
		"":                        {Findings: []explain.Finding{shown}},
		"All 2 findings: more":    {Findings: []explain.Finding{shown, hidden}},
		"What is not known: more": {Missing: []string{"x"}},
		"All 3 findings with what else to do: more":                       {Findings: []explain.Finding{shown, hidden}, Next: more}, // what to try counts, as it is numbered
		"All 2 findings with what else to do and what is not known: more": {Findings: []explain.Finding{shown}, Next: more, Missing: []string{"x"}},
		"All 3 findings with what else to do and what is not known: more": {Findings: []explain.Finding{shown, hidden}, Next: more, Missing: []string{"x"}},
	} {
		if got := (explanation{more: "more", report: &r}).left(); got != want {
			t.Errorf("%q; want %q", got, want)
		}
		if got := (explanation{more: "more", report: &r, ExplanationOptions: ExplanationOptions{All: true}}).left(); got != "" {
			t.Errorf("all is printed: %q", got)
		}
	}
}

// TestPredictedOnTheBoard: what training delivered has a 95 % interval over trials, as explain has
// over seeds: 2.365 standard errors for eight of them. One trial has none.
func TestPredictedOnTheBoard(t *testing.T) {
	for _, c := range []struct {
		of      posthoc.Transmission
		largest float64
		want    string
	}{
		{posthoc.Transmission{Tau: .834, SE: .03, Effects: 8}, .02, "2048 candidates predicted without training|training delivered 83 % (+- 7) of the predicted change of each class's recall (8 trials)"},
		{posthoc.Transmission{Tau: -.001, SE: .03, Effects: 8}, .02, "2048 candidates predicted without training|training delivered 0 % (+- 7) of the predicted change of each class's recall (8 trials)"},
		{posthoc.Transmission{Tau: 0, SE: 0, Effects: 8}, .0004, "2048 candidates predicted without training"},
		{posthoc.Transmission{Tau: .834, SE: math.NaN(), Effects: 1}, .02, "2048 candidates predicted without training|training delivered 83 % of the predicted change of each class's recall (1 trial)"},
		{posthoc.Transmission{}, 0, "2048 candidates predicted without training"},
	} {
		p := boardOf()
		p.Board.Screening = runs.Screening{Points: 2048, Largest: c.largest, Transmission: c.of}
		if got := strings.Join(p.predicted(), "|"); got != c.want {
			t.Errorf("%q; want %q", got, c.want)
		}
	}
}

// TestOptimismIsSaid: what the leader's change counts for beside the pinned rows is said where
// something is taken off it, and of no other arm.
func TestOptimismIsSaid(t *testing.T) {
	for _, c := range []struct {
		trial  int
		counts float64
		want   string
	}{
		{18, -.022, "Against the rows without a rank, rank 1 counts as -.022, not -.034: its weights were measured on these very examples, and -.012 of its change is not expected on others. Offsets are measured on examples left out of their fit."},
		{18, -.034, ""},
		{7, -.022, ""},
	} {
		p := boardPage{Overview: &results.Overview{
			Board: &runs.Board{
				Rows:     []runs.Row{{Trial: 18, Round: 2, Difference: -.034}},
				Optimism: followup.Optimism{Trial: c.trial, Round: 2},
			},
			Recommendation: &results.Recommendation{Options: []results.MeasuredOption{
				{Option: objective.OptionWeightsRemeasured, Search: results.Figures{Seeds: 8, Score: c.counts}},
			}},
		}}
		if got := p.optimism(); got != c.want {
			t.Errorf("trial %d, %v: %q; want %q", c.trial, c.counts, got, c.want)
		}
	}
}

// TestUnmeasuredOnTheBoard: rows that are missing, or of fewer seeds than there are, are named
// with the reason, a line for each reason; where it is the time, with the command.
func TestUnmeasuredOnTheBoard(t *testing.T) {
	measured := func(o objective.Option, seeds int, reason followup.Reason) *followup.Searched {
		return &followup.Searched{Option: o, Seeds: seeds, Reason: reason}
	}
	const fixed, longer, both = objective.OptionOffsetsFixed, objective.OptionLonger, objective.OptionLongerThenOffsets
	for _, c := range []struct {
		fixed, longer, both *followup.Searched
		confirmed           bool
		want                string
	}{
		{nil, &followup.Searched{}, nil, false, ""},
		{measured(fixed, 5, ""), measured(longer, 3, ""), measured(both, 3, ""), false, ""},
		{
			measured(fixed, 2, ""), measured(longer, 0, followup.ReasonTime), measured(both, 0, followup.ReasonTime), false,
			"Not measured: offsets, one fixed set (on 2 of 5 seeds); unweighted, 30 epochs; 30 epochs, fixed offsets: " +
				"there was no time left for it; with more time evenkeel resume s does it",
		},
		{
			measured(fixed, 5, ""), measured(longer, 2, ""), measured(both, 0, followup.ReasonNoLogits), true,
			"Not measured: unweighted, 30 epochs (on 2 of 3 seeds): there was no time left for it\n" +
				"Not measured: 30 epochs, fixed offsets: the trainer sends no logits, or no labels, of its examples",
		},
	} {
		def, err := studyfile.Parse("s.yaml", []byte("study: s\nmodel: {kind: softmax, epochs: 15}\nweighting: {scheme: [{name: mean-ratio, exponent: 2}]}"), "/", nil)
		if err != nil {
			t.Fatal(err)
		}
		p := boardOf(row(-.03, .02, 3))
		p.Definition = def
		p.Board.Offsets.Fixed, p.Board.Longer.Searched, p.Board.Longer.Offsets = c.fixed, *c.longer, c.both
		p.Recommendation = &results.Recommendation{}
		if c.confirmed {
			p.Recommendation.Confirmed = &results.Confirmed{}
		}
		if got := strings.Join(p.unmeasured(), "\n"); got != c.want {
			t.Errorf("got\n%s\nwant\n%s", got, c.want)
		}
	}
}
