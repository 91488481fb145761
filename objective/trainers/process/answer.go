package process

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"sync"

	"evenkeel/objective"
)

// echoTolerance is how far a weight may be off in the echo, by the contract: it
// may have been through float32 and back, not through another formula.
const echoTolerance = 1e-6

// checkEcho makes sure that the program trained with the weights it was sent.
func checkEcho(l *list, sent []float32) error {
	if l.fault != nil {
		return fmt.Errorf("class_weights %w", l.fault)
	}
	if !l.given {
		return fmt.Errorf("class_weights is missing; want the weights that were sent, to show that they were used")
	}
	if l.length() != len(sent) {
		return fmt.Errorf("class_weights has %d entries; want the %d that were sent", l.length(), len(sent))
	}
	for c, item := range l.items {
		got, err := strconv.ParseFloat(item, 64)
		want := float64(sent[c])
		if err != nil || !(math.Abs(got-want) <= echoTolerance*max(math.Abs(got), want)) {
			return fmt.Errorf("class_weights of class %d is %s; want %v, as it was sent", c, abridged(item), sent[c])
		}
	}
	return nil
}

// confusion returns the matrix of a part, nil if the part has none.
func (p *part) confusion(name string, info *objective.Info) (*objective.Confusion, error) {
	if !p.Confusion.given {
		return nil, nil
	}
	if p.Confusion.fault != nil {
		return nil, fmt.Errorf("%s.confusion %w", name, p.Confusion.fault)
	}
	for c, n := range p.Confusion.counts.Support() {
		if n == 0 {
			return nil, fmt.Errorf("%s.confusion has an empty row %d; want an example of class %s at least", name, c, info.Classes[c])
		}
	}
	return p.Confusion.counts, nil
}

// read turns an answer into a result, or says what is wrong with it.
func (r *result) read(req train, info *objective.Info, dir *folder) (*objective.Result, error) {
	if err := checkEcho(&r.ClassWeights, req.ClassWeights); err != nil {
		return nil, err
	}
	out := &objective.Result{Stopped: r.Stopped}
	var err error
	if out.Val, err = r.Val.confusion("val", info); err != nil {
		return nil, err
	}
	if out.Val == nil {
		return nil, fmt.Errorf("val.confusion is missing; want counts, a row for each true class")
	}
	if out.Train, err = r.Train.confusion("train", info); err != nil {
		return nil, err
	}
	if slices.Contains(req.Parts, "test") { // else nobody may see it
		if out.Test, err = r.Test.confusion("test", info); err != nil {
			return nil, err
		}
		if out.Test == nil {
			return nil, fmt.Errorf("test.confusion is missing, though the request has test among its parts")
		}
		e, err := r.Test.readFiles(out.Test, dir)
		if err != nil {
			return nil, fmt.Errorf("test: %w", err)
		}
		out.TestPredictions, out.TestLogits, out.TestLabels = e.predictions, e.logits, e.labels
	}
	if req.TestShape && r.TestShape != nil {
		if out.TestShape, err = r.TestShape.read(len(info.Classes)); err != nil {
			return nil, fmt.Errorf("test_shape.examples %w", err)
		}
	}
	e, err := r.Val.readFiles(out.Val, dir)
	if err != nil {
		return nil, fmt.Errorf("val: %w", err)
	}
	out.ValPredictions, out.ValLogits, out.ValLabels = e.predictions, e.logits, e.labels
	return out, nil
}

// read returns the shape, or says what is wrong with it.
func (s *shape) read(classes int) (*objective.TestShape, error) {
	out := &objective.TestShape{Predictions: s.Predictions}
	switch n := s.Examples.length(); {
	case s.Examples.fault != nil:
		return nil, s.Examples.fault
	case n == 0:
		return &objective.TestShape{}, nil
	case n != classes:
		return nil, fmt.Errorf("has %d entries; want one for each of %d classes, or none where there is no test part", n, classes)
	}
	for c, item := range s.Examples.items {
		n, err := count(item)
		if err == nil && n == 0 {
			err = fmt.Errorf("is 0; want an example at least")
		}
		if err != nil {
			return nil, fmt.Errorf("of class %d %w", c, err)
		}
		out.Examples = append(out.Examples, n)
	}
	return out, nil
}

