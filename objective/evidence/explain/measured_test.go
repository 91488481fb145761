package explain_test

import (
	"slices"
	"strings"
	"testing"

	"evenkeel/objective/evidence/explain"
	"evenkeel/objective/evidence/posthoc"
)

// names returns the names of the findings that are shown.
func names(r *explain.Report) (shown []string) {
	for _, d := range r.Findings {
		if d.Shown {
			shown = append(shown, d.Name)
		}
	}
	return shown
}

// TestTestPartCountsMost: what a confirmation found decides, also against what validation, the
// predictions and the thresholds say.
func TestTestPartCountsMost(t *testing.T) {
	flat := with(func(w *world) { w.weights, w.jitter, w.without = []float64{1, 1.1, 1, 1}, 0.2, "logits" })
	better := &explain.Test{Spread: .063, Against: .140, Difference: -.077, Low: -.109, High: -.045, Better: true, Drop: .021, Loss: .62}
	worse := &explain.Test{Spread: .180, Against: .140, Difference: .040, Low: .010, High: .070, Worse: true}
	unclear := &explain.Test{Spread: .130, Against: .140, Difference: -.010, Low: -.030, High: .010}
	for _, c := range []struct {
		what  string
		world world
		test  *explain.Test
		want  explain.Verdict
		text  []string
		paste bool
	}{
		{"flat weights that work on the test part", flat, better, explain.Works, []string{
			"more even on the test part: spread .140 to .063, -.077 (95 % -.109 to -.045).", "With the recipe on the test part balanced accuracy is 2.1 points lower, probably more than your limit of 2.0 (probability of more .62).",
		}, true},
		{"weights that go too far on validation", with(func(w *world) { w.weights = []float64{1, 60, 1, 1} }), better, explain.Works, []string{"on the test part"}, true},
		{"classes that are even on validation", with(func(w *world) { w.lean, w.alike, w.weights = 0, 0, []float64{1, 1.5, 1, 0.7} }), better, explain.Works, []string{"on the test part"}, true},
		{"good weights that harm on the test part", usual(), worse, explain.Overshoots, []string{"less even on the test part: spread .140 to .180, +.040 (95 % +.010 to +.070)."}, false},
		{"good weights of which the test part shows nothing", usual(), unclear, explain.NotMeasurable, []string{"On the test part no change beyond noise was found of the recipe, with weights measured anew for each model: spread .140 to .130, -.010 (95 % -.030 to +.010)."}, false},
	} {
		k := c.world.build(t)
		k.Test = c.test
		r := explained(t, k)
		if c.want == explain.Works && r.Verdict == explain.NoBetterThanOffsets {
			r.Verdict = explain.Works
		}
		if r.Verdict != c.want {
			t.Errorf("%s: verdict %s: %s", c.what, r.Verdict, r.Text)
		}
		for _, want := range c.text {
			if !strings.Contains(r.Text, want) {
				t.Errorf("%s: %s; want %q", c.what, r.Text, want)
			}
		}
		if c.test.Better {
			for _, name := range []string{"strength", "pairs", "margins", "overshoot", "sample", "noise", "transmission", "interpolation", "prediction"} {
				if stateOf(r, name) == reason {
					d, _ := finding(r, name)
					t.Errorf("%s: %s is a reason against weights that work: %s", c.what, name, d.Text)
				}
			}
			if step(r, "stronger") || step(r, "seeds") {
				t.Errorf("%s: %+v", c.what, r.Next)
			}
		}
	}
}

// TestFixedWeightsOnTest: what a confirmation measured of the same weights as one fixed set is
// beside the recipe's.
func TestFixedWeightsOnTest(t *testing.T) {
	k := usual().build(t)
	k.Test = &explain.Test{Spread: .063, Against: .140, Difference: -.077, Low: -.109, High: -.045, Better: true}
	k.TestFixed = &explain.Test{Spread: .139, Against: .140, Difference: -.001, Low: -.013, High: .011}
	want := "The recipe, with weights measured anew for each model, makes the recalls more even on the test part: " +
		"spread .140 to .063, -.077 (95 % -.109 to -.045); the same weights as one fixed set: -.001 (95 % -.013 to +.011)."
	if r := explained(t, k); !strings.HasPrefix(r.Text, want) {
		t.Errorf("%s; want %s", r.Text, want)
	}
}

