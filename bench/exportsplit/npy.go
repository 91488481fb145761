package main

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// writeNPY writes an array in C order as a .npy file, format version 1.0:
//
//	"\x93NUMPY" 1 0, little-endian uint16 length of the header,
//	the header: a Python dict as text, padded with spaces and ended by a
//	newline so that the elements begin at a multiple of 64,
//	the elements, little-endian
//
// The product of shape must be len(v). Source: NumPy's documentation,
// numpy.lib.format.
func writeNPY[T float32 | uint16](w io.Writer, v []T, shape ...int) error {
	size := 1
	dims := make([]string, len(shape))
	for d, n := range shape {
		size *= n
		dims[d] = strconv.Itoa(n)
	}
	tuple := strings.Join(dims, ", ")
	if len(dims) == 1 {
		tuple += "," // as Python writes a tuple of one
	}
	if size != len(v) {
		return fmt.Errorf("npy: %d elements for shape %v; want %d", len(v), shape, size)
	}
	descr := "<u2"
	if _, ok := any(v).([]float32); ok {
		descr = "<f4"
	}
	header := fmt.Sprintf("{'descr': '%s', 'fortran_order': False, 'shape': (%s), }", descr, tuple)
	const before = 10 // bytes in front of the header
	header += strings.Repeat(" ", 63-(before+len(header))%64) + "\n"

	var b bytes.Buffer
	b.WriteString("\x93NUMPY\x01\x00")
	b.Write(binary.LittleEndian.AppendUint16(nil, uint16(len(header))))
	b.WriteString(header)
	if err := binary.Write(&b, binary.LittleEndian, v); err != nil {
		return fmt.Errorf("npy: %w", err)
	}
	_, err := w.Write(b.Bytes())
	return err
}
