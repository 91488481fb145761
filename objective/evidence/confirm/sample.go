package confirm

import (
	"fmt"

	"evenkeel/objective"
)

// Sample is a test part, the same for every procedure and every seed. Make one
// with [NewSample]; it is not changed afterwards.
type Sample struct {
	classes  int
	labels   []uint16
	examples [][]int32 // of each class, in the order of labels
	present  int       // classes that have examples
}

// NewSample returns the test part with the given labels: the true class of each
// example, below classes. It copies labels. A class may have no example; its recall
// is then NaN and it is left out of everything.
func NewSample(classes int, labels []uint16) (*Sample, error) {
	if classes < 1 || len(labels) == 0 {
		return nil, fmt.Errorf("a test part of %d classes and %d examples; want at least 1 of each", classes, len(labels))
	}
	s := &Sample{classes: classes, labels: append([]uint16(nil), labels...), examples: make([][]int32, classes)}
	for i, c := range labels {
		if int(c) >= classes {
			return nil, fmt.Errorf("test label %d is class %d; want one below %d", i, c, classes)
		}
		if len(s.examples[c]) == 0 {
			s.present++
		}
		s.examples[c] = append(s.examples[c], int32(i))
	}
	return s, nil
}

// Measured are the results of one procedure on a [Sample], seed by seed.
type Measured struct {
	sample *Sample
	right  [][]uint8   // seed, example: 1 if recognised
	recall [][]float64 // seed, class
}

// Measure reads the predictions of one procedure: the predicted class of each
// example, one slice per training seed. It does not keep predictions.
func (s *Sample) Measure(predictions [][]uint16) (*Measured, error) {
	m := &Measured{sample: s, right: make([][]uint8, len(predictions)), recall: make([][]float64, len(predictions))}
	for i, p := range predictions {
		confusion, err := objective.ConfusionFromLabels(s.classes, s.labels, p)
		if err != nil {
			return nil, fmt.Errorf("test predictions of seed %d of %d: %w", i+1, len(predictions), err)
		}
		m.recall[i] = confusion.Recall()
		m.right[i] = make([]uint8, len(p))
		for e, c := range p {
			if c == s.labels[e] {
				m.right[i][e] = 1
			}
		}
	}
	return m, nil
}

// Seeds returns the number of training seeds.
func (m *Measured) Seeds() int { return len(m.recall) }
