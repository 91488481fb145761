package explain_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"evenkeel/objective"
	"evenkeel/objective/evidence/explain"
)

// with changes the usual world.
func with(change func(*world)) world {
	w := usual()
	change(&w)
	return w
}

// states of a finding in a report.
const (
	absent = "absent"
	note   = "note"
	reason = "reason"
)

func stateOf(r *explain.Report, name string) string {
	d, ok := finding(r, name)
	switch {
	case !ok:
		return absent
	case d.Reason:
		return reason
	}
	return note
}

// TestFindings holds every finding to a study where it must appear, as a reason
// where it can be one, and to one where it must not.
func TestFindings(t *testing.T) {
	flat := []float64{1, 1.1, 1, 1}
	for _, c := range []struct {
		name, what, want string
		world            world
	}{
		{"ignored", "ignored weights", reason, with(func(w *world) { w.response, w.jitter, w.own = 0, 0, true })},
		{"ignored", "a built-in model, which does weigh its loss", absent, with(func(w *world) { w.response, w.jitter = 0, 0 })},
		{"ignored", "weights that act", absent, usual()},
		{"ignored", "weak weights that change nothing", absent, with(func(w *world) { w.response, w.jitter, w.weights, w.own = 0, 0, flat, true })},

		{"inverted", "weights in the opposite direction", reason, with(func(w *world) { w.response, w.own = -1, true })},
		{"inverted", "weights that act", absent, with(func(w *world) { w.own = true })},
		{"inverted", "weights without effect", absent, with(func(w *world) { w.response, w.own = 0.02, true })},

		{"overshoot", "far too strong", reason, with(func(w *world) { w.weights = []float64{1, 60, 1, 1} })},
		{"overshoot", "as they should be", absent, usual()},

		{"offsets", "weights that do half", reason, with(func(w *world) { w.response = 0.5 })},
		{"offsets", "nothing to gain", note, with(func(w *world) { w.lean, w.alike = 0, 0 })},
		{"offsets", "none stored", absent, with(func(w *world) { w.without = "offsets" })},

		{"strength", "nearly uniform", reason, with(func(w *world) { w.weights = flat })},
		{"strength", "all equal", reason, with(func(w *world) { w.weights = []float64{1, 1, 1, 1} })},
		{"strength", "a factor of 4", absent, usual()},

		{"pairs", "dog and cat raised a little together", reason, with(func(w *world) { w.weights = []float64{0.95, 1.05, 1.05, 0.95} })},
		{"pairs", "dog and cat raised together, by which much is gained", note, with(func(w *world) { w.weights = []float64{0.5, 2, 2, 0.5} })},
		{"pairs", "dog and cat apart, the others too", absent, with(func(w *world) { w.weights = []float64{0.4, 2, 0.9, 0.2} })},

		{"margins", "a sure model", reason, with(func(w *world) { w.sure, w.weights = 40, flat })},
		{"margins", "a model that is not", note, usual()},
		{"margins", "no logits", absent, with(func(w *world) { w.without = "logits" })},

		{"prediction", "hardly a change", reason, with(func(w *world) { w.weights = flat })},
		{"prediction", "a change", note, usual()},
		{"prediction", "no logits", absent, with(func(w *world) { w.without = "logits" })},

		{"transmission", "hardly any effect", reason, with(func(w *world) { w.response = 0.05 })},
		{"transmission", "as designed", note, usual()},
		{"transmission", "no logits", absent, with(func(w *world) { w.without = "logits" })},

		{"interpolation", "perfectly fitted", reason, with(func(w *world) { w.train, w.response = 1, 0.05 })},
		{"interpolation", "perfectly fitted, and the weights act", note, with(func(w *world) { w.train = 1 })},
		{"interpolation", "errors left", absent, usual()},
		{"interpolation", "not measured", absent, with(func(w *world) { w.train = 0 })},

		{"noise", "weak weights among noisy seeds", reason, with(func(w *world) { w.weights, w.jitter = flat, 0.5 })},
		{"noise", "strong weights", note, usual()},
		{"noise", "one seed and nothing else", absent, with(func(w *world) { w.seeds = 1 })},

		{"sample", "even classes", reason, with(func(w *world) { w.lean, w.alike = 0, 0 })},
		{"sample", "uneven classes", note, usual()},

		{"floor", "dog and cat as even as they get", reason, with(func(w *world) { w.weights = []float64{1, 4.5, 1, 1} })},
		{"floor", "dog and cat as even without weights", reason, with(func(w *world) { w.lean = 0 })},
		{"floor", "dog below what a shift reaches", note, with(func(w *world) { w.response = 0.05 })},
		{"floor", "no logits", absent, with(func(w *world) { w.without = "logits" })},

		{"price", "dog gains, cat pays", note, usual()},
		{"price", "nobody moves", absent, with(func(w *world) { w.response, w.jitter = 0, 0 })},
	} {
		t.Run(c.name+" "+c.what, func(t *testing.T) {
			r := explainedWorld(t, c.world)
			if got := stateOf(r, c.name); got != c.want {
				t.Errorf("the finding is %s, want %s: %s", got, c.want, r.Text)
			}
			for _, d := range r.Findings {
				if d.Text == "" || d.Threshold == "" || d.Source == "" || len(d.Figures) == 0 && d.Name != "pairs" {
					t.Errorf("%+v lacks something", d)
				}
			}
		})
	}
}