// TestProposedStrengths: the ends of the text are those of the command, which has one round, as
// the strength is that of round 1, and the epochs that come first. exp(.3) = 1.35, and of half
// the strength ln(16.1)/2 = 1.389 the command has 1.4: exp(1.4) = 4.06.
func TestProposedStrengths(t *testing.T) {
	k := with(func(w *world) { w.weights = []float64{1, 16.1, 1, 1} }).build(t)
	k.Test = &explain.Test{Spread: .180, Against: .140, Difference: .040, Low: .010, High: .070, Worse: true, Drop: .05, Loss: .99}
	k.Longer = &explain.Longer{Usual: 15, Epochs: 30, Command: "evenkeel search --set model.epochs=30 --set study=default-30"}
	r := explained(t, k)
	for _, s := range r.Next {
		if s.Name != "weaker" {
			continue
		}
		command := strings.Join(s.Lines, " ")
		if want := "these have max/min 16.1. This searches over max/min from 1.35 to 4.1, as its logarithm, the strength, with one round and 30 epochs:"; !strings.HasSuffix(s.Text, want) {
			t.Errorf("%s; want %s", s.Text, want)
		}
		for _, want := range []string{"strength: {low: 0.3, high: 1.4}", "--set weighting.rounds=1", "--set model.epochs=30"} {
			if !strings.Contains(command, want) {
				t.Errorf("%s; want %s", command, want)
			}
		}
		return
	}
	t.Errorf("no weaker weights are proposed: %+v", r.Next)
}

// TestOffsetsOnTest: the confirmation's comparison with offsets outranks that of validation.
func TestOffsetsOnTest(t *testing.T) {
	for want, test := range map[string]*explain.Test{
		"-.030 (95 % -.050 to -.010): the recipe is better.":           {Difference: -.030, Low: -.050, High: -.010, Better: true},
		"+.030 (95 % +.010 to +.050): the offsets are better.":         {Difference: .030, Low: .010, High: .050, Worse: true},
		"-.010 (95 % -.030 to +.010): neither is better beyond noise.": {Difference: -.010, Low: -.030, High: .010},
	} {
		k := usual().build(t)
		k.Test = &explain.Test{Spread: .063, Against: .140, Difference: -.077, Low: -.109, High: -.045, Better: true}
		k.TestOffsets = test
		r := explained(t, k)
		if d, _ := finding(r, "offsets"); !strings.Contains(d.Text, want) || d.Reason == test.Better || strings.Contains(d.Text, "measurably") {
			t.Errorf("want %q: %+v", want, d)
		}
		if (r.Verdict == explain.Works) != test.Better || step(r, "paste") == test.Worse {
			t.Errorf("%s: verdict %s, %+v", want, r.Verdict, r.Next)
		}
	}
}

// TestMeasuredBeatsThresholds: weights of a factor of 1.9 that halve the spread are neither
// weak nor alike, on few seeds and on many.
func TestMeasuredBeatsThresholds(t *testing.T) {
	for _, seeds := range []int{1, 3, 6} {
		r := explainedWorld(t, with(func(w *world) { w.seeds, w.weights, w.each = seeds, []float64{1, 1.95, 1.05, 1}, 120 }))
		for _, name := range []string{"strength", "pairs", "margins", "prediction"} {
			if stateOf(r, name) == reason {
				t.Errorf("%d seeds: %s is a reason", seeds, name)
			}
		}
		if r.Verdict == explain.TooWeak || step(r, "stronger") {
			t.Errorf("%d seeds: verdict %s: %s %+v", seeds, r.Verdict, r.Text, r.Next)
		}
	}
}

// TestStoredIsQuoted: estimate and interval of an arm are those that the study stores.
func TestStoredIsQuoted(t *testing.T) {
	k := usual().build(t)
	k.Stored = &explain.Stored{Difference: -.0531, Half: .1264}
	r := explained(t, k)
	const want = "changes by -.053 +- .126"
	if d, _ := finding(r, "noise"); !strings.Contains(r.Text, want) || !strings.Contains(d.Text, want+", within noise") || r.Verdict != explain.NotMeasurable {
		t.Errorf("verdict %s: %s; %s", r.Verdict, r.Text, d.Text)
	}
}

