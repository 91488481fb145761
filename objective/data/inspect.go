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

// Inspect reads a source as a search would and splits it, but makes no numbers of it.
func Inspect(src Source, split objective.Split) (*Inspection, error) {
	ds, err := Open(src)
	if err != nil {
		return nil, err
	}
	sums, err := PublishedSums(src)
	if err != nil {
		return nil, err
	}
	counts, err := CountSplit(ds, split)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", src, err)
	}
	return &Inspection{Dataset: ds, Split: split, Counts: counts, Ranges: ds.Ranges(), Sums: sums}, nil
}