// TestVerdicts holds the answer and what is to be tried.
func TestVerdicts(t *testing.T) {
	for _, c := range []struct {
		what    string
		want    explain.Verdict
		text    string
		try     []string
		dontTry []string
		world   world
	}{
		{"good weights", explain.NoBetterThanOffsets, "Offsets on the logits of the unweighted model, which need no training, are better", []string{"offsets"}, []string{"stronger", "check", "paste"}, usual()},
		{"good weights, no offsets known", explain.Works, "make the recalls more even on validation: spread", []string{"paste", "seeds"}, []string{"offsets"}, with(func(w *world) { w.without = "offsets" })},
		{"ignored weights", explain.Ignored, "ignored", []string{"check"}, []string{"stronger", "seeds", "measure"}, with(func(w *world) { w.response, w.jitter, w.own = 0, 0, true })},
		{"a built-in model that predicts the same", explain.Ineffective, "exactly what it predicts without", []string{"longer"}, []string{"check"}, with(func(w *world) { w.response, w.jitter = 0, 0 })},
		{"flat weights", explain.TooWeak, "nearly equal", []string{"stronger", "offsets"}, []string{"weaker"}, with(func(w *world) { w.weights, w.jitter = []float64{1, 1.1, 1, 1}, 0.2 })},
		{"weights without effect in a model that fits perfectly", explain.Ineffective, "almost as if there were no weights", []string{"stop-early", "decay", "deferred", "offsets"}, []string{"weaker"}, with(func(w *world) { w.response, w.train = 0.02, 1 })},
		{"weights without effect", explain.Ineffective, "followed the weights only little", []string{"measure", "offsets"}, []string{"weaker", "stop-early", "decay", "deferred"}, with(func(w *world) { w.response = 0.02 })},
		{"weights without effect, training recalls not known", explain.Ineffective, "followed the weights only little", []string{"measure", "offsets"}, []string{"weaker", "stop-early", "decay", "deferred"}, with(func(w *world) { w.response, w.train = 0.02, 0 })},
		{"weights in a training that is too short", explain.Ineffective, "followed the weights only little", []string{"longer", "offsets"}, []string{"stop-early", "decay", "deferred"}, with(func(w *world) { w.response, w.train = 0.02, 0.6 })},
		{"weights in the opposite direction", explain.Inverted, "another order of the classes", []string{"turn"}, []string{"stronger", "weaker", "stop-early"}, with(func(w *world) { w.response, w.own = -0.5, true })},
		{"too strong weights", explain.Overshoots, "go too far", []string{"weaker"}, []string{"stronger"}, with(func(w *world) { w.weights = []float64{1, 60, 1, 1} })},
		{"even classes", explain.Even, "nothing to even out", []string{"images"}, []string{"stronger", "offsets"}, with(func(w *world) { w.lean, w.alike, w.weights = 0, 0, []float64{1, 1.5, 1, 0.7} })},
		{"one seed", explain.NotMeasurable, "on 1 seed", []string{"seeds"}, nil, with(func(w *world) { w.seeds = 1 })},
		{"noisy seeds", explain.NotMeasurable, "is not known yet", []string{"seeds"}, nil, with(func(w *world) { w.seeds, w.jitter, w.without = 3, 1.5, "logits" })},
	} {
		t.Run(c.what, func(t *testing.T) {
			r := explainedWorld(t, c.world)
			if r.Verdict != c.want || !strings.Contains(r.Text, c.text) {
				t.Errorf("verdict %s: %s\nwant %s with %q", r.Verdict, r.Text, c.want, c.text)
			}
			for _, name := range c.try {
				if !step(r, name) {
					t.Errorf("%s is not to be tried: %+v", name, r.Next)
				}
			}
			for _, name := range c.dontTry {
				if step(r, name) {
					t.Errorf("%s is to be tried: %+v", name, r.Next)
				}
			}
			if strings.Contains(r.Text, "no effect") {
				t.Errorf("claims that there is no effect: %s", r.Text)
			}
		})
	}
}