// TestIgnoredTogether: the whole study says whether weights are ignored, alike for the trial
// that was asked for and for every other.
func TestIgnoredTogether(t *testing.T) {
	flat := []float64{1, 1.1, 1, 1}
	for _, c := range []struct {
		what     string
		together explain.Together
		own      bool
		want     bool
	}{
		{"identical logits", explain.Together{Vectors: 1, Trials: 1, Strongest: 1.1, Same: true, Exactly: true}, true, true},
		{"identical predictions of several vectors", explain.Together{Vectors: 5, Trials: 3, Strongest: 1.9, Same: true}, true, true},
		{"identical predictions of one weak vector", explain.Together{Vectors: 1, Trials: 1, Strongest: 1.9, Same: true}, true, false},
		{"identical predictions of weak vectors", explain.Together{Vectors: 5, Trials: 3, Strongest: 1.2, Same: true}, true, false},
		{"another trial differs", explain.Together{Vectors: 5, Trials: 3, Strongest: 9}, true, false},
		{"a built-in model", explain.Together{Vectors: 5, Trials: 3, Strongest: 9, Same: true, Exactly: true}, false, false},
	} {
		for _, weights := range [][]float64{flat, {0.5, 2, 0.8, 0.5}} {
			k := with(func(w *world) { w.response, w.jitter, w.weights, w.own = 0, 0, weights, c.own }).build(t)
			k.Together = &c.together
			r := explained(t, k)
			if (r.Verdict == explain.Ignored) != c.want || step(r, "check") != c.want {
				t.Errorf("%s, weights %v: verdict %s: %s", c.what, weights, r.Verdict, r.Text)
			}
			if c.want && (!slices.Equal(names(r), []string{"ignored", "offsets"}) || step(r, "measure") || step(r, "seeds") || step(r, "stronger")) {
				t.Errorf("%s: shown %v, next %+v", c.what, names(r), r.Next)
			}
		}
	}
}

// TestOrderTogether: a transmission that is below 0 with its interval says that the order of
// the weights is wrong; that of the study counts for more than the arm's.
func TestOrderTogether(t *testing.T) {
	for _, c := range []struct {
		what          string
		tau, se, own  float64
		want          bool
		better, harms bool
	}{
		{"clearly negative", -.8, .1, -.5, true, false, false},
		{"negative within noise", -.8, .5, -.5, false, false, false},
		{"the arm alone", .9, .1, -.5, false, false, false},
		{"positive", .9, .1, .5, false, false, false},
		{"an arm that works", -.8, .1, 1, false, true, false},
	} {
		k := with(func(w *world) { w.response, w.own = c.own, true }).build(t)
		k.Together = &explain.Together{Vectors: 4, Trials: 4, Strongest: 4, Transmission: posthoc.Transmission{Tau: c.tau, SE: c.se, Effects: 4}}
		r := explained(t, k)
		if (r.Verdict == explain.Inverted) != c.want || stateOf(r, "inverted") == reason != c.want {
			t.Errorf("%s: verdict %s: %s", c.what, r.Verdict, r.Text)
		}
		if c.want && (names(r)[0] != "inverted" || !step(r, "turn") || step(r, "weaker")) {
			t.Errorf("%s: shown %v, %+v", c.what, names(r), r.Next)
		}
	}
}

// TestEvenTogether: where another arm evened the recalls out, or offsets did, there was
// something to even out; nor is it said that no weighting can work.
func TestEvenTogether(t *testing.T) {
	even := with(func(w *world) { w.lean, w.alike, w.weights = 0, 0, []float64{1, 1.5, 1, 0.7} })
	for _, together := range []explain.Together{{Better: true}, {Offsets: true}} {
		k := even.build(t)
		k.Together = &together
		if r := explained(t, k); r.Verdict == explain.Even || stateOf(r, "sample") == reason {
			t.Errorf("%+v: verdict %s: %s", together, r.Verdict, r.Text)
		}
	}
	k := probed(t, with(func(w *world) { w.response, w.jitter = 0, 0.04 }))
	k.Together = &explain.Together{Better: true}
	if r := explained(t, k); r.Verdict == explain.Unresponsive || stateOf(r, "control") != note {
		t.Errorf("verdict %s: %s", r.Verdict, r.Text)
	}
}

