package table

import "io"

// Rows reads the records of a file of which it is not known whether it has a header. What
// a file may be, and how it may be wrong, is as in [Learn].
type Rows struct{ rec *records }

// OpenRows returns the records of r; name is what errors call the file.
func OpenRows(r io.Reader, name string) (*Rows, error) {
	rec, err := startRecords(r, name)
	if err != nil {
		return nil, err
	}
	return &Rows{rec}, nil
}

// Next returns the fields of the next record, valid until the following call, and io.EOF
// after the last.
func (r *Rows) Next() ([]string, error) { return r.rec.read() }

// Line returns the line on which the last record begins, from 1.
func (r *Rows) Line() int { return r.rec.last }

// At returns an error about field i of the last record, from 0.
func (r *Rows) At(i int, format string, args ...any) error { return r.rec.at(i, format, args...) }

// Quote puts a text from outside in quotes, on one line and not too long of it.
func Quote(s string) string { return quote(s) }
