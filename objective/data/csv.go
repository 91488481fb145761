package data

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"evenkeel/objective/data/internal/table"
)

// openCSV reads a table and its test part, if it has one. Classes are the
// distinct labels of the training part, in ascending order of their values if
// all are numbers, else of their bytes. The fingerprint covers the bytes of both
// files, the label's column and the columns that are in fact encoded.
func openCSV(src Source) (*Dataset, error) {
	o := table.Options{Label: cmp.Or(src.Label, DefaultLabel), OneHot: src.OneHot.Columns}
	testFile, err := testFileOf(src)
	if err != nil {
		return nil, err
	}
	if src.OneHot.All {
		if o.OneHot, err = textColumns(src.Path, o.Label); err != nil {
			return nil, err
		}
	}
	h := newFingerprint("csv, preparation 1")
	if err := hashSettings(h, o); err != nil {
		return nil, err
	}
	ds := &Dataset{Source: src.String(), Title: csvTitle(src.Path)}
	train, err := readTable(src.Path, h, func(r io.Reader) (*table.Table, error) { return table.Learn(r, src.Path, o) })
	if err != nil {
		return nil, err
	}
	schema := train.Schema
	if len(schema.Classes) < 2 {
		return nil, fmt.Errorf("%s: every row has the label %q; want at least 2 classes", src.Path, schema.Classes[0])
	}
	if testFile != "" {
		test, err := readTable(testFile, h, func(r io.Reader) (*table.Table, error) { return table.Read(r, testFile, schema) })
		if err != nil {
			return nil, fmt.Errorf("test part: %w", err)
		}
		ds.TestFile = testFile
		ds.Test = Examples{Y: test.Y, numbers: test.X}
	}
	ds.Classes, ds.Columns, ds.Shape = schema.Classes, schema.Names(), []int{schema.Width()}
	ds.Train = Examples{Y: train.Y, numbers: train.X}
	ds.Fingerprint = sum(h)
	return ds, nil
}

// hashSettings adds to the fingerprint what else the numbers depend on.
func hashSettings(h hash.Hash, o table.Options) error {
	b, err := json.Marshal(struct {
		Label  string   `json:"label"`
		OneHot []string `json:"one_hot"`
	}{o.Label, slices.Sorted(slices.Values(o.OneHot))})
	h.Write(b)
	return err
}

// textColumns reads a file for the columns that hold text.
func textColumns(path, label string) (columns []string, err error) {
	f, err := openFile(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return table.TextColumns(f, path, label)
}

// readTable reads a file and adds it, with its length, to the fingerprint.
func readTable(path string, h hash.Hash, read func(io.Reader) (*table.Table, error)) (*table.Table, error) {
	f, err := openFile(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	t, err := read(io.TeeReader(f, h))
	if err != nil {
		return nil, err
	}
	length, err := f.Seek(0, io.SeekCurrent)
	fmt.Fprintf(h, "\n%d bytes\n", length)
	return t, err
}

// testFileOf returns the file with the test part, "" for none.
func testFileOf(src Source) (string, error) {
	switch src.TestFile {
	case NoTestFile:
		return "", nil
	case "":
		if twin := twinOf(src.Path); exists(twin) {
			return twin, nil
		}
		return "", nil
	}
	test, err := os.Stat(src.TestFile)
	if err != nil {
		return "", fmt.Errorf("test file %w", unreadable(src.TestFile, err))
	}
	if train, err := os.Stat(src.Path); err == nil && os.SameFile(train, test) {
		return "", errors.New("the test file is the training file; want another, or none")
	}
	return src.TestFile, nil
}

// WithoutTest reports whether the source is a table that is there and has no test part of
// its own: no test file is named, or none, and there is no file with the twin's name.
func (s Source) WithoutTest() bool {
	if !s.Table() || !exists(s.Path) {
		return false
	}
	file, err := testFileOf(s)
	return err == nil && file == ""
}

// twinOf returns where the test part of a table would be: X_test.csv for
// X_train.csv and for X.csv.
func twinOf(path string) string {
	ext := filepath.Ext(path)
	return strings.TrimSuffix(strings.TrimSuffix(path, ext), "_train") + "_test" + ext
}

// csvTitle returns the name of a table: the file's, without _train and ending.
func csvTitle(path string) string {
	base := baseName(path)
	return strings.TrimSuffix(strings.TrimSuffix(base, filepath.Ext(base)), "_train")
}
