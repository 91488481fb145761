package data_test

import (
	"fmt"

	"evenkeel/objective"
	"evenkeel/objective/data"
)

func ExampleSplit() {
	ds, err := data.Open(data.Source{Kind: "embedded"})
	if err != nil {
		fmt.Println(err)
		return
	}
	parts, err := data.Split(ds, objective.Split{Validation: 0.2, Seed: 1})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(ds.Title, ds.Shape, ds.Features())
	fmt.Println(parts.Train.Len(), parts.Val.Counts(len(ds.Classes)), parts.TestCounts())
	// Output:
	// Fashion-MNIST sample [1 14 14] 196
	// 4800 [120 120 120 120 120 120 120 120 120 120] [400 400 400 400 400 400 400 400 400 400]
}
