package followup_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"evenkeel/objective"
	"evenkeel/objective/cachetest"
	"evenkeel/objective/evidence/confirm"
	"evenkeel/objective/trainers/trainertest"
	"evenkeel/search"
	"evenkeel/search/followup"
	"evenkeel/search/studyfile"
)

// confirmations is a store of confirmations in memory.
type confirmations struct {
	*cachetest.Memory
	mu       sync.Mutex
	readings []followup.Reading
	// delivered are those of them of which a result came.
	delivered []followup.Reading
	splits    []objective.Info
	last      *followup.Confirmation
}

func newConfirmations() *confirmations { return &confirmations{Memory: cachetest.NewMemory()} }

func (c *confirmations) OpenTest(_ context.Context, r followup.Reading) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !slices.Contains(c.readings, r) {
		c.readings = append(c.readings, r)
	}
	return nil
}

func (c *confirmations) TestDelivered(_ context.Context, r followup.Reading) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if slices.Contains(c.readings, r) && !slices.Contains(c.delivered, r) {
		c.delivered = append(c.delivered, r)
	}
	return nil
}

func (c *confirmations) DescribeSplit(_ context.Context, info objective.Info) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.splits = append(c.splits, info)
	return nil
}

func (c *confirmations) Confirm(_ context.Context, x *followup.Confirmation) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.last = x
	return nil
}

// fixedArm is round 2 of error-power on the test study.
func fixedArm(t *testing.T, d *search.Definition, seeds int) followup.Arm {
	t.Helper()
	plan, err := d.Plan(d.Space.Middle())
	if err != nil {
		t.Fatal(err)
	}
	return followup.Arm{Trial: 4, Round: 2, Plan: plan, Seeds: seeds}
}

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

const confirmStudy = `
study: test
data: {source: embedded}
model: {kind: softmax, epochs: 2}
weighting:
  scheme: [{name: error-power, exponent: {low: 0.2, high: 0.4}}]
  rounds: 3
search: {trials: 12, screen: off}
`

// watched counts trainings and those that look at the test part.
func watched(response float64, before func(n int64)) (t *trainertest.Synthetic, all, test *atomic.Int64) {
	all, test = new(atomic.Int64), new(atomic.Int64)
	return &trainertest.Synthetic{Response: response, PerClass: 400, Before: func(_ context.Context, job objective.Job) error {
		if job.Test {
			test.Add(1)
		}
		if n := all.Add(1); before != nil {
			before(n)
		}
		return nil
	}}, all, test
}

func confirmer(d *search.Definition, store followup.Store, trainer objective.Trainer, parallel int) *followup.Confirmer {
	return &followup.Confirmer{Definition: d, Store: store, Trainer: trainer, Parallel: parallel, Clock: time.Now}
}

// find returns a finding.
func find(t *testing.T, c *followup.Confirmation, what, against objective.Option) followup.Comparison {
	t.Helper()
	for _, f := range c.Comparisons {
		if f.What == what && f.Against == against {
			return f
		}
	}
	t.Fatalf("no finding %s against %s", what, against)
	return followup.Comparison{}
}

// option returns what was measured of an option.
func option(t *testing.T, c *followup.Confirmation, o objective.Option) followup.Measured {
	t.Helper()
	i := slices.IndexFunc(c.Options, func(m followup.Measured) bool { return m.Option == o })
	if i < 0 {
		t.Fatalf("nothing is said of %s", o)
	}
	return c.Options[i]
}

// TestTimeKeepsCompleteSeeds: where time runs out the seeds that are complete count, if
// they are at least six; the same command with more time goes on, and is the same
// reading. A seed takes six trainings: the reference, the vector, two rounds, and the
// reference for longer and for as long as the recipe; each takes an hour here.
func TestTimeKeepsCompleteSeeds(t *testing.T) {
	d := define(t, confirmStudy)
	for _, c := range []struct {
		hours, want int
		fails       bool
	}{{43, 7, false}, {36, 6, false}, {35, 0, false}, {43, 6, true}} {
		now := time.Date(2026, 1, 1, 23, 0, 0, 0, time.UTC)
		trainer, _, _ := watched(0.3, nil)
		count := 0
		trainer.Before = func(context.Context, objective.Job) error {
			now = now.Add(time.Hour)
			if count++; c.fails && count == 38 {
				return errors.New("out of memory")
			}
			return nil
		}
		store := newConfirmations()
		confirm := confirmer(d, store, trainer, 1)
		confirm.Clock, confirm.Deadline = func() time.Time { return now }, now.Add(time.Duration(c.hours)*time.Hour)
		arm := fixedArm(t, d, 10)
		arm.Vector = []float64{1.5, 1.2, 0.8, 0.5}
		got, err := confirm.Run(t.Context(), nil, arm)
		switch {
		case c.fails:
			if err != nil || got.Seeds != c.want || len(got.Failures) != 1 || got.Failures[0].Seeds != 1 {
				t.Errorf("a failure: %v, %+v; want %d seeds and one that failed", err, got, c.want)
			}
			continue
		case c.want == 0:
			if !objective.IsInterruption(err) {
				t.Errorf("%d hours: %v, %v; want an interruption", c.hours, got, err)
			}
		case err != nil || got.Seeds != c.want || got.Comparisons[0].Seeds != c.want || len(got.Runs) != 5*c.want:
			t.Fatalf("%d hours: %+v, %v; want %d seeds", c.hours, got.Reading, err, c.want)
		}
		whole, err := confirmer(d, store, trainer, 1).Run(t.Context(), nil, arm)
		if err != nil || whole.Seeds != 10 || len(store.readings) != 1 {
			t.Errorf("%d hours and then all: %+v, %v, readings %v; want 10 seeds and one reading", c.hours, whole.Reading, err, store.readings)
		}
	}
}

