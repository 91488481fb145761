package posthoc_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"evenkeel/objective"
	"evenkeel/objective/cachetest"
	"evenkeel/objective/evidence/posthoc"
	"evenkeel/schemes"
	"evenkeel/schemes/formula"
)

// shifter is a trainer whose training shifts the logits by the logarithm of the
// weights: a world in which the prediction holds.
type shifter struct {
	part  *posthoc.Logits
	train []int
}

func (s shifter) Info() objective.Info {
	return objective.Info{Trainer: "shifter", Classes: make([]string, s.part.Classes()), TrainCounts: s.train}
}

func (s shifter) Train(_ context.Context, job objective.Job) (*objective.Result, error) {
	b := make([]float64, s.part.Classes())
	for c, w := range job.Spec.Weights {
		b[c] = schemes.Log(float64(w))
	}
	return &objective.Result{Val: s.part.Confusion(b)}, nil
}

// recipes returns recipes that between them use every modifier and all that one
// round leaves to the next.
func recipes(t *testing.T) map[string]schemes.Recipe {
	t.Helper()
	accumulate := recipe(t, "error-odds", "exponent", 0.25)
	accumulate.Update, accumulate.Damping, accumulate.Clip = schemes.Accumulate, 0.3, 5
	strength := recipe(t, "softmax-error", "", 0)
	strength.Strength, strength.Update, strength.Normalize = 1.2, schemes.Accumulate, schemes.NormalizeSupport
	precision := recipe(t, "mean-ratio", "exponent", 2)
	precision.Signal, precision.Smoothing = schemes.Precision, schemes.NoSmoothing
	previous := recipe(t, "exp-gradient", "rate", 2)
	own, err := formula.Parse("prev * (mean / x) ** k * round * support", []string{"k"})
	if err != nil {
		t.Fatal(err)
	}
	return map[string]schemes.Recipe{
		"accumulate": accumulate, "strength": strength, "precision": precision, "previous": previous,
		"replace": recipe(t, "mean-ratio", "exponent", 4), "uniform": recipe(t, "uniform", "", 0),
		"formula": {Scheme: own.Scheme(""), Values: schemes.Values{"k": 1}},
	}
}

// TestChainIsTheEvaluatorsLoop: where training shifts logits, the chain is the
// measured trial, bit for bit, with training counts and without.
func TestChainIsTheEvaluatorsLoop(t *testing.T) {
	t.Parallel()
	p := uneven(5, generator(3)).draw(t, generator(4), 60)
	for name, r := range recipes(t) {
		for _, train := range [][]int{nil, {500, 400, 300, 600, 200}} {
			trainer := shifter{p, train}
			e := &objective.Evaluator{
				Runner: objective.NewRunner(trainer, cachetest.NewMemory(), 1, func() time.Time { return time.Time{} }, nil),
				Info:   trainer.Info(), Score: score,
			}
			rep, _, err := e.Replicate(t.Context(), objective.Plan{Recipe: r, Rounds: 4, Apply: "loss"}, 0, 1)
			if err != nil {
				t.Fatal(err)
			}
			chain, calls := posthoc.Chain{Recipe: r, Rounds: 4, Train: train}, 0
			rounds, err := chain.Run(p)
			if err != nil {
				t.Fatal(err)
			}
			predicted, err := chain.RunPredicted(p, func(round *objective.Round, predictions []uint16) {
				calls++
				if want := p.Predict(posthoc.FromWeights(round.Weights), nil); round.Round != calls || !slices.Equal(predictions, want) {
					t.Errorf("%s: round %d was passed in place of %d, or other predictions than those of its weights", name, round.Round, calls)
				}
				round.BalancedVariance = 7
			})
			if err != nil || calls != 4 || len(predicted) != 5 {
				t.Fatalf("%s: called with %d rounds of %d, %v; want 4 of 5", name, calls, len(predicted), err)
			}
			if len(rounds) != 5 {
				t.Fatalf("%s: %d rounds; want 5", name, len(rounds))
			}
			for k, got := range rounds {
				want := rep.Rounds[k]
				want.Run, want.BalancedVariance = "", 0
				if a, b := text(got), text(want); a != b {
					t.Errorf("%s, round %d:\n got %s\nwant %s", name, k, a, b)
				}
				if k > 0 {
					want.BalancedVariance = 7
				}
				if a, b := text(predicted[k]), text(want); a != b {
					t.Errorf("%s, round %d with predictions:\n got %s\nwant %s", name, k, a, b)
				}
			}
		}
	}
}

