package objective_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"evenkeel/objective"
)

// TestPrintable: what a terminal would obey, hide or turn around is written out, and names in
// any script are left alone.
func TestPrintable(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                        "",
		"Zebra crossing":          "Zebra crossing",
		"猫 and \u3000 Straße":     "猫 and \u3000 Straße",
		"नमस्ते":                  "नमस्ते",
		`C:\data`:                 `C:\data`,
		"\x1b[31mred\x1b[0m":      `\x1b[31mred\x1b[0m`,
		"\x1b]0;title\a":          `\x1b]0;title\a`,
		"\u009b31m":               `\u009b31m`,
		"\xff\xfe":                `\xff\xfe`,
		"\ufffd":                  "\ufffd",
		"a\r\nb\tc\x7f":           `a\r\nb\tc\x7f`,
		"line\u2028and\u2029":     `line\u2028and\u2029`,
		"cat\u202egod\u202c":      `cat\u202egod\u202c`,
		"\u2066a\u2069\u200e":     `\u2066a\u2069\u200e`,
		"c\u200bat\ufeff\u00ad":   `c\u200bat\ufeff\u00ad`,
		"\u3164\u034f":            `\u3164\u034f`,
		"\U000e0041\ufe0f":        `\U000e0041\ufe0f`,
		"unassigned \u0378":       `unassigned \u0378`,
		"private \ue000":          `private \ue000`,
		"\x00":                    `\x00`,
		strings.Repeat("猫", 1000): strings.Repeat("猫", 1000),
	} {
		if got := objective.Printable(text); got != want {
			t.Errorf("%q: %q; want %q", text, got, want)
		}
	}
}

// FuzzPrintable: the result is UTF-8 on one line, and making it printable again changes
// nothing.
func FuzzPrintable(f *testing.F) {
	f.Add("a\x1b[31m\xff\u202e猫\n")
	f.Fuzz(func(t *testing.T, text string) {
		shown := objective.Printable(text)
		if !utf8.ValidString(shown) || !objective.OneLine(shown) || objective.Printable(shown) != shown {
			t.Errorf("%q is shown as %q", text, shown)
		}
		for _, r := range shown {
			if !objective.Shown(r) {
				t.Errorf("%q has %U", shown, r)
			}
		}
	})
}

// TestOneLine: names may be in any script, and have no line breaks and controls.
func TestOneLine(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"cat": true, "": true, "می\u200cخواهم": true, "cat\n": false, "a\u2028b": false, "\x1b[2J": false, "\u0085": false, "\xff": false,
	} {
		if got := objective.OneLine(text); got != want {
			t.Errorf("%q: %v; want %v", text, got, want)
		}
	}
}
