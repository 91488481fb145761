//go:build linux

package main

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// A dataBomb is a file that claims or holds too much, or is no file.
type dataBomb struct {
	name string
	// file is its name, by whose ending commands choose the reader.
	file string
	// valid says that it may be accepted.
	valid bool
	text  func() []byte
}

// dataBombs are read as logits, as labels and as a table.
var dataBombs = []dataBomb{
	{"npy of 1e18 rows", "x.npy", false, func() []byte { return npyFile("<f4", "(1000000000000000000, 3)", make([]float32, 30)) }},
	{"npy beyond integers", "x.npy", false, func() []byte { return npyFile("<f4", "(99999999999999999999999999, 3)", make([]float32, 30)) }},
	{"npy whose size wraps", "x.npy", false, func() []byte { return npyFile("<f4", "(4611686018427387905, 4)", make([]float32, 4)) }},
	{"npy of negative rows", "x.npy", false, func() []byte { return npyFile("<f4", "(-10, 3)", make([]float32, 30)) }},
	{"npy of no rows", "x.npy", false, func() []byte { return npyFile("<f4", "(0, 3)", nil) }},
	{"npy of many dimensions", "x.npy", false, func() []byte { return npyFile("<f4", "("+strings.Repeat("1, ", 10_000)+")", make([]float32, 1)) }},
	{"npy of objects", "x.npy", false, func() []byte { return npyFile("|O", "(10, 3)", make([]float32, 30)) }},
	{"npy, cut", "x.npy", false, func() []byte { return npyFile("<f8", "(10, 3)", make([]float32, 30)) }},
	{"npy, header of 4 GB", "x.npy", false, func() []byte { return []byte("\x93NUMPY\x02\x00\xff\xff\xff\xff{'descr'") }},
	{"npy, header in headers", "x.npy", false, func() []byte { return npyFile("<f4", strings.Repeat("(", 10_000), nil) }},
	{"npz of a gigabyte of zeros", "x.npz", false, func() []byte { return zipBomb("logits.npy", 1<<30) }},
	{"npz that lies of its size", "x.npz", false, lyingZip},
	{"npz of 100,000 names", "x.npz", false, manyInZip},
	{"npz, cut", "x.npz", false, func() []byte { return zipBomb("logits.npy", 1<<10)[:100] }},
	{"csv of one long line", "x.csv", false, func() []byte { return bytes.Repeat([]byte("1,"), 5<<20) }},
	{"csv of one long word", "x.csv", false, func() []byte { return append([]byte("a,label\n"), bytes.Repeat([]byte("x"), 10<<20)...) }},
	{"csv of quotes", "x.csv", false, func() []byte { return append([]byte("a,label\n"), bytes.Repeat([]byte(`"`), 3<<20+1)...) }},
	{"csv of line breaks", "x.csv", false, func() []byte { return bytes.Repeat([]byte("\n"), 10<<20) }},
	{"csv of commas", "x.csv", false, func() []byte { return bytes.Repeat([]byte(","), 10<<20) }},
	{"csv of NUL", "x.csv", false, func() []byte { return make([]byte, 1<<20) }},
	{"csv of as many classes as rows", "x.csv", true, manyLabels},
	{"csv with escapes", "x.csv", true, func() []byte {
		return []byte("\x1b[2J,label\n" + strings.Repeat("1,\x1b]0;owned\x07\n2,\u202eb\n", 100))
	}},
	{"csv of infinities", "x.csv", false, func() []byte { return []byte("a,label\n" + strings.Repeat("1e999,x\n-inf,y\nNaN,z\n", 50)) }},
	{"gzip of a gigabyte of zeros", "x.csv", false, func() []byte { return gzipOf(zeros(1 << 30)) }},
	{"gzip, cut", "x.csv", false, func() []byte { return gzipOf(strings.NewReader("a,label\n1,x\n"))[:15] }},
	{"nothing", "x.csv", false, func() []byte { return nil }},
}

// dataBombed reads a file in every way in which its name may be read.
func dataBombed(t *trial) error {
	c := dataBombs[(t.number-1)%len(dataBombs)]
	path, labels := filepath.Join(t.folder, c.file), filepath.Join(t.folder, "labels.csv")
	if err := os.WriteFile(path, c.text(), 0o600); err != nil {
		return err
	}
	if err := os.WriteFile(labels, []byte("y\n0\n1\n2\n"), 0o600); err != nil {
		return err
	}
	statuses := []int{1, 2}
	if c.valid {
		statuses = []int{0, 1, 2}
	}
	for _, args := range [][]string{{"offsets", path, labels}, {"offsets", labels, path}, {"data", "inspect", "csv:" + path}} {
		if err := t.bounded(statuses, args...); err != nil {
			return fmt.Errorf("%s: %w", c.name, err)
		}
	}
	return nil
}

