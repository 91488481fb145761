package process

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

// npyHeader is the header of a .npy file: it describes the array.
type npyHeader struct {
	kind  byte // 'f' float, 'i' integer, 'u' unsigned integer
	size  int  // bytes of an element
	shape []int64
}

// The limits of what is read of a .npy file: numpy itself refuses headers of
// more than 10,000 bytes, and 2^28 float32 are a GiB.
const (
	maxNpyHeader   = 10_000
	maxNpyElements = 1 << 28
)

var npyMagic = []byte("\x93NUMPY")

// npyDict is the header's text, a Python dictionary as numpy writes it.
var (
	npyDict  = regexp.MustCompile(`^\{((?:\s*'(?:descr|fortran_order|shape)'\s*:\s*(?:'[^']*'|True|False|\([0-9L,\s]*\))\s*,?)*)\s*\}\s*$`)
	npyEntry = regexp.MustCompile(`'(descr|fortran_order|shape)'\s*:\s*('[^']*'|True|False|\([0-9L,\s]*\))`)
	npyType  = regexp.MustCompile(`^([<|=>])([fiub])(1|2|4|8)$`)
)

// readNpyHeader reads the header of a .npy file, format versions 1 to 3, and
// leaves r at the data. Only arrays that are little-endian, in C order and of a
// plain numeric type pass.
func readNpyHeader(r io.Reader) (npyHeader, error) {
	var h npyHeader
	start := make([]byte, 8)
	if _, err := io.ReadFull(r, start); err != nil || !bytes.Equal(start[:6], npyMagic) {
		return h, fmt.Errorf("is not a .npy file")
	}
	width := 4
	switch start[6] {
	case 1:
		width = 2
	case 2, 3:
	default:
		return h, fmt.Errorf("has .npy format version %d.%d; want 1 to 3", start[6], start[7])
	}
	length := make([]byte, 4)
	if _, err := io.ReadFull(r, length[:width]); err != nil {
		return h, fmt.Errorf("ends within its header")
	}
	n := binary.LittleEndian.Uint32(length)
	if n > maxNpyHeader {
		return h, fmt.Errorf("has a header of %d bytes; want at most %d", n, maxNpyHeader)
	}
	text := make([]byte, n)
	if _, err := io.ReadFull(r, text); err != nil {
		return h, fmt.Errorf("ends within its header")
	}
	return parseNpyHeader(string(text))
}

// parseNpyHeader reads the header's dictionary.
func parseNpyHeader(text string) (npyHeader, error) {
	var h npyHeader
	inner := npyDict.FindStringSubmatch(text)
	if inner == nil {
		return h, fmt.Errorf("has a header that cannot be read: %s", abridged(strings.TrimSpace(text)))
	}
	found := map[string]string{}
	for _, entry := range npyEntry.FindAllStringSubmatch(inner[1], -1) {
		found[entry[1]] = entry[2]
	}
	kind := npyType.FindStringSubmatch(strings.Trim(found["descr"], "'"))
	switch {
	case kind == nil || kind[2] == "b" || kind[2] == "f" && kind[3] < "4":
		return h, fmt.Errorf("has elements of type %s; want float32, float64 or an integer type", orMissing(found["descr"]))
	case kind[1] == ">":
		return h, fmt.Errorf("has big-endian elements; save array.astype(array.dtype.newbyteorder('<'))")
	case !strings.HasPrefix(found["shape"], "("):
		return h, fmt.Errorf("has no shape in its header")
	}
	h.kind, h.size = kind[2][0], int(kind[3][0]-'0')
	for word := range strings.SplitSeq(strings.Trim(found["shape"], "()"), ",") {
		word = strings.TrimSuffix(strings.TrimSpace(word), "L") // as Python 2 wrote it
		if word == "" {
			continue // the comma of (n,)
		}
		n, err := strconv.ParseInt(word, 10, 64)
		if err != nil {
			return h, fmt.Errorf("has the shape %s", abridged(found["shape"]))
		}
		h.shape = append(h.shape, n)
	}
	switch found["fortran_order"] {
	case "False":
	case "True":
		if len(h.shape) > 1 {
			return h, fmt.Errorf("is in Fortran order; save numpy.ascontiguousarray(array)")
		}
	default:
		return h, fmt.Errorf("does not say its order (fortran_order) in its header")
	}
	return h, nil
}

// readNpy opens an array of exactly the given shape and hands its elements, in
// chunks of whole ones, to take.
func readNpy(dir *folder, name string, shape []int64, take func(h npyHeader, chunk []byte) error) error {
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
		if len(h.shape) != len(shape) || h.shape[i] != n {
			return fmt.Errorf("%s has the shape %s; want %s", name, shapeText(h.shape), shapeText(shape))
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
	if have, want := length-at, elements*int64(h.size); have != want {
		return fmt.Errorf("%s has %d bytes of elements; want %d for the shape %s", name, have, want, shapeText(shape))
	}
	chunk := make([]byte, min(64<<10, elements*int64(h.size)))
	for left := elements * int64(h.size); left > 0; left -= int64(len(chunk)) {
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

// shapeText writes a shape as numpy does.
func shapeText(shape []int64) string {
	words := make([]string, len(shape))
	for i, n := range shape {
		words[i] = strconv.FormatInt(n, 10)
	}
	if len(words) == 1 {
		return "(" + words[0] + ",)"
	}
	return "(" + strings.Join(words, ", ") + ")"
}

// readScores reads examples x classes scores, row by row.
func readScores(dir *folder, name string, examples int64, classes int) ([]float32, error) {
	var scores []float32
	err := readNpy(dir, name, []int64{examples, int64(classes)}, func(h npyHeader, chunk []byte) error {
		if h.kind != 'f' {
			return fmt.Errorf("has integer elements; want float32")
		}
		if scores == nil {
			scores = make([]float32, 0, examples*int64(classes))
		}
		for ; len(chunk) > 0; chunk = chunk[h.size:] {
			var v float32
			if h.size == 4 {
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
	return scores, err
}

// readClasses reads a class for each example.
func readClasses(dir *folder, name string, examples int64, classes int) ([]uint16, error) {
	var labels []uint16
	err := readNpy(dir, name, []int64{examples}, func(h npyHeader, chunk []byte) error {
		if h.kind == 'f' {
			return fmt.Errorf("has real elements; want uint16")
		}
		if labels == nil {
			labels = make([]uint16, 0, examples)
		}
		for ; len(chunk) > 0; chunk = chunk[h.size:] {
			// A negative number is a huge one here, and refused like one.
			var v uint64
			for i := h.size - 1; i >= 0; i-- {
				v = v<<8 | uint64(chunk[i])
			}
			if v >= uint64(classes) {
				return fmt.Errorf("has a class for example %d that is not from 0 below %d", len(labels), classes)
			}
			labels = append(labels, uint16(v))
		}
		return nil
	})
	return labels, err
}
