package idx

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// MaxBytes is the most element bytes one file may hold, 1 GiB: twenty times
// the largest published file (47 MB), and small enough for any machine.
const MaxBytes = 1 << 30

// unsignedByte is the code of the only element type that is read.
const unsignedByte = 0x08

// Set is a set of labelled grey images of one size.
type Set struct {
	// Height and Width are the size of every image in pixels.
	Height, Width int
	// Pixels holds len(Labels) images, one after the other, row by row; 0 to 255.
	Pixels []byte
	// Labels holds the class of each image.
	Labels []byte
}

// Image returns the pixels of image i, Height x Width, row by row. The slice
// is part of the set.
func (s *Set) Image(i int) []byte {
	n := s.Height * s.Width
	return s.Pixels[i*n : (i+1)*n : (i+1)*n]
}

// ReadSet reads an image file and the label file that belongs to it, each to
// its end. It fails if either is malformed, truncated, has bytes left over or
// holds something else, and if their numbers of examples differ. Memory grows
// with what is actually read, never with what a header claims.
func ReadSet(images, labels io.Reader) (*Set, error) {
	size, pixels, err := read(images, 3)
	if err != nil {
		return nil, fmt.Errorf("idx images: %w", err)
	}
	count, classes, err := read(labels, 1)
	if err != nil {
		return nil, fmt.Errorf("idx labels: %w", err)
	}
	if size[0] != count[0] {
		return nil, fmt.Errorf("idx: %d images but %d labels; want one label an image", size[0], count[0])
	}
	return &Set{Height: size[1], Width: size[2], Pixels: pixels, Labels: classes}, nil
}

// read returns the sizes and elements of one file of unsigned bytes with the
// wanted number of dimensions.
func read(r io.Reader, dims int) ([]int, []byte, error) {
	plain, err := decompress(r)
	if err != nil {
		return nil, nil, err
	}
	size, total, err := readHeader(plain, dims)
	if err != nil {
		return nil, nil, err
	}
	// One byte more than the header promises, to see whether it is there.
	var b bytes.Buffer
	got, err := io.Copy(&b, io.LimitReader(plain, total+1))
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF) || err == nil && got < total:
		return nil, nil, fmt.Errorf("the file ends after %d of %d elements", got, total)
	case err != nil:
		return nil, nil, fmt.Errorf("element %d: %w", got, err)
	case got > total:
		return nil, nil, fmt.Errorf("the file goes on after its %d elements; want exactly what the header says", total)
	}
	return size, b.Bytes(), nil
}

// decompress returns r, or what r holds compressed if it begins as gzip does.
func decompress(r io.Reader) (io.Reader, error) {
	b := bufio.NewReader(r)
	// A short or unreadable file shows up when its header is read.
	head, _ := b.Peek(2)
	if !bytes.Equal(head, []byte{0x1f, 0x8b}) {
		return b, nil
	}
	z, err := gzip.NewReader(b)
	if err != nil {
		return nil, fmt.Errorf("gzip header: %w", err)
	}
	return z, nil
}

// readHeader reads and checks the header and returns the size of each
// dimension and the number of elements.
func readHeader(r io.Reader, dims int) (size []int, total int64, err error) {
	head := make([]byte, 4+4*dims)
	if _, err := io.ReadFull(r, head[:4]); err != nil {
		return nil, 0, fmt.Errorf("no header: %w", err)
	}
	switch {
	case head[0] != 0 || head[1] != 0:
		return nil, 0, fmt.Errorf("not an idx file: it begins with % x; want 00 00", head[:2])
	case head[2] != unsignedByte:
		return nil, 0, fmt.Errorf("element type 0x%02x; want 0x%02x (unsigned byte)", head[2], unsignedByte)
	case int(head[3]) != dims:
		return nil, 0, fmt.Errorf("%d dimensions; want %d (labels have 1, images 3)", head[3], dims)
	}
	if _, err := io.ReadFull(r, head[4:]); err != nil {
		return nil, 0, fmt.Errorf("header of %d bytes cut short: %w", len(head), err)
	}
	total = 1
	size = make([]int, dims)
	for d := range size {
		n := int64(binary.BigEndian.Uint32(head[4+4*d:]))
		if n == 0 {
			return nil, 0, fmt.Errorf("dimension %d has size 0; want at least 1", d)
		}
		if n > MaxBytes/total {
			return nil, 0, fmt.Errorf("more than %d elements (size of dimension %d: %d); want fewer", MaxBytes, d, n)
		}
		size[d], total = int(n), total*n
	}
	return size, total, nil
}