// folderBombs are folders of images.
var folderBombs = []struct {
	name, kind string
	write      func(folder string) error
}{
	{"idx of 4e9 images", "idx", idx(0x803, 0xffffffff, 28, 28)},
	{"idx whose size wraps", "idx", idx(0x803, 0xffffffff, 0xffffffff, 0xffffffff)},
	{"idx of no images", "idx", idx(0x803, 0, 28, 28)},
	{"idx of images of nothing", "idx", idx(0x803, 10, 0, 0)},
	{"idx of another type", "idx", idx(0x80d, 10, 28, 28)},
	{"idx, gzip bomb", "idx", func(folder string) error {
		head := binary.BigEndian.AppendUint32(nil, 0x803)
		for _, n := range []uint32{1 << 20, 32, 32} {
			head = binary.BigEndian.AppendUint32(head, n)
		}
		bomb := gzipOf(io.MultiReader(bytes.NewReader(head), zeros(1<<30)))
		return os.WriteFile(filepath.Join(folder, "train-images-idx3-ubyte.gz"), bomb, 0o600)
	}},
	{"idx, pipe", "idx", func(folder string) error {
		return syscall.Mkfifo(filepath.Join(folder, "train-images-idx3-ubyte"), 0o600)
	}},
	{"cifar10, cut", "cifar10", func(folder string) error {
		return os.WriteFile(filepath.Join(folder, "data_batch_1.bin"), make([]byte, 3072), 0o600)
	}},
	{"cifar10 of devices", "cifar10", func(folder string) error {
		for _, name := range []string{"batches.meta.txt", "data_batch_1.bin", "data_batch_2.bin", "data_batch_3.bin", "data_batch_4.bin", "data_batch_5.bin", "test_batch.bin"} {
			if err := os.Symlink("/dev/zero", filepath.Join(folder, name)); err != nil {
				return err
			}
		}
		return nil
	}},
	{"csv, pipe", "csv", func(folder string) error { return syscall.Mkfifo(filepath.Join(folder, "x.csv"), 0o600) }},
}

// folderBomb reads a folder of images.
func folderBomb(t *trial) error {
	c := folderBombs[(t.number-1)%len(folderBombs)]
	folder := filepath.Join(t.folder, "images")
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	if err := c.write(folder); err != nil {
		return err
	}
	if c.kind == "csv" {
		folder = filepath.Join(folder, "x.csv")
	}
	if err := t.bounded([]int{1, 2}, "data", "inspect", c.kind+":"+folder); err != nil {
		return fmt.Errorf("%s: %w", c.name, err)
	}
	return nil
}

// idx writes files of images with such a header, and labels.
func idx(magic uint32, sizes ...uint32) func(string) error {
	return func(folder string) error {
		head := binary.BigEndian.AppendUint32(nil, magic)
		for _, n := range sizes {
			head = binary.BigEndian.AppendUint32(head, n)
		}
		if err := os.WriteFile(filepath.Join(folder, "train-images-idx3-ubyte"), append(head, make([]byte, 10_000)...), 0o600); err != nil {
			return err
		}
		labels := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, 0x801), sizes[0])
		return os.WriteFile(filepath.Join(folder, "train-labels-idx1-ubyte"), append(labels, make([]byte, 10)...), 0o600)
	}
}

// zeros are so many bytes of 0.
func zeros(n int64) io.Reader { return io.LimitReader(endlessZeros{}, n) }

type endlessZeros struct{}

func (endlessZeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

// gzipOf compresses.
func gzipOf(r io.Reader) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = io.Copy(w, r) // to a buffer
	_ = w.Close()        // of a buffer
	return b.Bytes()
}

// zipBomb is an archive with an array of so many bytes of 0.
func zipBomb(name string, size int64) []byte {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	f, err := w.Create(name)
	if err == nil {
		_, _ = f.Write(npyFile("<f4", fmt.Sprintf("(%d, 2)", size/8), nil)) // to a buffer
		_, _ = io.Copy(f, zeros(size))                                      // to a buffer
	}
	_ = w.Close() // of a buffer
	return b.Bytes()
}

// lyingZip has an array that is longer than the archive says.
func lyingZip() []byte {
	b := zipBomb("logits.npy", 1<<20)
	// The sizes are in the directory at the end, after its mark and 24 bytes more.
	if at := bytes.LastIndex(b, []byte("PK\x01\x02")); at >= 0 {
		binary.LittleEndian.PutUint32(b[at+24:], 100)
	}
	return b
}

// manyInZip has many small members.
func manyInZip() []byte {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for i := range 100_000 {
		_, _ = w.Create(fmt.Sprintf("arr_%d.npy", i)) // in a buffer
	}
	_ = w.Close() // of a buffer
	return b.Bytes()
}

// manyLabels is a table in which every row is a class of its own.
func manyLabels() []byte {
	var b bytes.Buffer
	b.WriteString("a,label\n")
	for i := range 200_000 {
		fmt.Fprintf(&b, "%d,c%d\n", i, i)
	}
	return b.Bytes()
}
