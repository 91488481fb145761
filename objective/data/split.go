package data

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"evenkeel/objective"
)

// Split divides a dataset into training, validation and test part, class by
// class (stratified). For each class, in this order:
//
//  1. test: the source's own test part if it has one, and then s.Test changes
//     nothing; otherwise the share s.Test is held out of the training part (0:
//     there is no test part);
//  2. limit: if s.Limit > 0 and more examples are left, the rest is dropped
//     until s.Limit are left;
//  3. validation: the share s.Validation of what is left is held out; what
//     remains is for training.
//
// A share f of n examples is floor(f*n + 1/2) examples in float64 arithmetic,
// but at least 1, and never so many that fewer than 1 are left for each part
// still to come.
//
// Which examples are taken: for each of the purposes "test", "limit" and
// "validation" every example of the class in the source's training part, in
// source order, gets one Uint64 of a PCG generator (math/rand/v2) as its key.
// The generator's two seeds are the first two big-endian 64-bit words of the
// SHA-256 of the text
//
//	evenkeel split 1: PURPOSE, seed SEED, class INDEX
//
// where SEED is s.Seed, but for "limit" and "validation" s.Resplit if that is not
// 0: then the test part is that of the split without it, to the last example, and
// what comes after it is drawn again. Of the examples that are still there, those with the smallest keys are taken,
// equal keys in source order. So no class depends on another and neither
// architecture nor release of Go matters.
//
// Examples keep the source's order in every part. Only Train and Val are made
// here; a test part becomes numbers when [Splits.OpenTest] first asks for it.
// No part shares memory with ds.
//
// Errors: s.Validation not in (0, 1), s.Test not in [0, 1), s.Limit < 0 or 1; a
// class with too few examples (named); a dataset with fewer than 2 classes,
// sizes that do not match, or a class without an example in its test part.
func Split(ds *Dataset, s objective.Split) (*Splits, error) {
	d, err := Deal(ds, s)
	if err != nil {
		return nil, err
	}
	return d.Splits(), nil
}

// Counts are the numbers of examples of each class in the parts of a split.
type Counts struct{ Train, Validation, Test []int }

// countSplit returns how many examples of each class [Split] would put into each
// part, without making numbers of any. It fails as Split does.
func countSplit(ds *Dataset, s objective.Split) (Counts, error) {
	d, err := Deal(ds, s)
	if err != nil {
		return Counts{}, err
	}
	return d.Counts(), nil
}

// checkSplit reports everything that is wrong with the settings.
func checkSplit(s objective.Split) error {
	var errs []error
	if inside := s.Validation > 0 && s.Validation < 1; !inside { // false for NaN
		errs = append(errs, fmt.Errorf("validation share %v; want a number above 0 and below 1, such as 0.2", s.Validation))
	}
	if inside := s.Test >= 0 && s.Test < 1; !inside {
		errs = append(errs, fmt.Errorf("test share %v; want a number from 0 to below 1, such as 0.2", s.Test))
	}
	if s.Limit < 0 || s.Limit == 1 {
		errs = append(errs, fmt.Errorf("limit %d; want 0 for all, or at least 2 examples per class: 1 for validation, 1 for training", s.Limit))
	}
	return errors.Join(errs...)
}

// role says what becomes of an example of a source's training part.
type role uint8

const (
	training role = iota
	validation
	test
	dropped
)

// class deals out the examples of one class.
type class struct {
	index   int
	seed    int64  // of the draws to come
	members []int  // indices of its examples, ascending
	roles   []role // of all examples of the source's training part
	left    int    // members whose role is still training
}

// deal gives every member its role, by the rule of [Split].
func (k *class) deal(s objective.Split) error {
	need, parts := 2, "1 for validation, 1 for training"
	if s.Test > 0 {
		need, parts = 3, "1 for test, "+parts
	}
	if k.left < need {
		examples := "examples"
		if k.left == 1 {
			examples = "example"
		}
		return fmt.Errorf("%d %s in the training part; want at least %d: %s", k.left, examples, need, parts)
	}
	if s.Test > 0 {
		k.take("test", share(s.Test, k.left, 2), test)
	}
	if s.Resplit != 0 {
		k.seed = s.Resplit
	}
	if s.Limit > 0 && k.left > s.Limit {
		k.take("limit", k.left-s.Limit, dropped)
	}
	k.take("validation", share(s.Validation, k.left, 1), validation)
	return nil
}

// share returns f*n rounded half up, at least 1 and at most n-keep.
func share(f float64, n, keep int) int {
	// The conversion keeps the product from being fused with the sum.
	m := int(math.Floor(float64(f*float64(n)) + 0.5))
	return max(1, min(m, n-keep))
}

// take gives the role `to` to the n members with the smallest keys for the
// purpose among those whose role is still training.
func (k *class) take(purpose string, n int, to role) {
	k.left -= n
	for _, i := range k.ranking(purpose) {
		if n == 0 {
			return
		}
		if k.roles[i] == training {
			k.roles[i] = to
			n--
		}
	}
}

// ranking returns the members in the order of their keys for the purpose.
func (k *class) ranking(purpose string) []int {
	h := sha256.Sum256(fmt.Appendf(nil, "evenkeel split 1: %s, seed %d, class %d", purpose, k.seed, k.index))
	g := rand.NewPCG(binary.BigEndian.Uint64(h[:8]), binary.BigEndian.Uint64(h[8:16]))
	type keyed struct {
		key   uint64
		index int
	}
	all := make([]keyed, len(k.members))
	for j, i := range k.members {
		all[j] = keyed{g.Uint64(), i}
	}
	slices.SortFunc(all, func(a, b keyed) int {
		return cmp.Or(cmp.Compare(a.key, b.key), cmp.Compare(a.index, b.index))
	})
	ranked := make([]int, len(all))
	for j, k := range all {
		ranked[j] = k.index
	}
	return ranked
}

// byClass returns the indices of the examples of each class, ascending.
func byClass(labels []uint16, classes int) [][]int {
	out := make([][]int, classes)
	for i, c := range labels {
		out[c] = append(out[c], i)
	}
	return out
}

// withRole returns the indices of the examples that have a role, ascending.
func withRole(roles []role, want role) []int {
	var out []int
	for i, r := range roles {
		if r == want {
			out = append(out, i)
		}
	}
	return out
}
