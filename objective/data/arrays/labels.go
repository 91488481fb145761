package arrays

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"evenkeel/objective/data/internal/table"
	"evenkeel/objective/internal/npy"
)

// readLabels reads the class of each row of scores.
func (p *Pair) readLabels(name string, scores *array, least int) error {
	var a *array
	var err error
	switch extension(name) {
	case ".npy":
		a, err = readNpyFile(name)
	case ".npz":
		a, err = readNpz(name, labelsName)
	case ".csv":
		t, err := readTexts(name)
		if err != nil {
			return err
		}
		if err := p.fromTexts(t, scores); err != nil {
			return err
		}
		return p.checkClasses(t.name, least)
	default:
		err = unknownExtension(name)
	}
	if err != nil {
		return err
	}
	if a.columns() != 1 {
		return fmt.Errorf("%s has the shape %s; want one class for each example, (%d,): of one-hot rows numpy.argmax(labels, axis=1)",
			a.name, npy.ShapeText(a.shape), scores.rows())
	}
	if err := p.sameLength(a.name, a.rows(), scores); err != nil {
		return err
	}
	if err := p.fromNumbers(a.values, a.place, a.name); err != nil {
		return err
	}
	return p.checkClasses(a.name, least)
}

// sameLength refuses labels of other examples.
func (p *Pair) sameLength(name string, labels int, scores *array) error {
	if labels == scores.rows() {
		return nil
	}
	hint := ""
	if extension(scores.name) == ".csv" && scores.rows() == labels+1 && counting(scores.values[:p.Classes]) {
		hint = "; the first row, 0, 1, ..., may be a header: save without it, to_csv(file, header=False, index=False)"
	}
	return fmt.Errorf("%s has %d rows and %s has %d; want the same examples in the same order%s", scores.name, scores.rows(), name, labels, hint)
}

// counting reports whether the values are 0, 1, 2, ...
func counting(values []float32) bool {
	for i, v := range values {
		if v != float32(i) {
			return false
		}
	}
	return true
}

// fromNumbers takes labels that are numbers of classes.
func (p *Pair) fromNumbers(values []float32, place func(int) string, name string) error {
	for i, v := range values {
		if v != float32(math.Trunc(float64(v))) {
			return fmt.Errorf("%s is %v; want the number of a class, from 0 to %d", place(i), v, p.Classes-1)
		}
	}
	lowest, highest := slices.Min(values), slices.Max(values)
	if lowest == 1 && int(highest) == p.Classes {
		return fmt.Errorf("the labels of %s are from 1 to %d; want 0 to %d: save labels - 1", name, p.Classes, p.Classes-1)
	}
	for i, v := range values {
		if v < 0 || v >= float32(p.Classes) {
			return fmt.Errorf("%s is class %v; want 0 to %d, since there are %d columns of logits", place(i), v, p.Classes-1, p.Classes)
		}
		p.Labels = append(p.Labels, uint16(v))
	}
	return nil
}

// fromTexts takes labels of a .csv file: numbers, or the names of the classes.
func (p *Pair) fromTexts(t *texts, scores *array) error {
	t.dropHeader(scores.rows())
	if err := p.sameLength(t.name, len(t.field), scores); err != nil {
		return err
	}
	known := numbering(p.Names)
	named := func(s string) bool { _, ok := known[s]; return ok }
	if all(t.field, whole) && (p.Source == FromNumbers || !all(t.field, named)) {
		values := make([]float32, len(t.field))
		for i, text := range t.field {
			v, _ := strconv.ParseFloat(text, 64)
			values[i] = float32(v)
		}
		return p.fromNumbers(values, t.place, t.name)
	}
	if p.Source == FromNumbers || p.Source == FromHeader && !slices.ContainsFunc(t.field, named) {
		if err := p.namesOf(t); err != nil {
			return err
		}
		known = numbering(p.Names)
	}
	for i, text := range t.field {
		c, ok := known[text]
		if !ok {
			return fmt.Errorf("%s: %s is none of the classes %s (%s)", t.place(i), table.Quote(text), someNames(p.Names), p.Source)
		}
		p.Labels = append(p.Labels, uint16(c))
	}
	return nil
}

// dropHeader drops a first row that is no label: a text above numbers, or one row too many
// whose text does not come again.
func (t *texts) dropHeader(rows int) {
	if len(t.field) < 2 || whole(t.field[0]) {
		return
	}
	if all(t.field[1:], whole) || len(t.field) == rows+1 && !slices.Contains(t.field[1:], t.field[0]) {
		t.field, t.line = t.field[1:], t.line[1:]
	}
}

// namesOf names the classes as the labels do, in sorted order.
func (p *Pair) namesOf(t *texts) error {
	names := slices.Clone(t.field)
	slices.Sort(names)
	if names = slices.Compact(names); len(names) != p.Classes {
		return fmt.Errorf("%s has %d different labels (%s) for %d columns of logits; want as many, or --names with the classes in the order of the columns",
			t.name, len(names), someNames(names), p.Classes)
	}
	p.Names, p.Source = names, FromLabels
	return p.checkNames()
}

// numbering returns the place of each name.
func numbering(names []string) map[string]int {
	at := make(map[string]int, len(names))
	for i, name := range names {
		at[name] = i
	}
	return at
}

// someNames writes the first few names.
func someNames(names []string) string {
	const most = 8
	var words []string
	for _, name := range names[:min(len(names), most)] {
		words = append(words, strings.Trim(table.Quote(name), `"`))
	}
	if len(names) > most {
		words = append(words, "...")
	}
	return strings.Join(words, ", ")
}

// whole reports whether a text is a whole number, also as numpy.savetxt writes it:
// 2.000000000000000000e+00.
func whole(s string) bool {
	if strings.ContainsAny(s, "xXpP_") {
		return false
	}
	v, err := strconv.ParseFloat(s, 64)
	return err == nil && v == math.Trunc(v) && math.Abs(v) < 1e9
}

// all reports whether every text is so.
func all(texts []string, so func(string) bool) bool {
	return !slices.ContainsFunc(texts, func(s string) bool { return !so(s) })
}

// checkClasses refuses classes with too few examples.
func (p *Pair) checkClasses(name string, least int) error {
	counts := make([]int, p.Classes)
	for _, c := range p.Labels {
		counts[c]++
	}
	for c, n := range counts {
		if n < max(least, 1) {
			return fmt.Errorf("%s has %d examples of class %d (%s); want at least %d of every class", name, n, c, p.Names[c], max(least, 1))
		}
	}
	return nil
}
