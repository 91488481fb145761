package report

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/term"

	"evenkeel/objective"
)

// pageWidth is the width in columns that sentences are wrapped to.
const pageWidth = 100

// Out says where a page goes and in which form.
type Out struct {
	W io.Writer
	// Format is one of [Formats], or what a page takes beside them.
	Format string
	// Width is that of the terminal in columns; 0 where W is none or does not know it. Only
	// on a terminal are long cells cut.
	Width int
}

// Formats are the output formats of commands that print results, the default first.
func Formats() []string { return []string{"table", "json", "csv", "markdown"} }

// forPeople reports whether the format is laid out for reading: rounded figures and
// words, where json and csv hold every column unrounded.
func (o Out) forPeople() bool { return !slices.Contains([]string{"json", "csv"}, o.Format) }

// Paste reports whether the format is code to paste, one of [PasteFormats].
func (o Out) paste() bool { return slices.Contains(PasteFormats(), o.Format) }

// To returns the place of a page: w, which is the one that [Printable] returned or a file.
// People get a page as [Printable] writes it, JSON has escapes in the same places, which a
// program reads as the text that was, and CSV is exact where it does not go to a terminal.
func To(w io.Writer, format string) Out {
	out := Out{W: w, Format: format, Width: TerminalWidth(w)}
	switch format {
	case "json":
		out.W = &filter{to: plain(w), escape: jsonEscape}
	case "csv":
		out.W = plain(w)
	default:
		out.W = Printable(w)
	}
	return out
}

// TerminalWidth returns the number of columns of a terminal, 0 if w is none.
func TerminalWidth(w io.Writer) int {
	f := terminal(w)
	if f == nil {
		return 0
	}
	width, _, err := term.GetSize(int(f.Fd()))
	if err != nil {
		return 0
	}
	return width
}

// terminal reports whether the page goes to a terminal.
func (o Out) terminal() bool { return isTerminal(o.W) }

// lines prints a sentence or more on lines of at most pageWidth columns.
func (o Out) lines(text string) {
	for _, line := range wrap(text, o.textWidth()) {
		fmt.Fprintln(o.W, line)
	}
}

// textWidth returns the width that sentences are wrapped to: that of the page, or of a
// terminal that is narrower.
func (o Out) textWidth() int {
	if o.Width > 0 {
		return min(o.Width, pageWidth)
	}
	return pageWidth
}

// paragraph prints a text behind a mark on lines of at most pageWidth columns, all of
// them starting where the first does.
func (o Out) paragraph(mark, text string) {
	indent := len(mark)
	if indent > 0 {
		indent++
		mark += " "
	}
	for i, line := range wrap(text, o.textWidth()-indent) {
		if i > 0 {
			mark = strings.Repeat(" ", indent)
		}
		fmt.Fprintln(o.W, mark+line)
	}
}

// blankInCommand stands for the blanks of a command in a text that is wrapped.
const blankInCommand = "\u00a0"

// whole makes a command one word for [wrap], so that it can be copied from one line.
func whole(command string) string { return strings.ReplaceAll(command, " ", blankInCommand) }

// wrap breaks a text into lines of at most so many columns; a longer word, or a command that
// is [whole], has a line of its own.
func wrap(text string, width int) []string {
	var lines []string
	line := ""
	for _, word := range strings.FieldsFunc(text, func(r rune) bool { return unicode.IsSpace(r) && string(r) != blankInCommand }) {
		word = objective.Printable(strings.ReplaceAll(word, blankInCommand, " "))
		switch {
		case line == "":
			line = word
		case columns(line)+1+columns(word) <= width:
			line += " " + word
		default:
			lines, line = append(lines, line), word
		}
	}
	if line != "" {
		lines = append(lines, line)
	}
	return lines
}

// lastLines returns the last lines of a text, without blanks at its ends.
func lastLines(text string, n int) []string {
	// A program that moves to the beginning of a line to write it again has written two.
	text = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(text)
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return lines[max(0, len(lines)-n):]
}
