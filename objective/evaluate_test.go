package objective_test

import (
	"math"
	"testing"
	"time"

	"evenkeel/objective"
	"evenkeel/objective/trainers/trainertest"
	"evenkeel/schemes"
)

// evaluator returns an evaluator over the synthetic trainer and its cache.
func evaluator(t *testing.T, trainer objective.Trainer) (*objective.Evaluator, *memory) {
	t.Helper()
	cache := newMemory()
	return &objective.Evaluator{
		Runner: objective.NewRunner(trainer, cache, 1, time.Now, nil), Info: trainer.Info(),
		ReferenceModel: baseSpec().Model,
		Score:          objective.Score{Spread: objective.StdDev, Tolerance: 0.01, Penalty: 2},
	}, cache
}

// plan returns a plan with the given scheme, exponent and rounds on the
// reference's model.
func plan(t *testing.T, scheme string, exponent float64, rounds int) objective.Plan {
	t.Helper()
	s, err := schemes.Lookup(scheme)
	if err != nil {
		t.Fatal(err)
	}
	return objective.Plan{
		Model: baseSpec().Model, Rounds: rounds, Apply: "loss",
		Recipe: schemes.Recipe{
			Scheme: s, Values: schemes.Values{"exponent": exponent},
			Signal: schemes.Recall, Smoothing: schemes.Laplace, Update: schemes.Replace, Normalize: schemes.NormalizeMean,
		},
	}
}

// TestLoopWeighsFromTheRoundBefore recomputes every round's weights from the
// matrix of the round before by the formula of mean-ratio, here in the test.
func TestLoopWeighsFromTheRoundBefore(t *testing.T) {
	e, _ := evaluator(t, &trainertest.Synthetic{Response: 0.5})
	rep, _, err := e.Replicate(t.Context(), plan(t, "mean-ratio", 2, 3), 4, 99)
	if err != nil {
		t.Fatal(err)
	}
	if rep.Replicate != 4 || rep.Seed != 99 || len(rep.Rounds) != 4 {
		t.Fatalf("replicate %d, seed %d, %d rounds; want 4, 99, 4", rep.Replicate, rep.Seed, len(rep.Rounds))
	}
	for r := 1; r < len(rep.Rounds); r++ {
		before := rep.Rounds[r-1].Val
		smooth := make([]float64, before.Classes())
		for c := range smooth {
			smooth[c] = float64(before.At(c, c)+1) / float64(before.Support()[c]+2)
		}
		weights, sum := make([]float64, len(smooth)), 0.0
		for c, x := range smooth {
			weights[c] = 1 / (x * x) // the mean cancels at mean 1
			sum += weights[c]
		}
		for c, got := range rep.Rounds[r].Weights {
			if want := weights[c] / sum * float64(len(weights)); math.Abs(got-want) > 1e-12*want {
				t.Errorf("round %d, class %d: weight %v, want %v", r, c, got, want)
			}
		}
		if rep.Rounds[r].Run == rep.Rounds[r-1].Run {
			t.Errorf("rounds %d and %d are the same run", r-1, r)
		}
	}
	if rep.Rounds[0].Run != rep.Reference.Run {
		t.Error("round 0 of the reference's model is not the reference")
	}
}

// TestLongerTrialContainsTheShorter: the trial with three rounds begins with
// the trial with one, and costs two more runs.
func TestLongerTrialContainsTheShorter(t *testing.T) {
	e, cache := evaluator(t, &trainertest.Synthetic{Response: 0.5})
	short, _, err := e.Replicate(t.Context(), plan(t, "mean-ratio", 2, 1), 0, 1)
	if err != nil {
		t.Fatal(err)
	}
	saved := cache.saves.Load()
	long, _, err := e.Replicate(t.Context(), plan(t, "mean-ratio", 2, 3), 0, 1)
	if err != nil {
		t.Fatal(err)
	}
	if short.Rounds[1].Run != long.Rounds[1].Run || cache.saves.Load() != saved+2 {
		t.Errorf("%d more runs were trained, want 2", cache.saves.Load()-saved)
	}
}

