package npy

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"regexp"
	"strconv"
	"strings"
)

// Kind is what the elements of an array are.
type Kind byte

// The kinds of elements.
const (
	Bool     Kind = 'b'
	Float    Kind = 'f'
	Integer  Kind = 'i'
	Unsigned Kind = 'u'
)

// Header is what the header of a .npy file says of the array in it.
type Header struct {
	Kind Kind
	// Size is the number of bytes of an element.
	Size int
	// BigEndian and Fortran say how the elements are stored: the highest byte first, the
	// first axis fastest.
	BigEndian, Fortran bool
	Shape              []int64
	// Type is NumPy's name of the type of the elements, as '<f4'.
	Type string
}

// maxHeader is the most bytes of a header's text; numpy itself refuses more.
const maxHeader = 10_000

// magic is how a .npy file begins.
var magic = []byte("\x93NUMPY")

// The header's text is a Python dictionary as numpy writes it.
var (
	dict     = regexp.MustCompile(`^\{((?:\s*'(?:descr|fortran_order|shape)'\s*:\s*(?:'[^']*'|True|False|\([0-9L,\s]*\))\s*,?)*)\s*\}\s*$`)
	entry    = regexp.MustCompile(`'(descr|fortran_order|shape)'\s*:\s*('[^']*'|True|False|\([0-9L,\s]*\))`)
	elements = regexp.MustCompile(`^([<|=>])([fiub])(1|2|4|8)$`)
)

// ReadHeader reads the header of a .npy file and leaves r at the elements. The error is a
// clause that follows the name of the file: is not a .npy file.
func ReadHeader(r io.Reader) (Header, error) {
	start := make([]byte, 8)
	if _, err := io.ReadFull(r, start); err != nil || !bytes.Equal(start[:6], magic) {
		return Header{}, fmt.Errorf("is not a .npy file")
	}
	width := 4
	switch start[6] {
	case 1:
		width = 2
	case 2, 3:
	default:
		return Header{}, fmt.Errorf("has .npy format version %d.%d; want 1 to 3", start[6], start[7])
	}
	length := make([]byte, 4)
	if _, err := io.ReadFull(r, length[:width]); err != nil {
		return Header{}, fmt.Errorf("ends within its header")
	}
	n := binary.LittleEndian.Uint32(length)
	if n > maxHeader {
		return Header{}, fmt.Errorf("has a header of %d bytes; want at most %d", n, maxHeader)
	}
	text := make([]byte, n)
	if _, err := io.ReadFull(r, text); err != nil {
		return Header{}, fmt.Errorf("ends within its header")
	}
	return parse(string(text))
}

// parse reads the header's dictionary.
func parse(text string) (Header, error) {
	var h Header
	inner := dict.FindStringSubmatch(text)
	if inner == nil {
		return h, fmt.Errorf("has a header that cannot be read: %s", abridged(strings.TrimSpace(text)))
	}
	found := map[string]string{}
	for _, e := range entry.FindAllStringSubmatch(inner[1], -1) {
		found[e[1]] = e[2]
	}
	h.Type = found["descr"]
	if h.Type == "" {
		h.Type = "missing"
	}
	kind := elements.FindStringSubmatch(strings.Trim(h.Type, "'"))
	switch {
	case kind == nil || kind[2] == "f" && kind[3] == "1" || kind[2] == "b" && kind[3] != "1":
		return h, TypeError{Type: h.Type}
	case !strings.HasPrefix(found["shape"], "("):
		return h, fmt.Errorf("has no shape in its header")
	}
	h.Kind, h.Size, h.BigEndian = Kind(kind[2][0]), int(kind[3][0]-'0'), kind[1] == ">"
	for word := range strings.SplitSeq(strings.Trim(found["shape"], "()"), ",") {
		word = strings.TrimSuffix(strings.TrimSpace(word), "L") // as Python 2 wrote it
		if word == "" {
			continue // the comma of (n,)
		}
		n, err := strconv.ParseInt(word, 10, 64)
		if err != nil {
			return h, fmt.Errorf("has the shape %s", abridged(found["shape"]))
		}
		h.Shape = append(h.Shape, n)
	}
	switch found["fortran_order"] {
	case "False":
	case "True":
		h.Fortran = len(h.Shape) > 1
	default:
		return h, fmt.Errorf("does not say its order (fortran_order) in its header")
	}
	return h, nil
}

// TypeError says that elements are not plain numbers: objects, texts, complex numbers,
// records. Type is NumPy's name of the type, with its quotes.
type TypeError struct{ Type string }

// Error says which elements there are, and what would be right.
func (e TypeError) Error() string {
	return fmt.Sprintf("has elements of type %s; want float32, float64 or an integer type", abridged(e.Type))
}

// Elements returns the number of elements of the shape, or an error if there are more
// than most.
func (h *Header) Elements(most int64) (int64, error) {
	elements := int64(1)
	for _, n := range h.Shape {
		if n == 0 {
			return 0, nil
		}
	}
	for _, n := range h.Shape {
		if n > most/elements {
			return 0, fmt.Errorf("has more than %d elements", most)
		}
		elements *= n
	}
	return elements, nil
}

// Bits returns the bits of the element that b begins with.
func (h *Header) Bits(b []byte) uint64 {
	var v uint64
	for i := range h.Size {
		if h.BigEndian {
			v = v<<8 | uint64(b[i])
		} else {
			v |= uint64(b[i]) << (8 * i)
		}
	}
	return v
}

// Value returns the element that b begins with as a number; one of more than 53 bits is
// rounded.
func (h *Header) Value(b []byte) float64 {
	v := h.Bits(b)
	switch h.Kind {
	case Integer:
		unused := 64 - 8*h.Size
		return float64(int64(v<<unused) >> unused)
	case Float:
		switch h.Size {
		case 2:
			return half(uint16(v))
		case 4:
			return float64(math.Float32frombits(uint32(v)))
		}
		return math.Float64frombits(v)
	}
	return float64(v)
}

// half returns a number of IEEE 754's binary16.
func half(v uint16) float64 {
	exponent, fraction := int(v>>10&31), float64(v&1023)
	var x float64
	switch exponent {
	case 0:
		x = math.Ldexp(fraction, -24)
	case 31:
		if x = math.Inf(1); fraction != 0 {
			return math.NaN()
		}
	default:
		x = math.Ldexp(1024+fraction, exponent-25)
	}
	if v>>15 == 1 {
		return -x
	}
	return x
}

// ShapeText writes a shape as numpy does.
func ShapeText(shape []int64) string {
	words := make([]string, len(shape))
	for i, n := range shape {
		words[i] = strconv.FormatInt(n, 10)
	}
	if len(words) == 1 {
		return "(" + words[0] + ",)"
	}
	return "(" + strings.Join(words, ", ") + ")"
}

// abridged shortens a text that comes from outside.
func abridged(s string) string {
	const most = 40
	if len(s) > most {
		return strings.ToValidUTF8(s[:most], "") + "..."
	}
	return s
}