// TestTransmissionInterval: seeds are what is independent, so one has no interval, and
// below three weights are never called without effect.
func TestTransmissionInterval(t *testing.T) {
	for _, c := range []struct {
		seeds      int
		want, lack string
	}{
		{1, " (on 1 seed).", "+-"},
		{2, "(95 %, 2 seeds). This is less than predicted.", "no weights"},
		{6, "(95 %, 6 seeds): it ended almost as if there were no weights", "cannot be measured"},
	} {
		r := explainedWorld(t, with(func(w *world) { w.seeds, w.response, w.train = c.seeds, 0.05, 1 }))
		d, _ := finding(r, "transmission")
		if !strings.Contains(d.Text, c.want) || strings.Contains(d.Text, c.lack) || d.Reason != (c.seeds == 6) {
			t.Errorf("%d seeds: %s; want %q and not %q", c.seeds, d.Text, c.want, c.lack)
		}
		if d.Figures[1].Name != "transmission_se" || d.Figures[2].Name != "transmission_half_width" {
			t.Fatalf("figures %+v", d.Figures)
		}
		// Student's t at .975 is 2.571 with 5 degrees of freedom.
		if se, half := d.Figures[1].Value, d.Figures[2].Value; c.seeds == 6 && (half < 2.57*se || half > 2.572*se) {
			t.Errorf("half width %v at a standard error of %v; want 2.571 of them", half, se)
		}
	}
}

// byHand is a case of matrices alone, the same on every seed.
func byHand(seeds int, before, after *objective.Confusion) explain.Case {
	w := world{}
	c := explain.Case{Classes: []string{"a", "b", "c", "d"}[:before.Classes()], Score: score, Round: 1}
	for s := range seeds {
		plain, arm := w.round(0, nil, before), w.round(1, []float64{0.5, 2, 1, 1}[:before.Classes()], after)
		c.Replicates = append(c.Replicates, objective.Replicate{Replicate: s, Reference: plain, Rounds: []objective.Round{plain, arm}})
		c.References = append(c.References, plain.Spread)
	}
	return c
}

// TestPrice: recalls .90, .70, .80 become .70, .65, .68, by hand: the spread falls
// from .0816 to .0205 and balanced accuracy from .800 to .677, which is 2.02 for
// each point of spread. The fall of b is 2.4 of its standard errors over 1000 examples, with seeds
// that do not differ: beyond noise.
func TestPrice(t *testing.T) {
	before := matrix([]int64{900, 50, 50}, []int64{150, 700, 150}, []int64{100, 100, 800})
	after := matrix([]int64{700, 150, 150}, []int64{150, 650, 200}, []int64{120, 200, 680})
	r := explained(t, byHand(3, before, after))
	d, _ := finding(r, "price")
	if !d.Reason || !strings.Contains(d.Text, "2.02 points of balanced accuracy for each .01 of spread; your limit is 2.0 points") || !strings.Contains(d.Text, "Down, in points of recall: a -20.0, c -12.0 and b -5.0. Balanced") {
		t.Errorf("price: %+v", d)
	}
	if !strings.Contains(r.Text, "cost more accuracy than their gain is worth") {
		t.Errorf("verdict: %s", r.Text)
	}
	if !strings.Contains(r.Text, "With these weights balanced accuracy is 12.3 points lower, probably more than your limit of 2.0 (probability of more above .99).") || r.Verdict != explain.Costly {
		t.Errorf("verdict %s: %s", r.Verdict, r.Text)
	}
	if !step(r, "weaker") || step(r, "seeds") {
		t.Errorf("want weaker weights, and no more seeds: %+v", r.Next)
	}
	// What is within the limit is the study's own choice, however little it brings.
	c := byHand(3, before, after)
	c.Score.Tolerance = 0.2
	if d, _ := finding(explained(t, c), "price"); d.Reason || !strings.Contains(d.Text, "2.02 points") {
		t.Errorf("within the limit: %+v", d)
	}
}

