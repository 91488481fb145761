package objective

import (
	"fmt"
	"math"
)

// maxCount bounds every count and their sum: up to here a float64 is exact.
const maxCount = 1 << 53

// Confusion is a confusion matrix: how often an example of true class i was
// predicted as class j. Rows are true classes, columns predicted classes.
// Counts and their sum are below 2^53. Two goroutines may read one, but not
// while another calls [Confusion.Add]. Make one with [NewConfusion],
// [ConfusionFromRows] or [ConfusionFromLabels]; the zero value has no classes
// and is there to be unmarshaled into.
type Confusion struct {
	classes int
	counts  []int64 // row by row
	total   int64
}

// NewConfusion returns a matrix of zeros. It panics if classes < 1.
func NewConfusion(classes int) *Confusion {
	if classes < 1 {
		panic(fmt.Sprintf("objective: a confusion matrix of %d classes; want at least 1", classes))
	}
	return &Confusion{classes: classes, counts: make([]int64, classes*classes)}
}

// ConfusionFromRows returns the matrix with the given counts, rows[i][j] of
// true class i predicted as j. It copies rows. The error names the first row
// and column that is wrong: not square, no class at all, or a count (or the sum
// of the counts so far) that is negative or not below 2^53.
func ConfusionFromRows(rows [][]int64) (*Confusion, error) {
	return fromRows(rows)
}

// fromRows is ConfusionFromRows for any kind of 64-bit integer.
func fromRows[T ~int64](rows [][]T) (*Confusion, error) {
	if len(rows) == 0 {
		return nil, fmt.Errorf("confusion matrix has no rows; want at least 1 class")
	}
	for i, row := range rows { // all lengths first: the memory is classes squared
		if len(row) != len(rows) {
			return nil, fmt.Errorf("confusion matrix: row %d has %d columns; want %d, one for each row", i, len(row), len(rows))
		}
	}
	c := NewConfusion(len(rows))
	for i, row := range rows {
		for j, n := range row {
			if err := c.put(i, j, int64(n)); err != nil {
				return nil, err
			}
		}
	}
	return c, nil
}

// put sets a count that is 0 so far, or says why it cannot.
func (c *Confusion) put(i, j int, n int64) error {
	if n < 0 || n >= maxCount {
		return fmt.Errorf("confusion matrix: row %d, column %d is %d; want a count from 0 below 2^53", i, j, n)
	}
	if c.total+n >= maxCount {
		return fmt.Errorf("confusion matrix: the counts up to row %d, column %d sum to %d; want a sum below 2^53", i, j, c.total+n)
	}
	c.counts[i*c.classes+j] = n
	c.total += n
	return nil
}

// ConfusionFromLabels counts pairs of labels: truth[e] and predicted[e] are the
// true and the predicted class of example e, from 0. It returns an error if
// classes < 1, the lengths differ, or a label is not below classes.
func ConfusionFromLabels(classes int, truth, predicted []uint16) (*Confusion, error) {
	if classes < 1 {
		return nil, fmt.Errorf("confusion matrix of %d classes; want at least 1", classes)
	}
	if len(truth) != len(predicted) {
		return nil, fmt.Errorf("confusion matrix: %d true and %d predicted labels; want one of each for every example", len(truth), len(predicted))
	}
	c := NewConfusion(classes)
	for e, t := range truth {
		p := predicted[e]
		if int(t) >= classes || int(p) >= classes {
			return nil, fmt.Errorf("confusion matrix: example %d has true label %d and predicted label %d; want labels below %d", e, t, p, classes)
		}
		c.counts[int(t)*classes+int(p)]++
	}
	c.total = int64(len(truth))
	return c, nil
}

// Classes returns the number of classes K.
func (c *Confusion) Classes() int { return c.classes }

// Add counts n more examples of class truth that were predicted as predicted.
// It panics if a class is out of range, n is negative, or the sum of all counts
// would reach 2^53.
func (c *Confusion) Add(truth, predicted int, n int64) {
	i := c.index(truth, predicted)
	if n < 0 || n >= maxCount || c.total+n >= maxCount {
		panic(fmt.Sprintf("objective: adding %d to a confusion matrix of %d examples; want a sum from 0 below 2^53", n, c.total))
	}
	c.counts[i] += n
	c.total += n
}

// At returns the number of examples of class i that were predicted as j. It
// panics if a class is out of range.
func (c *Confusion) At(i, j int) int64 { return c.counts[c.index(i, j)] }

// index returns the place of row i, column j in counts.
func (c *Confusion) index(i, j int) int {
	if i < 0 || i >= c.classes || j < 0 || j >= c.classes {
		panic(fmt.Sprintf("objective: row %d, column %d of a confusion matrix of %d classes", i, j, c.classes))
	}
	return i*c.classes + j
}

// Rows returns a copy of the counts, row by row.
func (c *Confusion) Rows() [][]int64 {
	rows := make([][]int64, c.classes)
	flat := append([]int64(nil), c.counts...)
	for i := range rows {
		rows[i] = flat[i*c.classes : (i+1)*c.classes : (i+1)*c.classes]
	}
	return rows
}

// Total returns the number of examples.
func (c *Confusion) Total() int64 { return c.total }

// Support returns the number of examples of each true class, the row sums.
func (c *Confusion) Support() []int64 {
	sums := make([]int64, c.classes)
	for k, n := range c.counts {
		sums[k/c.classes] += n
	}
	return sums
}

// Predicted returns how often each class was predicted, the column sums.
func (c *Confusion) Predicted() []int64 {
	sums := make([]int64, c.classes)
	for k, n := range c.counts {
		sums[k%c.classes] += n
	}
	return sums
}

// TruePositives returns the number of correct predictions of each class, the
// diagonal.
func (c *Confusion) TruePositives() []int64 {
	diagonal := make([]int64, c.classes)
	for i := range diagonal {
		diagonal[i] = c.counts[i*c.classes+i]
	}
	return diagonal
}

// Recall returns the share of each class's examples that were recognised,
//
//	recall_c = TP_c / support_c
//
// one entry per class, from 0 to 1; NaN for a class without examples.
func (c *Confusion) Recall() []float64 {
	right, support := c.TruePositives(), c.Support()
	r := make([]float64, c.classes)
	for i := range r {
		r[i] = float64(right[i]) / float64(support[i])
	}
	return r
}

// Accuracy returns the share of all examples that were recognised; NaN if
// there are none.
func (c *Confusion) Accuracy() float64 {
	var right int64
	for _, n := range c.TruePositives() {
		right += n
	}
	return float64(right) / float64(c.total)
}

// BalancedAccuracy returns the mean recall over the classes that have examples,
// as scikit-learn's balanced_accuracy_score; NaN if no class has any.
func (c *Confusion) BalancedAccuracy() float64 {
	var sum float64
	var n int
	for _, r := range c.Recall() {
		if !math.IsNaN(r) {
			sum += r
			n++
		}
	}
	return sum / float64(n)
}

// Equal reports whether two matrices have the same classes and counts. A nil
// matrix equals only another nil matrix.
func (c *Confusion) Equal(o *Confusion) bool {
	if c == nil || o == nil {
		return c == o
	}
	if c.classes != o.classes {
		return false
	}
	for k, n := range c.counts {
		if n != o.counts[k] {
			return false
		}
	}
	return true
}
