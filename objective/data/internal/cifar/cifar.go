package cifar

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Sizes of the format.
const (
	Classes     = 10
	Channels    = 3
	Side        = 32
	pixelBytes  = Channels * Side * Side
	RecordBytes = 1 + pixelBytes
	// BatchRecords is how many records each published file has, and the most
	// that any file may have.
	BatchRecords = 10000
)

// TrainFiles are the files of the training part in their order, TestFile that
// of the test part, NamesFile the one with the class names.
var TrainFiles = [...]string{
	"data_batch_1.bin", "data_batch_2.bin", "data_batch_3.bin", "data_batch_4.bin", "data_batch_5.bin",
}

// The other files.
const (
	TestFile  = "test_batch.bin"
	NamesFile = "batches.meta.txt"
)

// PublishedSHA1 are the SHA-1 sums of the published files, unpacked.
var PublishedSHA1 = map[string]string{
	"data_batch_1.bin": "aadd24acce27caa71bf4b10992e9e7b2d74c2540",
	"data_batch_2.bin": "c0ba65cce70568cd57b4e03e9ac8d2a5367c1795",
	"data_batch_3.bin": "1dd00a74ab1d17a6e7d73e185b69dbf31242f295",
	"data_batch_4.bin": "aab85764eb3584312d3c7f65fd2fd016e36a258e",
	"data_batch_5.bin": "26e2849e66a845b7f1e4614ae70f4889ae604628",
	"test_batch.bin":   "67eb016db431130d61cd03c7ad570b013799c88c",
}

// Names are the classes' names, as batches.meta.txt has them.
var Names = [Classes]string{
	"airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck",
}

// Set is a set of labelled images.
type Set struct {
	// Labels holds the class of each image, Pixels the pixels of one image after the
	// other, Channels x Side x Side each.
	Labels, Pixels []byte
}

// NewSet returns an empty set with room for n images.
func NewSet(n int) *Set {
	return &Set{Labels: make([]byte, 0, n), Pixels: make([]byte, 0, n*pixelBytes)}
}

// ReadBatch adds the records of one file, which it reads to its end, and returns
// their number. It fails, naming the byte (from 0), if the file is empty, ends
// within a record, has a label above 9 or more than [BatchRecords] records.
func (s *Set) ReadBatch(r io.Reader) (records int, err error) {
	b := bufio.NewReaderSize(r, 1<<18)
	var record [RecordBytes]byte
	for {
		got, err := io.ReadFull(b, record[:])
		at := int64(records) * RecordBytes
		switch {
		case errors.Is(err, io.EOF) && records == 0:
			return 0, fmt.Errorf("the file is empty; want records of %d bytes", RecordBytes)
		case errors.Is(err, io.EOF):
			return records, nil
		case errors.Is(err, io.ErrUnexpectedEOF):
			return records, fmt.Errorf("the file ends at byte %d, %d bytes into record %d; want whole records of %d bytes", at+int64(got), got, records, RecordBytes)
		case err != nil:
			return records, fmt.Errorf("byte %d: %w", at+int64(got), err)
		case records == BatchRecords:
			return records, fmt.Errorf("the file has more bytes after record %[2]d, from byte %[1]d; want at most %[2]d records", at, BatchRecords)
		case record[0] >= Classes:
			return records, fmt.Errorf("byte %d: record %d has label %d; want 0 to %d", at, records, record[0], Classes-1)
		}
		s.Labels = append(s.Labels, record[0])
		s.Pixels = append(s.Pixels, record[1:]...)
		records++
	}
}

// maxNames bounds the file with the names.
const maxNames = 1 << 12

// ReadNames reads the names of the ten classes, one a line; blank lines do not
// count.
func ReadNames(r io.Reader) ([]string, error) {
	text, err := io.ReadAll(io.LimitReader(r, maxNames+1))
	switch {
	case err != nil:
		return nil, err
	case len(text) > maxNames:
		return nil, fmt.Errorf("more than %d bytes; want the names of %d classes", maxNames, Classes)
	case !utf8.Valid(text):
		return nil, errors.New("the text is not UTF-8")
	}
	var names []string
	seen := make(map[string]bool)
	for i, line := range strings.Split(string(text), "\n") {
		name := strings.TrimSpace(line)
		switch {
		case name == "":
			continue
		case strings.ContainsFunc(name, func(c rune) bool { return !unicode.IsPrint(c) }):
			return nil, fmt.Errorf("line %d: %q is not a printable name", i+1, name)
		case seen[name]:
			return nil, fmt.Errorf("line %d: class %q occurs twice", i+1, name)
		}
		seen[name] = true
		names = append(names, name)
	}
	if len(names) != Classes {
		return nil, fmt.Errorf("%d class names; want %d, one a line", len(names), Classes)
	}
	return names, nil
}