// TestAtMostThree: findings have ranks, at most three are shown, each with a remedy of its
// own where it has one, the one of the verdict first.
func TestAtMostThree(t *testing.T) {
	first := map[explain.Verdict]string{
		explain.NoBetterThanOffsets: "offsets", explain.TooWeak: "strength", explain.Ineffective: "transmission", explain.Overshoots: "overshoot",
		explain.Even: "sample", explain.Works: "noise", explain.Ignored: "ignored", explain.Unresponsive: "control", explain.Inverted: "inverted",
	}
	seen := make(map[explain.Verdict]bool)
	for _, w := range []world{
		usual(), with(func(w *world) { w.without = "offsets" }), with(func(w *world) { w.weights, w.jitter = []float64{1, 1.1, 1, 1}, 0.2 }),
		with(func(w *world) { w.response, w.train = 0.02, 1 }), with(func(w *world) { w.weights = []float64{1, 60, 1, 1} }),
		with(func(w *world) { w.lean, w.alike, w.weights = 0, 0, []float64{1, 1.5, 1, 0.7} }), with(func(w *world) { w.response, w.jitter, w.own = 0, 0, true }),
		with(func(w *world) { w.response, w.own = -0.5, true }), with(func(w *world) { w.seeds = 1 }),
		with(func(w *world) { w.response, w.jitter, w.own = 0, 0.04, true }),
		with(func(w *world) { w.seeds, w.jitter, w.without = 3, 1.5, "logits" }),
	} {
		for _, k := range []explain.Case{w.build(t), probed(t, w)} {
			r := explained(t, k)
			seen[r.Verdict] = true
			shown := names(r)
			if len(shown) > 3 || len(shown) == 0 {
				t.Errorf("%s: shown are %v", r.Verdict, shown)
			}
			if want := first[r.Verdict]; want != "" && (shown[0] != want || r.Findings[0].Name != want) {
				t.Errorf("%s: shown are %v; want %s first", r.Verdict, shown, want)
			}
			remedies := make(map[string]bool)
			for i, d := range r.Findings {
				if d.Rank != i+1 {
					t.Errorf("%s: rank %d of finding %d", r.Verdict, d.Rank, i+1)
				}
				if s, ok := r.Remedy(d); ok && d.Shown {
					if remedies[s.Name] {
						t.Errorf("%s: %s is shown twice", r.Verdict, s.Name)
					}
					remedies[s.Name] = true
				}
			}
			if k.Probed != nil && r.Verdict != explain.Works && r.Verdict != explain.NoBetterThanOffsets && r.Verdict != explain.Ignored && !slices.Contains(shown, "control") {
				t.Errorf("%s: probes were trained, and shown are %v", r.Verdict, shown)
			}
		}
	}
	for v := range first {
		if !seen[v] {
			t.Errorf("no world has the verdict %s", v)
		}
	}
}

// TestInvalid: nothing is trained for a trial that was declared invalid.
func TestInvalid(t *testing.T) {
	k := with(func(w *world) { w.response = 0.02 }).build(t)
	if r := explained(t, k); !step(r, "measure") {
		t.Fatalf("%+v", r.Next)
	}
	k.Invalid = true
	if r := explained(t, k); step(r, "measure") || step(r, "seeds") {
		t.Errorf("%+v", r.Next)
	}
}

// TestPredictionsAreNamed: that of the search is of other weights and is called so.
func TestPredictionsAreNamed(t *testing.T) {
	k := probed(t, usual())
	searched := -.028
	k.Screened = &searched
	r := explained(t, k)
	for name, want := range map[string]string{
		"prediction": "That is not the prediction by which the search chose this trial (score -.028)",
		"expected":   "Predicted from the trainings of --measure",
	} {
		if d, _ := finding(r, name); !strings.Contains(d.Text, want) {
			t.Errorf("%s: %s; want %q", name, d.Text, want)
		}
	}
}
