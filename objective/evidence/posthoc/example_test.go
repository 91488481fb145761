package posthoc_test

import (
	"fmt"

	"evenkeel/objective"
	"evenkeel/objective/evidence/posthoc"
)

// Six examples of three classes, and what class weights would do to them.
func Example() {
	logits := []float32{
		2, 1, -1, 0.5, 0.4, 0.3, -1, 0.2, 0.1,
		3, -2, 0, 0.1, 0.2, 0.25, 1, 1.5, 1.4,
	}
	part, err := posthoc.NewLogits(3, logits, []uint16{0, 0, 1, 0, 2, 2})
	if err != nil {
		fmt.Println(err)
		return
	}
	plain := part.Confusion([]float64{0, 0, 0})
	shifted := part.Confusion(posthoc.FromWeights([]float64{0.744, 1.253, 1.115}))
	fmt.Printf("recalls %.2f, spread %.2f\n", plain.Recall(), objective.StdDev.Of(plain.Recall()))
	fmt.Printf("recalls %.2f, spread %.2f\n", shifted.Recall(), objective.StdDev.Of(shifted.Recall()))
	// Output:
	// recalls [1.00 1.00 0.50], spread 0.24
	// recalls [0.67 1.00 0.00], spread 0.42
}