// TestEqualWeightsOfDifferentSchemesShareARun: an exponent of 0, another
// scheme's exponent of 0 and the uniform scheme all are the unweighted run.
func TestEqualWeightsOfDifferentSchemesShareARun(t *testing.T) {
	e, cache := evaluator(t, &trainertest.Synthetic{Response: 0.5})
	uniform := plan(t, "uniform", 0, 2)
	uniform.Recipe.Values = nil
	for _, p := range []objective.Plan{uniform, plan(t, "mean-ratio", 0, 2), plan(t, "error-power", 0, 2)} {
		rep, _, err := e.Replicate(t.Context(), p, 0, 1)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range rep.Rounds {
			if r.Run != rep.Reference.Run {
				t.Errorf("%s, round %d is another run than the reference", p.Recipe.Scheme.Name, r.Round)
			}
		}
	}
	if cache.saves.Load() != 1 {
		t.Errorf("%d runs were trained, want 1", cache.saves.Load())
	}
	// The same weights by two schemes: mean-ratio to the power 2, and to the
	// power 1 accumulated over rounds in which nothing changes (response 0).
	e, cache = evaluator(t, &trainertest.Synthetic{Response: 0})
	squared, _, err := e.Replicate(t.Context(), plan(t, "mean-ratio", 2, 1), 0, 1)
	if err != nil {
		t.Fatal(err)
	}
	twice := plan(t, "mean-ratio", 1, 2)
	twice.Recipe.Update = schemes.Accumulate
	accumulated, _, err := e.Replicate(t.Context(), twice, 0, 1)
	if err != nil {
		t.Fatal(err)
	}
	if squared.Rounds[1].Run != accumulated.Rounds[2].Run {
		t.Error("equal weights reached in one round and in two are different runs")
	}
	if cache.saves.Load() != 3 {
		t.Errorf("%d runs were trained, want 3", cache.saves.Load())
	}
}

// TestBalancedVarianceFallsBack: without predictions the bound is the sum of the
// binomial variances, which is never below the paired one of the same runs.
func TestBalancedVarianceFallsBack(t *testing.T) {
	paired, _ := evaluator(t, &trainertest.Synthetic{Response: 0.5})
	bound, _ := evaluator(t, noPredictions{&trainertest.Synthetic{Response: 0.5}})
	p := plan(t, "mean-ratio", 4, 1)
	a, _, err := paired.Replicate(t.Context(), p, 0, 1)
	if err != nil {
		t.Fatal(err)
	}
	b, _, err := bound.Replicate(t.Context(), p, 0, 1)
	if err != nil {
		t.Fatal(err)
	}
	if va, vb := a.Rounds[1].BalancedVariance, b.Rounds[1].BalancedVariance; !(va > 0 && vb > va) {
		t.Errorf("paired variance %v, bound %v; want 0 < paired < bound", va, vb)
	}
	if v := a.Rounds[0].BalancedVariance; v != 0 {
		t.Errorf("the reference against itself has image variance %v", v)
	}
}

// noPredictions keeps its predictions to itself.
type noPredictions struct{ objective.Trainer }

func (n noPredictions) Info() objective.Info {
	i := n.Trainer.Info()
	i.ValLabels = nil
	return i
}

// TestReferencesInMemoryAreBounded: of many seeds the references of the last ones are at hand,
// and that of an earlier one is found again, and not trained.
func TestReferencesInMemoryAreBounded(t *testing.T) {
	e, _ := evaluator(t, &trainertest.Synthetic{})
	ask := func(seed int64) {
		t.Helper()
		if _, _, _, err := e.Reference(t.Context(), seed); err != nil {
			t.Fatal(err)
		}
	}
	const seeds = 1000
	for seed := range int64(seeds) {
		ask(seed)
	}
	for _, c := range []struct {
		seed int64
		read int
	}{{seeds - 1, 0}, {seeds - 50, 0}, {0, 1}, {0, 0}} {
		_, before := e.Runner.Counts()
		ask(c.seed)
		if trained, shared := e.Runner.Counts(); trained != seeds || shared-before != c.read {
			t.Errorf("seed %d: %d trained, and the cache asked %d times; want %d and %d", c.seed, trained, shared-before, seeds, c.read)
		}
	}
}
