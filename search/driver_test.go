package search_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"evenkeel/objective"
	"evenkeel/objective/trainers/trainertest"
	"evenkeel/search"
	"evenkeel/search/random"
	"evenkeel/search/storetest"
	"evenkeel/search/studyfile"
	"evenkeel/search/tpe"
)

const study = `
study: test
data: {source: embedded}
model: {kind: softmax, epochs: 2}
weighting:
  scheme:
    - {name: mean-ratio, exponent: {low: 0.25, high: 16, log: true}}
    - {name: error-power, exponent: {low: 0.25, high: 2, log: true}}
  rounds: {low: 1, high: 3}
  update: [replace, accumulate]
search: {trials: 12, max_replicates: 5, screen: off}
`

// define parses a study file; changes are key=value overrides.
func define(t testing.TB, text string, changes ...string) *search.Definition {
	t.Helper()
	var overrides []studyfile.Override
	for _, c := range changes {
		key, value, _ := strings.Cut(c, "=")
		overrides = append(overrides, studyfile.Override{Key: key, Value: value})
	}
	d, err := studyfile.Parse("study.yaml", []byte(text), t.TempDir(), overrides)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// driver returns a driver over a store with the synthetic trainer. It goes on where that is made
// to ignore weights.
func driver(d *search.Definition, store search.Store, trainer objective.Trainer, parallel int) *search.Driver {
	synthetic, ok := trainer.(*trainertest.Synthetic)
	return &search.Driver{
		Definition: d, Store: store, Trainer: trainer, Sampler: random.New(), Parallel: parallel, Clock: time.Now,
		KeepGoing: ok && synthetic.Response == 0,
	}
}

// complete runs a study to its end.
func complete(t testing.TB, d *search.Driver) search.Summary {
	t.Helper()
	summary, err := d.Run(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if summary.End != search.EndComplete {
		t.Fatalf("the search ended with %q, want complete", summary.End)
	}
	return summary
}

// TestParallelismChangesNothing: one worker, four, and workers that finish in
// random order give the same steps, outcomes, arms and runs.
func TestParallelismChangesNothing(t *testing.T) {
	d := define(t, study, "search.screen=auto")
	want := storetest.NewMemory()
	complete(t, driver(d, want, &trainertest.Synthetic{Response: 0.3}, 1))
	for _, parallel := range []int{2, 4, 16} {
		got := storetest.NewMemory()
		complete(t, driver(d, got, &trainertest.Synthetic{Response: 0.3}, parallel))
		if textOf(got) != textOf(want) {
			t.Errorf("parallel %d gives another study than 1", parallel)
		}
	}
	for seed := range uint64(5) {
		got := storetest.NewMemory()
		complete(t, driver(d, got, &trainertest.Synthetic{Response: 0.3, Before: shuffler(seed)}, 6))
		if textOf(got) != textOf(want) {
			t.Errorf("completion order %d gives another study", seed)
		}
	}
}

// TestLearningSamplerIsReproducible: a sampler that learns from outcomes sees the
// same ones regardless of the parallelism, the order of completion and interruptions.
func TestLearningSamplerIsReproducible(t *testing.T) {
	d := define(t, study, "search.trials=40", "search.sampler=tpe")
	with := func(store search.Store, trainer objective.Trainer, parallel int) *search.Driver {
		dr := driver(d, store, trainer, parallel)
		dr.Sampler = tpe.New()
		return dr
	}
	want := storetest.NewMemory()
	complete(t, with(want, &trainertest.Synthetic{Response: 0.3}, 1))
	for seed := range uint64(3) {
		got := storetest.NewMemory()
		var count atomic.Int64
		wait := shuffler(seed)
		ctx, cancel := context.WithCancel(t.Context())
		summary, err := with(got, &trainertest.Synthetic{Response: 0.3, Before: func(ctx context.Context, job objective.Job) error {
			if count.Add(1) == 25 {
				cancel()
			}
			return wait(ctx, job)
		}}, 4).Run(ctx, nil)
		cancel()
		if err != nil || summary.End != search.EndStopped {
			t.Fatalf("end %q, error %v; want stopped", summary.End, err)
		}
		complete(t, with(got, &trainertest.Synthetic{Response: 0.3, Before: wait}, 4))
		if textOf(got) != textOf(want) {
			t.Errorf("completion order %d and an interruption give another study", seed)
		}
	}
	plain := storetest.NewMemory()
	complete(t, driver(d, plain, &trainertest.Synthetic{Response: 0.3}, 1))
	if textOf(plain) == textOf(want) {
		t.Error("tpe made the very study of random; it learned nothing")
	}
}

// shuffler lets runs wait for random moments, so that they end in random order.
func shuffler(seed uint64) func(context.Context, objective.Job) error {
	var mu sync.Mutex
	rng := rand.New(rand.NewPCG(seed, 0))
	return func(context.Context, objective.Job) error {
		mu.Lock()
		moment := time.Duration(rng.IntN(3000)) * time.Microsecond
		mu.Unlock()
		<-time.After(moment)
		return nil
	}
}

// TestStepsKnowOnlyTheirPrefix: step n is conditioned on n - W, or on more
// where the last race had to wait, and never on less than the step before.
func TestStepsKnowOnlyTheirPrefix(t *testing.T) {
	d := define(t, study, "search.window=3")
	m := storetest.NewMemory()
	complete(t, driver(d, m, &trainertest.Synthetic{Response: 0.3}, 4))
	last := 0
	for i, r := range m.Records {
		n, c := i+1, r.Step.Conditioned
		if r.Step.Number != n || c < max(0, n-3) || c > n-1 || c < last {
			t.Errorf("step %d (number %d) is conditioned on %d after %d", n, r.Step.Number, c, last)
		}
		if r.Step.Kind == search.NewTrial && c != max(0, n-3) {
			t.Errorf("new trial at step %d is conditioned on %d, want %d", n, c, max(0, n-3))
		}
		last = c
	}
}

// TestRaceGivesSeedsToTheLeaders: of 12 trials that differ some get the most seeds, few of
// them before all are made, and others stay as they are.
func TestRaceGivesSeedsToTheLeaders(t *testing.T) {
	d := define(t, study)
	m := storetest.NewMemory()
	complete(t, driver(d, m, &trainertest.Synthetic{Response: 0.3, PerClass: 2000}, 4))
	seeds := make(map[int]int)
	early := 0
	for _, r := range m.Records {
		if r.Step.Kind == search.MoreSeeds && len(seeds) < 12 {
			early++
		}
		seeds[r.Step.Trial] += len(r.Step.Replicates)
	}
	tiers := make(map[int]int)
	for _, n := range seeds {
		tiers[n]++
	}
	if len(seeds) != 12 || tiers[5] == 0 || tiers[1] == 0 || tiers[1]+tiers[3]+tiers[5] != 12 || early == 0 || early > 2+3+3 {
		t.Errorf("trials by seeds: %v, %d steps of races before the end; want 1, 3 or 5 seeds, some with 1 and some with 5, and at most 8 steps", tiers, early)
	}
	if len(m.References) != 5 {
		t.Errorf("%d references, want one for each of 5 seeds", len(m.References))
	}
}

// TestSharingIsExact counts trainings: a fixed recipe with rounds 1..4 is one
// chain of five runs, however many trials walk along it; distinct exponents
// share nothing but the unweighted run.
func TestSharingIsExact(t *testing.T) {
	// Enough examples that no two rounds measure the same recalls by chance.
	fine := &trainertest.Synthetic{Response: 0.7, PerClass: 2000}
	fixed := define(t, `
study: fixed
model: {kind: softmax, epochs: 2}
weighting:
  scheme: [{name: mean-ratio, exponent: 2}]
  rounds: {low: 1, high: 4}
search: {trials: 40, racing: false, screen: off}
`)
	m := storetest.NewMemory()
	summary := complete(t, driver(fixed, m, fine, 4))
	if summary.Trained != 5 || len(m.Runs()) != 5 {
		t.Errorf("40 trials of one chain trained %d runs, want 5", summary.Trained)
	}

	distinct := define(t, `
study: distinct
model: {kind: softmax, epochs: 2}
weighting:
  scheme: [{name: mean-ratio, exponent: {low: 0.25, high: 16, log: true}}]
  rounds: {low: 1, high: 3}
search: {trials: 60, racing: false, screen: off}
`)
	m = storetest.NewMemory()
	summary = complete(t, driver(distinct, m, fine, 4))
	want := 1
	for _, r := range m.Records {
		want += int(r.Step.Point["weighting.rounds"])
	}
	if summary.Trained != want || len(m.Runs()) != want {
		t.Errorf("60 distinct exponents trained %d runs, want 1 + the sum of rounds = %d", summary.Trained, want)
	}
}

// TestInterruptedStudyEndsTheSame breaks a study off after every number of
// trainings, once politely and once at once, and lets it go on.
func TestInterruptedStudyEndsTheSame(t *testing.T) {
	d := define(t, study, "search.trials=6", "search.max_replicates=3")
	want := storetest.NewMemory()
	total := complete(t, driver(d, want, &trainertest.Synthetic{Response: 0.3}, 2)).Trained
	for _, polite := range []bool{true, false} {
		for after := 1; after < total; after += 3 {
			m := storetest.NewMemory()
			ctx, cancel := context.WithCancel(t.Context())
			stop := make(chan struct{})
			var count atomic.Int64
			trainer := &trainertest.Synthetic{Response: 0.3, Before: func(context.Context, objective.Job) error {
				if count.Add(1) == int64(after) {
					if polite {
						close(stop)
					} else {
						cancel()
					}
				}
				return nil
			}}
			summary, err := driver(d, m, trainer, 2).Run(ctx, stop)
			cancel()
			// Near the end everything may have been under way already.
			whole := summary.End == search.EndComplete && textOf(m) == textOf(want)
			if err != nil || summary.End != search.EndStopped && !whole {
				t.Fatalf("polite %v after %d: end %q, error %v; want stopped", polite, after, summary.End, err)
			}
			complete(t, driver(d, m, &trainertest.Synthetic{Response: 0.3}, 2))
			if textOf(m) != textOf(want) {
				t.Errorf("polite %v, interrupted after %d trainings: another study than the uninterrupted one", polite, after)
			}
		}
	}
}

// TestLongerStudyContinuesTheSequence: more trials later are the trials that a
// longer study would have made.
func TestLongerStudyContinuesTheSequence(t *testing.T) {
	short, long := storetest.NewMemory(), storetest.NewMemory()
	complete(t, driver(define(t, study, "search.racing=false", "search.trials=5"), short, &trainertest.Synthetic{}, 2))
	complete(t, driver(define(t, study, "search.racing=false", "search.trials=9"), short, &trainertest.Synthetic{}, 2))
	complete(t, driver(define(t, study, "search.racing=false", "search.trials=9"), long, &trainertest.Synthetic{}, 2))
	if textOf(short) != textOf(long) {
		t.Error("5 trials and then 4 more differ from 9 trials")
	}
}

// TestFailedTrialIsAnOutcome: a trial that fails is recorded with its reason
// and the study goes on; on resume it is not tried again.
func TestFailedTrialIsAnOutcome(t *testing.T) {
	d := define(t, study, "search.racing=false")
	bad := func(_ context.Context, job objective.Job) error {
		for _, w := range job.Spec.Weights {
			if w > 1.9 {
				return errors.New("epoch 2: loss is NaN")
			}
		}
		return nil
	}
	m := storetest.NewMemory()
	complete(t, driver(d, m, &trainertest.Synthetic{Before: bad}, 2))
	failed := 0
	for _, r := range m.Records {
		if r.Outcome.Err != "" {
			failed++
			if !strings.Contains(r.Outcome.Err, "loss is NaN") || !strings.Contains(r.Outcome.Err, "round ") {
				t.Errorf("reason %q does not say what and where", r.Outcome.Err)
			}
			if m.Arms[r.Step.Trial] != nil {
				t.Errorf("failed trial %d has arms", r.Step.Trial)
			}
		}
	}
	if failed == 0 || failed == len(m.Records) {
		t.Fatalf("%d of %d trials failed; the test wants some", failed, len(m.Records))
	}
	again := complete(t, driver(d, m, &trainertest.Synthetic{}, 2))
	if again.Trained != 0 {
		t.Errorf("a complete study trained %d runs again", again.Trained)
	}
}

// TestRepeatedFailuresStopTheStudy: a trainer that fails at once is not asked
// all night.
func TestRepeatedFailuresStopTheStudy(t *testing.T) {
	d := define(t, study, "search.trials=1000")
	var calls atomic.Int64
	weighted := &trainertest.Synthetic{Before: func(_ context.Context, job objective.Job) error {
		if job.Spec.Unweighted() {
			return nil
		}
		calls.Add(1)
		return errors.New("CUDA out of memory")
	}}
	_, err := driver(d, storetest.NewMemory(), weighted, 2).Run(t.Context(), nil)
	if !errors.Is(err, search.ErrFailing) || !strings.Contains(fmt.Sprint(err), "CUDA out of memory") {
		t.Errorf("error %v; want ErrFailing with the reason", err)
	}
	if calls.Load() > 10 {
		t.Errorf("the trainer was asked %d times", calls.Load())
	}
	broken := &trainertest.Synthetic{Before: func(context.Context, objective.Job) error { return errors.New("no such device") }}
	_, err = driver(d, storetest.NewMemory(), broken, 2).Run(t.Context(), nil)
	if err == nil || !strings.Contains(err.Error(), "reference") || !strings.Contains(err.Error(), "no such device") {
		t.Errorf("error %v; want the reference's failure", err)
	}
}

// TestStorageErrorsEndTheSearch: what cannot be recorded must not go on.
func TestStorageErrorsEndTheSearch(t *testing.T) {
	m := full{storetest.NewMemory(), errors.New("no space left on device")}
	_, err := driver(define(t, study), m, &trainertest.Synthetic{}, 2).Run(t.Context(), nil)
	if !errors.Is(err, objective.ErrStorage) || !errors.Is(err, m.err) {
		t.Errorf("error %v; want ErrStorage and its cause", err)
	}
}

// TestFailedSeedsCostOnlyThemselves: where every seed but the first fails, the
// trials keep the arms of the first, and the search goes to its end.
func TestFailedSeedsCostOnlyThemselves(t *testing.T) {
	d := define(t, study)
	first := search.TrainingSeed(d.Search.Seed, 0, search.PhaseSearch)
	fails := func(_ context.Context, job objective.Job) error {
		if job.Spec.Seed != first {
			return errors.New("odd seed")
		}
		return nil
	}
	var want string
	for _, parallel := range []int{1, 4} {
		store := storetest.NewMemory()
		complete(t, driver(d, store, &trainertest.Synthetic{Response: 0.3, Before: fails}, parallel))
		failed := 0
		for _, r := range store.Records {
			if r.Outcome.Err != "" {
				failed++
			}
			if arms := store.Arms[r.Step.Trial]; len(arms) == 0 || arms[0].Seeds != 1 {
				t.Errorf("trial %d has arms %v; want those of one seed", r.Step.Trial, arms)
			}
		}
		if failed == 0 || failed == len(store.Records) {
			t.Errorf("%d of %d steps failed; want those for further seeds", failed, len(store.Records))
		}
		if text := textOf(store); want == "" {
			want = text
		} else if text != want {
			t.Errorf("parallel %d gives another study", parallel)
		}
	}
}

// TestSearchNeverOpensTheTestPart: of a whole search no job asks for it.
func TestSearchNeverOpensTheTestPart(t *testing.T) {
	for _, apply := range []string{"loss", "posthoc"} {
		d := define(t, study, "weighting.apply="+apply, "search.screen=auto", "search.trials=4")
		var all, test atomic.Int64
		trainer := &trainertest.Synthetic{Response: 1, PerClass: 400, Before: func(_ context.Context, job objective.Job) error {
			all.Add(1)
			if job.Test {
				test.Add(1)
			}
			return nil
		}}
		store := storetest.NewMemory()
		complete(t, driver(d, store, trainer, 2))
		if all.Load() == 0 || test.Load() != 0 {
			t.Errorf("apply %s: %d of %d trainings asked for the test part; want none", apply, test.Load(), all.Load())
		}
		for r := range maps.Values(store.Runs()) {
			if r.Test != nil {
				t.Errorf("apply %s: a run of a search has a test part", apply)
			}
		}
	}
}

// TestInterruptedTrialsAreNotCounted: the summary counts what is stored, and not the trials that
// are decided already and were interrupted; neither counts a training that was.
func TestInterruptedTrialsAreNotCounted(t *testing.T) {
	d := define(t, study, "search.racing=false", "search.window=4", "weighting.rounds=1")
	for _, at := range []int64{2, 5, 9} {
		store := storetest.NewMemory()
		ctx, cancel := context.WithCancel(t.Context())
		var begun atomic.Int64
		summary, err := driver(d, store, &trainertest.Synthetic{Response: 0.3, Before: func(ctx context.Context, _ objective.Job) error {
			if begun.Add(1) < at {
				return nil
			}
			cancel()
			return ctx.Err()
		}}, 2).Run(ctx, nil)
		cancel()
		if err != nil || summary.End != search.EndStopped {
			t.Fatalf("end %q, error %v; want it stopped", summary.End, err)
		}
		ended, decided := 0, len(store.Records)
		for _, r := range store.Records {
			if r.Outcome != nil {
				ended++
			}
		}
		if summary.Trials != ended || ended == decided || summary.Trained != len(store.Runs()) {
			t.Errorf("interrupted in run %d: %d trials and %d trainings; %d trials of %d decided ones and %d runs are stored",
				at, summary.Trials, summary.Trained, ended, decided, len(store.Runs()))
		}
	}
}
