package posthoc

import (
	"fmt"

	"evenkeel/objective"
)

// Counts is a confusion matrix that is filled again and again: the buffer of
// [Logits.Count]. Rows are true classes, columns predicted classes.
type Counts struct {
	classes int
	n       []int64 // row by row
	support []int64
}

// NewCounts returns a buffer for the part's classes.
func (p *Logits) NewCounts() *Counts {
	return &Counts{classes: p.classes, n: make([]int64, p.classes*p.classes), support: make([]int64, p.classes)}
}

// Count fills into with the confusion matrix of the predictions under the shift
// b, see [Logits.Predict]. It allocates nothing. It panics if b or into are of
// another number of classes, or b is not finite.
func (p *Logits) Count(b []float64, into *Counts) {
	highest := p.checkShift(b)
	if into.classes != p.classes {
		panic(fmt.Sprintf("posthoc: counts of %d classes for logits of %d", into.classes, p.classes))
	}
	clear(into.n)
	copy(into.support, p.support)
	for i, c := range p.labels {
		into.n[int(c)*p.classes+int(p.winner(i, b, highest))]++
	}
}

// of fills c with the confusion matrix of known predictions for the examples of p.
func (c *Counts) of(p *Logits, predictions []uint16) {
	clear(c.n)
	copy(c.support, p.support)
	for i, truth := range p.labels {
		c.n[int(truth)*p.classes+int(predictions[i])]++
	}
}

// Confusion returns the confusion matrix under the shift b, see [Logits.Count].
func (p *Logits) Confusion(b []float64) *objective.Confusion {
	counts := p.NewCounts()
	p.Count(b, counts)
	return counts.Confusion()
}

// Confusion returns a copy of the counts.
func (c *Counts) Confusion() *objective.Confusion {
	m := objective.NewConfusion(c.classes)
	for k, n := range c.n {
		if n > 0 {
			m.Add(k/c.classes, k%c.classes, n)
		}
	}
	return m
}

// Recall puts the recall of each class into into, which has one entry per
// class, and returns it; NaN for a class without examples.
func (c *Counts) Recall(into []float64) []float64 {
	for i := range into {
		into[i] = float64(c.n[i*c.classes+i]) / float64(c.support[i])
	}
	return into
}
