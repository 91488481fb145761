package data

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
)

// Drawn is a sample drawn from a dataset, and all that stayed outside of it.
type Drawn struct {
	// Sample has the given numbers of training and test examples of each class.
	Sample *Dataset
	// Outside has the training part of Sample, and every example of the source that
	// is not in Sample as its test part. Split like Sample it trains the same models.
	Outside *Dataset
}

// Draw draws a sample of train training and test test examples of each class from
// all examples of d, those of its test part included. What is left outside is
// used for nothing that is done with the sample, so it can be tested there.
//
// Which examples are taken: every example of a class, training part first and in
// source order, gets a key by the rule of [Split] with the purpose "draw" and the
// seed given here. Those with the smallest keys are for training, those with the
// next smallest for testing, the others are outside. Examples keep their order.
//
// The fingerprints are made of d's and of the arguments. It fails if a number is
// below 1 or a class has fewer than train + test + 1 examples.
func (d *Dataset) Draw(seed int64, train, test int) (*Drawn, error) {
	if train < 1 || test < 1 {
		return nil, fmt.Errorf("draw %d training and %d test examples a class; want at least 1 of each", train, test)
	}
	if err := d.check(); err != nil {
		return nil, err
	}
	var forTraining, forTesting, outside []int
	labels := slices.Concat(d.Train.Y, d.Test.Y)
	for c, members := range byClass(labels, len(d.Classes)) {
		if len(members) <= train+test {
			return nil, fmt.Errorf("class %q: %d examples; want at least %d to draw %d and %d and leave one outside",
				d.Classes[c], len(members), train+test+1, train, test)
		}
		k := class{index: c, seed: seed, members: members}
		ranked := k.ranking("draw")
		forTraining = append(forTraining, ranked[:train]...)
		forTesting = append(forTesting, ranked[train:train+test]...)
		outside = append(outside, ranked[train+test:]...)
	}
	part := d.pick(forTraining)
	return &Drawn{
		Sample:  d.drawn("sample", seed, train, test, part, d.pick(forTesting)),
		Outside: d.drawn("outside", seed, train, test, part, d.pick(outside)),
	}, nil
}

// First is [Dataset.Draw] without chance: the first train examples of each class of the
// training part and the first test examples of each class of the test part, which is how
// the embedded sample was made; all others are outside.
func (d *Dataset) First(train, test int) (*Drawn, error) {
	if train < 1 || test < 1 {
		return nil, fmt.Errorf("take the first %d training and %d test examples a class; want at least 1 of each", train, test)
	}
	if err := d.check(); err != nil {
		return nil, err
	}
	var forTraining, forTesting, outside []int
	split := func(part Examples, offset, n int, chosen *[]int) error {
		for c, members := range byClass(part.Y, len(d.Classes)) {
			if len(members) < n {
				return fmt.Errorf("class %q: %d examples; want at least %d", d.Classes[c], len(members), n)
			}
			for i, m := range members {
				if i < n {
					*chosen = append(*chosen, offset+m)
				} else {
					outside = append(outside, offset+m)
				}
			}
		}
		return nil
	}
	if err := split(d.Train, 0, train, &forTraining); err != nil {
		return nil, fmt.Errorf("training part: %w", err)
	}
	if err := split(d.Test, d.Train.Len(), test, &forTesting); err != nil {
		return nil, fmt.Errorf("test part: %w", err)
	}
	part := d.pick(forTraining)
	return &Drawn{
		Sample:  d.drawn("first", 0, train, test, part, d.pick(forTesting)),
		Outside: d.drawn("first outside", 0, train, test, part, d.pick(outside)),
	}, nil
}

// drawn returns a dataset made of examples of d.
func (d *Dataset) drawn(what string, seed int64, train, test int, forTraining, forTesting Examples) *Dataset {
	out := *d
	out.Train, out.Test = forTraining, forTesting
	h := sha256.Sum256(fmt.Appendf(nil, "evenkeel draw 1: %s, seed %d, train %d, test %d, of %s", what, seed, train, test, d.Fingerprint))
	out.Fingerprint = hex.EncodeToString(h[:])
	return &out
}

// pick returns copies of the examples with the given indices, ascending; those of
// the test part count on from the training part.
func (d *Dataset) pick(indices []int) Examples {
	slices.Sort(indices)
	out := Examples{levels: d.Train.levels}
	n := d.Features()
	for _, i := range indices {
		from := d.Train
		if i >= from.Len() {
			i -= from.Len()
			from = d.Test
		}
		out.Y = append(out.Y, from.Y[i])
		if from.bytes != nil {
			out.bytes = append(out.bytes, from.bytes[i*n:(i+1)*n]...)
		} else {
			out.numbers = append(out.numbers, from.numbers[i*n:(i+1)*n]...)
		}
	}
	return out
}
