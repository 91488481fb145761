package cifar

import (
	"bytes"
	"io"
	"slices"
	"strings"
	"testing"
)

// record returns a record with a label and one pixel value.
func record(label, pixel byte) string {
	return string(label) + strings.Repeat(string([]byte{pixel}), pixelBytes)
}

func TestReadBatch(t *testing.T) {
	s := NewSet(0)
	for i, text := range []string{record(3, 0) + record(9, 255), record(0, 7)} {
		n, err := s.ReadBatch(strings.NewReader(text))
		if err != nil || n != 2-i {
			t.Fatalf("file %d: %d records (%v); want %d", i, n, err, 2-i)
		}
	}
	if !bytes.Equal(s.Labels, []byte{3, 9, 0}) {
		t.Errorf("labels %v; want 3, 9, 0", s.Labels)
	}
	for i, want := range []byte{0, 255, 7} {
		if got := s.Pixels[i*pixelBytes : (i+1)*pixelBytes]; !bytes.Equal(got, bytes.Repeat([]byte{want}, pixelBytes)) {
			t.Errorf("image %d is not all %d", i, want)
		}
	}
}

func TestReadBatchRefuses(t *testing.T) {
	two := record(3, 0) + record(9, 1)
	for name, c := range map[string]struct {
		r    io.Reader
		want string
	}{
		"empty":      {strings.NewReader(""), "the file is empty; want records of 3073 bytes"},
		"truncated":  {strings.NewReader(two[:6000]), "the file ends at byte 6000, 2927 bytes into record 1; want whole records of 3073 bytes"},
		"one byte":   {strings.NewReader("\x01"), "the file ends at byte 1, 1 bytes into record 0; want whole records of 3073 bytes"},
		"mislabeled": {strings.NewReader(two + record(10, 0)), "byte 6146: record 2 has label 10; want 0 to 9"},
		"oversized":  {zeros{}, "the file has more bytes after record 10000, from byte 30730000; want at most 10000 records"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := new(Set).ReadBatch(c.r)
			if err == nil || err.Error() != c.want {
				t.Errorf("error %v; want %s", err, c.want)
			}
		})
	}
}

// zeros is a file without end.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

func TestReadNames(t *testing.T) {
	text := strings.Join(Names[:], "\n") + "\n\n" // as published
	got, err := ReadNames(strings.NewReader(text))
	if err != nil || !slices.Equal(got, Names[:]) {
		t.Errorf("names %v (%v); want %v", got, err, Names)
	}
	for text, want := range map[string]string{
		"a\nb\n":                         "2 class names; want 10, one a line",
		"":                               "0 class names; want 10, one a line",
		"a\nb\na\n":                      `line 3: class "a" occurs twice`,
		"a\x1b[2J\n":                     `line 1: "a\x1b[2J" is not a printable name`,
		"\xff":                           "the text is not UTF-8",
		strings.Repeat("x", maxNames+10): "more than 4096 bytes; want the names of 10 classes",
	} {
		if _, err := ReadNames(strings.NewReader(text)); err == nil || err.Error() != want {
			t.Errorf("%.20q: error %v; want %s", text, err, want)
		}
	}
}

// FuzzReadBatch checks that what is accepted is whole records, byte for byte.
func FuzzReadBatch(f *testing.F) {
	f.Add([]byte(record(3, 0) + record(9, 255)))
	f.Add([]byte(record(10, 0)))
	f.Add([]byte(record(1, 1)[:100]))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, text []byte) {
		s := NewSet(1)
		n, err := s.ReadBatch(bytes.NewReader(text))
		if err != nil {
			if strings.ContainsAny(err.Error(), "\n\r") {
				t.Fatalf("error %q; want one line", err)
			}
			return
		}
		if n*RecordBytes != len(text) || len(s.Labels) != n || len(s.Pixels) != n*pixelBytes {
			t.Fatalf("%d records, %d labels, %d pixels of %d bytes", n, len(s.Labels), len(s.Pixels), len(text))
		}
		for i, label := range s.Labels {
			if label >= Classes || !bytes.Equal(text[i*RecordBytes+1:(i+1)*RecordBytes], s.Pixels[i*pixelBytes:(i+1)*pixelBytes]) {
				t.Fatalf("record %d is not what was read", i)
			}
		}
	})
}

func FuzzReadNames(f *testing.F) {
	f.Add(strings.Join(Names[:], "\n"))
	f.Add("a\nb\n\x00\xff")
	f.Fuzz(func(t *testing.T, text string) {
		names, err := ReadNames(strings.NewReader(text))
		if err != nil {
			return
		}
		if len(names) != Classes || strings.ContainsAny(strings.Join(names, ""), "\n\r") {
			t.Fatalf("accepted %q", names)
		}
	})
}
