package objective

import "math/bits"

// Hits says which validation examples a run predicted rightly, one bit for each:
// first those of class 0 in their order, then those of class 1, and so on. The
// counts of the run's confusion matrix say where each class begins. A set of 10,000
// examples takes 1,256 bytes. nil: not known.
type Hits []uint64

// NewHits compares the predictions of a run with the true classes of the same
// examples. It returns nil where either is missing, and where the two are not what
// the matrix counts: a trainer may send predictions of other examples.
func NewHits(m *Confusion, labels, predictions []uint16) Hits {
	if int64(len(labels)) != m.Total() || len(predictions) != len(labels) {
		return nil
	}
	support, right := m.Support(), m.TruePositives()
	// next is the bit of each class's next example, and end the one behind its last.
	next, end := make([]int, len(support)), make([]int, len(support))
	at := 0
	for c, n := range support {
		next[c] = at
		at += int(n)
		end[c] = at
	}
	h := make(Hits, (len(labels)+63)/64)
	for i, c := range labels {
		if int(c) >= len(next) || next[c] == end[c] {
			return nil
		}
		if predictions[i] == c {
			h[next[c]/64] |= 1 << (next[c] % 64)
			right[c]--
		}
		next[c]++
	}
	for _, n := range right {
		if n != 0 {
			return nil
		}
	}
	return h
}

// both returns how many of the examples from .. to-1 are hits in h and in o.
func (h Hits) both(o Hits, from, to int) int {
	if from >= to {
		return 0
	}
	first, last := from/64, (to-1)/64
	n := 0
	for w := first; w <= last; w++ {
		x := h[w] & o[w]
		if w == first {
			x &= ^uint64(0) << (from % 64)
		}
		if w == last {
			x &= ^uint64(0) >> (63 - (to-1)%64)
		}
		n += bits.OnesCount64(x)
	}
	return n
}
