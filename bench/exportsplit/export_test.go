package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"evenkeel/objective"
)

// The wanted bytes are what numpy.lib.format.write_array of NumPy 1.24 writes.
func TestWriteNPY(t *testing.T) {
	var x, y bytes.Buffer
	if err := writeNPY(&x, []float32{0, 1, -2, 0.5, 3, 4}, 2, 3); err != nil {
		t.Fatal(err)
	}
	if err := writeNPY(&y, []uint16{1, 258}, 2); err != nil {
		t.Fatal(err)
	}
	pad := func(header string) string { return header + strings.Repeat(" ", 117-len(header)) + "\n" }
	wantX := "\x93NUMPY\x01\x00\x76\x00" + pad("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }") +
		"\x00\x00\x00\x00\x00\x00\x80\x3f\x00\x00\x00\xc0\x00\x00\x00\x3f\x00\x00\x40\x40\x00\x00\x80\x40"
	if x.String() != wantX {
		t.Errorf("float32:\n%q; want\n%q", x.String(), wantX)
	}
	wantY := "\x93NUMPY\x01\x00\x76\x00" + pad("{'descr': '<u2', 'fortran_order': False, 'shape': (2,), }") +
		"\x01\x00\x02\x01"
	if y.String() != wantY {
		t.Errorf("uint16:\n%q; want\n%q", y.String(), wantY)
	}
	if err := writeNPY(&y, []uint16{1, 2, 3}, 2, 2); err == nil || !strings.Contains(err.Error(), "3 elements for shape [2 2]; want 4") {
		t.Errorf("wrong shape: error %v", err)
	}
}

func TestExport(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new")
	if err := export("embedded", objective.Split{Validation: 0.2, Limit: 10, Seed: 1}, dir); err != nil {
		t.Fatal(err)
	}
	// Sizes by hand: a header of 128 bytes, then 80, 20 and 4,000 examples of
	// 196 float32 or one uint16.
	for name, want := range map[string]int64{
		"train_x.npy": 128 + 80*196*4, "val_x.npy": 128 + 20*196*4, "test_x.npy": 128 + 4000*196*4,
		"train_y.npy": 128 + 80*2, "val_y.npy": 128 + 20*2, "test_y.npy": 128 + 4000*2,
	} {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if info.Size() != want {
			t.Errorf("%s has %d bytes; want %d", name, info.Size(), want)
		}
	}
	b, err := os.ReadFile(filepath.Join(dir, "split.json"))
	if err != nil {
		t.Fatal(err)
	}
	var d description
	if err := json.Unmarshal(b, &d); err != nil {
		t.Fatal(err)
	}
	if d.Source != "embedded" || len(d.Classes) != 10 || d.Split.Limit != 10 {
		t.Errorf("split.json says %+v", d)
	}
	if err := export("nowhere", objective.Split{}, dir); err == nil {
		t.Error("an unknown source is exported")
	}
}
