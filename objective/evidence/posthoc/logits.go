package posthoc

import (
	"fmt"
	"math"
	"slices"
)

// Logits are the logits of a trained model for every example of one part of the data,
// and the true classes. It is immutable and safe for concurrent use.
// Make one with [NewLogits].
type Logits struct {
	classes int
	logits  []float32 // examples x classes, row by row
	labels  []uint16
	support []int64
	// value and class hold the `kept` largest logits of every row, largest first
	// and the lower class first among equals: a moderate shift is decided among
	// the first two or three of them.
	kept  int
	value []float32
	class []uint16
}

// mostKept bounds the sorted logits of a row, so that a thousand classes cost
// little memory; beyond them the row itself is searched. Our choice.
const mostKept = 16

// NewLogits returns the given logits, examples x classes row by row, with the true
// class of each example, from 0. It keeps both slices, which must
// not be changed afterwards.
//
// It returns an error if there is no class or no example, the lengths do not
// fit, a label is not below classes, a class has no example, or a logit is not
// finite; the error names the first place.
func NewLogits(classes int, logits []float32, labels []uint16) (*Logits, error) {
	if classes < 1 || classes > 1<<16 {
		return nil, fmt.Errorf("logits of %d classes; want from 1 to %d", classes, 1<<16)
	}
	if len(labels) == 0 || len(logits)/classes != len(labels) || len(logits)%classes != 0 {
		return nil, fmt.Errorf("%d logits and %d labels; want %d logits for each of at least 1 label", len(logits), len(labels), classes)
	}
	p := &Logits{classes: classes, logits: logits, labels: labels, support: make([]int64, classes), kept: min(classes, mostKept)}
	for i, c := range labels {
		if int(c) >= classes {
			return nil, fmt.Errorf("label %d is class %d; want one below %d", i, c, classes)
		}
		p.support[c]++
	}
	if c := slices.Index(p.support, 0); c >= 0 {
		return nil, fmt.Errorf("no example of class %d; want at least one of every class", c)
	}
	for k, z := range logits {
		if f := float64(z); math.IsNaN(f) || math.IsInf(f, 0) {
			return nil, fmt.Errorf("the logit of example %d for class %d is %v; want a finite number", k/classes, k%classes, z)
		}
	}
	p.value = make([]float32, len(labels)*p.kept)
	p.class = make([]uint16, len(labels)*p.kept)
	for i := range labels {
		sortRow(p.row(i), p.value[i*p.kept:(i+1)*p.kept], p.class[i*p.kept:(i+1)*p.kept])
	}
	return p, nil
}

// sortRow puts the largest logits of a row into value and their classes into class.
func sortRow(row, value []float32, class []uint16) {
	n := 0
	for c, z := range row {
		if n == len(value) {
			if z <= value[n-1] {
				continue
			}
			n--
		}
		k := n
		for ; k > 0 && z > value[k-1]; k-- {
			value[k], class[k] = value[k-1], class[k-1]
		}
		value[k], class[k] = z, uint16(c)
		n++
	}
}

// row returns the logits of one example.
func (p *Logits) row(i int) []float32 { return p.logits[i*p.classes : (i+1)*p.classes] }

// subset returns the part of the examples at the given places. It may lack a class.
func (p *Logits) subset(places []int) *Logits {
	s := &Logits{
		classes: p.classes, kept: p.kept, support: make([]int64, p.classes),
		logits: make([]float32, 0, len(places)*p.classes), labels: make([]uint16, 0, len(places)),
		value: make([]float32, 0, len(places)*p.kept), class: make([]uint16, 0, len(places)*p.kept),
	}
	for _, i := range places {
		s.logits = append(s.logits, p.row(i)...)
		s.labels = append(s.labels, p.labels[i])
		s.support[p.labels[i]]++
		s.value = append(s.value, p.value[i*p.kept:(i+1)*p.kept]...)
		s.class = append(s.class, p.class[i*p.kept:(i+1)*p.kept]...)
	}
	return s
}

// Classes returns the number of classes K.
func (p *Logits) Classes() int { return p.classes }

// Len returns the number of examples.
func (p *Logits) Len() int { return len(p.labels) }

// Support returns the number of examples of each class, in a new slice.
func (p *Logits) Support() []int64 { return slices.Clone(p.support) }

// Labels returns the true class of each example. It must not be changed.
func (p *Logits) Labels() []uint16 { return p.labels }
