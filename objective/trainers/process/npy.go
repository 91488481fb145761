package process

import (
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"slices"

	"evenkeel/objective"
	"evenkeel/objective/internal/npy"
)

// maxNpyElements bounds what is read of a .npy file: 2^28 float32 are a GiB.
const maxNpyElements = 1 << 28

// readNpyHeader reads the header of a .npy file and leaves r at the elements. Only arrays
// that are little-endian, in C order and of a type that the protocol has pass.
func readNpyHeader(r io.Reader) (npy.Header, error) {
	h, err := npy.ReadHeader(r)
	switch {
	case err != nil:
	case h.Kind == npy.Bool || h.Kind == npy.Float && h.Size < 4:
		err = npy.TypeError{Type: h.Type}
	case h.BigEndian:
		err = fmt.Errorf("has big-endian elements; save array.astype(array.dtype.newbyteorder('<'))")
	case h.Fortran:
		err = fmt.Errorf("is in Fortran order; save numpy.ascontiguousarray(array)")
	}
	return h, err
}

// readNpy opens an array of exactly the given shape and hands its elements, in
// chunks of whole ones, to take.
func readNpy(dir *folder, name string, shape []int64, take func(h npy.Header, chunk []byte) error) error {
	file, length, err := dir.open(name)
	if err != nil {
		return err
	}
	defer file.Close()
	h, err := readNpyHeader(file)
	if err != nil {
		return fmt.Errorf("%s %w", name, err)
	}
	elements := int64(1)
	for i, n := range shape {
		if len(h.Shape) != len(shape) || h.Shape[i] != n {
			return fmt.Errorf("%s has the shape %s; want %s", name, npy.ShapeText(h.Shape), npy.ShapeText(shape))
		}
		if n > maxNpyElements/max(1, elements) {
			return fmt.Errorf("%s has more than %d elements", name, maxNpyElements)
		}
		elements *= n
	}
	at, err := file.Seek(0, io.SeekCurrent)
	if err != nil {
		return err
	}
	if have, want := length-at, elements*int64(h.Size); have != want {
		return fmt.Errorf("%s has %d bytes of elements; want %d for the shape %s", name, have, want, npy.ShapeText(shape))
	}
	chunk := make([]byte, min(64<<10, elements*int64(h.Size)))
	for left := elements * int64(h.Size); left > 0; left -= int64(len(chunk)) {
		chunk = chunk[:min(int64(len(chunk)), left)]
		if _, err := io.ReadFull(file, chunk); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		if err := take(h, chunk); err != nil {
			return fmt.Errorf("%s %w", name, err)
		}
	}
	return nil
}

// readScores reads examples x classes scores, row by row.
func readScores(dir *folder, name string, examples int64, classes int) ([]float32, error) {
	var scores []float32
	if err := objective.CheckScores(examples, int64(classes)); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	err := readNpy(dir, name, []int64{examples, int64(classes)}, func(h npy.Header, chunk []byte) error {
		if h.Kind != npy.Float {
			return fmt.Errorf("has integer elements; want float32")
		}
		if scores == nil {
			scores = make([]float32, 0, examples*int64(classes))
		}
		for ; len(chunk) > 0; chunk = chunk[h.Size:] {
			var v float32
			if h.Size == 4 {
				v = math.Float32frombits(binary.LittleEndian.Uint32(chunk))
			} else {
				v = float32(math.Float64frombits(binary.LittleEndian.Uint64(chunk)))
			}
			if v-v != 0 {
				return fmt.Errorf("has %v for example %d, class %d; want finite scores", v, len(scores)/classes, len(scores)%classes)
			}
			scores = append(scores, v)
		}
		return nil
	})
	if err == nil && areProbabilities(scores, classes) {
		err = fmt.Errorf("%s has probabilities, not logits: all rows are from 0 to 1 and add up to 1; "+
			"want the scores before the softmax, or the log of the probabilities, numpy.log(p.clip(1e-12))", name)
	}
	return scores, err
}

// sumTolerance is how far from 1 a row of probabilities may add up: rounding to three
// digits, or to 16 bits, does that much.
const sumTolerance = 1e-3

// areProbabilities reports whether every row of examples x classes scores is in [0, 1] and
// adds up to 1. Logits do so by chance in no model: it would have to be true of all rows.
func areProbabilities(scores []float32, classes int) bool {
	for row := range slices.Chunk(scores, classes) {
		sum := 0.0
		for _, p := range row {
			if p < 0 || p > 1 {
				return false
			}
			sum += float64(p)
		}
		if math.Abs(sum-1) > sumTolerance {
			return false
		}
	}
	return len(scores) > 0
}

// readClasses reads a class for each example.
func readClasses(dir *folder, name string, examples int64, classes int) ([]uint16, error) {
	var labels []uint16
	err := readNpy(dir, name, []int64{examples}, func(h npy.Header, chunk []byte) error {
		if h.Kind == npy.Float {
			return fmt.Errorf("has real elements; want uint16")
		}
		if labels == nil {
			labels = make([]uint16, 0, examples)
		}
		for ; len(chunk) > 0; chunk = chunk[h.Size:] {
			// A negative number is a huge one here, and refused like one.
			v := h.Bits(chunk)
			if v >= uint64(classes) {
				return fmt.Errorf("has a class for example %d that is not from 0 below %d", len(labels), classes)
			}
			labels = append(labels, uint16(v))
		}
		return nil
	})
	return labels, err
}
