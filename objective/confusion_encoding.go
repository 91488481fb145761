package objective

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
)

// MarshalJSON writes the counts as an array of rows: [[9,1],[2,8]].
func (c *Confusion) MarshalJSON() ([]byte, error) {
	return json.Marshal(c.Rows())
}

// UnmarshalJSON reads an array of rows, under the rules of [ConfusionFromRows].
// A count that is null, a string, or has a fraction or an exponent is refused:
// what a trainer did not count must not be read as 0. On an error c is unchanged.
func (c *Confusion) UnmarshalJSON(data []byte) error {
	var rows [][]count
	if err := json.Unmarshal(data, &rows); err != nil {
		return fmt.Errorf("confusion matrix: %w; want an array of rows of counts", err)
	}
	for i, row := range rows {
		for j, n := range row {
			if n == notCount {
				return fmt.Errorf("confusion matrix: row %d, column %d is not a whole number; want a count from 0 below 2^53", i, j)
			}
		}
	}
	m, err := fromRows(rows)
	if err != nil {
		return err
	}
	*c = *m
	return nil
}

// count is a JSON integer; anything else becomes notCount, so that the error
// can say in which row and column it was.
type count int64

const notCount count = math.MinInt64

// UnmarshalJSON never fails, see [count].
func (n *count) UnmarshalJSON(data []byte) error {
	v, err := strconv.ParseInt(string(data), 10, 64)
	if err != nil {
		v = int64(notCount)
	}
	*n = count(v)
	return nil
}

// AppendBinary appends a compact form to b and returns it: the number of
// classes K, then the K x K counts row by row, each an unsigned varint (seven
// bits a byte, the low ones first, as in [encoding/binary]). A 10 x 10 matrix of
// 1,200 examples takes about 110 bytes. The error is always nil.
func (c *Confusion) AppendBinary(b []byte) ([]byte, error) {
	b = binary.AppendUvarint(b, uint64(c.classes))
	for _, n := range c.counts {
		b = binary.AppendUvarint(b, uint64(n))
	}
	return b, nil
}

// UnmarshalBinary reads what [Confusion.AppendBinary] wrote and nothing else:
// missing or left-over bytes, a varint longer than needed and counts out of
// range are refused. It does not keep data. On an error c is unchanged.
func (c *Confusion) UnmarshalBinary(data []byte) error {
	size := len(data)
	next := func() (uint64, error) {
		v, n := binary.Uvarint(data)
		if n <= 0 || n > 1 && data[n-1] == 0 {
			return 0, fmt.Errorf("binary confusion matrix: no shortest varint at byte %d of %d", size-len(data), size)
		}
		data = data[n:]
		return v, nil
	}
	classes, err := next()
	if err != nil {
		return err
	}
	// Every count takes a byte: a false size cannot ask for much memory.
	if classes < 1 || classes > uint64(len(data)) || classes*classes > uint64(len(data)) {
		return fmt.Errorf("binary confusion matrix: %d classes in %d bytes; want at least 1 class, and 1 byte a count", classes, size)
	}
	m := NewConfusion(int(classes))
	for k := range m.counts {
		n, err := next()
		if err != nil {
			return err
		}
		if err := m.put(k/m.classes, k%m.classes, int64(min(n, math.MaxInt64))); err != nil {
			return fmt.Errorf("binary %w", err)
		}
	}
	if len(data) > 0 {
		return fmt.Errorf("binary confusion matrix: %d bytes after the last count; want none", len(data))
	}
	*c = *m
	return nil
}
