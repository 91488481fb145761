package data

import (
	"encoding/binary"
	"fmt"
	"math"
)

// NewTable returns a dataset of numbers that are in memory already: rows of features
// numbers, with a training part and a test part, which may be empty. The columns are
// x1, x2 and so on. It shares memory with the parts, which must not change any more.
//
// The fingerprint covers the sizes, the labels and the bits of all numbers. It fails if
// there are fewer than 2 classes, if sizes do not match, if a label is not below the
// number of classes, or if a test part lacks a class.
func NewTable(title string, classes []string, features int, train, test Part) (*Dataset, error) {
	d := &Dataset{
		Source: "memory", Title: title, Classes: classes, Shape: []int{features},
		Train: Examples{Y: train.Y, numbers: train.X}, Test: Examples{Y: test.Y, numbers: test.X},
	}
	if err := d.check(); err != nil {
		return nil, err
	}
	h := newFingerprint("memory, preparation 1")
	for c := range features {
		d.Columns = append(d.Columns, fmt.Sprintf("x%d", c+1))
	}
	sizes := []uint64{uint64(len(classes)), uint64(features), uint64(train.Len()), uint64(test.Len())}
	var b []byte
	for _, n := range sizes {
		b = binary.BigEndian.AppendUint64(b, n)
	}
	for _, p := range []Part{train, test} {
		for _, y := range p.Y {
			b = binary.BigEndian.AppendUint16(b, y)
		}
		for _, x := range p.X {
			b = binary.BigEndian.AppendUint32(b, math.Float32bits(x))
		}
	}
	h.Write(b)
	d.Fingerprint = sum(h)
	return d, nil
}
