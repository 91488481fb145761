package data

import (
	"slices"
	"strings"
	"testing"

	"evenkeel/objective/data/internal/cifar"
)

// cifarRecords returns one record of each label; the pixels of channel c are all
// label*16 + c.
func cifarRecords(labels ...byte) string {
	var b strings.Builder
	for _, label := range labels {
		b.WriteByte(label)
		for c := range byte(cifar.Channels) {
			b.WriteString(strings.Repeat(string([]byte{label<<4 + c}), cifar.Side*cifar.Side))
		}
	}
	return b.String()
}

// cifarFiles are a small set in the published form, one image a class and file.
func cifarFiles() map[string]string {
	all := cifarRecords(0, 1, 2, 3, 4, 5, 6, 7, 8, 9)
	files := map[string]string{cifar.TestFile: all, cifar.NamesFile: strings.Join(cifar.Names[:], "\n") + "\n"}
	for _, name := range cifar.TrainFiles {
		files[name] = all
	}
	return files
}

func TestOpenCIFAR10(t *testing.T) {
	ds := mustOpen(t, Source{Kind: "cifar10", Path: folderOf(t, cifarFiles())})
	if ds.Title != "CIFAR-10" || !slices.Equal(ds.Classes, cifar.Names[:]) || !slices.Equal(ds.Shape, []int{3, 32, 32}) {
		t.Errorf("title %s, classes %v, shape %v", ds.Title, ds.Classes, ds.Shape)
	}
	if ds.Train.Len() != 50 || ds.Test.Len() != 10 || ds.Train.Y[13] != 3 {
		t.Errorf("%d and %d examples, the 14th of class %d; want 50, 10 and 3", ds.Train.Len(), ds.Test.Len(), ds.Train.Y[13])
	}
	row := rowOf(ds.Train.gather([]int{13}), 0)
	for c := range 3 {
		if got, want := row[c*1024+500], float32(48+c)/255; got != want {
			t.Errorf("channel %d is %v; want %v", c, got, want)
		}
	}
	// The text 'evenkeel data: cifar10 binary, preparation 1\n', then for each file
	// its bytes and '\n10\n', through sha256sum.
	if want := "9cecfc9a63b393b1442b11d7bd0a40927905cb51a53a3e5ec902e7b833d70bf1"; ds.Fingerprint != want {
		t.Errorf("fingerprint %s; want %s", ds.Fingerprint, want)
	}
}

func TestCIFAR10Names(t *testing.T) {
	without := mustOpen(t, Source{Kind: "cifar10", Path: folderOf(t, with(cifarFiles(), cifar.NamesFile, "-"))})
	if !slices.Equal(without.Classes, cifar.Names[:]) {
		t.Errorf("classes %v without a file of names", without.Classes)
	}
	other := mustOpen(t, Source{Kind: "cifar10", Path: folderOf(t, with(cifarFiles(), cifar.NamesFile, "a\nb\nc\nd\ne\nf\ng\nh\ni\nj"))})
	if other.Classes[9] != "j" || other.Fingerprint != without.Fingerprint {
		t.Error("names do not come from the file, or are part of the fingerprint")
	}
}

func TestOpenCIFAR10Refuses(t *testing.T) {
	all := cifarFiles()[cifar.TestFile]
	for name, c := range map[string]struct {
		changes []string
		want    string
	}{
		"empty":        {[]string{"data_batch_2.bin", ""}, "DIR/data_batch_2.bin: the file is empty; want records of 3073 bytes"},
		"truncated":    {[]string{"data_batch_2.bin", all[:10000]}, "DIR/data_batch_2.bin: the file ends at byte 10000, 781 bytes into record 3; want whole records of 3073 bytes"},
		"cut evenly":   {[]string{"data_batch_4.bin", all[:5*3073]}, "DIR/data_batch_4.bin has 5 records and data_batch_1.bin 10; want equally many: is one cut short?"},
		"mislabelled":  {[]string{"test_batch.bin", all + cifarRecords(10)}, "DIR/test_batch.bin: byte 30730: record 10 has label 10; want 0 to 9"},
		"missing":      {[]string{"data_batch_5.bin", "-"}, "DIR has no data_batch_5.bin; want the binary version of CIFAR-10"},
		"compressed":   {[]string{"data_batch_1.bin", "-", "data_batch_1.bin.xz", "x"}, "DIR has data_batch_1.bin.xz, still compressed; unpack it with xz -dk"},
		"Python":       {[]string{"data_batch_1.bin", "-", "data_batch_1", "x"}, "DIR has the Python version of CIFAR-10; want the binary version, with data_batch_1.bin"},
		"wrong names":  {[]string{"batches.meta.txt", "cat\ndog\n"}, "DIR/batches.meta.txt: 2 class names; want 10, one a line"},
		"twice a name": {[]string{"batches.meta.txt", "cat\n\ncat\n"}, `DIR/batches.meta.txt: line 3: class "cat" occurs twice`},
	} {
		t.Run(name, func(t *testing.T) {
			dir := folderOf(t, with(cifarFiles(), c.changes...))
			wantError(t, Source{Kind: "cifar10", Path: dir}, dir, c.want)
		})
	}
	dir := t.TempDir()
	wantError(t, Source{Kind: "cifar10", Path: dir}, dir, "DIR has no data_batch_1.bin; want the binary version of CIFAR-10")
}

func TestPublishedSums(t *testing.T) {
	sums, err := publishedSums(Source{Kind: "cifar10", Path: folderOf(t, with(cifarFiles(), "data_batch_1.bin", "abc"))})
	if err != nil || len(sums) != 6 {
		t.Fatalf("sums %v (%v); want six", sums, err)
	}
	// FIPS 180-4's example: the SHA-1 of "abc".
	if sums[0].SHA1 != "a9993e364706816aba3e25717850c26c9cd0d89d" || len(sums[0].Published) != 40 || sums[5].Name != "test_batch.bin" {
		t.Errorf("sums %v", sums)
	}
	if sums, err := publishedSums(Source{Kind: "embedded"}); sums != nil || err != nil {
		t.Errorf("embedded: %v, %v; want nothing published", sums, err)
	}
}
