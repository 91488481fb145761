package report

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"evenkeel/objective"
)

// hostile is what nobody's class is called: a colour, a title, a line of its own, a reversal
// of the direction, nothing visible, a byte that is no text, and wide characters.
const hostile = "\x1b[31mcat\x1b]0;x\a\nFORGED \u202etxt\u202c\u200b\U000e0041\r猫"

// hostileResult has it in a name and in cells.
func hostileResult() result {
	return result{
		columns: []column{{name: "class " + hostile, left: true}, {name: "n"}},
		rows:    [][]any{{hostile, 1}, {"猫猫", 22}, {"e\u0301", 333}},
	}
}

// shown checks that a text has no character that a terminal would obey, and no line that
// another has forged.
func shown(t *testing.T, what, text string) {
	t.Helper()
	for _, line := range strings.Split(text, "\n") {
		if objective.Printable(line) != line {
			t.Errorf("%s prints %q", what, line)
		}
		if strings.HasPrefix(line, "FORGED") {
			t.Errorf("%s prints a forged line %q", what, line)
		}
	}
}

// TestFormatsOfHostileText: people see all of it and none of it acts; programs read exactly
// what was written.
func TestFormatsOfHostileText(t *testing.T) {
	for _, format := range Formats() {
		var page bytes.Buffer
		if err := To(&page, format).write(hostileResult()); err != nil {
			t.Fatal(err)
		}
		if format != "csv" {
			shown(t, format, page.String())
		}
		switch format {
		case "json":
			var rows []map[string]any
			if err := json.Unmarshal(page.Bytes(), &rows); err != nil || len(rows) != 3 || rows[0]["class "+hostile] != hostile {
				t.Errorf("JSON is read as %q, %v", rows, err)
			}
		case "csv":
			rows, err := csv.NewReader(&page).ReadAll()
			if err != nil || len(rows) != 4 || rows[0][0] != "class "+hostile || rows[1][0] != hostile {
				t.Errorf("CSV is read as %q, %v", rows, err)
			}
		default:
			if want := `\x1b[31mcat\x1b]0;x\a\nFORGED \u202etxt\u202c\u200b\U000e0041\r猫`; strings.Count(page.String(), want) != 2 {
				t.Errorf("%s:\n%s\nwant %s twice", format, page.String(), want)
			}
		}
	}
}

// TestTableOfWideCharacters: columns end where they end on the screen.
func TestTableOfWideCharacters(t *testing.T) {
	var page bytes.Buffer
	r := result{columns: []column{{name: "class", left: true}, {name: "n"}}, rows: [][]any{{"猫猫", 22}, {"e\u0301", 333}, {"dog", 1}}}
	if err := To(&page, "table").write(r); err != nil {
		t.Fatal(err)
	}
	if want := "class    n\n猫猫    22\ne\u0301      333\ndog      1\n"; page.String() != want {
		t.Errorf("table\n%swant\n%s", page.String(), want)
	}
	if got := cut("猫猫猫", 5); got != "猫猫…" {
		t.Errorf("cut to 5 columns: %q", got)
	}
	if got := wrap("猫猫 猫猫 a", 7); !slices.Equal(got, []string{"猫猫", "猫猫 a"}) {
		t.Errorf("wrapped to 7 columns: %q", got)
	}
}

// TestPrintableWriter: characters that are written in pieces are one, and what is never
// completed is not written.
func TestPrintableWriter(t *testing.T) {
	var page bytes.Buffer
	w := Printable(Printable(&page))
	text := "a\t猫\n\x1b[2J\u202e\xffb\n"
	for i := range len(text) {
		if n, err := w.Write([]byte{text[i]}); n != 1 || err != nil {
			t.Fatalf("Write = %d, %v", n, err)
		}
	}
	if _, err := w.Write([]byte("\xe7\x8c")); err != nil {
		t.Fatal(err)
	}
	if want := "a\t猫\n" + `\x1b[2J\u202e\xffb` + "\n"; page.String() != want {
		t.Errorf("%q; want %q", page.String(), want)
	}
}

// TestFurtherLinesStandBelow: what others say on several lines cannot be read as lines of the
// program.
func TestFurtherLinesStandBelow(t *testing.T) {
	if got, want := beneath("a\r\nevenkeel: done\x1b[K\n", 2), "a\n  evenkeel: done"+`\x1b[K`; got != want {
		t.Errorf("%q; want %q", got, want)
	}
}
