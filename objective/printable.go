package objective

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Printable returns a text as it can be shown on one line of a terminal. What has no sign of
// its own or acts on the signs beside it is written as an escape of Go: control characters and
// line breaks (\n, \x1b), the characters that change the direction of writing (\u202e), those
// of no width (\u200b, and variation selectors), and bytes that are not UTF-8 (\xff). All other
// text, of any script, is as it was. A backslash is not doubled: the result is for reading.
func Printable(text string) string {
	i := unprintable(text)
	if i < 0 {
		return text
	}
	var b strings.Builder
	for i >= 0 {
		b.WriteString(text[:i])
		_, size := utf8.DecodeRuneInString(text[i:])
		quoted := strconv.QuoteToASCII(text[i : i+size])
		b.WriteString(quoted[1 : len(quoted)-1])
		text = text[i+size:]
		i = unprintable(text)
	}
	b.WriteString(text)
	return b.String()
}

// Shown reports whether [Printable] leaves a character as it is.
func Shown(r rune) bool {
	switch {
	case r < utf8.RuneSelf:
		return r >= ' ' && r != 0x7f
	case unicode.In(r, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector):
		return false
	case unicode.Is(unicode.Zs, r): // blanks of any width
		return true
	}
	return unicode.IsPrint(r)
}

// OneLine reports whether a text is UTF-8 without control characters and line breaks: a
// terminal shows it on one line, though not always as it was meant.
func OneLine(text string) bool {
	return utf8.ValidString(text) && !strings.ContainsFunc(text, func(r rune) bool {
		return unicode.IsControl(r) || r == '\u2028' || r == '\u2029'
	})
}

// unprintable returns where the first character is that is not shown, -1 if there is none.
func unprintable(text string) int {
	for i, r := range text {
		if !Shown(r) {
			return i
		}
		if r == utf8.RuneError {
			if _, size := utf8.DecodeRuneInString(text[i:]); size == 1 {
				return i
			}
		}
	}
	return -1
}
