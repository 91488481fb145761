package explain_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"evenkeel/objective"
	"evenkeel/objective/evidence/explain"
	"evenkeel/objective/evidence/posthoc"
)

// probed returns the case of a world with the probes trained in it: their logits are
// those of the unweighted model, shifted by response * ln w and scattered anew in
// every training.
func probed(t *testing.T, w world) explain.Case {
	t.Helper()
	c := w.build(t)
	probes, err := explain.Probe(c)
	if err != nil {
		t.Fatal(err)
	}
	c.Probed = &explain.Probed{Probes: probes}
	for _, rep := range probes.Replicates {
		logits, labels := w.logits(uint64(rep.Replicate))
		noise := rand.New(rand.NewPCG(5, uint64(rep.Replicate)))
		train := func(weights []float64) explain.Trained {
			shift := posthoc.FromWeights(weights)
			for k := range shift {
				shift[k] = w.response*shift[k] + w.jitter*noise.NormFloat64()
			}
			p := part(t, logits, labels)
			return explain.Trained{Val: p.Confusion(shift), Predictions: p.Predict(shift, nil)}
		}
		s := explain.ProbedSeed{Labels: labels, Plain: train([]float64{1, 1, 1, 1})}
		for _, change := range probes.Changes() {
			s.Changed = append(s.Changed, train(change.Weights(4)))
		}
		c.Probed.Seeds = append(c.Probed.Seeds, s)
	}
	return c
}

// TestProbedFindings holds every finding of the probes to a study where it must
// appear, as a reason where it can be one, and to one where it must not.
func TestProbedFindings(t *testing.T) {
	// In the usual world dog and cat are taken for each other; mixed up, every class is
	// taken for every other.
	mixed := func(w *world) { w.sure, w.alike, w.lean, w.weights = 0.5, 0, -0.5, []float64{0.8, 2.2, 0.7, 0.6} }
	for _, c := range []struct {
		name, what, want, text string
		world                  world
	}{
		{"control", "a training that weights affect", note, "Weights affect training.", usual()},
		{"control", "one that does not", reason, "no loss weighting can work here", with(func(w *world) { w.response, w.jitter = 0, 0.04 })},
		{"control", "one that does not, among noisy seeds", note, "cannot be said with these seeds", with(func(w *world) { w.response, w.jitter = 0, 0.2 })},
		{"control", "one that ignores them", reason, "never reached the loss", with(func(w *world) { w.response, w.jitter, w.own = 0, 0, true })},
		{"control", "one that turns them over", reason, "the wrong way round", with(func(w *world) { w.response, w.own = -1, true })},
		{"control", "one seed", note, "how much seeds differ is not known from one", with(func(w *world) { w.seeds = 1 })},
		{"control", "one seed that ignores them", reason, "never reached the loss", with(func(w *world) { w.seeds, w.response, w.jitter, w.own = 1, 0, 0, true })},

		{"sensitivity", "two classes that are confused", note, "dog +", usual()},
		{"sensitivity", "who pays", note, "(cat loses ", usual()},
		{"sensitivity", "one seed", note, "cover the examples only", with(func(w *world) { w.seeds = 1 })},

		{"expected", "weights that should show", note, "measured were", usual()},
		{"expected", "flat weights among noisy seeds", reason, "smaller than the noise of one seed", with(func(w *world) { w.weights, w.jitter = []float64{1, 1.1, 1, 1}, 0.4 })},
		{"expected", "equal weights", absent, "", with(func(w *world) { w.weights = []float64{1, 1, 1, 1} })},
		{"expected", "one seed", note, "not known from one seed", with(func(w *world) { w.seeds = 1 })},
		{"expected", "weights far beyond what was measured", note, "so this is an extrapolation", with(func(w *world) { w.weights = []float64{1, 20, 1, 1} })},

		{"identifiable", "a training that weights affect", absent, "", with(mixed)},
		{"identifiable", "flat weights among noisy seeds", reason, "dog ", with(func(w *world) { w.weights, w.jitter = []float64{1, 1.1, 1, 1}, 0.4 })},
		{"identifiable", "one seed", absent, "", with(func(w *world) { w.seeds, w.weights, w.jitter = 1, []float64{1, 1.1, 1, 1}, 0.4 })},

		{"trade", "dog and cat alone", reason, "dog and cat", with(func(w *world) { w.alike, w.lean = 3.5, -0.5 })},
		{"trade", "one gains far more than the other loses", absent, "", usual()},
		{"trade", "every class with every other", absent, "", with(mixed)},
		{"trade", "one seed", absent, "", with(func(w *world) { w.seeds = 1 })},
		{"trade", "a training that weights do not affect", absent, "", with(func(w *world) { w.response, w.jitter = 0, 0.2 })},
	} {
		t.Run(c.name+" "+c.what, func(t *testing.T) {
			r := explained(t, probed(t, c.world))
			d, _ := finding(r, c.name)
			if got := stateOf(r, c.name); got != c.want || !strings.Contains(d.Text, c.text) {
				t.Errorf("the finding is %s, want %s with %q: %s", got, c.want, c.text, d.Text)
			}
			if c.want != absent && (d.Threshold == "" || d.Source == "" || len(d.Figures) == 0) {
				t.Errorf("%+v lacks something", d)
			}
		})
	}
}

