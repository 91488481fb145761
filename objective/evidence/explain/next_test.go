package explain_test

import (
	"slices"
	"strings"
	"testing"

	"evenkeel/objective/evidence/confirm"
	"evenkeel/objective/evidence/explain"
)

// longer is what a study measured of 30 epochs instead of 15, on ten fresh seeds.
func longer() *explain.Longer {
	return &explain.Longer{
		Usual: 15, Epochs: 30, Test: true, Seeds: 10, Spread: -.009, SpreadLow: -.020, SpreadHigh: .001, Accuracy: .011, AccuracyLow: .007, AccuracyHigh: .015,
		Train: .88, Val: .831, Fall: .06, Command: "evenkeel search --set model.epochs=30 --set study=default-30",
	}
}

// TestLongerComesFirst: where the recommendation is to train longer, the first finding says
// why, with what was measured and the command of the recommendation; every other search is for
// later, and says so.
func TestLongerComesFirst(t *testing.T) {
	for _, w := range []world{usual(), with(func(w *world) { w.weights = []float64{1, 60, 1, 1} }), with(func(w *world) { w.weights, w.jitter = []float64{1, 1.1, 1, 1}, .2 })} {
		k := w.build(t)
		k.Longer, k.Recommended = longer(), true
		r := explained(t, k)
		d := r.Findings[0]
		s, ok := r.Remedy(d)
		if d.Name != "longer" || !d.Shown || !ok || s.Later || !slices.Equal(s.Lines, []string{k.Longer.Command}) {
			t.Errorf("%s: first %+v, %+v", r.Verdict, d, s)
		}
		for _, want := range []string{
			"15 epochs are too few. On the test part (10 seeds) 30 epochs alone", "by +1.1 points (95 % +0.7 to +1.5) and its spread by -.009 (95 % -.020 to +.001).",
			"88.0 % on its own training examples and 83.1 % on validation, and the training loss still fell: the last third of the epochs brought 6 % of its fall",
		} {
			if !strings.Contains(d.Text, want) {
				t.Errorf("%s; want %q", d.Text, want)
			}
		}
		for _, s := range r.Next {
			if search := len(s.Lines) > 0 && strings.HasPrefix(s.Lines[0], "evenkeel search"); search && s.Name != "longer" &&
				(!s.Later || !strings.HasPrefix(s.Text, "Only after the search with 30 epochs, if it shows the same: ")) {
				t.Errorf("%s: a second next search: %+v", r.Verdict, s)
			}
		}
	}
	k := usual().build(t)
	k.Longer = longer()
	k.Longer.Offsets, k.Longer.AccuracyLow = true, -.001
	if d := explained(t, k).Findings[0]; !strings.HasPrefix(d.Text, "More than 15 epochs pay. ") || !strings.Contains(d.Text, "comes with the offsets") {
		t.Errorf("within noise: %s", d.Text)
	}
}

// TestSearchBeforeConfirming: where the recommendation is to be confirmed, a search that is
// proposed says that it comes before that.
func TestSearchBeforeConfirming(t *testing.T) {
	k := with(func(w *world) { w.weights = []float64{1, 60, 1, 1} }).build(t)
	k.Confirming = true
	r := explained(t, k)
	for _, s := range r.Next {
		if s.Name == "weaker" && !s.Later && strings.HasPrefix(s.Text, "Before you confirm, if there is time for another search: search over weaker weights") {
			return
		}
	}
	t.Errorf("next %+v", r.Next)
}

// TestNoiseIsConfirmed: where noise hides a change of the arm that would be confirmed, that is
// what to do about it, with the command of the recommendation; of another arm it is more seeds.
func TestNoiseIsConfirmed(t *testing.T) {
	for leading, want := range map[bool]string{true: "evenkeel confirm --study s", false: "evenkeel search STUDY.yaml --set search.replicates=12 --set search.max_replicates=12 \\"} {
		k := usual().build(t)
		k.Stored = &explain.Stored{Difference: -.0531, Half: .1264}
		k.Confirming, k.Leading, k.Study, k.Recommended = true, leading, "s", true
		r := explained(t, k)
		d, _ := finding(r, "noise")
		if s, ok := r.Remedy(d); !ok || s.Lines[0] != want {
			t.Errorf("%+v; want %s", s, want)
		}
	}
}

// TestTwoParts: that the two parts differ beyond noise is shown, and what differs; else it is
// only noted, with the reason why the spreads differ.
func TestTwoParts(t *testing.T) {
	k := usual().build(t)
	k.Parts = &explain.Parts{
		Parts:            confirm.Parts{Validation: .831, Test: .829, Low: -.026, High: .023, ValidationRecall: []float64{.9, .7, .8, .9}, TestRecall: []float64{.9, .5, .8, .9}},
		ValidationSpread: .139, TestSpread: .112, Images: []int64{900, 900, 900, 900},
	}
	d, _ := finding(explained(t, k), "parts")
	if d.Reason || !strings.Contains(d.Text, "other and fewer examples (400 a class, test part 900)") || !strings.Contains(d.Text, "Its spread is .139 on validation and .112 on the test part") {
		t.Errorf("alike: %+v", d)
	}
	k.Parts.Classes, k.Parts.Test, k.Parts.Balanced, k.Parts.High = []int{1}, .712, true, -.09
	r := explained(t, k)
	d = r.Findings[0]
	if d.Name != "parts" || !d.Shown || !step(r, "parts") || !strings.Contains(d.Text, "balanced accuracy is 83.1 % on validation and 71.2 % on the test part") ||
		!strings.Contains(d.Text, "on validation and on the test part: dog 70.0 % and 50.0 %.") {
		t.Errorf("unlike: %+v", d)
	}
}

// TestEveryFallInOrder: classes are listed by the size of their change, and one that is within
// noise is not left out but called so. By hand: the falls are 10, 6, 5.6 and 2 points, on 100
// examples of the second class.
func TestEveryFallInOrder(t *testing.T) {
	before := matrix([]int64{900, 100, 0, 0}, []int64{15, 85, 0, 0}, []int64{0, 50, 950, 0}, []int64{0, 0, 100, 900})
	after := matrix([]int64{800, 200, 0, 0}, []int64{21, 79, 0, 0}, []int64{0, 106, 894, 0}, []int64{0, 0, 120, 880})
	d, _ := finding(explained(t, byHand(3, before, after)), "price")
	if want := "Down, in points of recall: a -10.0, b -6.0 (may be noise), c -5.6 and d -2.0 (may be noise)."; !strings.HasPrefix(d.Text, want) {
		t.Errorf("%s; want %s", d.Text, want)
	}
}