// TestImageNoise compares with the binomial variance, worked out by hand: two
// classes of 101 examples have recalls .8 and .6, so the spread's gradient is
// +1/2 and -1/2; weights that change nothing leave 2 * (.16 + .24) / 4 / 100.
func TestImageNoise(t *testing.T) {
	m := matrix([]int64{8 * 101, 2 * 101}, []int64{4 * 101, 6 * 101}) // 1010 examples
	d, _ := finding(explained(t, byHand(3, m, m)), "noise")
	want := 0.014078 // sqrt(2 * (.16 + .24) / 4 / 1009)
	for _, x := range d.Figures {
		if x.Name == "image_se" && (x.Value < want-1e-6 || x.Value > want+1e-6) {
			t.Errorf("standard error over images %v, want %v", x.Value, want)
		}
	}
	if !strings.Contains(d.Text, "by .000") {
		t.Errorf("noise: %s", d.Text)
	}
}

// figure returns a figure of a finding, which must be there.
func figure(t *testing.T, r *explain.Report, of, name string) float64 {
	t.Helper()
	d, _ := finding(r, of)
	for _, x := range d.Figures {
		if x.Name == name {
			return x.Value
		}
	}
	t.Fatalf("finding %s has no figure %s", of, name)
	return 0
}

// TestPairedImages: where the predictions are known, errors that both models share
// do not count as noise.
func TestPairedImages(t *testing.T) {
	se := func(w world) float64 { return figure(t, explainedWorld(t, w), "noise", "image_se") }
	paired, unpaired := se(usual()), se(with(func(w *world) { w.without = "predictions" }))
	if !(paired < 0.8*unpaired && paired > 0.1*unpaired) {
		t.Errorf("standard error over images %v, without predictions %v", paired, unpaired)
	}
}

// TestMissing: what was not recorded is named.
func TestMissing(t *testing.T) {
	c := usual().build(t)
	if r := explained(t, c); len(r.Missing) > 0 {
		t.Errorf("with everything recorded something is missing: %v", r.Missing)
	}
	c.Outputs = nil
	for i := range c.Replicates {
		c.Replicates[i].Rounds[1].Train = nil
	}
	text := strings.Join(explained(t, c).Missing, "\n")
	for _, want := range []string{"No logits", "No fitted offsets", "No confusion matrices of the training part"} {
		if !strings.Contains(text, want) {
			t.Errorf("nothing is said of %q:\n%s", want, text)
		}
	}
}

// TestPosthoc: weights that shift logits were never trained with, and there is
// no training to lose them.
func TestPosthoc(t *testing.T) {
	c := with(func(w *world) { w.response, w.jitter, w.train = 0, 0, 1 }).build(t)
	c.Posthoc = true
	r := explained(t, c)
	for _, name := range []string{"ignored", "transmission", "interpolation"} {
		if got := stateOf(r, name); got != absent {
			t.Errorf("%s is a %s", name, got)
		}
	}
	if step(r, "offsets") {
		t.Error("applying weights post hoc is proposed where they are")
	}
}

// TestOtherModel: where the trial's model is not the reference, findings name the one
// that they speak of, and limits of the reference are none of the trial's model.
func TestOtherModel(t *testing.T) {
	c := with(func(w *world) { w.weights = []float64{1, 4.5, 1, 1} }).build(t)
	c.Reference = "kind=softmax"
	for i := range c.Outputs {
		c.Outputs[i].OfReference = true
	}
	r := explained(t, c)
	for _, name := range []string{"margins", "prediction", "transmission", "floor", "offsets"} {
		if d, ok := finding(r, name); !ok || !strings.Contains(d.Text, "the reference (kind=softmax)") {
			t.Errorf("%s does not name the reference: %s", name, d.Text)
		}
	}
	for name, text := range map[string]string{"sample": "the trial's own unweighted model", "floor": "the hardest pair"} {
		if d, _ := finding(r, name); d.Reason || !strings.Contains(d.Text, text) || strings.Contains(d.Text, "has reached it") {
			t.Errorf("%s: %+v", name, d)
		}
	}
	if !strings.Contains(r.Models, "the trial's own has a spread of") {
		t.Errorf("the two models: %q", r.Models)
	}
	c.Reference = ""
	for i := range c.Outputs {
		c.Outputs[i].OfReference = false
	}
	if r := explained(t, c); r.Models != "" || strings.Contains(fmt.Sprint(r), "the reference (") || strings.Contains(fmt.Sprint(r), "own unweighted") {
		t.Errorf("one model, but: %+v", r)
	}
}

