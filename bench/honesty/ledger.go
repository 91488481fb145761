package main

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// key are the first columns of every file: what makes results comparable, the
// repetition, and how many rows it has, so that a repetition that was cut off while
// it was written is known for one.
var key = []string{"settings", "repetition", "rows"}

// ledger is a file of results, repetition by repetition. Without a path it is kept
// in memory only.
type ledger struct {
	path     string
	header   []string // with the key
	settings string
	// empty says that the file has no header yet.
	empty bool
	// kept are the rows of complete repetitions, without the key.
	kept map[int][][]string
}

// openLedger reads the file, if there is one. Repetitions that are not complete are
// taken out of it. Results of other settings and other columns are errors; "" as
// settings takes what is there.
func openLedger(path string, columns []string, settings string) (*ledger, error) {
	l := &ledger{path: path, header: slices.Concat(key, columns), settings: settings, kept: make(map[int][][]string)}
	if path == "" {
		return l, nil
	}
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		l.empty = true
		return l, nil
	}
	if err != nil {
		return nil, err
	}
	whole := string(text[:strings.LastIndexByte(string(text), '\n')+1]) // a torn last line goes
	records, err := csv.NewReader(strings.NewReader(whole)).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if len(records) == 0 {
		l.empty = true
		return l, nil
	}
	if !slices.Equal(records[0], l.header) {
		return nil, fmt.Errorf("%s has the columns %s; want %s", path, strings.Join(records[0], ","), strings.Join(l.header, ","))
	}
	promised := make(map[int]int)
	for i, r := range records[1:] {
		number, wrong := strconv.Atoi(r[1])
		rows, wrong2 := strconv.Atoi(r[2])
		if err := errors.Join(wrong, wrong2); err != nil {
			return nil, fmt.Errorf("%s, record %d: %w", path, i+2, err)
		}
		if l.settings == "" {
			l.settings = r[0]
		}
		if r[0] != l.settings {
			return nil, fmt.Errorf("%s, record %d is of settings %s; these are %s: give other settings another file", path, i+2, r[0], l.settings)
		}
		promised[number] = rows
		l.kept[number] = append(l.kept[number], r[len(key):])
	}
	torn := len(whole) < len(text)
	for number, rows := range promised {
		if len(l.kept[number]) != rows {
			delete(l.kept, number)
			torn = true
		}
	}
	if torn {
		return l, l.rewrite()
	}
	return l, nil
}

// rewrite writes the file anew.
func (l *ledger) rewrite() error {
	var b strings.Builder
	if err := l.encode(&b, l.header); err != nil {
		return err
	}
	for _, number := range l.repetitions() {
		if err := l.encode(&b, l.keyed(number)...); err != nil {
			return err
		}
	}
	beside := filepath.Join(filepath.Dir(l.path), "."+filepath.Base(l.path)+".new")
	if err := os.WriteFile(beside, []byte(b.String()), 0o644); err != nil {
		return err
	}
	return os.Rename(beside, l.path)
}

// repetitions returns the numbers of the complete repetitions, ascending.
func (l *ledger) repetitions() []int {
	var all []int
	for number := range l.kept {
		all = append(all, number)
	}
	slices.Sort(all)
	return all
}

// has reports whether a repetition is complete.
func (l *ledger) has(number int) bool { return l.kept[number] != nil }

// keyed returns the rows of a repetition with the key.
func (l *ledger) keyed(number int) [][]string {
	rows := l.kept[number]
	out := make([][]string, len(rows))
	for i, r := range rows {
		out[i] = slices.Concat([]string{l.settings, strconv.Itoa(number), strconv.Itoa(len(rows))}, r)
	}
	return out
}

// encode writes records.
func (l *ledger) encode(w io.Writer, records ...[]string) error {
	c := csv.NewWriter(w)
	if err := c.WriteAll(records); err != nil {
		return err
	}
	return c.Error()
}

// writeHeader writes the header to w, and to the file if that has none.
func (l *ledger) writeHeader(w io.Writer) error {
	if l.empty {
		if err := l.rewrite(); err != nil {
			return err
		}
		l.empty = false
	}
	return l.encode(w, l.header)
}

// add adds a repetition to the file, in one write, and to w.
func (l *ledger) add(number int, rows [][]string, w io.Writer) error {
	l.kept[number] = rows
	var b strings.Builder
	if err := l.encode(&b, l.keyed(number)...); err != nil {
		return err
	}
	if l.path != "" {
		f, err := os.OpenFile(l.path, os.O_APPEND|os.O_WRONLY, 0o644)
		if err != nil {
			return err
		}
		_, err = f.WriteString(b.String())
		if err := errors.Join(err, f.Close()); err != nil {
			return fmt.Errorf("%s: %w", l.path, err)
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}
