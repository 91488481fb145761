package objective_test

import (
	"fmt"

	"evenkeel/objective"
)

// How uneven is a classifier that confuses cats and dogs?
func ExampleConfusion() {
	m, err := objective.ConfusionFromRows([][]int64{
		{96, 2, 2},  // car
		{1, 74, 25}, // dog
		{1, 21, 78}, // cat
	})
	if err != nil {
		panic(err)
	}
	fmt.Printf("recall            %.2f\n", m.Recall())
	fmt.Printf("balanced accuracy %.4f\n", m.BalancedAccuracy())
	fmt.Printf("spread            %.4f\n", objective.StdDev.Of(m.Recall()))
	// Output:
	// recall            [0.96 0.74 0.78]
	// balanced accuracy 0.8267
	// spread            0.0957
}

// The measures weigh the same recalls differently.
func ExampleSpread_Of() {
	recall := []float64{0.96, 0.74, 0.78}
	for _, s := range objective.Spreads() {
		fmt.Printf("%-6s %.4f  %s\n", s, s.Of(recall), s.Text())
	}
	// Output:
	// stddev 0.0957  stddev of the recalls
	// gap    0.2200  largest recall - smallest
	// cv     0.1157  stddev of the recalls / their mean
	// gini   0.0591  gini of the recalls
	// worst  0.2600  1 - the worst recall
	// gmean  0.1786  1 - gmean of the recalls
}
