package arrays

import (
	"archive/zip"
	"bufio"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"evenkeel/objective/internal/npy"
)

// MaxElements is the most numbers of one array: 256 MiB, such as 50,000 examples of 1,000
// classes.
const MaxElements = 1 << 26

// The names of the arrays of a .npz file.
const (
	logitsName = "logits"
	labelsName = "labels"
)

// array is the numbers of one array of one or two axes.
type array struct {
	// name is the file, and for .npz the array: val.npz: logits.
	name  string
	shape []int64
	// values are row by row. float32 holds every class number exactly.
	values []float32
}

// rows and columns return the sizes; an array of one axis has one column.
func (a *array) rows() int { return int(a.shape[0]) }

func (a *array) columns() int {
	if len(a.shape) == 1 {
		return 1
	}
	return int(a.shape[1])
}

// place says where element i is.
func (a *array) place(i int) string {
	if a.columns() == 1 {
		return fmt.Sprintf("%s: row %d (from 0)", a.name, i)
	}
	return fmt.Sprintf("%s: row %d, column %d (from 0)", a.name, i/a.columns(), i%a.columns())
}

// open opens a regular file and returns its length.
func open(name string) (*os.File, int64, error) {
	info, err := os.Stat(name)
	if err == nil && !info.Mode().IsRegular() {
		return nil, 0, fmt.Errorf("%s is not a regular file", name)
	}
	if err != nil {
		var p *os.PathError
		if errors.As(err, &p) {
			err = p.Err
		}
		return nil, 0, fmt.Errorf("%s: %w", name, err)
	}
	f, err := os.Open(name)
	return f, info.Size(), err
}

// readNpyFile reads a .npy file.
func readNpyFile(name string) (*array, error) {
	f, length, err := open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return readNpy(f, filepath.Base(name), length)
}

// readNpz reads the array of a .npz file with the given name, or the only one that there
// is.
func readNpz(name, want string) (*array, error) {
	f, length, err := open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return parseNpz(f, length, filepath.Base(name), want)
}

// parseNpz is readNpz of a reader.
func parseNpz(f io.ReaderAt, length int64, base, want string) (*array, error) {
	z, err := zip.NewReader(f, length)
	if err != nil {
		return nil, fmt.Errorf("%s is not a .npz file: %w", base, err)
	}
	var names []string
	for _, entry := range z.File {
		names = append(names, strings.TrimSuffix(entry.Name, ".npy"))
	}
	at := slices.Index(names, want)
	if at < 0 && len(names) == 1 && names[0] != logitsName && names[0] != labelsName {
		at = 0
	}
	if at < 0 {
		return nil, fmt.Errorf("%s has the arrays %s; want one named %s: numpy.savez(file, logits=..., labels=...)",
			base, listed(names), want)
	}
	entry := z.File[at]
	r, err := entry.Open()
	if err != nil {
		return nil, fmt.Errorf("%s: %s: %w", base, names[at], err)
	}
	defer r.Close()
	// The length that the archive claims need not be the true one: what is read decides.
	return readNpy(r, base+": "+names[at], int64(min(entry.UncompressedSize64, math.MaxInt64)))
}

// listed writes names that come from outside, the first few.
func listed(names []string) string {
	const most = 6
	if len(names) == 0 {
		return "(none)"
	}
	var words []string
	for _, n := range names[:min(len(names), most)] {
		words = append(words, fmt.Sprintf("%.30q", path.Base(n)))
	}
	if len(names) > most {
		words = append(words, "...")
	}
	return strings.Join(words, ", ")
}

// readNpy reads an array of numbers from a file of so many bytes.
func readNpy(r io.Reader, name string, length int64) (*array, error) {
	h, err := npy.ReadHeader(r)
	var kind npy.TypeError
	switch {
	case errors.As(err, &kind):
		return nil, fmt.Errorf("%s %w%s", name, err, cure(kind.Type))
	case err != nil:
		return nil, fmt.Errorf("%s %w", name, err)
	case len(h.Shape) < 1 || len(h.Shape) > 2:
		return nil, fmt.Errorf("%s has the shape %s; want one row an example", name, npy.ShapeText(h.Shape))
	}
	elements, err := h.Elements(MaxElements)
	if err != nil {
		return nil, fmt.Errorf("%s %w", name, err)
	}
	if want := elements * int64(h.Size); length < want {
		return nil, fmt.Errorf("%s has %d bytes; want %d more than its header for the shape %s", name, length, want, npy.ShapeText(h.Shape))
	}
	a := &array{name: name, shape: h.Shape}
	if a.values, err = readElements(bufio.NewReaderSize(r, 1<<16), &h, elements); err != nil {
		return nil, fmt.Errorf("%s %w", name, err)
	}
	if h.Fortran {
		a.values = transposed(a.values, a.rows(), a.columns())
	}
	return a, a.finite()
}

// readElements reads so many elements, and that nothing follows.
func readElements(r io.Reader, h *npy.Header, elements int64) ([]float32, error) {
	var values []float32
	chunk := make([]byte, 4096*h.Size)
	for left := elements; left > 0; {
		chunk = chunk[:min(int64(len(chunk)), left*int64(h.Size))]
		if _, err := io.ReadFull(r, chunk); err != nil {
			return nil, fmt.Errorf("ends after %d of %d elements: %w", len(values), elements, err)
		}
		for b := chunk; len(b) > 0; b = b[h.Size:] {
			values = append(values, float32(h.Value(b))) // infinite if too large
		}
		left = elements - int64(len(values))
	}
	switch _, err := io.ReadFull(r, chunk[:1]); {
	case err == nil:
		return nil, fmt.Errorf("has more bytes than the %d elements of its shape", elements)
	case !errors.Is(err, io.EOF):
		return nil, fmt.Errorf("is damaged: %w", err)
	}
	return values, nil
}

// cure says how to save elements of another type; empty where nothing can be said.
func cure(descr string) string {
	switch {
	case strings.Contains(descr, "O"):
		return "; objects would have to be unpickled, which is not done: save numpy.asarray(array, dtype='float32'), " +
			"or for names numpy.unique(labels, return_inverse=True)[1]"
	case strings.Contains(descr, "U") || strings.Contains(descr, "S"):
		return "; of names save numpy.unique(labels, return_inverse=True)[1], or a .csv file"
	}
	return ""
}

// transposed returns the values of columns, one after the other, row by row.
func transposed(values []float32, rows, columns int) []float32 {
	out := make([]float32, len(values))
	for c := range columns {
		for r := range rows {
			out[r*columns+c] = values[c*rows+r]
		}
	}
	return out
}

// finite returns an error about the first element that is not a finite number.
func (a *array) finite() error {
	for i, v := range a.values {
		if f := float64(v); math.IsNaN(f) || math.IsInf(f, 0) {
			return fmt.Errorf("%s is %v; want a finite number of at most 3e38 in magnitude%s", a.place(i), v, floorHint(f))
		}
	}
	return nil
}

// floorHint says where an infinite logit usually comes from.
func floorHint(v float64) string {
	if math.IsInf(v, -1) {
		return "; of a probability of 0 take the log of 1e-12"
	}
	return ""
}
