package formula_test

import (
	"errors"
	"fmt"

	"evenkeel/schemes"
	"evenkeel/schemes/formula"
)

// A formula becomes a scheme like any other.
func ExampleParse() {
	f, err := formula.Parse("(mean / x) ** k", []string{"k"})
	if err != nil {
		panic(err)
	}
	recipe := schemes.Recipe{Scheme: f.Scheme("k"), Values: schemes.Values{"k": 2}}
	step, err := recipe.FromSignal([]float64{0.95, 0.73, 0.78}, nil, nil)
	if err != nil {
		panic(err)
	}
	fmt.Printf("%.3f\n", step.Weights)
	// Output:
	// [0.718 1.216 1.065]
}

// What is wrong has a column.
func ExampleFaults() {
	_, err := formula.Parse("(men / x) ** k", []string{"k"})
	var faults formula.Faults
	if errors.As(err, &faults) {
		fmt.Println("column", faults[0].Column)
	}
	// Output:
	// column 2
}

// A formula without weights for some signals is refused with these.
func ExampleProbe() {
	f, err := formula.Parse("exp((mean - x) / std)", nil)
	if err != nil {
		panic(err)
	}
	fmt.Println(formula.Probe(schemes.Recipe{Scheme: f.Scheme("")}, nil, nil, 1))
	// Output:
	// exp((mean - x) / std) gives class 0, whose signal is 0.798804780876494, the weight NaN; want a finite number of at least 0 (on a probe: equal signals); max(a, b) and clamp can avoid such values
}