// examples are the files of a part; each may be nil.
type examples struct {
	predictions, labels []uint16
	logits              []float32
}

// readFiles reads what a part left in files, and makes sure that it tells the
// same as the matrix.
func (p *part) readFiles(has *objective.Confusion, dir *folder) (e examples, err error) {
	classes, total := has.Classes(), has.Total()
	if p.Scores != "" {
		if e.logits, err = readScores(dir, string(p.Scores), total, classes); err != nil {
			return e, fmt.Errorf("scores: %w", err)
		}
		e.predictions = largest(e.logits, classes)
	}
	from := "the largest of the scores"
	if p.Predictions != "" {
		from = "predictions"
		if e.predictions, err = readClasses(dir, string(p.Predictions), total, classes); err != nil {
			return e, fmt.Errorf("predictions: %w", err)
		}
	}
	if p.Labels != "" {
		if e.labels, err = readClasses(dir, string(p.Labels), total, classes); err != nil {
			return e, fmt.Errorf("labels: %w", err)
		}
	}
	if err := agree(has.Support(), e.labels, "true", "labels"); err != nil {
		return e, err
	}
	if err := agree(has.Predicted(), e.predictions, "predicted", from); err != nil {
		return e, err
	}
	if e.labels == nil || e.predictions == nil {
		return e, nil
	}
	m, err := objective.ConfusionFromLabels(classes, e.labels, e.predictions)
	if err != nil {
		return e, err
	}
	for i, row := range m.Rows() {
		for j, n := range row {
			if has := has.At(i, j); has != n {
				return e, fmt.Errorf("confusion has %d at row %d, column %d; labels and %s give %d", has, i, j, from, n)
			}
		}
	}
	return e, nil
}

// agree compares the classes of examples with the sums of the matrix.
func agree(sums []int64, classes []uint16, which, from string) error {
	if classes == nil {
		return nil
	}
	counts := make([]int64, len(sums))
	for _, c := range classes {
		counts[c]++
	}
	for c, n := range counts {
		if n != sums[c] {
			return fmt.Errorf("confusion has %d examples of %s class %d; %s give %d", sums[c], which, c, from, n)
		}
	}
	return nil
}

// largest returns the first class with the largest score, for each example.
func largest(scores []float32, classes int) []uint16 {
	best := make([]uint16, len(scores)/classes)
	for i := range best {
		row := scores[i*classes : (i+1)*classes]
		b := 0
		for c, v := range row {
			if v > row[b] {
				b = c
			}
		}
		best[i] = uint16(b)
	}
	return best
}

// constants are what cannot change from run to run, since the data do not.
type constants struct {
	mu      sync.Mutex
	support map[string][]int64 // examples of each class, by part
	labels  map[string][]uint16
}

// hold compares a result with the ones before. What a first result says becomes
// what later ones must say; equal labels share their memory.
func (k *constants) hold(r *objective.Result) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	parts := map[string]*objective.Confusion{"val": r.Val, "train": r.Train, "test": r.Test}
	for _, name := range []string{"val", "train", "test"} {
		known := k.support[name]
		if parts[name] == nil || known == nil {
			continue
		}
		for c, n := range parts[name].Support() {
			if n != known[c] {
				return fmt.Errorf("%s.confusion has %d examples of class %d; an earlier run on the same data had %d", name, n, c, known[c])
			}
		}
	}
	labels := map[string]*[]uint16{"val": &r.ValLabels, "test": &r.TestLabels}
	for _, name := range []string{"val", "test"} {
		known := k.labels[name]
		if *labels[name] == nil || known == nil {
			continue
		}
		for i, c := range *labels[name] {
			if c != known[i] {
				return fmt.Errorf("%s.labels has class %d for example %d; an earlier run on the same data had %d", name, c, i, known[i])
			}
		}
	}
	if k.support == nil {
		k.support = map[string][]int64{}
	}
	for name, m := range parts {
		if m != nil && k.support[name] == nil {
			k.support[name] = m.Support()
		}
	}
	if k.labels == nil {
		k.labels = map[string][]uint16{}
	}
	for name, own := range labels {
		if *own != nil && k.labels[name] == nil {
			k.labels[name] = *own
		}
		if *own != nil {
			*own = k.labels[name]
		}
	}
	return nil
}
