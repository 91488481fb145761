package objective_test

import (
	"math"
	"strings"
	"testing"

	"evenkeel/objective"
	"evenkeel/objective/trainers/trainertest"
	"evenkeel/schemes"
	"evenkeel/schemes/formula"
)

// ownFormula returns a plan with a formula in place of its scheme.
func ownFormula(t *testing.T, p objective.Plan, text string, values schemes.Values) objective.Plan {
	t.Helper()
	var params []string
	for name := range values {
		params = append(params, name)
	}
	f, err := formula.Parse(text, params)
	if err != nil {
		t.Fatal(err)
	}
	p.Recipe.Scheme, p.Recipe.Values = f.Scheme(""), values
	return p
}

// TestExpGradientOverRounds: the weights of round r hold the errors of all
// rounds before, summed up here in the test, and the recalls become more even.
// The same rule as a formula asks for the very same runs.
func TestExpGradientOverRounds(t *testing.T) {
	e, cache := evaluator(t, &trainertest.Synthetic{Response: 1, PerClass: 400})
	p := plan(t, "exp-gradient", 0, 5)
	p.Recipe.Values = schemes.Values{"rate": 2}
	rep, _, err := e.Replicate(t.Context(), p, 0, 11)
	if err != nil {
		t.Fatal(err)
	}
	sum := make([]float64, 4)
	for r := 1; r < len(rep.Rounds); r++ {
		before := rep.Rounds[r-1].Val
		want, total := make([]float64, 4), 0.0
		for c := range sum {
			sum[c] += 2 * (1 - float64(before.At(c, c)+1)/float64(before.Support()[c]+2))
			want[c] = math.Exp(sum[c])
			total += want[c]
		}
		for c, got := range rep.Rounds[r].Weights {
			if w := want[c] / total * 4; math.Abs(got-w) > 1e-12*w {
				t.Errorf("round %d, class %d: weight %v, want %v", r, c, got, w)
			}
		}
	}
	if first, last := rep.Rounds[0].Spread, rep.Rounds[5].Spread; last > first/2 {
		t.Errorf("spread %v after five rounds, from %v; want less than half", last, first)
	}
	saved := cache.saves.Load()
	own, _, err := e.Replicate(t.Context(), ownFormula(t, p, "prev * exp(rate * (1 - x))", p.Recipe.Values), 0, 11)
	if err != nil {
		t.Fatal(err)
	}
	if own.Rounds[5].Run != rep.Rounds[5].Run || cache.saves.Load() != saved {
		t.Errorf("the formula of exp-gradient trained %d more runs; want 0", cache.saves.Load()-saved)
	}
}

// TestAccumulatedFormula: a formula accumulates like a scheme of the catalogue.
func TestAccumulatedFormula(t *testing.T) {
	e, cache := evaluator(t, &trainertest.Synthetic{Response: 0.5})
	p := plan(t, "mean-ratio", 0.5, 3)
	p.Recipe.Update = schemes.Accumulate
	if _, _, err := e.Replicate(t.Context(), p, 0, 1); err != nil {
		t.Fatal(err)
	}
	saved := cache.saves.Load()
	own := ownFormula(t, p, "(mean / x) ** k", schemes.Values{"k": 0.5})
	if _, _, err := e.Replicate(t.Context(), own, 0, 1); err != nil {
		t.Fatal(err)
	}
	if cache.saves.Load() != saved {
		t.Errorf("the formula of mean-ratio trained %d more runs; want 0", cache.saves.Load()-saved)
	}
	own.Recipe.Scheme = ownFormula(t, p, "prev / x", nil).Recipe.Scheme
	own.Recipe.Values = nil
	if _, _, err := e.Replicate(t.Context(), own, 0, 1); err == nil || !strings.Contains(err.Error(), "reads the previous weights itself") {
		t.Errorf("%v; want a formula with prev refused to accumulate", err)
	}
}

// TestSolvedTemperatureIsKept: solved in round 1, used in the others.
func TestSolvedTemperatureIsKept(t *testing.T) {
	e, _ := evaluator(t, &trainertest.Synthetic{Response: 0.5})
	p := plan(t, "softmax-error", 0, 3)
	p.Recipe.Values, p.Recipe.Strength = nil, 1.5
	rep, _, err := e.Replicate(t.Context(), p, 0, 1)
	if err != nil {
		t.Fatal(err)
	}
	for r := 1; r < len(rep.Rounds); r++ {
		if s := rep.Rounds[r].Solved; s == nil || *s != *rep.Rounds[1].Solved || rep.Rounds[r].Fallback {
			t.Errorf("round %d: solved %v, want that of round 1", r, s)
		}
	}
	w := rep.Rounds[1].Raw
	if got := math.Log(w[0] / w[3]); math.Abs(got-1.5) > 1e-11 { // class 0 is the hardest, 3 the easiest
		t.Errorf("ln(max w / min w) is %v in round 1; want 1.5", got)
	}
}

// TestFormulaWithoutWeightsFailsTheTrial: where a scheme would fall back.
func TestFormulaWithoutWeightsFailsTheTrial(t *testing.T) {
	e, _ := evaluator(t, &trainertest.Synthetic{Response: 0.5})
	own := ownFormula(t, plan(t, "uniform", 0, 3), "1 / (2 - round)", nil)
	_, _, err := e.Replicate(t.Context(), own, 0, 1)
	if err == nil || !strings.HasPrefix(err.Error(), "replicate 0, round 2: 1 / (2 - round) gives class 0, ") {
		t.Errorf("%v; want the trial failed in round 2", err)
	}
}
