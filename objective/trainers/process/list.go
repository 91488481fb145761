package process

import (
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"math"
	"strconv"

	"evenkeel/objective"
)

// maxList bounds the lists of a message that have no other bound: a class is a
// uint16. maxListText bounds what their elements have of text together.
const (
	maxList     = 1 << 16
	maxListText = 8 << 20
)

// list is an array of a message. It keeps the text of its elements, at most a
// given number of them, since what a program sends may be anything.
type list struct {
	most  int // 0 means maxList
	given bool
	items []string
	extra int // elements beyond most
	fault error
}

// UnmarshalJSON takes in the elements. A value of another kind is remembered as
// a fault, which is reported with the field's name.
func (l *list) UnmarshalJSON(b []byte) error {
	*l = list{most: l.most}
	if string(b) == "null" {
		return nil
	}
	l.given = true
	if b[0] != '[' {
		l.fault = fmt.Errorf("is %s; want a list", abridged(string(b)))
		return nil
	}
	most := l.most
	if most == 0 {
		most = maxList
	}
	size := 0
	for item := range elements(b) {
		if len(l.items) == most {
			l.extra++
			continue
		}
		if size += len(item); size > maxListText {
			l.fault = fmt.Errorf("has more than %d MiB of text", maxListText>>20)
			return nil
		}
		l.items = append(l.items, string(item))
	}
	return nil
}

// length returns the number of elements, those not kept included.
func (l *list) length() int { return len(l.items) + l.extra }

// texts returns the elements as strings.
func (l *list) texts() ([]string, error) {
	if l.fault != nil {
		return nil, l.fault
	}
	if l.extra > 0 {
		return nil, fmt.Errorf("has %d entries; want at most %d", l.length(), len(l.items))
	}
	texts := make([]string, len(l.items))
	for i, item := range l.items {
		if item[0] != '"' || json.Unmarshal([]byte(item), &texts[i]) != nil {
			return nil, fmt.Errorf("entry %d is %s; want a text", i, abridged(item))
		}
	}
	return texts, nil
}

// matrix is a square table of counts in a message.
type matrix struct {
	classes int // rows and columns that are wanted
	given   bool
	counts  *objective.Confusion
	fault   error
}

// UnmarshalJSON takes in the counts; what is wrong is remembered as a fault,
// which is reported with the part's name.
func (m *matrix) UnmarshalJSON(b []byte) error {
	if string(b) == "null" {
		return nil
	}
	if m.given {
		m.fault = errors.New("occurs twice")
		return nil
	}
	m.given = true
	m.counts, m.fault = counts(b, m.classes)
	return nil
}

// counts reads a table of classes x classes counts.
func counts(b []byte, classes int) (*objective.Confusion, error) {
	if b[0] != '[' {
		return nil, fmt.Errorf("is %s; want rows of counts", abridged(string(b)))
	}
	m := objective.NewConfusion(classes)
	rows := 0
	for item := range elements(b) {
		if rows++; rows > classes {
			continue
		}
		if item[0] != '[' {
			return nil, fmt.Errorf("row %d is %s; want %d counts", rows-1, abridged(string(item)), classes)
		}
		columns := 0
		for cell := range elements(item) {
			if columns++; columns > classes {
				continue
			}
			n, plain := digits(cell)
			var err error
			if !plain {
				n, err = count(string(cell))
			}
			if err != nil {
				return nil, fmt.Errorf("row %d, column %d %w", rows-1, columns-1, err)
			}
			if m.Total()+n >= maxCount {
				return nil, fmt.Errorf("has counts that sum to %d up to row %d, column %d; want a sum below 2^53", m.Total()+n, rows-1, columns-1)
			}
			m.Add(rows-1, columns-1, n)
		}
		if columns != classes {
			return nil, fmt.Errorf("row %d has %d columns; want %d, one for each class", rows-1, columns, classes)
		}
	}
	if rows != classes {
		return nil, fmt.Errorf("has %d rows; want %d, one for each class", rows, classes)
	}
	return m, nil
}

// maxCount is above every count and every sum of counts that the protocol allows.
const maxCount = 1 << 53

// digits reads a count that is written in the ordinary way, as nearly all are, and
// takes no memory for it.
func digits(b []byte) (n int64, ok bool) {
	if len(b) > 15 { // below 2^53
		return 0, false
	}
	for _, c := range b {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = 10*n + int64(c-'0')
	}
	return n, true
}

// count reads an integer from 0 below 2^53, however JSON may write it.
func count(s string) (int64, error) {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		v, wrong := strconv.ParseFloat(s, 64)
		if wrong != nil && !math.IsInf(v, 0) || !math.IsInf(v, 0) && v != math.Trunc(v) {
			return 0, fmt.Errorf("is %s; want an integer", abridged(s))
		}
		n = maxCount
		if v < 0 {
			n = -1
		} else if v < maxCount {
			n = int64(v)
		}
	}
	if n < 0 || n >= maxCount {
		return 0, fmt.Errorf("is %s; want a count from 0 below 2^53", abridged(s))
	}
	return n, nil
}

// elements yields the elements of a valid JSON array, as they are written.
func elements(b []byte) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		start, depth, quoted := -1, 0, false
		for i := 1; i < len(b); i++ {
			switch c := b[i]; {
			case quoted && c == '\\':
				i++
			case c == '"':
				quoted = !quoted
				if start < 0 {
					start = i
				}
			case quoted:
			case depth == 0 && (c == ',' || c == ']'):
				if start >= 0 && !yield(trimmed(b[start:i])) {
					return
				}
				start = -1
			case c == '[' || c == '{':
				if start < 0 {
					start = i
				}
				depth++
			case c == ']' || c == '}':
				depth--
			case start < 0 && !space(c):
				start = i
			}
		}
	}
}

// trimmed returns b without the space at its end.
func trimmed(b []byte) []byte {
	for len(b) > 0 && space(b[len(b)-1]) {
		b = b[:len(b)-1]
	}
	return b
}

func space(c byte) bool { return c == ' ' || c == '\t' || c == '\r' || c == '\n' }
