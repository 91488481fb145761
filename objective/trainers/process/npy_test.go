//go:build unix

package process

import (
	"bytes"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"evenkeel/objective"
)

// testFolder is a run's folder with the given files in it.
func testFolder(t testing.TB, files map[string][]byte) *folder {
	t.Helper()
	s := scratch{path: t.TempDir()}
	f, err := s.folder("run")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(f.remove)
	for name, b := range files {
		if err := os.WriteFile(filepath.Join(f.path, name), b, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return f
}

func TestReadClassesOfEveryIntegerType(t *testing.T) {
	want := []uint16{0, 2, 1}
	files := map[string][]byte{
		"u1": npyFile("|u1", []int{3}, []uint8{0, 2, 1}),
		"i1": npyFile("|i1", []int{3}, []uint8{0, 2, 1}),
		"u2": npyFile("<u2", []int{3}, []uint16{0, 2, 1}),
		"i2": npyFile("<i2", []int{3}, []uint16{0, 2, 1}),
		"u4": npyFile("<u4", []int{3}, []int32{0, 2, 1}),
		"i4": npyFile("<i4", []int{3}, []int32{0, 2, 1}),
		"u8": npyFile("<u8", []int{3}, []int64{0, 2, 1}),
		"i8": npyFile("<i8", []int{3}, []int64{0, 2, 1}),
	}
	dir := testFolder(t, files)
	for name := range files {
		got, err := readClasses(dir, name, 3, 3)
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: %v, %v; want %v", name, got, err, want)
		}
	}
}

func TestReadScoresOfBothRealTypes(t *testing.T) {
	v2 := npyFile("<f4", []int{2, 2}, []float32{1, -2, 3.5, 0})
	// The same in format version 2: four bytes of header length.
	v2 = slices.Concat(v2[:6], []byte{2, 0}, v2[8:10], []byte{0, 0}, v2[10:])
	files := map[string][]byte{
		"f4": npyFile("<f4", []int{2, 2}, []float32{1, -2, 3.5, 0}),
		"f8": npyFile("<f8", []int{2, 2}, []float64{1, -2, 3.5, 0}),
		"v2": v2,
	}
	dir := testFolder(t, files)
	for name := range files {
		got, err := readScores(dir, name, 2, 2)
		if err != nil || !slices.Equal(got, []float32{1, -2, 3.5, 0}) {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
}

// TestScoresThatOnlyResembleProbabilitiesPass: one row that is none is enough.
func TestScoresThatOnlyResembleProbabilitiesPass(t *testing.T) {
	for _, scores := range [][]float32{
		{.25, .75, .5, .6},
		{.25, .75, 1.5, -.5},
		{.25, .75, .5, .498},
		{-1.4, -.3, -.7, -.7}, // their logs
	} {
		dir := testFolder(t, map[string][]byte{"x.npy": npyFile("<f4", []int{2, 2}, scores)})
		if got, err := readScores(dir, "x.npy", 2, 2); err != nil || !slices.Equal(got, scores) {
			t.Errorf("%v: %v, %v", scores, got, err)
		}
	}
}

func TestReadNpyRefuses(t *testing.T) {
	good := npyFile("<f4", []int{2, 2}, []float32{1, -2, 3.5, 0})
	swap := func(old, new string) []byte { return bytes.Replace(good, []byte(old), []byte(new), 1) }
	for word, file := range map[string][]byte{
		"is not a .npy file":         []byte("PK\x03\x04 a zip"),
		"format version 4.0":         slices.Concat(good[:6], []byte{4, 0}, good[8:]),
		"ends within its header":     good[:40],
		"a header of 65535 bytes":    slices.Concat(good[:8], []byte{255, 255}, good[10:]),
		"cannot be read":             swap("{", "["),
		"elements of type '<c8'":     swap("<f4", "<c8"),
		"elements of type '|O'":      swap("'<f4'", "'|O' "),
		"elements of type '<f2'":     swap("<f4", "<f2"),
		"big-endian":                 swap("<f4", ">f4"),
		"is in Fortran order":        swap("False", "True "),
		"shape (2, 3); want (2, 2)":  swap("(2, 2)", "(2, 3)"),
		"shape (4,); want (2, 2)":    swap("(2, 2)", "(4,)  "),
		"has the shape (999":         swap("(2, 2), }  ", "(99999999999999999999, 2), }"),
		"14 bytes of elements; want": good[:len(good)-2],
		"17 bytes of elements; want": append(slices.Clone(good), 0),
		"integer elements":           swap("<f4", "<i4"),
		"want finite scores":         npyFile("<f8", []int{2, 2}, []float64{1, 1e300, 0, 0}),
		"probabilities, not logits":  npyFile("<f4", []int{2, 2}, []float32{.25, .75, 1, 0.0009}),
		"has NaN for example 1":      npyFile("<f4", []int{2, 2}, []float32{1, 1, 1, float32(math.NaN())}),
	} {
		dir := testFolder(t, map[string][]byte{"x.npy": file})
		if got, err := readScores(dir, "x.npy", 2, 2); err == nil || !strings.Contains(err.Error(), word) {
			t.Errorf("read %v, error %v; want an error with %q", got, err, word)
		}
	}
	for word, file := range map[string][]byte{
		"example 1 that is not from 0 below 3": npyFile("<u2", []int{2}, []uint16{0, 3}),
		"example 0 that is not from 0 below 3": npyFile("<i8", []int{2}, []int64{-1, 0}),
		"real elements":                        npyFile("<f4", []int{2}, []float32{0, 1}),
	} {
		dir := testFolder(t, map[string][]byte{"x.npy": file})
		if got, err := readClasses(dir, "x.npy", 2, 3); err == nil || !strings.Contains(err.Error(), word) {
			t.Errorf("read %v, error %v; want an error with %q", got, err, word)
		}
	}
}

// TestSparseFileCostsNothing: a file can claim to be huge at no cost, and is
// refused before any memory is taken. What the history cannot record is refused, and what is just
// short of that is not.
func TestSparseFileCostsNothing(t *testing.T) {
	const examples = 1 << 30
	head := npyFile("<f4", []int{examples, 2}, []float32{})
	dir := testFolder(t, map[string][]byte{"x.npy": head})
	if err := os.Truncate(filepath.Join(dir.path, "x.npy"), int64(len(head))+8*examples); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		examples int64
		words    []string
	}{
		{examples, []string{"8.6 GB", "1.00 GB", "at most 124500000 examples"}},
		{objective.MaxScores/2 + 1, []string{"1.0 GB", "at most 124500000 examples, or predictions without scores"}},
		{objective.MaxScores / 2, []string{"x.npy has the shape"}},
	} {
		_, err := readScores(dir, "x.npy", c.examples, 2)
		for _, w := range c.words {
			if err == nil || !strings.Contains(err.Error(), w) {
				t.Errorf("%d examples: %v; want an error with %q", c.examples, err, w)
			}
		}
	}
	if _, err := readClasses(dir, "x.npy", examples, 2); err == nil {
		t.Error("so many labels were read")
	}
}

func FuzzReadNpyHeader(f *testing.F) {
	f.Add(npyFile("<f4", []int{2, 2}, []float32{1, -2, 3.5, 0}))
	f.Add(npyFile("<i8", []int{3}, []int64{1, -2, 3}))
	f.Add([]byte("\x93NUMPY\x03\x00\x10\x00\x00\x00{'shape': (1L,)}"))
	f.Fuzz(func(t *testing.T, b []byte) {
		h, err := readNpyHeader(bytes.NewReader(b))
		if err != nil {
			return
		}
		if h.Size < 1 || h.Size > 8 || !strings.ContainsRune("fiu", rune(h.Kind)) {
			t.Errorf("accepted type %c%d", h.Kind, h.Size)
		}
		for _, n := range h.Shape {
			if n < 0 {
				t.Errorf("accepted shape %v", h.Shape)
			}
		}
	})
}
