package data

import (
	"fmt"

	"evenkeel/objective"
)

// Inspection describes the data of a source and how it would be split.
type Inspection struct {
	Dataset *Dataset
	Split   objective.Split
	Counts  Counts
	Ranges  []Range
	// Sums compares the files of sources that were published with check sums.
	Sums []FileSum
}

// FewValidation is the number of validation examples of a class below which a search is
// warned of: one example more or less moves its recall by 5 points. Our choice.
const FewValidation = 20

// Few says how many of the classes have fewer than [FewValidation] validation examples, and
// which has the fewest.
func Few(validation []int) (few, fewest int) {
	for i, n := range validation {
		if n < FewValidation {
			few++
		}
		if n < validation[fewest] {
			fewest = i
		}
	}
	return few, fewest
}

// Inspect reads a source as a search would and splits it, but makes no numbers of it.
func Inspect(src Source, split objective.Split) (*Inspection, error) {
	ds, err := Open(src)
	if err != nil {
		return nil, err
	}
	sums, err := publishedSums(src)
	if err != nil {
		return nil, err
	}
	counts, err := countSplit(ds, split)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", src, err)
	}
	return &Inspection{Dataset: ds, Split: split, Counts: counts, Ranges: ds.Ranges(), Sums: sums}, nil
}
