package explain_test

import (
	"slices"
	"strings"
	"testing"

	"evenkeel/objective"
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
		ValidationSpread: .139, ValidationCorrected: .135, TestSpread: .112, Images: []int64{900, 900, 900, 900},
	}
	d, _ := finding(explained(t, k), "parts")
	if d.Reason || !strings.Contains(d.Text, "other and fewer examples (400 a class, test part 900)") || !strings.Contains(d.Text, "whose noise is in its spread of .139. Without that noise it is .135, and .112 on the test part.") ||
		!strings.HasPrefix(d.Text, "Balanced accuracy and class recalls do not differ beyond noise between validation and test part: ") {
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
	if want := "Down, in points of recall: a -10.0, b -6.0 (within noise), c -5.6 and d -2.0 (within noise)."; !strings.HasPrefix(d.Text, want) {
		t.Errorf("%s; want %s", d.Text, want)
	}
}

// TestSpreadAlone: a score within noise leaves open whether the recalls are more even only where
// the spread has not fallen beyond noise either. By hand, in the first case: recalls .90, .70, .80
// become .70, .65, .68 on 1000 examples each, with seeds that do not differ. The gradient of the
// spread is (r - mean) / (3 spread), its squares .1667, .1667, 0 and .1433, .1872, .0029; times
// r (1 - r) / 1000 they add up to 1.233e-4, and 1.96 times the root of that is .0218.
func TestSpreadAlone(t *testing.T) {
	before := matrix([]int64{900, 50, 50}, []int64{150, 700, 150}, []int64{100, 100, 800})
	lower := matrix([]int64{700, 150, 150}, []int64{150, 650, 200}, []int64{120, 200, 680})
	higher := matrix([]int64{900, 50, 50}, []int64{50, 850, 100}, []int64{50, 100, 850})
	nearly := matrix([]int64{895, 55, 50}, []int64{145, 705, 150}, []int64{100, 100, 800})
	for _, c := range []struct {
		what         string
		after        *objective.Confusion
		stored, half float64
		want         string
	}{
		{"all of it lost", lower, -.001, .06, "The recalls are more even (spread -.061 +- .022, 95 % for this trial alone), but the lost accuracy eats this up: no gain beyond noise is left."},
		{"part of it lost", lower, -.04, .06, "the lost accuracy takes part of this, and what is left is within noise, counting all arms that were compared."},
		{"nothing lost", higher, -.058, .06, "95 % for this trial alone); counting all arms that were compared, that may be noise."},
		{"not fallen", nearly, -.001, .06, "Whether these weights are better than none is not known yet."},
	} {
		k := byHand(3, before, c.after)
		k.Stored, k.Score.Tolerance = &explain.Stored{Difference: c.stored, Half: c.half}, .5
		r := explained(t, k)
		if !strings.HasPrefix(r.Text, "The change of the score is within noise: ") || !strings.HasSuffix(r.Text, c.want) {
			t.Errorf("%s: %s; want %s", c.what, r.Text, c.want)
		}
		if known := !strings.Contains(r.Text, "not known yet"); known != (c.what != "not fallen") {
			t.Errorf("%s: %s", c.what, r.Text)
		}
	}
}

// TestEnoughForAnEffect: a pair is enough for an effect by the factor of 2 that weights without a
// study are judged by, and each pair is named.
func TestEnoughForAnEffect(t *testing.T) {
	d, _ := finding(explainedWorld(t, with(func(w *world) { w.weights = []float64{1, 3, 1.8, 1} })), "margins")
	enough, less, ok := strings.Cut(d.Text, " That is enough for an effect, with a factor of 2 or more between the two weights: ")
	if !ok {
		t.Fatalf("%s", d.Text)
	}
	if !strings.Contains(less, "Too little for one: ") || !strings.Contains(less, "dog and cat (1.67)") || strings.Contains(strings.Split(less, ".")[0], "dog and cat") || enough == "" {
		t.Errorf("%s", d.Text)
	}
}
