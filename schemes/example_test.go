package schemes_test

import (
	"fmt"

	"evenkeel/schemes"
)

// A classifier recognises cars better than dogs and cats; the next training
// should weigh what it recognises least.
func ExampleRecipe_Next() {
	scheme, err := schemes.Lookup("mean-ratio")
	if err != nil {
		panic(err)
	}
	recipe := schemes.Recipe{Scheme: scheme, Values: schemes.Values{"exponent": 2}}
	step, err := recipe.Next(schemes.Measurement{
		TruePositives: []int64{96, 74, 78},
		Support:       []int64{100, 100, 100},
		Predicted:     []int64{98, 97, 105},
	}, 1, schemes.State{})
	if err != nil {
		panic(err)
	}
	fmt.Printf("recall  %.3f\nweights %.3f\n", step.Signal, step.Weights)
	// Output:
	// recall  [0.951 0.735 0.775]
	// weights [0.718 1.200 1.082]
}

// Weights straight from three recalls, on the scale the formula gives.
func ExampleRecipe_FromSignal() {
	scheme, err := schemes.Lookup("inverse-recall") // an alias of mean-ratio
	if err != nil {
		panic(err)
	}
	recipe := schemes.Recipe{Scheme: scheme, Normalize: schemes.NormalizeNone}
	step, err := recipe.FromSignal([]float64{0.9560878243512974, 0.7365384615384616, 0.7807933194154488}, nil, nil)
	if err != nil {
		panic(err)
	}
	fmt.Printf("%.12f\n", step.Shown)
	// Output:
	// [0.743631046435 1.253032188790 1.115015515614]
}

// How far apart the weights should be can be said directly: here the largest is
// e times the smallest, and the exponent follows.
func ExampleRecipe_strength() {
	scheme, err := schemes.Lookup("error-power")
	if err != nil {
		panic(err)
	}
	recipe := schemes.Recipe{Scheme: scheme, Strength: 1}
	step, err := recipe.FromSignal([]float64{0.95, 0.80}, nil, nil)
	if err != nil {
		panic(err)
	}
	fmt.Printf("exponent %.4f, weights %.4f, ratio %.4f\n", *step.Solved, step.Weights, step.Weights[1]/step.Weights[0])
	// Output:
	// exponent 0.7213, weights [0.5379 1.4621], ratio 2.7183
}

// A wrong name gets a suggestion.
func ExampleLookup() {
	_, err := schemes.Lookup("mean_ratio")
	fmt.Println(err)
	// Output:
	// unknown scheme "mean_ratio"; did you mean "mean-ratio"?
}
