package studyfile

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// maxFaults is how many faults one parse reports; a file with more is not a
// study file, and its report would help nobody.
const maxFaults = 100

// Fault is one thing that is wrong with a study file or an override.
type Fault struct {
	// File, Line and Column say where; lines and columns count from 1, columns
	// in characters.
	File         string
	Line, Column int
	// Flag is the command-line flag that brought the value, such as
	// "--set model.epochs"; then line and column are those within its value.
	Flag string
	// What says what is wrong and what would be right.
	What string
}

// Error returns "FILE:LINE:COLUMN: what", or "FLAG: what", which does not say the key
// twice.
func (f Fault) Error() string {
	if f.Flag != "" {
		key, set := strings.CutPrefix(f.Flag, "--set ")
		if !set {
			key = "search." + strings.TrimPrefix(f.Flag, "--")
		}
		if what, ok := strings.CutPrefix(f.What, key+": "); ok {
			return f.Flag + ": " + what
		}
		if what, ok := strings.CutPrefix(f.What, key+" "); ok {
			return f.Flag + " " + what
		}
		return f.Flag + ": " + f.What
	}
	return fmt.Sprintf("%s:%d:%d: %s", f.File, f.Line, f.Column, f.What)
}

// Errors are all faults that one parse found, in the order of their places, the
// file's before the overrides'. There is at least one.
type Errors []Fault

// Error returns one line for each fault.
func (e Errors) Error() string {
	lines := make([]string, len(e))
	for i, f := range e {
		lines[i] = f.Error()
	}
	return strings.Join(lines, "\n")
}

// Unwrap returns the faults, so that errors.As finds a [Fault] too.
func (e Errors) Unwrap() []error {
	errs := make([]error, len(e))
	for i, f := range e {
		errs[i] = f
	}
	return errs
}

// position is the place of a node: in the file (origin 0) or in the value of
// override number origin, from 1.
type position struct {
	origin       int
	line, column int
}

// report gathers faults. The zero value has no file name and no flags.
type report struct {
	file  string
	flags []string // of the overrides, in order
	// faults holds the first of them, found counts all.
	faults []located
	found  int
}

type located struct {
	at   position
	what string
}

// add records a fault.
func (r *report) add(at position, format string, args ...any) {
	r.found++
	if r.found <= maxFaults {
		r.faults = append(r.faults, located{at, fmt.Sprintf(format, args...)})
	}
}

// err returns what was gathered, or nil.
func (r *report) err() error {
	if r.found == 0 {
		return nil
	}
	slices.SortStableFunc(r.faults, func(a, b located) int {
		return cmp.Or(cmp.Compare(a.at.origin, b.at.origin), cmp.Compare(a.at.line, b.at.line), cmp.Compare(a.at.column, b.at.column))
	})
	out := make(Errors, len(r.faults))
	for i, f := range r.faults {
		out[i] = Fault{File: r.file, Line: f.at.line, Column: f.at.column, What: f.what}
		if f.at.origin > 0 {
			out[i].Flag = r.flags[f.at.origin-1]
		}
	}
	if r.found > maxFaults {
		out[len(out)-1].What += fmt.Sprintf(" (and %d more faults)", r.found-maxFaults)
	}
	return out
}

// keyAtStart matches the dotted key that an error's text begins with.
var keyAtStart = regexp.MustCompile(`^[a-z_]+(\.[A-Za-z0-9_-]+)*`)

// Place returns an error that is found after the study file was parsed, and whose text
// begins with a key, as a [Fault] at the place of this key in the file or in an override.
// The name, text and overrides are those of [Parse]. An error about a key that they do not
// set is returned as it is.
func Place(err error, name string, text []byte, overrides []Override) error {
	p := newParser(name)
	n := p.syntax(text, 0)
	if n == nil {
		n = &node{at: position{0, 1, 1}, kind: mapping}
	}
	for _, o := range overrides {
		p.override(n, o)
	}
	key := keyAtStart.FindString(err.Error())
	if p.found > 0 || key == "" {
		return err
	}
	for _, part := range strings.Split(key, ".") {
		if n = n.get(part); n == nil {
			return err
		}
	}
	p.add(n.at, "%s", err.Error())
	return p.err()
}
