package data

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"evenkeel/objective"
)

// idxFile writes an IDX file of unsigned bytes.
func idxFile(elements string, size ...uint32) string {
	b := []byte{0, 0, 8, byte(len(size))}
	for _, n := range size {
		b = binary.BigEndian.AppendUint32(b, n)
	}
	return string(b) + elements
}

func zipped(t testing.TB, text string) string {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// idxFiles are six training and two test images of 1 x 2 pixels; the labels are
// 2 and 7 only.
func idxFiles() map[string]string {
	return map[string]string{
		"train-images-idx3-ubyte": idxFile("\x00\x01\x02\x03\x04\x05\x06\x07\x08\x09\xfe\xff", 6, 1, 2),
		"train-labels-idx1-ubyte": idxFile("\x07\x02\x02\x07\x07\x02", 6),
		"t10k-images-idx3-ubyte":  idxFile("\x33\x66\x99\xcc", 2, 1, 2),
		"t10k-labels-idx1-ubyte":  idxFile("\x02\x07", 2),
	}
}

func TestOpenIDX(t *testing.T) {
	dir := folderOf(t, idxFiles())
	ds := mustOpen(t, Source{Kind: "idx", Path: dir})
	if !slices.Equal(ds.Classes, []string{"2", "7"}) || !slices.Equal(ds.Shape, []int{1, 1, 2}) || ds.Title != filepath.Base(dir) {
		t.Errorf("classes %v, shape %v, title %s", ds.Classes, ds.Shape, ds.Title)
	}
	train, test := wholeOf(ds.Train), wholeOf(ds.Test)
	if !slices.Equal(train.Y, []uint16{1, 0, 0, 1, 1, 0}) || !slices.Equal(test.Y, []uint16{0, 1}) {
		t.Errorf("labels %v and %v", train.Y, test.Y)
	}
	// 51, 102, 153 and 204 are fifths of 255.
	if !slices.Equal(test.X, []float32{0.2, 0.4, 0.6, 0.8}) || train.X[0] != 0 || train.X[11] != 1 {
		t.Errorf("numbers %v and %v", train.X, test.X)
	}
	// printf 'evenkeel data: idx images, preparation 1\n6 1 2\n' followed by labels
	// and pixels of both parts, through sha256sum.
	if want := "366a25b747efb6d20434693abaea40189041c67573298f7108125b6c8f6690d3"; ds.Fingerprint != want {
		t.Errorf("fingerprint %s; want %s", ds.Fingerprint, want)
	}
	parts, err := Split(ds, objective.Split{Validation: 0.34, Seed: 1})
	if err != nil || parts.Val.Len() != 2 || parts.OpenTest("this test").Len() != 2 {
		t.Errorf("split %+v (%v)", parts, err)
	}
}

// Names with a dot, compression and where the folder lies change nothing.
func TestIDXSpellings(t *testing.T) {
	want := mustOpen(t, Source{Kind: "idx", Path: folderOf(t, idxFiles())})
	dotted, compressed := map[string]string{}, map[string]string{}
	for name, text := range idxFiles() {
		dotted[strings.Replace(name, "-idx", ".idx", 1)] = text
		compressed[name+".gz"] = zipped(t, text)
	}
	for name, files := range map[string]map[string]string{"dotted": dotted, "compressed": compressed} {
		got := mustOpen(t, Source{Kind: "idx", Path: folderOf(t, files)})
		if got.Fingerprint != want.Fingerprint || !slices.Equal(got.Train.bytes, want.Train.bytes) {
			t.Errorf("%s files give other data", name)
		}
	}
}

func TestIDXWithoutTest(t *testing.T) {
	files := with(idxFiles(), "t10k-images-idx3-ubyte", "-", "t10k-labels-idx1-ubyte", "-")
	ds := mustOpen(t, Source{Kind: "idx", Path: folderOf(t, files)})
	c, err := countSplit(ds, objective.Split{Validation: 0.2, Test: 0.2})
	if err != nil || ds.Test.Len() != 0 || !slices.Equal(c.Test, []int{1, 1}) {
		t.Errorf("test counts %v (%v); want one held out of each class", c.Test, err)
	}
	if all := mustOpen(t, Source{Kind: "idx", Path: folderOf(t, idxFiles())}); all.Fingerprint == ds.Fingerprint {
		t.Error("the fingerprint does not cover the test part")
	}
}

func TestOpenIDXRefuses(t *testing.T) {
	images, labels := idxFiles()["train-images-idx3-ubyte"], idxFiles()["train-labels-idx1-ubyte"]
	for name, c := range map[string]struct {
		changes []string
		want    string
	}{
		"empty file":        {[]string{"train-images-idx3-ubyte", ""}, "DIR/train-images-idx3-ubyte: the file is empty; want an idx header"},
		"truncated":         {[]string{"train-images-idx3-ubyte", images[:20]}, "DIR/train-images-idx3-ubyte: the file ends at byte 20, after 4 of 12 elements; is it cut short?"},
		"oversized":         {[]string{"train-labels-idx1-ubyte", labels + "\x02"}, "DIR/train-labels-idx1-ubyte: the file has more bytes after its 6 elements, from byte 14; want as many elements as the header says"},
		"mislabelled":       {[]string{"train-images-idx3-ubyte", labels}, "DIR/train-images-idx3-ubyte: byte 3: 1 dimensions; want 3 (labels have 1, images 3)"},
		"another count":     {[]string{"train-labels-idx1-ubyte", idxFile("\x02\x07", 2)}, "DIR/train-images-idx3-ubyte has 6 images but DIR/train-labels-idx1-ubyte 2 labels; want one label an image"},
		"another size":      {[]string{"t10k-images-idx3-ubyte", idxFile("\x00\x00", 2, 1, 1)}, "DIR/t10k-images-idx3-ubyte has images of 1 x 1 pixels, DIR/train-images-idx3-ubyte of 1 x 2; want one size"},
		"unknown test":      {[]string{"t10k-labels-idx1-ubyte", idxFile("\x02\x03", 2)}, "DIR/t10k-labels-idx1-ubyte: byte 9: label 3 is not in the training part"},
		"no labels":         {[]string{"train-labels-idx1-ubyte", "-"}, "DIR/train-images-idx3-ubyte has no labels to go with it; want train-labels-idx1-ubyte beside it"},
		"no test images":    {[]string{"t10k-images-idx3-ubyte", "-"}, "DIR/t10k-labels-idx1-ubyte has no images to go with it; want t10k-images-idx3-ubyte beside it"},
		"no training files": {[]string{"train-images-idx3-ubyte", "-", "train-labels-idx1-ubyte", "-"}, "DIR has no train-images-idx3-ubyte (also train-images.idx3-ubyte, and either with .gz); want the files of the MNIST layout"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := folderOf(t, with(idxFiles(), c.changes...))
			wantError(t, Source{Kind: "idx", Path: dir}, dir, c.want)
		})
	}
	dir := folderOf(t, idxFiles())
	wantError(t, Source{Kind: "idx", Path: dir + "/nowhere"}, dir, "DIR/nowhere: no such file or directory")
	wantError(t, Source{Kind: "idx", Path: dir + "/train-labels-idx1-ubyte"}, dir, "DIR/train-labels-idx1-ubyte is a file; want the folder with the files")
}
