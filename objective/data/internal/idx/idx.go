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

// maxBytes is the most element bytes one file may hold, 1 GiB: twenty times
// the largest published file (47 MB), and small enough for any machine.
const maxBytes = 1 << 30

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
// its end. It fails as [ReadImages] and [ReadLabels] do, and if their numbers of
// examples differ.
func ReadSet(images, labels io.Reader) (*Set, error) {
	s, err := ReadImages(images)
	if err != nil {
		return nil, fmt.Errorf("idx images: %w", err)
	}
	n := len(s.Pixels) / (s.Height * s.Width)
	if s.Labels, err = ReadLabels(labels); err != nil {
		return nil, fmt.Errorf("idx labels: %w", err)
	}
	if n != len(s.Labels) {
		return nil, fmt.Errorf("idx: %d images but %d labels; want one label an image", n, len(s.Labels))
	}
	return s, nil
}

// ReadImages reads an image file to its end; the set has no labels yet. It fails
// if the file is malformed, truncated, has bytes left over or holds something
// else, naming the byte, which counts from 0 and in the decompressed content.
// Memory grows with what is actually read, never with what a header claims.
func ReadImages(r io.Reader) (*Set, error) {
	size, pixels, err := read(r, 3)
	if err != nil {
		return nil, err
	}
	return &Set{Height: size[1], Width: size[2], Pixels: pixels}, nil
}

// ReadLabels reads a label file to its end and fails as [ReadImages] does.
// Label i is byte LabelsStart + i of the decompressed file.
func ReadLabels(r io.Reader) ([]byte, error) {
	_, labels, err := read(r, 1)
	return labels, err
}

// LabelsStart is the length of the header of a label file.
const LabelsStart = 8

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
	head := int64(4 + 4*dims)
	// One byte more than the header promises, to see whether it is there.
	var b bytes.Buffer
	got, err := io.Copy(&b, io.LimitReader(plain, total+1))
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF) || err == nil && got < total:
		return nil, nil, fmt.Errorf("the file ends at byte %d, after %d of %d elements; is it cut short?", head+got, got, total)
	case err != nil:
		return nil, nil, fmt.Errorf("byte %d: %w", head+got, err)
	case got > total:
		return nil, nil, fmt.Errorf("the file has more bytes after its %[2]d elements, from byte %[1]d; want as many elements as the header says", head+total, total)
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
	switch got, err := io.ReadFull(r, head[:4]); {
	case errors.Is(err, io.EOF):
		return nil, 0, errors.New("the file is empty; want an idx header")
	case errors.Is(err, io.ErrUnexpectedEOF):
		return nil, 0, fmt.Errorf("the file ends at byte %d, within the header of %d bytes", got, len(head))
	case err != nil:
		return nil, 0, fmt.Errorf("no header: %w", err)
	}
	switch {
	case head[0] != 0 || head[1] != 0:
		return nil, 0, fmt.Errorf("not an idx file: it begins with % x; want 00 00", head[:2])
	case head[2] != unsignedByte:
		return nil, 0, fmt.Errorf("byte 2: element type 0x%02x; want 0x%02x (unsigned byte)", head[2], unsignedByte)
	case int(head[3]) != dims:
		return nil, 0, fmt.Errorf("byte 3: %d dimensions; want %d (labels have 1, images 3)", head[3], dims)
	}
	if got, err := io.ReadFull(r, head[4:]); err != nil {
		return nil, 0, fmt.Errorf("the file ends at byte %d, within the header of %d bytes: %w", 4+got, len(head), err)
	}
	total = 1
	size = make([]int, dims)
	for d := range size {
		n := int64(binary.BigEndian.Uint32(head[4+4*d:]))
		if n == 0 {
			return nil, 0, fmt.Errorf("byte %d: dimension %d has size 0; want at least 1", 4+4*d, d)
		}
		if n > maxBytes/total {
			return nil, 0, fmt.Errorf("byte %d: more than %d elements (size of dimension %d: %d); want fewer", 4+4*d, maxBytes, d, n)
		}
		size[d], total = int(n), total*n
	}
	return size, total, nil
}
