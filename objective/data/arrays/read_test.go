package arrays

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"evenkeel/objective/internal/npy"
)

// npyOf returns a .npy file as numpy writes it; put writes one element.
func npyOf[T any](descr, fortran string, shape []int64, values []T, put func([]byte, T) []byte) []byte {
	head := fmt.Sprintf("{'descr': '%s', 'fortran_order': %s, 'shape': %s, }\n", descr, fortran, npy.ShapeText(shape))
	b := append([]byte("\x93NUMPY\x01\x00"), binary.LittleEndian.AppendUint16(nil, uint16(len(head)))...)
	b = append(b, head...)
	for _, v := range values {
		b = put(b, v)
	}
	return b
}

func f4(b []byte, v float32) []byte { return binary.LittleEndian.AppendUint32(b, math.Float32bits(v)) }
func i8(b []byte, v int64) []byte   { return binary.LittleEndian.AppendUint64(b, uint64(v)) }

// npzOf returns a .npz file.
func npzOf(t testing.TB, method uint16, files map[string][]byte) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range slices.Sorted(func(yield func(string) bool) {
		for name := range files {
			if !yield(name) {
				return
			}
		}
	}) {
		w, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: method})
		if err == nil {
			_, err = w.Write(files[name])
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// The example of the tests: three examples of two classes.
var (
	someLogits = []float32{1, -2, 3.5, 0, -1, 4}
	someLabels = []int64{0, 0, 1}
	logitsNpy  = npyOf("<f4", "False", []int64{3, 2}, someLogits, f4)
	labelsNpy  = npyOf("<i8", "False", []int64{3}, someLabels, i8)
)

// files puts files into a folder and returns it.
func files(t testing.TB, content map[string][]byte) string {
	t.Helper()
	dir := t.TempDir()
	for name, b := range content {
		if err := os.WriteFile(filepath.Join(dir, name), b, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestRead(t *testing.T) {
	swap := func(b []byte, old, new string) []byte { return bytes.Replace(b, []byte(old), []byte(new), 1) }
	dir := files(t, map[string][]byte{
		"x.npy":       logitsNpy,
		"y.npy":       labelsNpy,
		"y1.npy":      npyOf("|u1", "False", []int64{3, 1}, someLabels, func(b []byte, v int64) []byte { return append(b, byte(v)) }),
		"yb.npy":      npyOf("|b1", "False", []int64{3}, someLabels, func(b []byte, v int64) []byte { return append(b, byte(v)) }),
		"yf.npy":      npyOf("<f4", "False", []int64{3}, []float32{0, 0, 1}, f4),
		"fortran.npy": npyOf("<f4", "True", []int64{3, 2}, []float32{1, 3.5, -1, -2, 0, 4}, f4),
		"big.npy": npyOf(">f8", "False", []int64{3, 2}, someLogits, func(b []byte, v float32) []byte {
			return binary.BigEndian.AppendUint64(b, math.Float64bits(float64(v)))
		}),
		"half.npy":     npyOf("<f2", "False", []int64{3, 2}, []uint16{0x3c00, 0xc000, 0x4300, 0, 0xbc00, 0x4400}, binary.LittleEndian.AppendUint16),
		"v2.npy":       slices.Concat(logitsNpy[:6], []byte{2, 0}, logitsNpy[8:10], []byte{0, 0}, logitsNpy[10:]),
		"both.npz":     npzOf(t, zip.Store, map[string][]byte{"logits.npy": logitsNpy, "labels.npy": labelsNpy}),
		"deflated.npz": npzOf(t, zip.Deflate, map[string][]byte{"logits.npy": logitsNpy, "labels.npy": labelsNpy}),
		"one.npz":      npzOf(t, zip.Deflate, map[string][]byte{"arr_0.npy": logitsNpy}),
		"x.csv":        []byte("1,-2\n3.5,0\n-1,4e0\n"),
		"x.CSV":        []byte("\ufeff1, -2\r\n3.5, 0\r\n-1, 4\r\n"),
		"named.csv":    []byte("dog,cat\n1,-2\n3.5,0\n-1,4\n"),
		"y.csv":        []byte("0\n0\n1\n"),
		"savetxt.csv":  []byte("0.000000000000000000e+00\n0.000000000000000000e+00\n1.000000000000000000e+00\n"),
		"header.csv":   []byte("label\n0\n0\n1\n"),
		"names.csv":    []byte("cat\ncat\ndog\n"),
		"swapped.csv":  []byte("label\ndog\ndog\ncat\n"),
		"digits.csv":   []byte("3\n3\n8\n"),
		"i4.npy":       swap(npyOf("<i4", "False", []int64{3, 2}, []uint32{1, 0xfffffffe, 3, 0, 0xffffffff, 4}, binary.LittleEndian.AppendUint32), "", ""),
	})
	numbers, catDog, dogCat := []string{"0", "1"}, []string{"cat", "dog"}, []string{"dog", "cat"}
	for _, c := range []struct {
		logits, labels string
		options        []string
		names          []string
		source         NameSource
	}{
		{"x.npy", "y.npy", nil, numbers, FromNumbers},
		{"x.npy", "y1.npy", nil, numbers, FromNumbers},
		{"x.npy", "yb.npy", nil, numbers, FromNumbers},
		{"x.npy", "yf.npy", nil, numbers, FromNumbers},
		{"fortran.npy", "y.npy", nil, numbers, FromNumbers},
		{"big.npy", "y.npy", nil, numbers, FromNumbers},
		{"half.npy", "y.csv", nil, numbers, FromNumbers},
		{"v2.npy", "y.csv", nil, numbers, FromNumbers},
		{"both.npz", "", nil, numbers, FromNumbers},
		{"deflated.npz", "deflated.npz", nil, numbers, FromNumbers},
		{"one.npz", "both.npz", nil, numbers, FromNumbers},
		{"x.csv", "y.csv", nil, numbers, FromNumbers},
		{"x.csv", "savetxt.csv", catDog, catDog, FromOptions},
		{"x.CSV", "header.csv", nil, numbers, FromNumbers},
		{"x.csv", "names.csv", nil, catDog, FromLabels},
		{"x.npy", "names.csv", catDog, catDog, FromOptions},
		{"x.npy", "swapped.csv", dogCat, dogCat, FromOptions},
		{"named.csv", "swapped.csv", nil, dogCat, FromHeader},
		{"named.csv", "y.npy", nil, dogCat, FromHeader},
		{"x.npy", "digits.csv", []string{"3", "8"}, []string{"3", "8"}, FromOptions},
	} {
		labels := ""
		if c.labels != "" {
			labels = filepath.Join(dir, c.labels)
		}
		p, err := Read(filepath.Join(dir, c.logits), labels, Options{Names: c.options, Least: 1})
		if err != nil {
			t.Errorf("%s %s: %v", c.logits, c.labels, err)
			continue
		}
		if p.Classes != 2 || !slices.Equal(p.Logits, someLogits) || !slices.Equal(p.Labels, []uint16{0, 0, 1}) ||
			!slices.Equal(p.Names, c.names) || p.Source != c.source {
			t.Errorf("%s %s: %+v; want the names %v from %s", c.logits, c.labels, p, c.names, c.source)
		}
	}
	p, err := Read(filepath.Join(dir, "i4.npy"), filepath.Join(dir, "y.npy"), Options{})
	if err != nil || !slices.Equal(p.Logits, []float32{1, -2, 3, 0, -1, 4}) {
		t.Errorf("integer logits: %+v, %v", p, err)
	}
}

// TestReadRefuses: every fault names the file and the place.
func TestReadRefuses(t *testing.T) {
	nan := slices.Clone(someLogits)
	nan[3] = float32(math.NaN())
	infinite := slices.Clone(someLogits)
	infinite[5] = float32(math.Inf(-1))
	pair := func(shape ...int64) []byte { return npyOf("<f4", "False", shape, someLogits, f4) }
	classes := func(values ...int64) []byte {
		return npyOf("<i8", "False", []int64{int64(len(values))}, values, i8)
	}
	claims := npzOf(t, zip.Deflate, map[string][]byte{"logits.npy": append(npyOf("<f4", "False", []int64{1 << 25, 2}, someLogits, f4), make([]byte, 1<<20)...)})
	bomb := npzOf(t, zip.Deflate, map[string][]byte{"logits.npy": append(slices.Clone(logitsNpy), make([]byte, 1<<20)...)})
	for _, c := range []struct {
		x, y []byte // .csv if not .npy or .npz
		word string
	}{
		{[]byte("1,2\n2,1\n"), []byte("dog\n\"c\x1b[2Jat\nx\"\n"), `a class is named "c\x1b[2Jat\nx" (the labels`},
		{[]byte("dog,\"c\rat\"\n1,2\n2,1\n"), []byte("0\n1\n"), `a class is named "c\rat" (the header of the logits)`},
		{logitsNpy, classes(0, 1), "x.npy has 3 rows and y.npy has 2; want the same examples in the same order"},
		{npyOf("<f4", "False", []int64{3, 2}, nan, f4), labelsNpy, "x.npy: row 1, column 1 (from 0) is NaN; want a finite number"},
		{npyOf("<f4", "False", []int64{3, 2}, infinite, f4), labelsNpy, "row 2, column 1 (from 0) is -Inf; want a finite number of at most 3e38 in magnitude; of a probability of 0"},
		{npyOf("<f8", "False", []int64{1, 2}, []float64{1, 1e300}, func(b []byte, v float64) []byte {
			return binary.LittleEndian.AppendUint64(b, math.Float64bits(v))
		}), classes(0), "row 0, column 1 (from 0) is +Inf"},
		{logitsNpy, classes(0, 1, 2), "y.npy: row 2 (from 0) is class 2; want 0 to 1, since there are 2 columns of logits"},
		{logitsNpy, classes(0, -1, 1), "row 1 (from 0) is class -1; want 0 to 1"},
		{logitsNpy, classes(1, 1, 2), "the labels of y.npy are from 1 to 2; want 0 to 1: save labels - 1"},
		{logitsNpy, npyOf("<f4", "False", []int64{3}, []float32{0, 0.5, 1}, f4), "row 1 (from 0) is 0.5; want the number of a class"},
		{logitsNpy, classes(0, 0, 0), "y.npy has 0 examples of class 1 (1); want at least 1 of every class"},
		{logitsNpy, pair(3, 2), "y.npy has the shape (3, 2); want one class for each example, (3,): of one-hot rows numpy.argmax"},
		{pair(6), labelsNpy, "x.npy has the shape (6,); want one column for each class"},
		{pair(6, 1), labelsNpy, "want one column for each class: of a decision d between two"},
		{pair(3, 2, 1), labelsNpy, "x.npy has the shape (3, 2, 1); want one row an example"},
		{npyOf("<f4", "False", []int64{0, 2}, nil, f4), labelsNpy, "x.npy has no rows (shape (0, 2))"},
		{npyOf("|O", "False", []int64{3, 2}, nil, f4), labelsNpy, "elements of type '|O'; want float32, float64 or an integer type; objects would have to be unpickled"},
		{logitsNpy, npyOf("<U5", "False", []int64{3}, nil, f4), "type '<U5'; want float32, float64 or an integer type; of names save numpy.unique"},
		{npyOf("<f4", "False", []int64{1 << 30, 3}, someLogits, f4), labelsNpy, "x.npy has more than 67108864 elements"},
		{npyOf("<f4", "False", []int64{1 << 20, 3}, someLogits, f4), labelsNpy, "want 12582912 more than its header for the shape (1048576, 3)"},
		{append(slices.Clone(logitsNpy), 0), labelsNpy, "x.npy has more bytes than the 6 elements of its shape"},
		{logitsNpy[:5], labelsNpy, "x.npy is not a .npy file"},
		{npzOf(t, zip.Store, map[string][]byte{"a.npy": logitsNpy, "b.npy": labelsNpy}), labelsNpy, `x.npz has the arrays "a", "b"; want one named logits`},
		{npzOf(t, zip.Store, map[string][]byte{"logits.npy": logitsNpy}), nil, `x.npz has the arrays "logits"; want one named labels`},
		{[]byte("PK\x03\x04 no more"), labelsNpy, "x.npz is not a .npz file"},
		{bomb, labelsNpy, "x.npz: logits has more bytes than the 6 elements of its shape"},
		{claims, labelsNpy, "x.npz: logits has 1048"},
		{logitsNpy, nil, "there are no labels for x.npy; want a second file"},
		{[]byte("1,2\n3\n"), labelsNpy, "x.csv:2:1: 1 columns; want 2, as in the first row"},
		{[]byte("1,2\n3,nan\n1,2\n"), labelsNpy, `x.csv:2:3: "nan" is not a finite number; want one in every column`},
		{[]byte("1,2\n3,\n1,2\n"), labelsNpy, `x.csv:2:3: "" is not a finite number`},
		{[]byte("a,2\n3,4\n1,2\n"), labelsNpy, `x.csv:1:1: "a" is not a finite number; want one in every column, or a name in every column`},
		{[]byte("1e40,2\n"), labelsNpy, `"1e40" is not a finite number`},
		{[]byte("1 2\n3 4\n"), labelsNpy, `x.csv:1:1: "1 2" is one field; want commas between columns: numpy.savetxt`},
		{[]byte(",a,b\n0,1,2\n"), labelsNpy, "the first column has no name; if it numbers the rows, save without it: to_csv(file, index=False)"},
		{[]byte("a,a\n1,2\n1,2\n1,2\n"), labelsNpy, `the name "a" of a class (the header of the logits) is empty or there twice`},
		{[]byte("0,1\n1,-2\n3.5,0\n-1,4\n"), labelsNpy, "x.csv has 4 rows and y.npy has 3; want the same examples in the same order; the first row, 0, 1, ..., may be a header"},
		{[]byte("a,b\n"), labelsNpy, "x.csv has no rows (shape (0, 2))"},
		{[]byte(""), labelsNpy, "x.csv has no rows (shape (0, 0))"},
		{logitsNpy, []byte("cat\ndog\ncat\ndog\n"), "x.npy has 3 rows and y.csv has 4"},
		{logitsNpy, []byte("0\n0\n1\n1\n"), "x.npy has 3 rows and y.csv has 4"},
		{logitsNpy, []byte("cat\ndog\nbird\n"), "y.csv has 3 different labels (bird, cat, dog) for 2 columns of logits; want as many, or --names"},
		{logitsNpy, []byte("0,cat\n1,dog\n2,cat\n"), "y.csv:1:1: 2 columns; want one, the class of each example"},
		{logitsNpy, []byte("0\n1\n7\n"), "y.csv:3 is class 7; want 0 to 1"},
		{[]byte("0.5,0.5\n1,0\n0.001,0.99\n"), labelsNpy, "x.csv has probabilities, not logits: all rows are from 0 to 1 and add up to 1; want their log"},
		{[]byte("\x1f\x8b\x08"), labelsNpy, "x.csv: the file is compressed"},
	} {
		ending := func(b []byte) string {
			switch {
			case bytes.HasPrefix(b, []byte("\x93NUM")):
				return ".npy"
			case bytes.HasPrefix(b, []byte("PK")):
				return ".npz"
			}
			return ".csv"
		}
		x, y := "x"+ending(c.x), "y"+ending(c.y)
		dir := files(t, map[string][]byte{x: c.x, y: c.y})
		labels := filepath.Join(dir, y)
		if c.y == nil {
			labels = ""
		}
		_, err := Read(filepath.Join(dir, x), labels, Options{})
		if err == nil || !strings.Contains(err.Error(), c.word) || strings.Contains(err.Error(), dir) {
			t.Errorf("error %v; want %q in it", err, c.word)
		}
	}
	dir := files(t, map[string][]byte{"x.npy": logitsNpy, "y.npy": labelsNpy, "y.csv": []byte("cat\ncat\nbrid\n"), "x.pt": nil})
	x, y := filepath.Join(dir, "x.npy"), filepath.Join(dir, "y.npy")
	for _, c := range []struct {
		logits, labels string
		options        Options
		word           string
	}{
		{x, y, Options{Names: []string{"a"}}, "1 names of classes for the 2 columns of x.npy; want as many"},
		{x, y, Options{Names: []string{"a", "a"}}, `the name "a" of a class (as given) is empty or there twice`},
		{x, filepath.Join(dir, "y.csv"), Options{Names: []string{"bird", "cat"}}, `y.csv:3: "brid" is none of the classes bird, cat (as given)`},
		{x, y, Options{Probabilities: true}, "x.npy: row 0 (from 0) is not probabilities (sum -1)"},
		{x, y, Options{Least: 6}, "y.npy has 2 examples of class 0 (0); want at least 6 of every class"},
		{filepath.Join(dir, "x.pt"), y, Options{}, "a pickled file is not opened"},
		{filepath.Join(dir, "none.npy"), y, Options{}, "none.npy: no such file"},
		{x, dir + ".npy", Options{}, "no such file"},
	} {
		if _, err := Read(c.logits, c.labels, c.options); err == nil || !strings.Contains(err.Error(), c.word) {
			t.Errorf("error %v; want %q in it", err, c.word)
		}
	}
}

// TestHeaderOfTenGigabytes: what a header claims costs nothing.
func TestHeaderOfTenGigabytes(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "x.npy")
	head := npyOf("<f4", "False", []int64{1 << 25, 80}, nil, f4)
	if err := os.WriteFile(name, head, 0o666); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(name, 10<<30); err != nil { // a sparse file
		t.Fatal(err)
	}
	before := testing.AllocsPerRun(1, func() {
		if _, err := readNpyFile(name); err == nil || !strings.Contains(err.Error(), "more than") {
			t.Errorf("error %v", err)
		}
	})
	if before > 1000 {
		t.Errorf("%v allocations for a header", before)
	}
}

func TestProbabilities(t *testing.T) {
	dir := files(t, map[string][]byte{"x.csv": []byte("0.25,0.75\n1,0\n0.5,0.5\n"), "y.npy": labelsNpy})
	p, err := Read(filepath.Join(dir, "x.csv"), filepath.Join(dir, "y.npy"), Options{Probabilities: true})
	if err != nil {
		t.Fatal(err)
	}
	want := []float64{math.Log(0.25), math.Log(0.75), 0, math.Log(1e-12), math.Log(0.5), math.Log(0.5)}
	for i, v := range p.Logits {
		if v != float32(want[i]) {
			t.Errorf("logit %d is %v; want %v", i, v, want[i])
		}
	}
	if p.Floored != 1 {
		t.Errorf("%d probabilities raised to the floor; want 1", p.Floored)
	}
}

// FuzzArray: any bytes give an error or an array that is whole and finite.
func FuzzArray(f *testing.F) {
	f.Add(logitsNpy, true)
	f.Add(npyOf("<f4", "True", []int64{3, 2}, someLogits, f4), true)
	f.Add(npzOf(f, zip.Deflate, map[string][]byte{"logits.npy": logitsNpy, "labels.npy": labelsNpy}), false)
	f.Add(npzOf(f, zip.Store, map[string][]byte{"arr_0.npy": logitsNpy}), false)
	f.Fuzz(func(t *testing.T, b []byte, plain bool) {
		var a *array
		var err error
		if plain {
			a, err = readNpy(bytes.NewReader(b), "x", int64(len(b)))
		} else {
			a, err = parseNpz(bytes.NewReader(b), int64(len(b)), "x", logitsName)
		}
		if err != nil {
			return
		}
		if len(a.values) != a.rows()*a.columns() {
			t.Errorf("%d values of the shape %v", len(a.values), a.shape)
		}
		if err := a.finite(); err != nil {
			t.Error(err)
		}
	})
}

// FuzzCSV: a table is whole, and labels that fit it are classes.
func FuzzCSV(f *testing.F) {
	f.Add("a,b\n1,2\n", "x\n0\n")
	f.Add("1,2\n3,4\n", "cat\ndog\n")
	f.Add("\"1\",2\r\n", "\"a,b\"\n")
	f.Fuzz(func(t *testing.T, x, y string) {
		a, header, err := parseCSV(strings.NewReader(x), "x.csv")
		if err != nil || len(a.values) == 0 || a.columns() < 2 {
			return
		}
		if len(a.values) != a.rows()*a.columns() || header != nil && len(header) != a.columns() {
			t.Fatalf("%d values of the shape %v, header %q", len(a.values), a.shape, header)
		}
		p := &Pair{Classes: a.columns(), Logits: a.values}
		labels, err := parseTexts(strings.NewReader(y), "y.csv")
		if err != nil || p.setNames(a, header, nil) != nil || p.fromTexts(labels, a) != nil {
			return
		}
		if len(p.Labels) != a.rows() || len(p.Names) != p.Classes {
			t.Errorf("%d labels of %d rows, names %q", len(p.Labels), a.rows(), p.Names)
		}
		for _, c := range p.Labels {
			if int(c) >= p.Classes {
				t.Errorf("label %d of %d classes", c, p.Classes)
			}
		}
	})
}

// FuzzRead: any two files, whatever their names end with, give an error, or logits and labels
// that belong together.
func FuzzRead(f *testing.F) {
	f.Add(logitsNpy, labelsNpy, uint8(0), uint8(0), "", false)
	f.Add([]byte("a,b\n1,2\n3,4\n"), []byte("y\na\nb\n"), uint8(2), uint8(2), "a,b", false)
	f.Add([]byte(".5,.5\n0,1\n"), []byte("0\n1\n"), uint8(2), uint8(2), "", true)
	f.Add(npzOf(f, zip.Deflate, map[string][]byte{"logits.npy": logitsNpy, "labels.npy": labelsNpy}), labelsNpy, uint8(1), uint8(0), "", false)
	f.Add(logitsNpy, []byte("0\n1\n1\n"), uint8(0), uint8(2), "x,y", false)
	endings := []string{".npy", ".npz", ".csv", ""}
	f.Fuzz(func(t *testing.T, logits, labels []byte, ending, second uint8, names string, probabilities bool) {
		folder := t.TempDir()
		a := filepath.Join(folder, "logits"+endings[int(ending)%len(endings)])
		b := filepath.Join(folder, "labels"+endings[int(second)%len(endings)])
		if err := errors.Join(os.WriteFile(a, logits, 0o600), os.WriteFile(b, labels, 0o600)); err != nil {
			t.Fatal(err)
		}
		o := Options{Probabilities: probabilities, Least: 1}
		if names != "" {
			o.Names = strings.Split(names, ",")
		}
		p, err := Read(a, b, o)
		if err != nil {
			return
		}
		if p.Classes < 2 || len(p.Logits) != p.Classes*len(p.Labels) || len(p.Names) != p.Classes || len(p.Labels) == 0 {
			t.Fatalf("%d logits and %d labels of %d classes, names %q", len(p.Logits), len(p.Labels), p.Classes, p.Names)
		}
		of := make([]int, p.Classes)
		for _, l := range p.Labels {
			of[l]++
		}
		for i, v := range p.Logits {
			if math.IsNaN(float64(v)) || math.IsInf(float64(v), 0) {
				t.Fatalf("logit %d is %v", i, v)
			}
		}
		if slices.Min(of) < 1 {
			t.Errorf("examples of each class: %v", of)
		}
	})
}
