package fashion

import (
	"bytes"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"evenkeel/objective/data/internal/idx"
)

// small is a layout that is quick to make and to damage.
var small = Layout{Train: 2, Test: 1}

// randomSet returns images of random pixels with the labels 0, 1, .. 9, 0, ..
func randomSet(seed uint64, perClass int) *idx.Set {
	rng := rand.New(rand.NewPCG(seed, 0))
	s := &idx.Set{Height: 28, Width: 28}
	for i := range Classes * perClass {
		s.Labels = append(s.Labels, byte(i%Classes))
		for range 28 * 28 {
			s.Pixels = append(s.Pixels, byte(rng.Uint32()))
		}
	}
	return s
}

func smallFile(t testing.TB) []byte {
	t.Helper()
	raw, err := encode(randomSet(1, 3), randomSet(2, 2), small)
	if err != nil {
		t.Fatal(err)
	}
	return compress(t, raw)
}

func compress(t testing.TB, raw []byte) []byte {
	t.Helper()
	file, err := Compress(raw)
	if err != nil {
		t.Fatal(err)
	}
	return file
}

// Every sum of four pixels, against rounding in floating point.
func TestShrinkRule(t *testing.T) {
	image := make([]byte, 28*28)
	for sum := range 4*255 + 1 {
		rest := sum
		for _, i := range []int{0, 1, 28, 29} {
			image[i] = byte(min(rest, 255))
			rest -= int(image[i])
		}
		mean := math.Floor(float64(sum)/4 + 0.5)
		want := byte(math.Floor(mean/17 + 0.5))
		if got := shrink(image)[0]; got != want {
			t.Errorf("pixels that sum to %d give level %d; want %d", sum, got, want)
		}
	}
}

// A pixel reaches the level of its own block and no other.
func TestShrinkPlaces(t *testing.T) {
	for y := range 28 {
		for x := range 28 {
			image := make([]byte, 28*28)
			image[y*28+x] = 255 // a mean of 64, level 4
			var want [Side * Side]byte
			want[y/2*14+x/2] = 4
			if shrink(image) != want {
				t.Fatalf("pixel in row %d, column %d does not go to its block", y, x)
			}
		}
	}
}

func TestPackByHand(t *testing.T) {
	var levels [Side * Side]byte
	levels[0], levels[Side] = 1, 2    // column 0, rows 0 and 1
	levels[1], levels[Side+1] = 3, 15 // column 1, rows 0 and 1
	levels[13*Side+13] = 9            // the last corner
	b := pack(nil, &levels)
	if len(b) != 98 || b[0] != 0x12 || b[7] != 0x3f || b[97] != 0x09 {
		t.Errorf("packed to %d bytes % x", len(b), b)
	}
}

func TestEncodeDecode(t *testing.T) {
	train, test := randomSet(1, 3), randomSet(2, 2)
	s, err := Decode(smallFile(t), small)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range []struct {
		set      *idx.Set
		part     Part
		perClass int
	}{{train, s.Train, 2}, {test, s.Test, 1}} {
		n := Classes * p.perClass
		if !slices.Equal(p.part.Labels, p.set.Labels[:n]) {
			t.Errorf("labels %v; want %v", p.part.Labels, p.set.Labels[:n])
		}
		for i := range n {
			want := shrink(p.set.Image(i))
			if got := p.part.Levels[i*196 : (i+1)*196]; !bytes.Equal(got, want[:]) {
				t.Fatalf("image %d is\n%v; want\n%v", i, got, want)
			}
		}
	}
}

func TestFirstOfEachClass(t *testing.T) {
	labels := []byte{3, 3, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 9}
	got, err := firstOfEachClass(labels, 1)
	if want := []int{0, 2, 3, 4, 6, 7, 8, 9, 10, 11}; err != nil || !slices.Equal(got, want) {
		t.Errorf("chose %v, %v; want %v", got, err, want)
	}
	for _, c := range []struct {
		labels []byte
		want   string
	}{
		{labels[:11], "0 examples of class 9; want at least 1"},
		{[]byte{0, 10}, "example 1 is of class 10"},
	} {
		if _, err := firstOfEachClass(c.labels, 1); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("labels %v: error %v; want one with %q", c.labels, err, c.want)
		}
	}
}