// TestOwnScript: a program of the user's own has no settings of the built-in models.
func TestOwnScript(t *testing.T) {
	c := with(func(w *world) { w.response, w.without = 0.02, "logits" }).build(t)
	c.OwnScript = true
	for i := range c.Replicates {
		r := &c.Replicates[i].Rounds[1]
		r.Train = matrix([]int64{9, 0, 0, 0}, []int64{0, 9, 0, 0}, []int64{0, 0, 9, 0}, []int64{0, 0, 0, 9})
	}
	r := explained(t, c)
	for _, s := range r.Next {
		for _, line := range s.Lines {
			if strings.Contains(line, "model.early_stopping") || strings.Contains(line, "model.weight_decay") || strings.Contains(line, "data.") {
				t.Errorf("%s: %s", s.Name, line)
			}
		}
	}
	if !step(r, "logits") || !step(r, "stop-early") {
		t.Errorf("want the steps logits and stop-early: %+v", r.Next)
	}
}

// TestRejects: a case that cannot be explained says why.
func TestRejects(t *testing.T) {
	for want, change := range map[string]func(*explain.Case){
		"no seed was recorded":      func(c *explain.Case) { c.Replicates, c.Outputs = nil, nil },
		"round 2 of a trial":        func(c *explain.Case) { c.Round = 2 },
		"1 outputs for 6 seeds":     func(c *explain.Case) { c.Outputs = c.Outputs[:1] },
		"matrix of 3 classes":       func(c *explain.Case) { c.Classes = c.Classes[:3] },
		"0 weights for 4 classes":   func(c *explain.Case) { c.Replicates[0].Rounds[1].Weights = nil },
		"round 0 of a trial with r": func(c *explain.Case) { c.Round = 0 },
	} {
		c := usual().build(t)
		change(&c)
		if _, err := explain.Explain(c); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
}

// TestOffsetsAgainstImages: an arm that beats offsets on every seed alike is better only
// where other images would not say otherwise. By hand, with 100 examples of two classes:
// recalls .80 and .70 have the spread .05, offsets .80 and .68 the spread .06, gradients
// +-1/2; as if independent the images leave (.16 + .21 + .16 + .2176) / 4 / 99, a standard
// error of .0435 for a difference of .01.
func TestOffsetsAgainstImages(t *testing.T) {
	m := func(a, b, of int64) *objective.Confusion { return matrix([]int64{a, of - a}, []int64{of - b, b}) }
	for _, c := range []struct {
		what  string
		times int64
		val   bool
		want  string
		se    float64
	}{
		{"few examples", 1, true, "not measurably better", 0.0435},
		{"some examples", 10, true, "not measurably better", 0.0435 / math.Sqrt(10)},
		{"many examples", 1000, true, "the weights are better beyond the noise of seeds and examples", 0.0435 / math.Sqrt(1000)},
		{"matrices not kept", 1, false, "better beyond the noise of seeds, on these examples; for other examples", math.NaN()},
	} {
		n := 100 * c.times
		k := byHand(3, m(90*c.times, 60*c.times, n), m(80*c.times, 70*c.times, n))
		for range k.Replicates {
			o := &explain.Offsets{Spread: 0.06, Drop: 0.01}
			if c.val {
				o.Val = m(80*c.times, 68*c.times, n)
			}
			k.Outputs = append(k.Outputs, explain.Outputs{Offsets: o})
		}
		r := explained(t, k)
		d, _ := finding(r, "offsets")
		if suffice := r.Verdict == explain.NoBetterThanOffsets && step(r, "paste") && strings.Contains(r.Text, "Whether these weights are better than offsets") && strings.HasSuffix(r.Text, "is not known: validation shows no difference beyond noise."); suffice != (c.times <= 10 && c.val) {
			t.Errorf("%s: verdict %s: %s", c.what, r.Verdict, r.Text)
		}
		if !strings.Contains(d.Text, c.want) {
			t.Errorf("%s: %s; want %q", c.what, d.Text, c.want)
		}
		k.Optimism = 0.03 // with it the arm is .02 worse, beyond the noise of the many examples
		r = explained(t, k)
		if d, _ := finding(r, "offsets"); c.times == 1000 && (!strings.Contains(d.Text, ".030 of what the weights gain is not expected on other examples") ||
			!strings.Contains(d.Text, "the offsets are better beyond the noise") || !strings.Contains(r.Text, "are better.")) {
			t.Errorf("%s, with optimism: %s\n%s", c.what, r.Text, d.Text)
		}
		at := slices.IndexFunc(d.Figures, func(x explain.Figure) bool { return x.Name == "difference_image_se" })
		if at < 0 {
			t.Errorf("%s: no difference_image_se in %v", c.what, d.Figures)
			continue
		}
		got := d.Figures[at].Value
		if math.IsNaN(got) != math.IsNaN(c.se) || math.Abs(got/c.se-1) >= 0.01 {
			t.Errorf("%s: standard error over images %v; want %v", c.what, got, c.se)
		}
	}
}

// TestOffsetsArePaired: errors that the arm and the offsets share do not count as noise
// where logits and predictions are known.
func TestOffsetsArePaired(t *testing.T) {
	se := func(w world) float64 { return figure(t, explainedWorld(t, w), "offsets", "difference_image_se") }
	paired, unpaired := se(usual()), se(with(func(w *world) { w.without = "predictions" }))
	if !(paired < 0.95*unpaired && paired > 0.05*unpaired) {
		t.Errorf("standard error over images %v, without predictions %v", paired, unpaired)
	}
}

// TestGuessing: where the unweighted model knows nothing, or the training with weights broke
// down, that is the only finding; where a frequent class explains it, the first.
func TestGuessing(t *testing.T) {
	good := matrix([]int64{90, 5, 5}, []int64{15, 70, 15}, []int64{10, 10, 80})
	chance := matrix([]int64{33, 33, 34}, []int64{35, 30, 35}, []int64{32, 34, 34})
	zero := matrix([]int64{100, 0, 0}, []int64{100, 0, 0}, []int64{100, 0, 0})
	rare := matrix([]int64{900, 0, 0}, []int64{20, 0, 0}, []int64{30, 0, 0})
	found := matrix([]int64{600, 200, 100}, []int64{5, 12, 3}, []int64{5, 5, 20})
	for _, c := range []struct {
		name          string
		before, after *objective.Confusion
		verdict       explain.Verdict
		first         string
		only          bool
	}{
		{"chance", chance, chance, explain.Guesses, "The unweighted model is no better than guessing: balanced accuracy 32.", true},
		{"constant", zero, zero, explain.Guesses, "The unweighted model predicts a for everything", true},
		{"NaN with weights", good, zero, explain.Collapsed, "The model trained with these weights predicts a for everything: balanced accuracy 33.3 %", true},
		{"a rare class", rare, found, explain.Works, "The unweighted model predicts a for everything", false},
	} {
		r := explained(t, byHand(3, c.before, c.after))
		d := r.Findings[0]
		if d.Name != "guessing" || !strings.Contains(d.Text, c.first) || (len(r.Findings) == 1) != c.only || r.Verdict != c.verdict && c.only {
			t.Errorf("%s: verdict %s, %d findings, first %s: %s", c.name, r.Verdict, len(r.Findings), d.Name, d.Text)
		}
		if c.only && !step(r, "check") {
			t.Errorf("%s: no check is proposed: %+v", c.name, r.Next)
		}
	}
	if d, ok := finding(explained(t, byHand(3, good, good)), "guessing"); ok {
		t.Errorf("a good model: %+v", d)
	}
}

// TestSeedsFail: more seeds are no advice where they fail.
func TestSeedsFail(t *testing.T) {
	for _, w := range []world{with(func(w *world) { w.seeds = 1 }), with(func(w *world) { w.without = "offsets" })} {
		c := w.build(t)
		if r := explained(t, c); !step(r, "seeds") || step(r, "failing") {
			t.Errorf("no seed failed: %+v", r.Next)
		}
		c.SeedsFail = true
		if r := explained(t, c); step(r, "seeds") || !step(r, "failing") {
			t.Errorf("seeds fail: %+v", r.Next)
		}
	}
}
