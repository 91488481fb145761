package search_test

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"evenkeel/objective"
	"evenkeel/objective/evidence/posthoc"
	"evenkeel/objective/trainers/trainertest"
	"evenkeel/schemes"
	"evenkeel/search"
	"evenkeel/search/random"
	"evenkeel/search/storetest"
)

// shifting is a trainer whose training does to the logits of its unweighted model
// what weights aim at, as far as it transmits: it adds transmit * ln w, of the class
// that deal gives the weight to. So what a screen should find out is known. The
// logits of an example are normal noise, and for its own class 1 more, or 2 for the
// last class, evenly between.
type shifting struct {
	trainertest.Synthetic
	transmit float64
	deal     func(class, classes int) int
	bare     bool // sends no logits
}

const shiftingClasses, shiftingPerClass = 6, 100

func newShifting(transmit float64) *shifting {
	return &shifting{Synthetic: trainertest.Synthetic{Classes: shiftingClasses, PerClass: shiftingPerClass}, transmit: transmit}
}

func (s *shifting) Train(ctx context.Context, job objective.Job) (*objective.Result, error) {
	if s.Before != nil {
		if err := s.Before(ctx, job); err != nil {
			return nil, err
		}
	}
	labels := s.Info().ValLabels
	rng := rand.New(rand.NewPCG(uint64(job.Spec.Seed), 1))
	var logits []float32
	for _, truth := range labels {
		for c := range shiftingClasses {
			z := rng.NormFloat64()
			if c == int(truth) {
				z += 1 + float64(c)/(shiftingClasses-1)
			}
			logits = append(logits, float32(z))
		}
	}
	part, err := posthoc.NewLogits(shiftingClasses, logits, labels)
	if err != nil {
		return nil, err
	}
	shift := make([]float64, shiftingClasses)
	for c, w := range job.Spec.Weights {
		to := c
		if s.deal != nil {
			to = s.deal(c, shiftingClasses)
		}
		shift[to] = s.transmit * math.Log(float64(w))
	}
	r := &objective.Result{Val: part.Confusion(shift), ValPredictions: part.Predict(shift, nil), ValLogits: logits}
	if s.bare {
		r.ValLogits = nil
	}
	return r, nil
}

// notices collects what a driver says beside its steps.
func notices(d *search.Driver) *[]string {
	var mu sync.Mutex
	list := &[]string{}
	d.Observe = func(e search.Event) {
		if e.Kind == search.EventNotice {
			mu.Lock()
			defer mu.Unlock()
			*list = append(*list, e.Text)
		}
	}
	return list
}

// newTrials returns the steps of a study that made trials.
func newTrials(m *storetest.Memory) (list []search.Step) {
	for _, r := range m.Records {
		if r.Step.Kind == search.NewTrial {
			list = append(list, r.Step)
		}
	}
	return list
}

// TestScreenChoosesAndIsBelieved: where training does what shifting does, every
// trial measures what was predicted for it, and the best of six screened trials is
// better than the best of 24 that are not.
func TestScreenChoosesAndIsBelieved(t *testing.T) {
	d := define(t, study, "search.screen=auto", "search.trials=6", "search.racing=false", "search.replicates=3", "objective.accuracy_tolerance=1")
	m := storetest.NewMemory()
	dr := driver(d, m, newShifting(1), 2)
	said := notices(dr)
	complete(t, dr)
	if len(*said) > 0 {
		t.Errorf("notices %q; want none", *said)
	}
	if math.Abs(m.Sent.Tau-1) > 1e-9 {
		t.Errorf("transmission %+v; want 1", m.Sent)
	}
	best := func(m *storetest.Memory) float64 {
		low := math.Inf(1)
		for _, arms := range m.Arms {
			for _, a := range arms {
				low = min(low, a.Difference)
			}
		}
		return low
	}
	for _, step := range newTrials(m) {
		p := step.Predicted
		if p == nil || p.Candidates != 256 {
			t.Fatalf("trial %d: prediction %+v; want one of 256 candidates", step.Trial, p)
		}
		arms := m.Arms[step.Trial]
		if len(arms) != p.Round {
			t.Errorf("trial %d has %d rounds; want none behind the predicted best, %d", step.Trial, len(arms), p.Round)
		}
		// The trainer rounds weights to float32; an example may lie between.
		if got := arms[p.Round-1].Difference; math.Abs(got-p.Difference) > 1e-3 {
			t.Errorf("trial %d measures %v; predicted was %v", step.Trial, got, p.Difference)
		}
	}
	plain := define(t, study, "search.trials=24", "search.racing=false", "search.replicates=3", "objective.accuracy_tolerance=1")
	all := storetest.NewMemory()
	complete(t, driver(plain, all, newShifting(1), 2))
	if best(m) >= best(all) {
		t.Errorf("best of 6 screened trials %v, of 24 others %v; want lower", best(m), best(all))
	}
}

