package main

import (
	"bytes"
	"context"
	"errors"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"evenkeel/objective"
	"evenkeel/runs/results"
	"evenkeel/search/followup"
)

// tinyExchangeable returns an experiment on few exchangeable examples.
func tinyExchangeable(t *testing.T, args ...string) (*experiment, *bytes.Buffer) {
	t.Helper()
	study := filepath.Join(t.TempDir(), "tiny.yaml")
	if err := os.WriteFile(study, []byte(tinyStudy), 0o644); err != nil {
		t.Fatal(err)
	}
	o, err := parse(append([]string{"-exchangeable", "-study", study, "-train", "40", "-test", "50", "-outside", "100", "-seeds", "6", "-truth", "6", "-n", "2"}, args...), os.Stderr)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	e, err := newExperiment(o, &out, &out)
	if err != nil {
		t.Fatal(err)
	}
	return e, &out
}

// Repetitions depend on their number alone, and the first measures the truth in any case.
func TestExchangeable(t *testing.T) {
	file := filepath.Join(t.TempDir(), "results.csv")
	e, out := tinyExchangeable(t, "-workers", "2", "-o", file)
	if err := e.decisions(t.Context()); err != nil {
		t.Fatal(err)
	}
	rows := rowsOf(t, file)
	if len(rows) != 2 {
		t.Fatalf("%d rows; want one of each of two repetitions", len(rows))
	}
	first, err := readDecision(rows[0])
	if err != nil {
		t.Fatal(err)
	}
	if math.IsNaN(first.trueLonger) || math.IsNaN(first.trueOffsets) || math.IsNaN(first.truth) || !(first.accuracy > 0.6 && first.accuracy < 0.9) {
		t.Errorf("first repetition %+v; want all truths, and an accuracy near .8", first)
	}
	if !strings.Contains(out.String(), "2 repetitions, something other than nothing recommended in") {
		t.Errorf("no table in\n%s", out.String())
	}
	alone, _ := tinyExchangeable(t, "-workers", "1", "-only", "2", "-o", filepath.Join(t.TempDir(), "second.csv"))
	if err := alone.decisions(t.Context()); err != nil {
		t.Fatal(err)
	}
	if again := rowsOf(t, alone.file); !slices.Equal(again[0], rows[1]) {
		t.Errorf("alone, the second repetition is\n%v\nwant\n%v", again[0], rows[1])
	}
}

