// Command exportsplit writes the parts of a split as NumPy files, so that a
// program in another language trains and tests on exactly the same examples:
//
//	go run ./bench/exportsplit -out DIR -seed 1
//
// DIR gets train_x.npy, val_x.npy and test_x.npy (float32, examples x
// features), train_y.npy, val_y.npy and test_y.npy (uint16, classes), and
// split.json with the class names, the shape of an example and what was split
// how. It opens the sealed test part: what it writes is for comparing trainers,
// never for choosing between trials.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"evenkeel/objective"
	"evenkeel/objective/data"
)

func main() {
	var how objective.Split
	source := flag.String("source", "embedded", "data source, as in a study file")
	out := flag.String("out", "", "folder to write to (made if missing)")
	flag.Float64Var(&how.Validation, "validation", 0.2, "share of the training part held out")
	flag.Float64Var(&how.Test, "test", 0.2, "share held out first where the source has no test part")
	flag.IntVar(&how.Limit, "limit", 0, "training-part examples per class, 0 = all")
	flag.Int64Var(&how.Seed, "seed", 1, "seed of the split")
	flag.Parse()
	if *out == "" || flag.NArg() > 0 {
		fmt.Fprintln(os.Stderr, "exportsplit: want -out DIR and no further arguments")
		os.Exit(2)
	}
	if err := export(*source, how, *out); err != nil {
		fmt.Fprintf(os.Stderr, "exportsplit: %v\n", err)
		os.Exit(1)
	}
}

// description is what split.json holds.
type description struct {
	Source      string          `json:"source"`
	Fingerprint string          `json:"fingerprint"`
	Classes     []string        `json:"classes"`
	Shape       []int           `json:"shape"`
	Split       objective.Split `json:"split"`
}

// export writes the parts of a source, split as given, to dir.
func export(source string, how objective.Split, dir string) error {
	src, err := data.ParseSource(source)
	if err != nil {
		return err
	}
	ds, err := data.Open(src)
	if err != nil {
		return err
	}
	parts, err := data.Split(ds, how)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for _, p := range []struct {
		name string
		part data.Part
	}{{"train", parts.Train}, {"val", parts.Val}, {"test", parts.OpenTest("comparison of trainers outside a study")}} {
		n, y := p.part.Len(), p.part.Y
		err := create(filepath.Join(dir, p.name+"_x.npy"), func(w io.Writer) error {
			return writeNPY(w, p.part.X, n, ds.Features())
		})
		if err != nil {
			return err
		}
		err = create(filepath.Join(dir, p.name+"_y.npy"), func(w io.Writer) error { return writeNPY(w, y, n) })
		if err != nil {
			return err
		}
		fmt.Printf("%s: %d examples\n", p.name, n)
	}
	return create(filepath.Join(dir, "split.json"), func(w io.Writer) error {
		e := json.NewEncoder(w)
		e.SetIndent("", "  ")
		return e.Encode(description{ds.Source, ds.Fingerprint, ds.Classes, ds.Shape, how})
	})
}

// create makes a file and fills it.
func create(path string, fill func(io.Writer) error) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	if err := fill(f); err != nil {
		f.Close() //nolint:errcheck // the first error is the one to report
		return fmt.Errorf("%s: %w", path, err)
	}
	return f.Close()
}