// TestFittingIsTimed: how long offsets take is known once the search has stored the
// reference's logits.
func TestFittingIsTimed(t *testing.T) {
	d := define(t, confirmStudy)
	var ticks atomic.Int64
	trainer := &trainertest.Synthetic{PerClass: 60}
	store := cachetest.NewMemory()
	c := confirmer(d, struct {
		objective.Cache
		*confirmations
	}{store, nil}, trainer, 1)
	c.Clock = func() time.Time { return time.Unix(60*ticks.Add(1), 0) }
	if got, err := c.Fitting(t.Context()); err != nil || got != 0 {
		t.Errorf("before the search: %v, %v; want 0", got, err)
	}
	eval := objective.Evaluator{
		Runner: objective.NewRunner(trainer, store, 1, time.Now, nil), Info: trainer.Info(), ReferenceModel: d.ReferenceModel(), Score: d.Objective,
	}
	if _, _, _, err := eval.Reference(t.Context(), search.TrainingSeed(d.Search.Seed, 0, search.PhaseSearch)); err != nil {
		t.Fatal(err)
	}
	if got, err := c.Fitting(t.Context()); err != nil || got != time.Minute {
		t.Errorf("after the search: %v, %v; want a minute", got, err)
	}
}

// TestConfirmClaims: a trainer that ignores weights has no gain claimed, one that
// follows them has; the runs are those that were announced, on seeds no search
// uses.
func TestConfirmClaims(t *testing.T) {
	d := define(t, confirmStudy)
	for _, c := range []struct {
		response float64
		verdict  confirm.Verdict
	}{{0, confirm.NoDifference}, {1, confirm.Better}} {
		store := newConfirmations()
		trainer, all, test := watched(c.response, nil)
		arm := fixedArm(t, d, 8)
		got, err := confirmer(d, store, trainer, 3).Run(t.Context(), nil, arm)
		if err != nil {
			t.Fatal(err)
		}
		f := find(t, got, objective.OptionWeightsRemeasured, objective.OptionNothing)
		if v := f.Spread.Verdict(f.Spread.PValue); v != c.verdict {
			t.Errorf("response %g: %s (%.3f -> %.3f); want %s", c.response, v, f.Spread.B, f.Spread.A, c.verdict)
		}
		if v := find(t, got, objective.OptionWeightsFixed, objective.OptionNothing).Spread; v.Verdict(v.PValue) != c.verdict {
			t.Errorf("response %g: the vector is %s; want %s", c.response, v.Verdict(v.PValue), c.verdict)
		}
		find(t, got, objective.OptionWeightsRemeasured, objective.OptionOffsetsRefitted)
		find(t, got, objective.OptionLonger, objective.OptionNothing)
		// Reference, rounds 1 and 2, the vector, the reference with twice and with three times
		// the epochs; round 1 alone has no test part.
		if trainings, length := arm.Cost(d); all.Load() != int64(8*trainings) || trainings != 6 || length != 4+2+3 || test.Load() != 8*5 {
			t.Errorf("%d trainings, %d with the test part, %d a seed announced, as long as %v; want 48, 40, 6, 9", all.Load(), test.Load(), trainings, length)
		}
		if len(store.readings) != 1 || store.readings[0].Trial != 4 || store.readings[0].Seeds != 8 {
			t.Errorf("readings %v; want one", store.readings)
		}
		for _, r := range got.Runs {
			if r.Seed == search.TrainingSeed(d.Search.Seed, r.Replicate, search.PhaseSearch) || r.Seed != search.TrainingSeed(d.Search.Seed, r.Replicate, search.PhaseConfirm) {
				t.Errorf("replicate %d has seed %d; want that of the phase confirm", r.Replicate, r.Seed)
			}
		}
	}
}

// text is a confirmation as text, exactly.
func text(c *followup.Confirmation) string { return fmt.Sprintf("%v", *c) }