// TestScreenSwitchesItselfOff: where weights act on other classes, or on none, the
// screen goes off after four trials, says so once, and the sampler's own points are
// taken.
func TestScreenSwitchesItselfOff(t *testing.T) {
	shuffled := newShifting(1)
	shuffled.deal = func(c, k int) int { return (c + 3) % k }
	for name, trainer := range map[string]*shifting{
		"shuffled": shuffled, "ignored": newShifting(0), "weak": newShifting(0.1),
	} {
		t.Run(name, func(t *testing.T) {
			d := define(t, study, "search.screen=auto", "search.trials=16", "search.racing=false")
			m := storetest.NewMemory()
			dr := driver(d, m, trainer, 2)
			dr.KeepGoing = trainer.transmit == 0
			said := notices(dr)
			complete(t, dr)
			if len(*said) != 1 || !strings.HasPrefix((*said)[0], "screening is off from trial ") {
				t.Errorf("notices %q; want one that screening is off", *said)
			}
			if !(m.Sent.Tau < 0.3) || m.Sent.Effects == 0 {
				t.Errorf("transmission %+v; want below .3", m.Sent)
			}
			for _, step := range newTrials(m) {
				own, err := random.New().Suggest(d.Space, nil, search.Rand(d.Search.Seed, step.Trial, "suggest"))
				if err != nil {
					t.Fatal(err)
				}
				// The first window and the trials that are pending when the fourth ends.
				screened, late := step.Predicted != nil, step.Trial > 8
				if late && (screened || !cmp.Equal(own, step.Point)) {
					t.Errorf("trial %d: %+v, point %v; want the sampler's own %v", step.Trial, step.Predicted, step.Point, own)
				}
				if step.Trial <= 4 && !screened {
					t.Errorf("trial %d was not screened", step.Trial)
				}
			}
		})
	}
}

// TestScreenNeedsLogits: without logits the sampler's points are taken, and one
// notice says why; with screen: off nothing is said.
func TestScreenNeedsLogits(t *testing.T) {
	off := storetest.NewMemory()
	d := define(t, study, "search.screen=off")
	dr := driver(d, off, newShifting(1), 2)
	silent := notices(dr)
	complete(t, dr)
	bare := storetest.NewMemory()
	silentTrainer := newShifting(1)
	silentTrainer.bare = true
	dr = driver(define(t, study, "search.screen=auto"), bare, silentTrainer, 2)
	said := notices(dr)
	complete(t, dr)
	if len(*silent) > 0 || len(*said) != 1 || !strings.HasPrefix((*said)[0], "no screening: ") {
		t.Errorf("notices with screen: off %q, without logits %q", *silent, *said)
	}
	if diff := cmp.Diff(newTrials(off), newTrials(bare)); diff != "" {
		t.Errorf("trials differ from those with screen: off (-off +bare):\n%s", diff)
	}
}

