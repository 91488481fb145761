package report

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"evenkeel/objective"
	"evenkeel/objective/evidence/posthoc"
	"evenkeel/runs"
	"evenkeel/runs/results"
)

// someOffsets gain .05 and cost a point.
func someOffsets() *results.Offsets {
	return &results.Offsets{
		Logits: "val.npy", Classes: []string{"a", "new\nline", "c"}, Score: objective.Score{Spread: objective.StdDev, Tolerance: 0.01, Penalty: 2},
		Fixed: posthoc.Fixed{
			Offsets: []float64{0.25, -0.125, -0.125}, Models: 1, Support: []int64{50, 50, 60},
			Before: []float64{0.5, 0.75, 0.8}, After: []float64{0.7, 0.6, 0.7}, PlainSpread: 0.13, PlainAfter: 0.08, Spread: 0.12, SpreadAfter: 0.07,
			Change: posthoc.Interval{Estimate: -0.05, Low: -0.08, High: -0.02}, BalancedAccuracy: 0.8,
			Cost: posthoc.Interval{Estimate: -0.005, Low: -0.008, High: -0.002},
		},
	}
}

// TestOffsetsSayWhatToDoFirst, and whether the cost is within the tolerance.
func TestOffsetsSayWhatToDoFirst(t *testing.T) {
	for _, c := range []struct {
		change     func(*results.Offsets)
		line, cost string
	}{
		{func(*results.Offsets) {}, "Add offsets to the logits: predicted = (logits + [0.25, -0.125, -0.125]).argmax(1)", "-0.5 points (95 % -0.8 to -0.2), within your limit of 1.0"},
		{func(o *results.Offsets) { o.Cost.Low = -0.02 }, "Add offsets", "within your limit of 1.0 (risk of more 14 %)"},
		{func(o *results.Offsets) { o.Cost = posthoc.Interval{Estimate: -0.02, Low: -0.03, High: -0.01} }, "Add offsets", ", probably more than your limit of 1.0 (risk of more 98 %)"},
		{func(o *results.Offsets) { o.Change.High = 0.001 }, "Offsets gain nothing beyond noise: keep the model as it is.", "within"},
		{func(o *results.Offsets) {
			o.Classes = strings.Split(strings.Repeat("x,", 20)+"x", ",")
			more := make([]float64, 21)
			o.Offsets, o.Before, o.After, o.Support = more, more, more, make([]int64, 21)
			o.Offsets[0], o.Offsets[1] = 1.0/3, -1.0/3
			o.Offsets[2] = 1.0 / 7
			for i := 3; i < 21; i++ {
				o.Offsets[i] = -1.0 / 7 / 18
			}
		}, "Add the offsets below to the logits and predict the largest sum: evenkeel offsets val.npy y.npy --format torch", ""},
	} {
		o := someOffsets()
		c.change(o)
		var out bytes.Buffer
		if err := FittedOffsets(Out{W: &out, Format: "table"}, o, "evenkeel offsets val.npy y.npy"); err != nil {
			t.Fatal(err)
		}
		text := strings.Join(strings.Fields(out.String()), " ")
		if !strings.HasPrefix(text, c.line) || !strings.Contains(text, c.cost) {
			t.Errorf("%s\nwant first %q, and %q", out.String(), c.line, c.cost)
		}
		if head, _, _ := strings.Cut(out.String(), "\n\n"); strings.Count(head, "\n") > 6 {
			t.Errorf("%d lines before the table", strings.Count(head, "\n"))
		}
	}
}

// TestOffsetsArePython: names of classes stay in comments, and the numbers are those of
// the page.
func TestOffsetsArePython(t *testing.T) {
	for format, want := range map[string]string{
		"torch":   "\noffsets = torch.tensor([0.25, -0.125, -0.125])\npredicted = (logits + offsets.to(logits.device)).argmax(dim=1)\n",
		"keras":   "\nlogits = model.predict(x)\npredicted = (logits + offsets).argmax(axis=1)\n",
		"sklearn": "\nlogits = classifier.decision_function(X)\npredicted = classifier.classes_[(logits + offsets).argmax(axis=1)]\n",
	} {
		var out bytes.Buffer
		if err := FittedOffsets(Out{W: &out, Format: format}, someOffsets(), ""); err != nil {
			t.Fatal(err)
		}
		comments, ok := strings.CutSuffix(out.String(), want)
		if !ok {
			t.Errorf("%s:\n%swant at its end%s", format, out.String(), want)
		}
		for line := range strings.Lines(comments) {
			if !strings.HasPrefix(line, "# ") && !strings.HasPrefix(line, "offsets = numpy.array([0.25, -0.125, -0.125])") || len([]rune(line)) > pageWidth+1 {
				t.Errorf("%s: %q is not a comment of at most %d columns", format, line, pageWidth)
			}
		}
	}
}

// TestStoredOffsetsAreMeasured: where a confirmation measured exactly these offsets its figures
// are printed, and not those of validation.
func TestStoredOffsetsAreMeasured(t *testing.T) {
	o := someOffsets()
	o.Study = "s"
	p := offsetsPage{o, "evenkeel offsets --study s"}
	if notes := p.stored(); !slices.Contains(notes, "what they gain and cost: evenkeel offsets --study s") {
		t.Errorf("not confirmed: %q", notes)
	}
	o.Measured = &results.MeasuredRow{Seeds: 10, ConfirmedRow: runs.ConfirmedRow{
		Difference: -0.008, DifferenceLow: -0.02, DifferenceHigh: 0.004, AccuracyDrop: 0.004, AccuracyLow: -0.009, AccuracyHigh: 0.001, OverTolerance: 0.1,
	}}
	const want = "confirmed on 10 fresh seeds: the spread changes by -.008 (95 % -.020 to +.004), which cannot be distinguished from noise, the balanced accuracy by -0.4 points (95 % -0.9 to +0.1)"
	for epochs, want := range map[int]string{0: want, 30: "longer training and these offsets together, against the usual epochs: " + want} {
		o.Epochs = epochs
		if notes := p.stored(); len(notes) != 2 || notes[1] != want {
			t.Errorf("%d epochs: %q; want %q", epochs, notes, want)
		}
	}
}