// Classes are alike up to their names, training parts of sample and outside are the same,
// and nothing of one repetition or part is in another.
func TestExchangeableExamples(t *testing.T) {
	const each = 4000
	d, err := exchangeableExamples(3, each, 10, 20)
	if err != nil {
		t.Fatal(err)
	}
	again, err := exchangeableExamples(3, each, 10, 20)
	if err != nil {
		t.Fatal(err)
	}
	other, err := exchangeableExamples(4, each, 10, 20)
	if err != nil {
		t.Fatal(err)
	}
	if again.Sample.Fingerprint != d.Sample.Fingerprint || other.Sample.Fingerprint == d.Sample.Fingerprint || d.Outside.Fingerprint == d.Sample.Fingerprint {
		t.Error("examples do not depend on the repetition and the part, and on them alone")
	}
	if !slices.Equal(d.Sample.Train.Y, d.Outside.Train.Y) || d.Outside.Test.Len() != 20*exchangeable {
		t.Errorf("outside has %d examples; want 80, and the training part of the sample", d.Outside.Test.Len())
	}
	pair, err := (&experiment{wrap: unchanged}).both(d, objective.Split{Validation: 0.25, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	if counts := pair.sample.Info().TrainCounts; !slices.Equal(counts, []int{3000, 3000, 3000, 3000}) {
		t.Errorf("training part of %v", counts)
	}
}

// Of three repetitions one recommends offsets falsely, one rightly, one nothing.
func TestSumDecisions(t *testing.T) {
	nan := math.NaN()
	offsets := func(number int, truth float64) decision {
		return decision{
			number: number, recommended: objective.OptionOffsetsRefitted, chosen: objective.OptionOffsetsRefitted, why: results.ChosenBySearch,
			searched: -0.02, chosenQuoted: -0.01, chosenP: 0.01, quoted: -0.01, low: -0.02, high: -0.001, truth: truth,
			trueOffsets: truth, trueLonger: nan, trueWeights: nan, accuracy: 0.8, trainings: 100,
		}
	}
	none := decision{
		number: 3, recommended: objective.OptionNothing, chosen: objective.OptionLonger, why: results.NotConfirmedBetter,
		chosenP: 0.3, trueOffsets: nan, trueLonger: nan, trueWeights: nan, accuracy: 0.8, trainings: 100,
	}
	s := sumDecisions([]decision{offsets(1, -0.0019), offsets(2, -0.002), none})
	if s.n != 3 || s.something != 2 || s.falsely != 1 || math.Abs(s.accuracy-0.8) > 1e-12 {
		t.Errorf("%+v; want two recommendations, one of them false", s)
	}
	want := []decisionLine{
		{option: objective.OptionNothing, recommended: 1},
		{option: objective.OptionOffsetsRefitted, chosen: 2, passed: 2, recommended: 2, falsely: 1, quoted: -0.01, truth: -0.00195},
	}
	if len(s.byOption) != 3 || s.byOption[0] != want[0] || s.byOption[1] != want[1] || s.byOption[2].chosen != 1 || s.byOption[2].recommended != 0 {
		t.Errorf("%+v; want %+v and longer, chosen once", s.byOption, want)
	}
	if l := s.world[0]; l.n != 1 || l.mean != -0.0019 {
		t.Errorf("%+v; want the true change of offsets in the first repetition alone", l)
	}
	var b bytes.Buffer
	if err := s.write(&b); err != nil || !strings.Contains(b.String(), "False, with a true gain below 0.002: 1, 33.3 %; the upper 95 % bound is 79.2 %.") {
		t.Errorf("table\n%s(error %v)", b.String(), err)
	}
	if d, err := readDecision(offsets(0, 0.5).row()); err != nil || d.truth != 0.5 || !math.IsNaN(d.trueLonger) || d.trainings != 100 || d.why != results.ChosenBySearch {
		t.Errorf("%+v, %v; want what was written", d, err)
	}
}

// The truth needs no control of equal cost, and an option that needs the same run keeps it.
func TestWithoutControl(t *testing.T) {
	e, _ := tiny(t, "-set", "weighting.rounds=2")
	def, err := e.define(1)
	if err != nil {
		t.Fatal(err)
	}
	plan, err := def.Plan(def.Space.Middle())
	if err != nil {
		t.Fatal(err)
	}
	arm := func(round int) (a followup.Arm) { a.Round, a.Plan = round, plan; return a }
	inner := &recorder{}
	model := func(epochs int64) map[string]any {
		m := def.ReferenceModel()
		m["epochs"] = epochs
		return m
	}
	train := func(trainer objective.Trainer, epochs int64, weights ...float32) error {
		spec := specOf(trainer, 1, weights...)
		spec.Model = model(epochs)
		_, err := trainer.Train(context.Background(), objective.Job{Spec: spec})
		return err
	}
	second := withoutControl(inner, def, arm(2))
	if err := train(second, 9); !errors.Is(err, errControl) {
		t.Errorf("three trainings' epochs without weights: error %v; want %v", err, errControl)
	}
	for _, epochs := range []int64{3, 6} {
		if err := train(second, epochs); err != nil {
			t.Errorf("%d epochs: %v", epochs, err)
		}
	}
	if err := train(second, 9, 1, 2, 3); err != nil {
		t.Errorf("with weights: %v", err)
	}
	if !reflect.DeepEqual(withoutControl(inner, def, arm(1)), objective.Trainer(inner)) {
		t.Error("after one round the control is longer training; want it trained")
	}
}
