package report

import (
	"fmt"
	"io"
	"os"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/olekukonko/tablewriter/pkg/twwidth"
	"golang.org/x/term"

	"evenkeel/objective"
)

// Printable returns a writer to w that writes out what [objective.Printable] does, except line
// breaks and tabs. It is the last barrier before a terminal: whatever a page or an error
// repeats of what others wrote, nothing of it is obeyed. Names that stand in a line are made
// printable before, with their line breaks.
func Printable(w io.Writer) io.Writer {
	if f, ok := w.(*filter); ok {
		w = f.to
	}
	return &filter{to: w, escape: objective.Printable}
}

// filter writes text with some characters escaped.
type filter struct {
	to     io.Writer
	escape func(string) string
	// broken is the beginning of a character whose other bytes are to come.
	broken []byte
}

// Write writes text; an incomplete character at its end waits for the next call.
func (f *filter) Write(text []byte) (int, error) {
	whole := text
	if len(f.broken) > 0 {
		whole = append(f.broken, text...)
		f.broken = nil
	}
	end := len(whole) - incomplete(whole)
	f.broken = append([]byte(nil), whole[end:]...)
	var b strings.Builder
	for part := string(whole[:end]); part != ""; {
		i := strings.IndexAny(part, "\n\t")
		if i < 0 {
			b.WriteString(f.escape(part))
			break
		}
		b.WriteString(f.escape(part[:i]))
		b.WriteByte(part[i])
		part = part[i+1:]
	}
	if _, err := io.WriteString(f.to, b.String()); err != nil {
		return 0, err
	}
	return len(text), nil
}

// incomplete returns how many bytes at the end begin a character that is not whole.
func incomplete(text []byte) int {
	for n := 1; n < utf8.UTFMax && n <= len(text); n++ {
		if tail := text[len(text)-n:]; utf8.RuneStart(tail[0]) {
			if utf8.FullRune(tail) {
				return 0
			}
			return n
		}
	}
	return 0
}

// jsonEscape writes what is not shown as JSON does in strings, where alone it can be: a
// reader gets the same text.
func jsonEscape(text string) string {
	if objective.Printable(text) == text {
		return text
	}
	var b strings.Builder
	for _, r := range text {
		switch {
		case objective.Shown(r):
			b.WriteRune(r)
		case r > 0xffff:
			high, low := utf16.EncodeRune(r)
			fmt.Fprintf(&b, `\u%04x\u%04x`, high, low)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
	}
	return b.String()
}

// plain returns the writer below a [filter].
func plain(w io.Writer) io.Writer {
	if f, ok := w.(*filter); ok {
		return f.to
	}
	return w
}

// terminal returns the terminal that w writes to, nil if it is none.
func terminal(w io.Writer) *os.File {
	if f, ok := plain(w).(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		return f
	}
	return nil
}

// isTerminal reports whether w is a terminal.
func isTerminal(w io.Writer) bool { return terminal(w) != nil }

// columns returns how wide a printable text is on a terminal: a character of East Asia takes
// two columns, an accent of its own none.
func columns(text string) int { return twwidth.Width(text) }

// beneath makes the further lines of a text stand below the first with so many blanks before
// them, so that none of them can be read as a line of the program's own.
func beneath(text string, indent int) string {
	lines := strings.Split(strings.TrimRight(text, "\r\n"), "\n")
	for i, line := range lines {
		lines[i] = objective.Printable(strings.TrimSuffix(line, "\r"))
	}
	return strings.Join(lines, "\n"+strings.Repeat(" ", indent))
}
