package posthoc

import "fmt"

// foldCount is the number of folds: what is fitted on two is measured on the third.
const foldCount = 3

// Folds is a part cut into three, for figures on other examples than those of the fit. It is
// immutable and safe for concurrent use. Make one with [NewFolds]; it serves any number
// of recipes.
type Folds struct {
	whole *Logits
	place [foldCount][]int // places of a fold's examples in the whole
	fold  [foldCount]*Logits
	rest  [foldCount]*Logits // all but the fold
}

// NewFolds cuts p into three folds, stratified by class: the examples of a class
// are dealt in turn, in their order in the part, so that the folds depend on
// nothing but the labels. It returns an error if a class has fewer than two
// examples, since two folds could then lack the class.
func NewFolds(p *Logits) (*Folds, error) {
	for c, n := range p.support {
		if n < 2 {
			return nil, fmt.Errorf("class %d has %d example; want at least 2, so that leaving out a fold leaves one", c, n)
		}
	}
	f := &Folds{whole: p}
	dealt := make([]int, p.classes)
	var rest [foldCount][]int
	for i, c := range p.labels {
		for k := range rest {
			if k == dealt[c] {
				f.place[k] = append(f.place[k], i)
			} else {
				rest[k] = append(rest[k], i)
			}
		}
		dealt[c] = (dealt[c] + 1) % foldCount
	}
	for k := range rest {
		f.fold[k], f.rest[k] = p.subset(f.place[k]), p.subset(rest[k])
	}
	return f, nil
}

// Whole returns the part that was cut.
func (f *Folds) Whole() *Logits { return f.whole }