// TestScreenGoesWithoutAFailedSeed: a reference that fails on a further seed costs
// the prediction that seed, for the whole study: also after an interruption, when it
// would be there.
func TestScreenGoesWithoutAFailedSeed(t *testing.T) {
	d := define(t, study, "search.screen=auto", "search.racing=false", "search.replicates=2")
	second := search.TrainingSeed(d.Search.Seed, 1, search.PhaseSearch)
	flaky := func(after func()) *shifting {
		trainer := newShifting(1)
		failed, trained := false, 0
		var mu sync.Mutex
		trainer.Before = func(_ context.Context, job objective.Job) error {
			mu.Lock()
			defer mu.Unlock()
			if job.Spec.Seed == second && !failed {
				failed = true
				return errors.New("out of memory")
			}
			if trained++; trained == 8 && after != nil {
				after()
			}
			return nil
		}
		return trainer
	}
	want := storetest.NewMemory()
	dr := driver(d, want, flaky(nil), 2)
	said := notices(dr)
	complete(t, dr)
	if len(*said) != 1 || !strings.Contains((*said)[0], "screening goes on without seed 1: ") {
		t.Errorf("notices %q; want one about seed 1", *said)
	}
	for _, step := range newTrials(want) {
		if step.Predicted == nil || len(want.Arms[step.Trial]) == 0 {
			t.Errorf("trial %d: %+v, %d arms", step.Trial, step.Predicted, len(want.Arms[step.Trial]))
		}
	}
	got := storetest.NewMemory()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	if summary, err := driver(d, got, flaky(cancel), 2).Run(ctx, nil); err != nil || summary.End != search.EndStopped {
		t.Fatalf("end %q, error %v; want stopped", summary.End, err)
	}
	complete(t, driver(d, got, newShifting(1), 2))
	if diff := cmp.Diff(newTrials(want), newTrials(got)); diff != "" {
		t.Errorf("the interrupted study has other trials (-want +got):\n%s", diff)
	}
}

// TestPosthocPredictionIsExact: what is predicted for a plan that shifts logits is
// what an evaluator measures on that seed: weights, matrices and spreads of every
// round, to the last bit.
func TestPosthocPredictionIsExact(t *testing.T) {
	d := define(t, `
study: exact
model: {kind: softmax, epochs: 2}
weighting:
  scheme:
    - {name: error-power, exponent: {low: 0.25, high: 2, log: true}}
    - {name: mean-ratio, strength: {low: 0.3, high: 3}}
  rounds: {low: 1, high: 4}
  update: [replace, accumulate]
  damping: {low: 0, high: 0.9}
  apply: posthoc
search: {trials: 5, replicates: 2, racing: false}
`)
	m := storetest.NewMemory()
	trainer := newShifting(1)
	complete(t, driver(d, m, trainer, 2))
	if m.Sent.Effects != 0 {
		t.Errorf("transmission %+v from shifts that trained nothing", m.Sent)
	}
	var references []search.ReferenceRun
	for r := range 2 {
		spec := objective.Evaluator{Info: trainer.Info()}
		id, err := spec.Spec(d.ReferenceModel(), search.TrainingSeed(d.Search.Seed, r, search.PhaseSearch)).ID()
		if err != nil {
			t.Fatal(err)
		}
		references = append(references, search.ReferenceRun{Replicate: r, Round: m.References[r], Result: m.Runs()[id], Labels: trainer.Info().ValLabels})
	}
	screen, err := search.NewScreen(d, trainer.Info().TrainCounts, references)
	if err != nil {
		t.Fatal(err)
	}
	for _, record := range m.Records {
		plan, err := d.Plan(record.Step.Point)
		if err != nil {
			t.Fatal(err)
		}
		predicted, err := screen.Predict(plan)
		if err != nil {
			t.Fatal(err)
		}
		for i, want := range record.Outcome.Replicates {
			got := predicted[i]
			for r := range want.Rounds {
				a, b := got.Rounds[r], want.Rounds[r]
				if !cmp.Equal(a.Weights, b.Weights) || !a.Val.Equal(b.Val) || a.Spread != b.Spread || a.BalancedVariance != b.BalancedVariance {
					t.Errorf("trial %d, replicate %d, round %d: predicted %v %v, measured %v %v",
						record.Step.Trial, i, r, a.Weights, a.Spread, b.Weights, b.Spread)
				}
			}
		}
	}
}