func TestDecodeRefuses(t *testing.T) {
	good := smallFile(t)
	s, err := Decode(good, small)
	if err != nil {
		t.Fatal(err)
	}
	changed := func(i int, b byte) []byte {
		raw := bytes.Clone(s.Raw)
		raw[i] = b
		return compress(t, raw)
	}
	for name, c := range map[string]struct {
		file []byte
		want string
	}{
		"empty":           {nil, "gzip header"},
		"not gzip":        {[]byte("PK\x03\x04 and so on and on"), "gzip header"},
		"cut short":       {good[:len(good)/2], "cut short after"},
		"sum cut off":     {good[:len(good)-8], "cut short after"},
		"flipped sum":     {append(bytes.Clone(good[:len(good)-8]), 0, 0, 0, 0, 0, 0, 0, 0), "damaged"},
		"too little":      {compress(t, s.Raw[:len(s.Raw)-1]), "2969 bytes; want 2970"},
		"too much":        {compress(t, append(bytes.Clone(s.Raw), 0)), "more than 2970 bytes"},
		"expands a lot":   {compress(t, make([]byte, 1<<24)), "more than 2970 bytes"},
		"bytes behind":    {append(bytes.Clone(good), 1, 2), "2 bytes follow"},
		"unknown class":   {changed(0, 10), "training part: example 0 is of class 10; want 0 to 9"},
		"unbalanced":      {changed(0, 1), "training part: 1 examples of class 0; want 2"},
		"unbalanced test": {changed(20, 1), "test part: 0 examples of class 0; want 1"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := Decode(c.file, small); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v; want one with %q", err, c.want)
			}
		})
	}
}

func TestBuildRefuses(t *testing.T) {
	dir := t.TempDir()
	if _, err := Build(dir); err == nil || !strings.Contains(err.Error(), "dataset-fashion-mnist") {
		t.Errorf("an empty folder: error %v; want one that names the package to install", err)
	}
	path := filepath.Join(dir, official[0].name)
	if err := os.WriteFile(path, []byte("other"), 0o600); err != nil {
		t.Fatal(err)
	}
	// SHA-256 of "other", from sha256sum.
	const sum = "d9298a10d1b0735837dc4bd85dac641b0f3cef27a47e5d53a54f2f3f5b2fcffa"
	if _, err := Build(dir); err == nil || !strings.Contains(err.Error(), sum) || !strings.Contains(err.Error(), official[0].sha256) {
		t.Errorf("another file: error %v; want one with both checksums", err)
	}
}

func TestEncodeRefuses(t *testing.T) {
	if _, err := encode(&idx.Set{Height: 14, Width: 28}, nil, small); err == nil || !strings.Contains(err.Error(), "14 x 28 pixels; want 28 x 28") {
		t.Errorf("wrong size: error %v", err)
	}
	if _, err := encode(randomSet(1, 2), randomSet(2, 1), Layout{Train: 2, Test: 2}); err == nil || !strings.Contains(err.Error(), "test labels: 1 examples of class 0") {
		t.Errorf("too few: error %v", err)
	}
}

// FuzzDecode feeds damaged files.
func FuzzDecode(f *testing.F) {
	good := smallFile(f)
	f.Add(good)
	f.Add(good[:len(good)-9])
	f.Add([]byte{0x1f, 0x8b, 8})
	f.Fuzz(func(t *testing.T, file []byte) {
		if s, err := Decode(file, small); err == nil {
			checkSample(t, s)
		}
	})
}

// FuzzParse feeds what FuzzDecode hardly ever reaches, because of the checksum
// in a gzip stream: damaged contents. Only the bytes of labels matter to it, so
// it changes the sample's labels to the fuzzer's.
func FuzzParse(f *testing.F) {
	raw, err := encode(randomSet(1, 3), randomSet(2, 2), small)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(raw[:30])
	f.Add([]byte{10})
	f.Add([]byte{1, 0})
	f.Fuzz(func(t *testing.T, labels []byte) {
		b := bytes.Clone(raw)
		copy(b, labels)
		if s, err := parse(b, small); err == nil {
			checkSample(t, s)
		}
	})
}

// checkSample reports where s breaks its promises for the small layout.
func checkSample(t *testing.T, s *Sample) {
	t.Helper()
	if len(s.Raw) != small.Size() || len(s.Train.Levels) != 20*196 || len(s.Test.Levels) != 10*196 {
		t.Error("accepted a sample of another size")
	}
	for c := range byte(Classes) {
		train, test := bytes.Count(s.Train.Labels, []byte{c}), bytes.Count(s.Test.Labels, []byte{c})
		if train != 2 || test != 1 {
			t.Errorf("accepted %d and %d examples of class %d; want 2 and 1", train, test, c)
		}
	}
	if top := max(slices.Max(s.Train.Levels), slices.Max(s.Test.Levels)); top >= Levels {
		t.Errorf("accepted level %d", top)
	}
}
