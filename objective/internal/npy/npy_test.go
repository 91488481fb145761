package npy

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"
)

// file returns a .npy file of format version 1 with the given header and elements.
func file(dict string, elements ...byte) []byte {
	b := append([]byte("\x93NUMPY\x01\x00"), binary.LittleEndian.AppendUint16(nil, uint16(len(dict)))...)
	return append(append(b, dict...), elements...)
}

// TestValues: the bytes are what numpy 2 writes of the number for each type
// (numpy.array(x, dtype).tobytes()).
func TestValues(t *testing.T) {
	for _, c := range []struct {
		descr string
		bytes []byte
		want  float64
	}{
		{"<f4", []byte{0, 0, 0x20, 0xc0}, -2.5},
		{">f4", []byte{0xc0, 0x20, 0, 0}, -2.5},
		{"<f8", []byte{0, 0, 0, 0, 0, 0, 4, 0xc0}, -2.5},
		{"<f2", []byte{0, 0xc1}, -2.5},
		{">f2", []byte{0xc1, 0}, -2.5},
		{"<f2", []byte{1, 0}, 0x1p-24},
		{"<f2", []byte{0xff, 0x7b}, 65504},
		{"<f2", []byte{0, 0xfc}, math.Inf(-1)},
		{"|i1", []byte{0xfe}, -2},
		{"|u1", []byte{0xfe}, 254},
		{"<i2", []byte{0xfe, 0xff}, -2},
		{">i2", []byte{0xff, 0xfe}, -2},
		{"<u4", []byte{0xfe, 0xff, 0xff, 0xff}, 4294967294},
		{"<i8", []byte{0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}, -2},
		{"|b1", []byte{1}, 1},
	} {
		r := bytes.NewReader(file("{'descr': '"+c.descr+"', 'fortran_order': False, 'shape': (1,), }", c.bytes...))
		h, err := ReadHeader(r)
		if err != nil {
			t.Errorf("%s: %v", c.descr, err)
			continue
		}
		left := make([]byte, r.Len())
		_, _ = r.Read(left)
		if got := h.Value(left); got != c.want || len(left) != h.Size {
			t.Errorf("%s: %v from %d bytes; want %v", c.descr, got, len(left), c.want)
		}
	}
	r := bytes.NewReader(file("{'descr': '<f2', 'fortran_order': False, 'shape': (), }", 1, 0x7c))
	if h, err := ReadHeader(r); err != nil || !math.IsNaN(h.Value([]byte{1, 0x7c})) || len(h.Shape) != 0 {
		t.Errorf("a half NaN of no axes: %+v, %v", h, err)
	}
}

func TestFaults(t *testing.T) {
	for word, b := range map[string][]byte{
		"is not a .npy file":     []byte("PK\x03\x04 a zip"),
		"type '|O'":              file("{'descr': '|O', 'fortran_order': False, 'shape': (1,), }"),
		"type '<U5'":             file("{'descr': '<U5', 'fortran_order': False, 'shape': (1,), }"),
		"type '<f1'":             file("{'descr': '<f1', 'fortran_order': False, 'shape': (1,), }"),
		"cannot be read":         file("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), }"),
		"type missing":           file("{'fortran_order': False, 'shape': (1,), }"),
		"has no shape":           file("{'descr': '<f4', 'fortran_order': False, }"),
		"does not say its order": file("{'descr': '<f4', 'shape': (1,), }"),
	} {
		_, err := ReadHeader(bytes.NewReader(b))
		if err == nil || !strings.Contains(err.Error(), word) {
			t.Errorf("error %v; want %q in it", err, word)
		}
		if kind := (TypeError{}); strings.HasPrefix(word, "type") && !errors.As(err, &kind) {
			t.Errorf("%v is no TypeError", err)
		}
	}
}

func TestElements(t *testing.T) {
	for _, c := range []struct {
		shape []int64
		want  int64
		fails bool
	}{
		{nil, 1, false},
		{[]int64{4, 25}, 100, false},
		{[]int64{4, 26}, 0, true},
		{[]int64{math.MaxInt64, math.MaxInt64}, 0, true},
		{[]int64{math.MaxInt64, math.MaxInt64, 0}, 0, false},
	} {
		h := Header{Shape: c.shape}
		if got, err := h.Elements(100); got != c.want || (err != nil) != c.fails {
			t.Errorf("%v: %d, %v; want %d", c.shape, got, err, c.want)
		}
	}
	if text := ShapeText([]int64{3}) + ShapeText([]int64{3, 4}); text != "(3,)(3, 4)" {
		t.Error(text)
	}
}

// FuzzReadHeader: what passes is plain numbers, and its values can be read.
func FuzzReadHeader(f *testing.F) {
	f.Add(file("{'descr': '<f4', 'fortran_order': True, 'shape': (2, 3), }"))
	f.Add(file("{'descr': '>i8', 'fortran_order': False, 'shape': (2L,), }"))
	f.Add([]byte("\x93NUMPY\x03\x00\x10\x00\x00\x00{'shape': (1L,)}"))
	f.Fuzz(func(t *testing.T, b []byte) {
		h, err := ReadHeader(bytes.NewReader(b))
		if err != nil {
			return
		}
		if !slices.Contains([]int{1, 2, 4, 8}, h.Size) {
			t.Fatalf("elements of %d bytes", h.Size)
		}
		for _, n := range h.Shape {
			if n < 0 {
				t.Errorf("accepted the shape %v", h.Shape)
			}
		}
		if n, err := h.Elements(1000); err == nil && (n < 0 || n > 1000) {
			t.Errorf("%d elements", n)
		}
		h.Value(make([]byte, 8))
	})
}
