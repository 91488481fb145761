package data

import "fmt"

// Examples are labelled examples as a source holds them. Images stay the bytes
// they were published as, a quarter of the memory, until [Split] makes numbers
// of those that a study uses.
type Examples struct {
	// Y holds the true class of each example.
	Y []uint16
	// numbers holds len(Y) rows of numbers, or is nil; then bytes holds as many
	// bytes, and levels the value of each byte.
	numbers []float32
	bytes   []byte
	levels  *[256]float32
}

// pixelLevels are the values of the bytes of an image: b/255, in
// [0, 1].
var pixelLevels = levelsUpTo(255)

// levelsUpTo returns the numbers b/highest.
func levelsUpTo(highest float32) *[256]float32 {
	var levels [256]float32
	for b := range levels {
		levels[b] = float32(b) / highest
	}
	return &levels
}

// Len returns the number of examples.
func (e Examples) Len() int { return len(e.Y) }

// counts returns the number of examples of each class, a slice of length
// classes. It panics if a label is not below classes.
func (e Examples) counts(classes int) []int { return Part{Y: e.Y}.Counts(classes) }

// size returns how many numbers there are.
func (e Examples) size() int {
	if e.bytes != nil {
		return len(e.bytes)
	}
	return len(e.numbers)
}

// check reports what is wrong with the sizes and labels, or nil.
func (e Examples) check(classes, features int) error {
	if e.size() != len(e.Y)*features {
		return fmt.Errorf("%d numbers for %d examples; want %d for each", e.size(), len(e.Y), features)
	}
	for i, c := range e.Y {
		if int(c) >= classes {
			return fmt.Errorf("example %d is of class %d; want 0 to %d", i, c, classes-1)
		}
	}
	return nil
}

// gather returns a copy of the examples with the given indices, in their order.
func (e Examples) gather(indices []int) Part {
	if len(indices) == 0 {
		return Part{}
	}
	n := e.size() / len(e.Y)
	out := Part{X: make([]float32, len(indices)*n), Y: make([]uint16, len(indices))}
	for row, i := range indices {
		out.Y[row] = e.Y[i]
		x := out.X[row*n : (row+1)*n]
		if e.bytes == nil {
			copy(x, e.numbers[i*n:(i+1)*n])
			continue
		}
		for j, b := range e.bytes[i*n : (i+1)*n] {
			x[j] = e.levels[b]
		}
	}
	return out
}