// TestWithoutProbes: without probes there is no finding of them.
func TestWithoutProbes(t *testing.T) {
	r := explainedWorld(t, usual())
	for _, name := range []string{"control", "sensitivity", "expected", "identifiable", "trade"} {
		if got := stateOf(r, name); got != absent {
			t.Errorf("%s is a %s without probes", name, got)
		}
	}
}

// TestProbedVerdict: where not even the control moves the worst class, that is the
// answer, and neither stronger weights nor more seeds are.
func TestProbedVerdict(t *testing.T) {
	r := explained(t, probed(t, with(func(w *world) { w.response, w.jitter, w.train, w.own = 0, 0.04, 1, true })))
	if r.Verdict != explain.Unresponsive || !strings.Contains(r.Text, "with its weight times 20 and divided by 20, dog has recalls less than 5 points apart") {
		t.Errorf("verdict %s: %s", r.Verdict, r.Text)
	}
	for name, want := range map[string]bool{"check": true, "offsets": true, "stop-early": true, "stronger": false, "seeds": false, "measure": false} {
		if step(r, name) != want {
			t.Errorf("step %s: %v, want %v", name, !want, want)
		}
	}
	// Where seeds hide whether it does, that is no answer.
	r = explained(t, probed(t, with(func(w *world) { w.response, w.jitter = 0, 0.2 })))
	if r.Verdict == explain.Unresponsive || step(r, "check") {
		t.Errorf("noisy seeds: verdict %s: %s", r.Verdict, r.Text)
	}
	// Without probes it may be worth having them.
	if r := explainedWorld(t, with(func(w *world) { w.response = 0.02 })); !step(r, "measure") {
		t.Errorf("verdict %s, and the probes are not to be tried", r.Verdict)
	}
	// With one seed it is said what cannot be known.
	r = explained(t, probed(t, with(func(w *world) { w.seeds = 1 })))
	if text := strings.Join(r.Missing, "\n"); !strings.Contains(text, "On one seed, noise cannot be separated") {
		t.Errorf("nothing is said of the single seed: %s", text)
	}
}