// text shows all of a round.
func text(r objective.Round) string {
	m, solved := r.Val.Rows(), "none"
	if r.Solved != nil {
		solved = fmt.Sprint(*r.Solved)
	}
	r.Val, r.Solved = nil, nil
	return fmt.Sprintf("%+v %v %v", r, m, solved)
}

// TestCrossFittedChain recomputes the folds and their chains by hand: new parts
// of the examples whose place within their class is, or is not, the fold's.
func TestCrossFittedChain(t *testing.T) {
	t.Parallel()
	const classes, rounds = 4, 3
	logits, labels := uneven(classes, generator(5)).logits(generator(6), 31)
	rng := generator(7)
	rng.Shuffle(len(labels), func(i, j int) {
		labels[i], labels[j] = labels[j], labels[i]
		for c := range classes {
			logits[i*classes+c], logits[j*classes+c] = logits[j*classes+c], logits[i*classes+c]
		}
	})
	p, train := part(t, classes, logits, labels), []int{10, 20, 30, 40}
	for name, r := range recipes(t) {
		chain := posthoc.Chain{Recipe: r, Rounds: rounds, Train: train}
		got, err := chain.CrossFit(folds(t, p))
		if err != nil {
			t.Fatal(err)
		}
		whole, err := chain.Run(p)
		if err != nil {
			t.Fatal(err)
		}
		predictions := make([][]uint16, rounds+1)
		for k := range predictions {
			predictions[k] = make([]uint16, len(labels))
		}
		for fold := range 3 {
			var in, out []float32
			var inLabels, outLabels []uint16
			var places []int
			seen := make([]int, classes)
			for i, c := range labels {
				if row := logits[i*classes : (i+1)*classes]; seen[c]%3 == fold {
					in, inLabels, places = append(in, row...), append(inLabels, c), append(places, i)
				} else {
					out, outLabels = append(out, row...), append(outLabels, c)
				}
				seen[c]++
			}
			others, err := chain.Run(part(t, classes, out, outLabels))
			if err != nil {
				t.Fatal(err)
			}
			for k, round := range others {
				b := make([]float64, classes)
				if k > 0 {
					b = posthoc.FromWeights(round.Weights)
				}
				for e, c := range part(t, classes, in, inLabels).Predict(b, nil) {
					predictions[k][places[e]] = c
				}
				if f := got[k].CrossFitted.Folds[fold]; !slices.Equal(f.Shift, b) {
					t.Errorf("%s, round %d, fold %d: shift %v; want %v", name, k, fold, f.Shift, b)
				}
			}
		}
		for k, round := range got {
			m, err := objective.ConfusionFromLabels(classes, labels, predictions[k])
			if err != nil {
				t.Fatal(err)
			}
			if !m.Equal(round.Val) || !m.Equal(round.CrossFitted.Confusion) || !slices.Equal(predictions[k], round.CrossFitted.Predictions) {
				t.Errorf("%s, round %d: matrix %v; want %v", name, k, round.Val.Rows(), m.Rows())
			}
			if !slices.Equal(round.Weights, whole[k].Weights) || !slices.Equal(round.Shown, whole[k].Shown) {
				t.Errorf("%s, round %d: weights %v; want those of all examples, %v", name, k, round.Weights, whole[k].Weights)
			}
		}
		if got[0].Spread != whole[0].Spread || !got[0].Val.Equal(whole[0].Val) {
			t.Errorf("%s: round 0 has spread %v; want that of the model, %v", name, got[0].Spread, whole[0].Spread)
		}
	}
}

func TestChainRefuses(t *testing.T) {
	t.Parallel()
	p := uneven(3, generator(1)).draw(t, generator(2), 10)
	own, err := formula.Parse("1 / (2 - round)", nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		chain posthoc.Chain
		want  string
	}{
		{posthoc.Chain{Recipe: recipe(t, "uniform", "", 0)}, "a chain of 0 rounds; want at least 1"},
		{posthoc.Chain{Rounds: 1}, "round 1: no scheme"},
		{posthoc.Chain{Recipe: schemes.Recipe{Scheme: own.Scheme("")}, Rounds: 3}, "round 2: 1 / (2 - round) gives class 0"},
	} {
		if _, err := c.chain.Run(p); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("error %v; want %q", err, c.want)
		}
		if _, err := c.chain.CrossFit(folds(t, p)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("cross-fitted: error %v; want %q", err, c.want)
		}
	}
}
