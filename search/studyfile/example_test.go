package studyfile_test

import (
	"errors"
	"fmt"

	"evenkeel/search/studyfile"
)

func ExampleParse() {
	text := []byte("weighting:\n  scheme:\n    - {name: mean-ratio, exponent: {low: 0.5, high: 8, log: true}}\n  rounds: [1, 3]\n")
	def, err := studyfile.Parse("fashion.yaml", text, "/studies", []studyfile.Override{
		{Key: "search.trials", Value: "60", Flag: "--trials"},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(def.Name, def.Search.Trials)
	for _, p := range def.Space.Params {
		fmt.Println(p.Name, p.Kind, p.Low, p.High, p.Choices)
	}
	// Output:
	// fashion 60
	// weighting.scheme.0.exponent real 0.5 8 []
	// weighting.rounds categorical 0 0 [1 3]
}

func ExampleErrors() {
	_, err := studyfile.Parse("fashion.yaml", []byte("modell: {}\nweighting: {scheme: [{name: uniform}], rounds: 0}\n"), "/studies", nil)
	var faults studyfile.Errors
	if errors.As(err, &faults) {
		fmt.Println(faults)
	}
	// Output:
	// fashion.yaml:1:1: unknown key "modell"; the nearest known key is model
	// fashion.yaml:2:48: weighting.rounds: 0 is out of range; want an integer from 1 to 100
}
