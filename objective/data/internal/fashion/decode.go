package fashion

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
)

// Classes is the number of classes of Fashion-MNIST.
const Classes = 10

// Layout says how many examples of each class a sample holds.
type Layout struct {
	// Train and Test are examples per class.
	Train, Test int
}

// Embedded is the layout of the sample that is built into the program.
var Embedded = Layout{Train: 600, Test: 400}

// Size returns the number of uncompressed bytes.
func (l Layout) Size() int { return Classes * (l.Train + l.Test) * (1 + packedBytes) }

// Sample is a decoded sample.
type Sample struct {
	// Raw holds the uncompressed bytes, Layout.Size of them.
	Raw         []byte
	Train, Test Part
}

// Part is one part of a sample: Labels holds the class of each example, 0 to
// 9, and Levels Side*Side grey levels an example, row by row, 0 to 15.
type Part struct{ Labels, Levels []byte }

// Decode reads a compressed sample of the given layout. It fails if the stream
// is damaged, has another length, or does not have exactly the layout's number
// of examples of each class. It never holds more than a few times l.Size bytes,
// for any stream.
func Decode(compressed []byte, l Layout) (*Sample, error) {
	raw, err := expand(compressed, l.Size())
	if err != nil {
		return nil, fmt.Errorf("sample: %w", err)
	}
	return parse(raw, l)
}

// parse reads an uncompressed sample of l.Size bytes.
func parse(raw []byte, l Layout) (s *Sample, err error) {
	s = &Sample{Raw: raw}
	trainN, testN := Classes*l.Train, Classes*l.Test
	labels, images := raw[:trainN+testN], raw[trainN+testN:]
	s.Train, err = decodePart(labels[:trainN], images[:trainN*packedBytes], l.Train)
	if err != nil {
		return nil, fmt.Errorf("sample, training part: %w", err)
	}
	s.Test, err = decodePart(labels[trainN:], images[trainN*packedBytes:], l.Test)
	if err != nil {
		return nil, fmt.Errorf("sample, test part: %w", err)
	}
	return s, nil
}

// expand returns the decompressed stream, which must have the wanted size.
func expand(compressed []byte, size int) ([]byte, error) {
	src := bytes.NewReader(compressed)
	z, err := gzip.NewReader(src)
	if err != nil {
		return nil, fmt.Errorf("gzip header: %w", err)
	}
	z.Multistream(false)
	raw, err := io.ReadAll(io.LimitReader(z, int64(size)+1))
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF):
		return nil, fmt.Errorf("the stream is cut short after %d of %d bytes", len(raw), size)
	case err != nil:
		return nil, fmt.Errorf("damaged at byte %d: %w", len(raw), err)
	case len(raw) < size:
		return nil, fmt.Errorf("%d bytes; want %d", len(raw), size)
	case len(raw) > size:
		return nil, fmt.Errorf("more than %d bytes; want exactly these", size)
	case src.Len() > 0:
		return nil, fmt.Errorf("%d bytes follow the stream; want none", src.Len())
	}
	return raw, nil
}

// decodePart unpacks a part that must have perClass examples of each class.
func decodePart(labels, images []byte, perClass int) (Part, error) {
	var counts [Classes]int
	for i, c := range labels {
		if c >= Classes {
			return Part{}, fmt.Errorf("example %d is of class %d; want 0 to %d", i, c, Classes-1)
		}
		counts[c]++
	}
	for c, n := range counts {
		if n != perClass {
			return Part{}, fmt.Errorf("%d examples of class %d; want %d", n, c, perClass)
		}
	}
	p := Part{Labels: labels, Levels: make([]byte, len(labels)*Side*Side)}
	for i := range labels {
		unpack(p.Levels[i*Side*Side:(i+1)*Side*Side], images[i*packedBytes:(i+1)*packedBytes])
	}
	return p, nil
}
