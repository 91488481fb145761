package objective_test

import (
	"math"
	"testing"

	"evenkeel/objective"
)

func TestWords(t *testing.T) {
	for got, want := range map[string]string{
		objective.Percent(.5983):     "59.8 %",
		objective.Percent(0):         "0.0 %",
		objective.Points(.006):       "+0.6",
		objective.Points(-.006):      "-0.6",
		objective.Points(-.0004):     "0.0",
		objective.Points(math.NaN()): "-",
		objective.Plural(1, "class"): "1 class",
		objective.Plural(2, "class"): "2 classes",
		objective.Plural(0, "seed"):  "0 seeds",
	} {
		if got != want {
			t.Errorf("%q; want %q", got, want)
		}
	}
}
