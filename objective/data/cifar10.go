package data

import (
	"crypto/sha1"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"os"
	"path/filepath"
	"slices"

	"evenkeel/objective/data/internal/cifar"
)

// openCIFAR10 reads the binary version of CIFAR-10. Pixels b become b/255. The
// five files of the training part must have equally many records, since a file
// that has fewer was cut short; batches.meta.txt, if it is there, names the
// classes.
func openCIFAR10(src Source) (*Dataset, error) {
	if err := folder(src.Path); err != nil {
		return nil, err
	}
	for _, name := range append(slices.Clone(cifar.TrainFiles[:]), cifar.TestFile) {
		if !exists(filepath.Join(src.Path, name)) {
			return nil, missingBatch(src.Path, name)
		}
	}
	names, err := cifarNames(src.Path)
	if err != nil {
		return nil, err
	}
	h := newFingerprint("cifar10 binary, preparation 1")
	train, err := readBatches(src.Path, h, cifar.TrainFiles[:]...)
	if err != nil {
		return nil, err
	}
	test, err := readBatches(src.Path, h, cifar.TestFile)
	if err != nil {
		return nil, err
	}
	if whole := len(cifar.TrainFiles) * cifar.BatchRecords; train.Len() == whole && test.Len() != cifar.BatchRecords {
		return nil, fmt.Errorf("%s has %d records; want %d, as each of the training part has: is it cut short?",
			filepath.Join(src.Path, cifar.TestFile), test.Len(), cifar.BatchRecords)
	}
	return &Dataset{
		Source: src.String(), Title: "CIFAR-10", Classes: names,
		Shape: []int{cifar.Channels, cifar.Side, cifar.Side},
		Train: train, Test: test, Fingerprint: sum(h),
	}, nil
}

// missingBatch says what is missing and, where it can be seen, why.
func missingBatch(dir, name string) error {
	packed := filepath.Join(dir, name+".xz")
	inside := filepath.Join(dir, "cifar-10-batches-bin")
	switch {
	case exists(packed):
		return fmt.Errorf("%s has %s, still compressed; unpack it with xz -dk", dir, filepath.Base(packed))
	case exists(filepath.Join(inside, name)):
		return fmt.Errorf("%s has no %s; want its folder cifar-10-batches-bin: cifar10:%s", dir, name, inside)
	case exists(filepath.Join(dir, "data_batch_1")):
		return fmt.Errorf("%s has the Python version of CIFAR-10; want the binary version, with %s", dir, name)
	}
	return fmt.Errorf("%s has no %s; want the binary version of CIFAR-10", dir, name)
}

// cifarNames returns the names of the classes.
func cifarNames(dir string) ([]string, error) {
	names := slices.Clone(cifar.Names[:])
	path := filepath.Join(dir, cifar.NamesFile)
	if !exists(path) {
		return names, nil
	}
	err := reading(path, func(f *os.File) (err error) {
		names, err = cifar.ReadNames(f)
		return err
	})
	return names, err
}

// readBatches reads files one after the other and adds them to the fingerprint.
func readBatches(dir string, h hash.Hash, files ...string) (Examples, error) {
	set, first := cifar.NewSet(roomFor(dir, files)), 0
	for i, name := range files {
		path := filepath.Join(dir, name)
		records := 0
		err := reading(path, func(f *os.File) (err error) {
			records, err = set.ReadBatch(io.TeeReader(f, h))
			return err
		})
		switch {
		case err != nil:
			return Examples{}, err
		case i == 0:
			first = records
		case records != first:
			return Examples{}, fmt.Errorf("%s has %d records and %s %d; want equally many: is one cut short?", path, records, files[0], first)
		}
		fmt.Fprintf(h, "\n%d\n", records)
	}
	return Examples{Y: widen(set.Labels), bytes: set.Pixels, levels: pixelLevels}, nil
}

// roomFor returns how many records the files hold by their sizes, as far as
// files may hold that many.
func roomFor(dir string, files []string) int {
	records := 0
	for _, name := range files {
		if info, err := os.Stat(filepath.Join(dir, name)); err == nil {
			records += int(min(info.Size()/cifar.RecordBytes, cifar.BatchRecords))
		}
	}
	return records
}

// FileSum is the SHA-1 sum of a file, and the one its authors published.
type FileSum struct{ Name, SHA1, Published string }

// publishedSums compares the files of a source with the sums that were published
// for them; nil if none were for this kind.
func publishedSums(src Source) ([]FileSum, error) {
	if src.Kind != "cifar10" {
		return nil, nil
	}
	var sums []FileSum
	for _, name := range append(slices.Clone(cifar.TrainFiles[:]), cifar.TestFile) {
		h := sha1.New()
		err := reading(filepath.Join(src.Path, name), func(f *os.File) error {
			_, err := io.Copy(h, f)
			return err
		})
		if err != nil {
			return nil, err
		}
		sums = append(sums, FileSum{Name: name, SHA1: hex.EncodeToString(h.Sum(nil)), Published: cifar.PublishedSHA1[name]})
	}
	return sums, nil
}
