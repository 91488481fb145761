package trained_test

import (
	"math"
	"strings"
	"testing"

	"evenkeel/objective"
	"evenkeel/objective/evidence/trained"
)

// matrix is that of three classes with n examples each and the given recall.
func matrix(n int64, recall float64) *objective.Confusion {
	right := int64(math.Round(recall * float64(n)))
	wrong := (n - right) / 2
	m, err := objective.ConfusionFromRows([][]int64{{right, wrong, n - right - wrong}, {wrong, right, n - right - wrong}, {wrong, n - right - wrong, right}})
	if err != nil {
		panic(err)
	}
	return m
}

// course has the given losses.
func course(losses ...float64) (epochs []objective.Epoch) {
	for i, l := range losses {
		epochs = append(epochs, objective.Epoch{Epoch: i + 1, Loss: l})
	}
	return epochs
}

// shape has n losses from 1.1 down to about low, decaying with so many epochs as time constant;
// in a straight line for 0.
func shape(n int, low, constant float64) (epochs []objective.Epoch) {
	for e := range n {
		left := 1 - float64(e)/float64(n-1)
		if constant > 0 {
			left = math.Exp(-float64(e) / constant)
		}
		epochs = append(epochs, objective.Epoch{Epoch: e + 1, Loss: low + (1.1-low)*left})
	}
	return epochs
}

func TestJudge(t *testing.T) {
	line := shape(15, 1.0, 0)
	for name, c := range map[string]struct {
		run  trained.Run
		want bool
	}{
		"30 steps on small data":           {trained.Run{Train: matrix(64, .52), Val: matrix(16, .5), Epochs: line, Steps: 30}, true},
		"worse than guessing":              {trained.Run{Train: matrix(64, .1), Val: matrix(16, .1), Epochs: line, Steps: 30}, true},
		"a program that says no steps":     {trained.Run{Train: matrix(640, .45), Val: matrix(160, .44), Epochs: line}, true},
		"ends after one time constant":     {trained.Run{Train: matrix(640, .5), Val: matrix(160, .5), Epochs: shape(15, .5, 15)}, true},
		"two epochs and few steps":         {trained.Run{Train: matrix(64, .5), Val: matrix(16, .5), Epochs: course(1.1, 1.0), Steps: 4}, true},
		"the training part is known well":  {trained.Run{Train: matrix(64, .70), Val: matrix(16, .7), Epochs: line, Steps: 30}, false},
		"hard data, trained to the end":    {trained.Run{Train: matrix(640, .45), Val: matrix(160, .44), Epochs: shape(15, .95, 2), Steps: 5000}, false},
		"hard data, few steps, to the end": {trained.Run{Train: matrix(640, .45), Val: matrix(160, .44), Epochs: shape(30, .95, 5), Steps: 150}, false},
		"nothing to learn":                 {trained.Run{Train: matrix(640, .34), Val: matrix(160, .33), Epochs: course(1.1, 1.099, 1.0985, 1.0982, 1.098, 1.0975), Steps: 60}, false},
		"by heart, and no use":             {trained.Run{Train: matrix(640, .6), Val: matrix(640, .4), Epochs: line}, false},
		"early stopping":                   {trained.Run{Train: matrix(64, .52), Val: matrix(16, .5), Epochs: line, Steps: 30, Stopped: true}, false},
		"no training part":                 {trained.Run{Val: matrix(16, .5), Epochs: line, Steps: 30}, false},
		"no losses, steps unknown":         {trained.Run{Train: matrix(64, .5), Val: matrix(16, .5), Epochs: course(math.NaN(), math.NaN(), math.NaN())}, false},
		"two epochs of many steps":         {trained.Run{Train: matrix(64, .5), Val: matrix(16, .5), Epochs: course(1.1, 1.0), Steps: 2000}, false},
		"a loss that rises":                {trained.Run{Train: matrix(64, .5), Val: matrix(16, .5), Epochs: course(1, 1.1, 1.2), Steps: 30}, false},
	} {
		j := trained.Judge([]trained.Run{c.run, c.run})
		if j.Short != c.want {
			t.Errorf("%s: %+v; want %v", name, j, c.want)
		}
		if (j.Text("the model") == "") == c.want || (j.Advice(true) == "") == c.want || (j.Advice(false) == "") == c.want {
			t.Errorf("%s: %q, %q", name, j.Text("the model"), j.Advice(false))
		}
	}
}

// TestFall: a straight line brings a third in its last third, and an exponential decay a fifth if
// it ends after one and a half time constants.
func TestFall(t *testing.T) {
	for name, c := range map[string]struct {
		epochs []objective.Epoch
		want   float64
	}{
		"a line":                     {shape(16, .5, 0), 1.0 / 3},
		"1.5 time constants":         {shape(3001, .5, 2000), (math.Exp(-1) - math.Exp(-1.5)) / (1 - math.Exp(-1.5))},
		"three epochs: the last one": {course(1, .8, .7), 1.0 / 3},
	} {
		j := trained.Judge([]trained.Run{{Val: matrix(16, .5), Train: matrix(16, .5), Epochs: c.epochs}})
		if math.Abs(j.Fall-c.want) > 1e-3 {
			t.Errorf("%s: %v; want %v", name, j.Fall, c.want)
		}
	}
}

func TestText(t *testing.T) {
	run := trained.Run{Train: matrix(64, .5), Val: matrix(16, .5), Epochs: shape(15, 1, 0), Steps: 30}
	text := trained.Judge([]trained.Run{run}).Text("the unweighted model")
	want := "the unweighted model is not trained: 30 optimiser steps (15 epochs), balanced accuracy on its own training part 50.0 % (validation 50.0 %, guessing 33.3 %; 1 seed); " +
		"the loss was still falling, and the last third of the epochs brought 36 % of its fall"
	if text != want {
		t.Errorf("%s\nwant\n%s", text, want)
	}
	run.Steps = 0
	if text := trained.Judge([]trained.Run{run}).Text("it"); !strings.HasPrefix(text, "it is not trained: 15 epochs, balanced") {
		t.Error(text)
	}
}