// TestScreenedTrialsDiffer: in a space of one parameter trials keep their distance
// while points are left that are predicted to be better than the reference, and then
// come closer to each other rather than go where it is worse.
func TestScreenedTrialsDiffer(t *testing.T) {
	for trials, least := range map[string]float64{"4": 0.1, "12": 0.01} {
		d := define(t, `
study: apart
model: {kind: softmax, epochs: 2}
weighting: {scheme: [{name: mean-ratio, strength: {low: 0.1, high: 4}}]}
objective: {accuracy_tolerance: 1}
search: {racing: false}
`, "search.trials="+trials)
		m := storetest.NewMemory()
		complete(t, driver(d, m, newShifting(1), 2))
		weights := make(map[int][]float64)
		for _, record := range m.Records {
			weights[record.Step.Trial] = posthoc.FromWeights(record.Outcome.Replicates[0].Rounds[1].Weights)
			if p := record.Step.Predicted; p.Difference >= 0 {
				t.Errorf("%s trials, trial %d: predicted %+.3f; want better than the reference", trials, record.Step.Trial, p.Difference)
			}
		}
		for a, x := range weights {
			for b, y := range weights {
				var squares float64
				for c := range x {
					squares += (x[c] - y[c]) * (x[c] - y[c])
				}
				if distance := math.Sqrt(squares / float64(len(x))); a < b && distance < least {
					t.Errorf("%s trials: %d and %d are %.3f nats apart; want %g", trials, a, b, distance, least)
				}
			}
		}
	}
}

// TestNewScreenRefuses says why nothing can be predicted.
func TestNewScreenRefuses(t *testing.T) {
	d := define(t, study)
	trainer := newShifting(1)
	whole, err := trainer.Train(t.Context(), objective.Job{})
	if err != nil {
		t.Fatal(err)
	}
	bare := *whole
	bare.ValLogits = nil
	for name, run := range map[string][]search.ReferenceRun{
		"no run":    nil,
		"no logits": {{Result: &bare, Labels: trainer.Info().ValLabels}},
		"no labels": {{Result: whole}},
	} {
		if _, err := search.NewScreen(d, nil, run); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// TestWithoutUsableWeightsThePointIsTaken: a formula that gives no weights anywhere
// is suggested as it is, and fails as a trial.
func TestWithoutUsableWeightsThePointIsTaken(t *testing.T) {
	d := define(t, study, "search.screen=auto", "search.trials=4", "search.racing=false")
	for i := range d.Weighting.Entries {
		scheme := *d.Weighting.Entries[i].Scheme
		scheme.Strict = true
		scheme.Raw = func(in schemes.Input, _ schemes.Values) []float64 {
			return slices.Repeat([]float64{math.NaN()}, len(in.Signal))
		}
		d.Weighting.Entries[i].Scheme = &scheme
	}
	m := storetest.NewMemory()
	_, err := driver(d, m, newShifting(1), 1).Run(t.Context(), nil)
	if !errors.Is(err, search.ErrFailing) {
		t.Fatalf("error %v; want the search to give up on trials that fail", err)
	}
	for _, step := range newTrials(m) {
		own, err := random.New().Suggest(d.Space, nil, search.Rand(d.Search.Seed, step.Trial, "suggest"))
		if p := step.Predicted; err != nil || p == nil || p.Round != 0 || !cmp.Equal(own, step.Point) {
			t.Errorf("trial %d: prediction %+v, point %v; want none, and the sampler's own %v (%v)", step.Trial, p, step.Point, own, err)
		}
	}
}
