package arrays

import (
	"fmt"
	"math"
	"path/filepath"
	"strconv"
	"strings"

	"evenkeel/objective"
	"evenkeel/objective/internal/npy"
)

// Options say how files are read.
type Options struct {
	// Names are those of the classes, in the order of the columns; nil where they are to
	// be found in the files.
	Names []string
	// Probabilities says that rows are probabilities: their natural log is taken, of at
	// least [Floor].
	Probabilities bool
	// Least is the least number of examples of every class, at least 1.
	Least int
}

// Floor is what smaller probabilities are raised to before the log is taken.
const Floor = 1e-12

// Pair is what a model gave for some examples, and their true classes.
type Pair struct {
	// Classes is the number K of classes, at least 2.
	Classes int
	// Logits are examples x classes, row by row, finite.
	Logits []float32
	// Labels are the true classes, from 0 below Classes.
	Labels []uint16
	// Names are those of the classes: their numbers where no others are known. Source
	// says where they come from.
	Names  []string
	Source NameSource
	// Probabilities says that Logits are the log of probabilities, Floored how many of
	// these were raised to [Floor].
	Probabilities bool
	Floored       int
}

// NameSource says where the names of the classes come from.
type NameSource string

// Where names come from. Of [FromLabels] the order is that of the texts, as in
// scikit-learn's classes_.
const (
	FromNumbers NameSource = "their numbers"
	FromOptions NameSource = "as given"
	FromHeader  NameSource = "the header of the logits"
	FromLabels  NameSource = "the labels, sorted"
)

// Read reads the outputs of a model and the labels of the same examples, in the same
// order. Both may be .npy, .npz or .csv; of a .npz file the arrays logits and labels are
// read, or the only array there is, and labels may be empty where it has both.
//
// Arrays may be of any real or integer type of NumPy, in either byte order and order of
// the axes. They are kept as float32. A .csv file has one row an example and may have a
// header; labels in it may be the names of classes, which Options.Names, a header of the
// logits, or else their sorted order maps to columns.
//
// Errors name the file, the place and what would be right.
func Read(logits, labels string, o Options) (*Pair, error) {
	scores, header, err := readScores(logits)
	if err != nil {
		return nil, err
	}
	p := &Pair{Classes: scores.columns(), Logits: scores.values}
	if err := p.setNames(scores, header, o.Names); err != nil {
		return nil, err
	}
	if labels == "" {
		if labels = logits; extension(logits) != ".npz" {
			return nil, fmt.Errorf("there are no labels for %s; want a second file with the true class of each row, or a .npz file with the arrays %s and %s",
				filepath.Base(logits), logitsName, labelsName)
		}
	}
	if err := p.readLabels(labels, scores, o.Least); err != nil {
		return nil, err
	}
	return p, p.takeLog(scores, o.Probabilities)
}

// extension returns the lower-case ending of a file's name.
func extension(name string) string { return strings.ToLower(filepath.Ext(name)) }

// unknownExtension says which files are read.
func unknownExtension(name string) error {
	hint := ""
	switch extension(name) {
	case ".pt", ".pth", ".pkl", ".pickle", ".joblib":
		hint = "; a pickled file is not opened, since it could run code: numpy.save('logits.npy', tensor.numpy())"
	}
	return fmt.Errorf("%s: want a file that ends in .npy, .npz or .csv%s", name, hint)
}

// readScores reads an array of two axes.
func readScores(name string) (a *array, header []string, err error) {
	switch extension(name) {
	case ".npy":
		a, err = readNpyFile(name)
	case ".npz":
		a, err = readNpz(name, logitsName)
	case ".csv":
		a, header, err = readCSV(name)
	default:
		err = unknownExtension(name)
	}
	switch {
	case err != nil:
		return nil, nil, err
	case len(a.shape) == 1 || a.columns() == 1:
		return nil, nil, fmt.Errorf("%s has the shape %s; want one column for each class: of a decision d between two numpy.column_stack([0 * d, d]), "+
			"of a probability p of the second numpy.column_stack([1 - p, p])", a.name, npy.ShapeText(a.shape))
	case len(a.values) == 0:
		return nil, nil, fmt.Errorf("%s has no rows (shape %s); want one for each example", a.name, npy.ShapeText(a.shape))
	case a.columns() > math.MaxUint16+1:
		return nil, nil, fmt.Errorf("%s has %d columns; want one for each of at most %d classes", a.name, a.columns(), math.MaxUint16+1)
	}
	return a, header, nil
}

// setNames names the classes as far as the labels are not needed for it.
func (p *Pair) setNames(scores *array, header, names []string) error {
	switch {
	case names != nil:
		p.Names, p.Source = names, FromOptions
		if len(names) != p.Classes {
			return fmt.Errorf("%d names of classes for the %d columns of %s; want as many", len(names), p.Classes, scores.name)
		}
	case header != nil:
		p.Names, p.Source = header, FromHeader
	default:
		p.number()
		return nil
	}
	seen := make(map[string]bool)
	for _, name := range p.Names {
		if strings.TrimSpace(name) == "" || seen[name] {
			return fmt.Errorf("the name %q of a class (%s) is empty or there twice; want a name of its own for each", name, p.Source)
		}
		seen[name] = true
	}
	return p.checkNames()
}

// checkNames refuses names that are not text of one line.
func (p *Pair) checkNames() error {
	for _, name := range p.Names {
		if !objective.OneLine(name) {
			return fmt.Errorf("a class is named %q (%s); want a name without line breaks and control characters", name, p.Source)
		}
	}
	return nil
}

// number names the classes by their numbers.
func (p *Pair) number() {
	p.Names, p.Source = make([]string, p.Classes), FromNumbers
	for c := range p.Names {
		p.Names[c] = strconv.Itoa(c)
	}
}

// sumTolerance is how far from 1 a row of probabilities may add up: float16 and numbers
// rounded to three decimals pass. No set of logits has all rows so.
const sumTolerance = 0.02

// takeLog takes the log of probabilities, or refuses them.
func (p *Pair) takeLog(scores *array, wanted bool) error {
	for i := 0; i < len(p.Logits); i += p.Classes {
		var sum float64
		inside := true
		for _, v := range p.Logits[i : i+p.Classes] {
			sum += float64(v)
			inside = inside && v >= 0 && v <= 1
		}
		if inside && math.Abs(sum-1) <= sumTolerance {
			continue
		}
		if wanted {
			return fmt.Errorf("%s: row %d (from 0) is not probabilities (sum %.4g); want numbers from 0 to 1 that add up to 1, "+
				"or logits without the flag", scores.name, i/p.Classes, sum)
		}
		return nil
	}
	if !wanted {
		return fmt.Errorf("%s has probabilities, not logits: all rows are from 0 to 1 and add up to 1; want their log, "+
			"numpy.log(p.clip(1e-12)), or --probabilities to have it taken here", scores.name)
	}
	p.Probabilities = true
	for i, v := range p.Logits {
		if v < Floor {
			p.Floored++
		}
		p.Logits[i] = float32(math.Log(max(float64(v), Floor)))
	}
	return nil
}
