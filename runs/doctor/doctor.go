package doctor

import (
	"context"
	"errors"
	"strings"
	"time"
)

// State says how serious a finding is.
type State string

// The states of a [Line].
const (
	OK      State = "ok"
	Warning State = "warning"
	Problem State = "problem"
)

// Line is what one check found.
type Line struct {
	// Name is what was checked, in one or two words.
	Name  string
	State State
	// Advice says what to do, "" where nothing is to be done; Text what was found.
	Advice, Text string
	// Done are the things that were put right.
	Done []string
}

// ErrProblem ends an examination that found a problem.
var ErrProblem = errors.New("there is a problem; see the lines marked PROBLEM")

// Machine is what the program knows of itself and of how it computes here.
type Machine struct {
	// Program is its version, Platform the system and the processor's kind.
	Program, Go, Platform string
	// Kernels are those in use, Numerics the id of what they compute; Fault says why there are
	// none. Supported are all kernels that the processor has.
	Kernels, Numerics string
	Supported         []string
	Fault             error
}

// Request says what to examine.
type Request struct {
	// DB is the path of the trial history.
	DB      string
	Machine Machine
	// Fix removes what is left over and wakes what was stopped.
	Fix bool
	// Now is the time.
	Now time.Time
}

// Examine makes every check, in the order in which a person reads them.
func Examine(ctx context.Context, r Request) []Line {
	h := openHistory(ctx, r)
	defer h.close()
	lines := []Line{h.opened}
	if h.file != nil {
		lines = append(lines, h.integrity(ctx), h.schema(ctx))
	}
	if h.readable {
		lines = append(lines, h.studies(ctx))
	}
	lines = append(lines, besideHistory(r), folders(r), guards(r))
	lines = append(lines, h.room(ctx)...)
	lines = append(lines, h.clock(ctx, r.Now), h.kernels(ctx, r.Machine))
	return append(lines, Line{Name: "version", State: OK, Text: strings.Join([]string{
		"evenkeel " + r.Machine.Program, "SQLite " + sqliteVersion(ctx), r.Machine.Go, r.Machine.Platform,
	}, ", ")})
}

// Worst returns the most serious state.
func Worst(lines []Line) State {
	worst := OK
	for _, l := range lines {
		if l.State == Problem || worst == OK {
			worst = l.State
		}
	}
	return worst
}