// TestProbe holds the choice of classes, by hand: the worst class is 1; most errors
// with it have 2, then 0, and with no other; the largest weight is that of 6, the
// smallest of 5; the most confused pairs are (1, 2), (3, 4), (0, 1), so that 3 is the
// sixth, and 4 has no place.
func TestProbe(t *testing.T) {
	rows := make([][]int64, 8)
	for k := range rows {
		rows[k] = make([]int64, 8)
		rows[k][k] = 100
	}
	rows[1][2], rows[0][1], rows[3][4] = 50, 10, 30
	c := explain.Case{Classes: strings.Split("abcdefgh", ""), Score: score, Round: 1}
	for s := range 5 {
		plain := world{}.round(0, nil, matrix(rows...))
		arm := world{}.round(1, []float64{1, 2, 1, 1, 1, 0.5, 3, 1}, matrix(rows...))
		c.Replicates = append(c.Replicates, objective.Replicate{Replicate: s, Seed: int64(s), Reference: plain, Rounds: []objective.Round{plain, arm}})
	}
	p, err := explain.Probe(c)
	if err != nil {
		t.Fatal(err)
	}
	if want := []int{1, 2, 0, 6, 5, 3}; p.Worst != 1 || !slices.Equal(p.Classes, want) {
		t.Errorf("worst %d, classes %v; want 1 and %v", p.Worst, p.Classes, want)
	}
	if len(p.Replicates) != 3 || p.Replicates[2].Seed != 2 {
		t.Errorf("%d seeds; want the first 3", len(p.Replicates))
	}
	changes := p.Changes()
	if len(changes) != 14 || changes[0] != (explain.Change{Class: 1, Factor: 20}) || changes[1] != (explain.Change{Class: 1, Factor: 1.0 / 20}) {
		t.Errorf("changes %v; want 14, of class 1 by 20 and 1/20 first", changes)
	}
	// e^(1/2) = 1.6487212707 and its reciprocal 0.6065306597.
	if w := changes[12].Weights(8); math.Abs(w[3]-1.6487212707) > 1e-9 || w[0] != 1 || math.Abs(changes[13].Factor-0.6065306597) > 1e-9 {
		t.Errorf("weights %v and %v; want half a nat up and down on class 3", w, changes[13])
	}
	c.Posthoc = true
	if _, err := explain.Probe(c); err == nil || !strings.Contains(err.Error(), "nothing is trained") {
		t.Errorf("weights applied post hoc: error %v", err)
	}
}

// TestProbesByHand works the figures out by hand, on two seeds of two classes of 100
// examples. On class 0 half a nat more and less gives recalls .70 and .50 on one seed
// and .72 and .48 on the other: slopes .20 and .24, mean .22, squares about it .0008.
// Class 1 has the slopes .10 and .10 by its own weight, and class 0 by that -.10 and
// -.14, squares .0008: pooled over the two weights the variance of a seed is .0008
// with two degrees of freedom, so .0008. Without predictions the images leave, as if
// a model erred on the same ones with both seeds,
// (mean(sqrt(.7 * .3), sqrt(.72 * .28))^2 + mean(sqrt(.5 * .5), sqrt(.48 * .52))^2) / 99
// = (.45363^2 + .49980^2) / 99 = .0046018, and the standard error is
// sqrt(.0008 / 2 + .0046018) = .07072.
func TestProbesByHand(t *testing.T) {
	m := func(a, b int64) explain.Trained {
		return explain.Trained{Val: matrix([]int64{a, 100 - a}, []int64{100 - b, b})}
	}
	c := byHand(2, matrix([]int64{60, 40}, []int64{20, 80}), matrix([]int64{70, 30}, []int64{25, 75}))
	c.Probed = &explain.Probed{
		Probes: explain.Probes{Worst: 0, Classes: []int{0, 1}, Replicates: c.Replicates},
		Seeds: []explain.ProbedSeed{
			{Plain: m(60, 80), Changed: []explain.Trained{m(95, 30), m(10, 99), m(70, 75), m(50, 85), m(55, 85), m(65, 75)}},
			{Plain: m(60, 80), Changed: []explain.Trained{m(93, 30), m(12, 99), m(72, 75), m(48, 85), m(53, 85), m(67, 75)}},
		},
	}
	r := explained(t, c)
	figure := func(of, name string) float64 {
		d, _ := finding(r, of)
		for _, x := range d.Figures {
			if x.Name == name {
				return x.Value
			}
		}
		t.Fatalf("no figure %s of %s: %+v", name, of, d)
		return 0
	}
	for _, x := range []struct {
		of, name string
		want     float64
	}{
		{"sensitivity", "a by a", 0.22},
		{"sensitivity", "a by a se", 0.07072},
		{"sensitivity", "b by a", -0.10},
		{"sensitivity", "b by b", 0.10},
		{"sensitivity", "a by b", -0.12},
		{"sensitivity", "largest_row_sum", 0.10},
		{"control", "recall_times_20", 0.94},
		{"control", "recall_divided_by_20", 0.11},
		{"control", "difference", 0.83},
		// Gaps .85 and .81 have the variance .0008 as well; images, with the recalls .95
		// and .93, .10 and .12, (.23655^2 + .31248^2) / 99 = .0015515.
		{"control", "difference_se", 0.04418},
		// The variance of a seed is (2 * .0008 + .0008) / 3 = .0008 with 3 degrees of
		// freedom, 3.182 sqrt(.0008) = .09001, and by itself .0008 with 1 and half of the 2,
		// 4.303 sqrt(.0008) = .12170: sqrt(.12170^2 / 2 + 1.96^2 * .0015515) = .11560.
		{"control", "difference_half_width", 0.11560},
		{"control", "lift", 0.34},
		// ln w is -+ ln 4 / 2 = -+ .693147: recall a changes by .22 * -.693147 - .12 * .693147.
		{"expected", "expected_recall_change", -0.23567},
	} {
		if got := figure(x.of, x.name); math.Abs(got-x.want) > 6e-5 {
			t.Errorf("%s, %s: %.5f, want %.5f", x.of, x.name, got, x.want)
		}
	}
	if text := strings.Join(r.Missing, "\n"); !strings.Contains(text, "No predictions of the trainings of --measure") {
		t.Errorf("nothing is said of the missing predictions: %s", text)
	}
}

