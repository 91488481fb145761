package idx

import (
	"bytes"
	"compress/gzip"
	"strings"
	"testing"
)

// Two images of 2 rows and 3 columns and their labels, written by hand from
// the format's description.
const (
	twoImages = "\x00\x00\x08\x03" + "\x00\x00\x00\x02" + "\x00\x00\x00\x02" + "\x00\x00\x00\x03" +
		"\x00\x01\x02\x03\x04\x05" + "\xff\xfe\xfd\xfc\xfb\xfa"
	twoLabels = "\x00\x00\x08\x01" + "\x00\x00\x00\x02" + "\x07\x09"
)

func zip(t testing.TB, s string) string {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write([]byte(s)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestReadSet(t *testing.T) {
	for name, files := range map[string][2]string{
		"plain":      {twoImages, twoLabels},
		"compressed": {zip(t, twoImages), zip(t, twoLabels)},
		"mixed":      {zip(t, twoImages), twoLabels},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := ReadSet(strings.NewReader(files[0]), strings.NewReader(files[1]))
			if err != nil {
				t.Fatal(err)
			}
			if s.Height != 2 || s.Width != 3 {
				t.Errorf("images are %d x %d; want 2 x 3", s.Height, s.Width)
			}
			if want := []byte{7, 9}; !bytes.Equal(s.Labels, want) {
				t.Errorf("labels %v; want %v", s.Labels, want)
			}
			if want := []byte{0, 1, 2, 3, 4, 5}; !bytes.Equal(s.Image(0), want) {
				t.Errorf("image 0 is %v; want %v", s.Image(0), want)
			}
			if want := []byte{255, 254, 253, 252, 251, 250}; !bytes.Equal(s.Image(1), want) {
				t.Errorf("image 1 is %v; want %v", s.Image(1), want)
			}
		})
	}
}

func TestReadSetRefuses(t *testing.T) {
	z := zip(t, twoImages)
	for name, c := range map[string]struct{ images, labels, want string }{
		"empty":              {"", twoLabels, "idx images: the file is empty; want an idx header"},
		"header cut":         {twoImages[:9], twoLabels, "the file ends at byte 9, within the header of 16 bytes"},
		"truncated":          {twoImages[:len(twoImages)-1], twoLabels, "the file ends at byte 27, after 11 of 12"},
		"truncated gzip":     {z[:len(z)-9], twoLabels, "the file ends at byte"},
		"broken gzip header": {"\x1f\x8b\x00", twoLabels, "gzip header"},
		"broken gzip sum":    {z[:len(z)-8] + "\x00\x00\x00\x00" + z[len(z)-4:], twoLabels, "checksum"},
		"too long":           {twoImages + "x", twoLabels, "after its 12 elements, from byte 28"},
		"labels as images":   {twoLabels, twoLabels, "byte 3: 1 dimensions; want 3"},
		"images as labels":   {twoImages, twoImages, "idx labels: byte 3: 3 dimensions; want 1"},
		"other type":         {"\x00\x00\x0d\x03" + twoImages[4:], twoLabels, "byte 2: element type 0x0d"},
		"another format":     {"PK" + twoImages[2:], twoLabels, "not an idx file"},
		"no images":          {twoImages[:7] + "\x00" + twoImages[8:], twoLabels, "byte 4: dimension 0 has size 0"},
		"claims too much":    {"\x00\x00\x08\x03\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", twoLabels, "more than 1073741824"},
		"claims 1 GiB":       {"\x00\x00\x08\x03\x00\x00\x04\x00\x00\x00\x04\x00\x00\x00\x04\x00x", twoLabels, "after 1 of 1073741824"},
		"counts differ":      {twoImages, "\x00\x00\x08\x01\x00\x00\x00\x03\x07\x09\x01", "2 images but 3 labels"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := ReadSet(strings.NewReader(c.images), strings.NewReader(c.labels))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v; want one with %q", err, c.want)
			}
		})
	}
}

func FuzzReadSet(f *testing.F) {
	f.Add([]byte(twoImages), []byte(twoLabels))
	f.Add([]byte(zip(f, twoImages)), []byte(zip(f, twoLabels)))
	f.Add([]byte(twoImages[:20]), []byte(twoLabels))
	f.Fuzz(func(t *testing.T, images, labels []byte) {
		s, err := ReadSet(bytes.NewReader(images), bytes.NewReader(labels))
		if err != nil {
			return
		}
		if len(s.Labels) == 0 || len(s.Pixels) != len(s.Labels)*s.Height*s.Width {
			t.Errorf("accepted %d labels and %d pixels for %d x %d", len(s.Labels), len(s.Pixels), s.Height, s.Width)
		}
		s.Image(len(s.Labels) - 1)
	})
}