// TestConfirmGoesOn: interrupted anywhere and started again, it trains nothing
// twice, reads the test part once and finds the same, no matter what goes on at once;
// repeated, it trains nothing.
func TestConfirmGoesOn(t *testing.T) {
	d := define(t, confirmStudy)
	whole := newConfirmations()
	trainer, _, _ := watched(1, nil)
	trainer.PerClass = 60
	want, err := confirmer(d, whole, trainer, 1).Run(t.Context(), nil, fixedArm(t, d, 6))
	if err != nil {
		t.Fatal(err)
	}
	for _, at := range []int64{1, 20, 29} {
		store := newConfirmations()
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		trainer, all, _ := watched(1, func(n int64) {
			if n == at {
				cancel()
			}
		})
		trainer.PerClass = 60
		if _, err := confirmer(d, store, trainer, 4).Run(ctx, nil, fixedArm(t, d, 6)); !objective.IsInterruption(err) {
			t.Fatalf("stopped at training %d: error %v; want an interruption", at, err)
		}
		if store.last != nil {
			t.Errorf("stopped at training %d: something is claimed", at)
		}
		for i := range 2 {
			before := all.Load()
			got, err := confirmer(d, store, trainer, 2).Run(t.Context(), nil, fixedArm(t, d, 6))
			if err != nil {
				t.Fatal(err)
			}
			if text(got) != text(want) {
				t.Errorf("stopped at training %d: another confirmation than in one go", at)
			}
			if i == 1 && all.Load() != before {
				t.Errorf("stopped at training %d: the repetition trained %d times; want nothing", at, all.Load()-before)
			}
		}
		// Those under way were interrupted, and nothing else was done twice.
		if store.Len() != 36 || all.Load() > 36+4 || len(store.readings) != 1 {
			t.Errorf("stopped at training %d: %d runs, %d trainings and %d readings in all; want 36, hardly more, and 1", at, store.Len(), all.Load(), len(store.readings))
		}
	}
}

// TestConfirmPosthoc: weights applied to logits train the reference alone, once as long as
// usual and once longer, and the very reading of known logits for another arm counts.
func TestConfirmPosthoc(t *testing.T) {
	d := define(t, confirmStudy, "weighting.apply=posthoc")
	store := newConfirmations()
	trainer, all, _ := watched(1, nil)
	arm := fixedArm(t, d, 6)
	got, err := confirmer(d, store, trainer, 2).Run(t.Context(), nil, arm)
	if err != nil {
		t.Fatal(err)
	}
	if trainings, length := arm.Cost(d); all.Load() != 12 || trainings != 2 || length != 3 {
		t.Errorf("%d trainings, %d a seed announced, as long as %v; want those of the reference alone, 12, 2 and 3", all.Load(), trainings, length)
	}
	for _, o := range []objective.Option{objective.OptionWeightsThenOffsets, followup.EqualCost} {
		if m := option(t, got, o); m.Reason != followup.ReasonPosthoc {
			t.Errorf("%s: %+v; want it left out because of posthoc", o, m)
		}
	}
	find(t, got, objective.OptionLonger, objective.OptionNothing)
	find(t, got, objective.OptionWeightsFixed, objective.OptionNothing)
	arm.Trial, arm.Round = 5, 1
	if _, err := confirmer(d, store, trainer, 2).Run(t.Context(), nil, arm); err != nil {
		t.Fatal(err)
	}
	if all.Load() != 12 || len(store.readings) != 2 || len(store.delivered) != 2 {
		t.Errorf("after another arm %d trainings and %d readings; want 12 and 2", all.Load(), len(store.readings))
	}
}

// mute sends nothing about single test examples.
type mute struct{ *trainertest.Synthetic }

func (m mute) Train(ctx context.Context, job objective.Job) (*objective.Result, error) {
	r, err := m.Synthetic.Train(ctx, job)
	if err == nil {
		r.TestPredictions, r.TestLogits, r.TestLabels = nil, nil, nil
	}
	return r, err
}

func TestConfirmRefuses(t *testing.T) {
	d := define(t, confirmStudy)
	good := fixedArm(t, d, 6)
	few, beyond := good, good
	few.Seeds, beyond.Round = 5, 4
	boom := errors.New("boom")
	failing := &trainertest.Synthetic{Before: func(context.Context, objective.Job) error { return boom }}
	for name, c := range map[string]struct {
		arm     followup.Arm
		trainer objective.Trainer
		want    string
	}{
		"five seeds":       {few, &trainertest.Synthetic{}, "needs at least 6"},
		"no such round":    {beyond, &trainertest.Synthetic{}, "rounds 1 to 3"},
		"no test examples": {good, mute{&trainertest.Synthetic{}}, "the prediction and the label of every test example"},
		"a failing run":    {good, failing, "boom"},
	} {
		store := newConfirmations()
		if _, err := confirmer(d, store, c.trainer, 2).Run(t.Context(), nil, c.arm); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v; want one with %q", name, err, c.want)
		}
		if store.last != nil {
			t.Errorf("%s: something was recorded", name)
		}
	}
}