// TestUnliftable: a class that x20 leaves where it is, and a twentieth lowers, can
// only be lowered.
func TestUnliftable(t *testing.T) {
	c := probed(t, usual())
	for i := range c.Probed.Seeds {
		c.Probed.Seeds[i].Changed[0] = c.Probed.Seeds[i].Plain
	}
	r := explained(t, c)
	d, _ := finding(r, "control")
	if !d.Reason || d.Try != "data" || !strings.Contains(d.Text, "weights can only lower it") || !step(r, "data") {
		t.Errorf("control: %+v", d)
	}
}

// TestProbesReject: probes that do not fit the case say why.
func TestProbesReject(t *testing.T) {
	for want, change := range map[string]func(*explain.Probed){
		"probes on no seed":            func(p *explain.Probed) { p.Seeds = nil },
		"seed 2: 3 trainings; want 10": func(p *explain.Probed) { p.Seeds[1].Changed = p.Seeds[1].Changed[:3] },
		"matrices of 4 classes":        func(p *explain.Probed) { p.Seeds[0].Plain.Val = objective.NewConfusion(3) },
		"want classes from 0 to 3":     func(p *explain.Probed) { p.Classes[1] = 4 },
	} {
		c := probed(t, with(func(w *world) { w.seeds = 2 }))
		change(c.Probed)
		if _, err := explain.Explain(c); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
}

// TestPerfect: a model without a single error, its weights all equal and no logits kept,
// has no confused classes to name, also where a twentieth lowers a class.
func TestPerfect(t *testing.T) {
	perfect, lowered := matrix([]int64{9000, 0}, []int64{0, 9000}), matrix([]int64{6000, 3000}, []int64{0, 9000})
	for _, probedPlain := range []*objective.Confusion{perfect, matrix([]int64{8000, 1000}, []int64{0, 9000})} {
		c := byHand(3, perfect, perfect)
		for s := range c.Replicates {
			c.Replicates[s].Rounds[1].Weights = []float64{1, 1}
		}
		probes, err := explain.Probe(c)
		if err != nil {
			t.Fatal(err)
		}
		c.Probed = &explain.Probed{Probes: probes}
		for range probes.Replicates {
			s := explain.ProbedSeed{Plain: explain.Trained{Val: probedPlain}}
			for k := range probes.Changes() {
				s.Changed = append(s.Changed, explain.Trained{Val: []*objective.Confusion{probedPlain, lowered}[k%2]})
			}
			c.Probed.Seeds = append(c.Probed.Seeds, s)
		}
		r := explained(t, c)
		if step(r, "data") {
			t.Errorf("classes to tell apart where none are confused: %+v", r.Next)
		}
		if d, ok := finding(r, "control"); !ok || probedPlain == perfect && strings.Contains(d.Text, "weights can only lower it") || probedPlain != perfect && d.Try != "data" {
			t.Errorf("control: %+v", d)
		}
	}
}
