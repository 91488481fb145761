package objective_test

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"testing"

	"evenkeel/objective"
)

// known is one entry of the vectors, which scikit-learn and numpy computed. A
// nil number is undefined.
type known struct {
	Matrix    [][]int64      `json:"matrix"`
	Support   []*float64     `json:"support"`
	Predicted []*float64     `json:"predicted"`
	Recall    []*float64     `json:"recall"`
	Recall0   []*float64     `json:"recall_zero_division0"`
	Accuracy  *float64       `json:"accuracy"`
	Balanced  *float64       `json:"balanced_accuracy"`
	Spread    map[string]any `json:"spread_of_recall"`
}

// fieldOf says which field of the vectors a spread is compared with.
var fieldOf = map[objective.Spread]string{
	objective.StdDev: "std_population", objective.Gap: "max_minus_min", objective.CV: "cv_population",
	objective.Gini: "gini", objective.Worst: "one_minus_min", objective.GMean: "geometric_mean",
}

func TestConfusionOfTheVectors(t *testing.T) {
	t.Parallel()
	b, err := os.ReadFile("../schemes/testdata/vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Confusion map[string]known `json:"confusion"`
	}
	if err := json.Unmarshal(b, &file); err != nil {
		t.Fatal(err)
	}
	compared := 0
	for name, want := range file.Confusion {
		c := confusionOf(t, want.Matrix)
		compare := func(field string, got []float64, want []*float64) {
			compared++
			if len(got) != len(want) || len(want) == 0 {
				t.Errorf("%s: %s has %d entries; want %d", name, field, len(got), len(want))
				return
			}
			for i := range got {
				if !same(got[i], want[i]) {
					t.Errorf("%s: %s[%d] = %v; want %v", name, field, i, got[i], text(want[i]))
				}
			}
		}
		compare("support", floats(c.Support()), want.Support)
		compare("predicted", floats(c.Predicted()), want.Predicted)
		compare("recall", c.Recall(), want.Recall)
		compare("recall_zero_division0", defined(c.Recall()), want.Recall0)
		compare("accuracy", []float64{c.Accuracy()}, []*float64{want.Accuracy})
		compare("balanced_accuracy", []float64{c.BalancedAccuracy()}, []*float64{want.Balanced})
		for s, field := range fieldOf {
			got := s.Of(c.Recall())
			raw, there := want.Spread[field]
			w, defined := raw.(float64)
			switch {
			case !there:
				t.Errorf("%s: the vectors have no %s", name, field)
			case !defined && raw == nil: // undefined counts as the worst value
				w = undefined(s, c.Classes())
			case s == objective.GMean:
				got = 1 - got
			}
			compare(field, []float64{got}, []*float64{&w})
		}
	}
	// 10 matrices, 6 figures and 6 spreads each.
	if want := 10 * (6 + 6); compared != want {
		t.Errorf("compared %d entries of the vectors; want %d", compared, want)
	}
}

// same compares at 1e-12 relative; the vectors promise 1e-9. nil is NaN.
func same(got float64, want *float64) bool {
	if want == nil {
		return math.IsNaN(got)
	}
	return math.Abs(got-*want) <= 1e-12*math.Abs(*want)
}

func text(x *float64) string {
	if x == nil {
		return "undefined"
	}
	return fmt.Sprint(*x)
}

func floats(l []int64) []float64 {
	out := make([]float64, len(l))
	for i, n := range l {
		out[i] = float64(n)
	}
	return out
}

// defined replaces NaN by 0, as scikit-learn's zero_division=0 does.
func defined(l []float64) []float64 {
	for i, x := range l {
		if math.IsNaN(x) {
			l[i] = 0
		}
	}
	return l
}
