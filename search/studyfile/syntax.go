package studyfile

import (
	"bytes"
	"errors"
	"io"
	"os"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// maxBytes bounds a study file. A long one has a few kilobytes.
const maxBytes = 1 << 20

// ReadFile reads the text of a study file, of a longer one only so much that [Parse] refuses it.
// What is no regular file may have no end.
func ReadFile(name string) (text []byte, err error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, maxBytes+1))
}

// directive matches the line that says which YAML follows, if it is 1.2.
var directive = regexp.MustCompile(`\A(?:[ \t\r]*(?:#.*)?\n)*(%)YAML +1\.2[ \t\r]*(?:#.*)?\n`)

// byteOrderMark is allowed, and ignored, at the start of a text.
const byteOrderMark = "\uFEFF"

// syntax reads one YAML document. It returns nil when the text has no content,
// or is not well-formed; the latter is reported.
func (r *report) syntax(text []byte, origin int) *node {
	if len(text) > maxBytes {
		r.add(position{origin, 1, 1}, "the text has more than %d bytes, the most that a study file may have", maxBytes)
		return nil
	}
	text = bytes.TrimPrefix(text, []byte(byteOrderMark))
	if !r.characters(text, origin) {
		return nil
	}
	if m := directive.FindSubmatchIndex(text); m != nil {
		text = bytes.Clone(text)
		text[m[2]] = '#' // the parser knows of YAML 1.1 only
	}
	feed := &feed{text: text}
	decoder := yaml.NewDecoder(feed)
	var document, second yaml.Node
	switch err := decoder.Decode(&document); {
	case errors.Is(err, io.EOF):
		return nil
	case err != nil:
		r.malformed(text, feed.at, err, origin)
		return nil
	}
	root := r.convert(document.Content[0], origin, 0)
	switch err := decoder.Decode(&second); {
	case err == nil:
		r.add(position{origin, second.Line, second.Column}, "a second document starts here; a study file has one")
	case !errors.Is(err, io.EOF):
		r.malformed(text, feed.at, err, origin)
	}
	return root
}

// characters reports the first byte that is not UTF-8 and the first control
// character, and returns whether there are none.
func (r *report) characters(text []byte, origin int) bool {
	line, column := 1, 1
	for i := 0; i < len(text); {
		c, size := utf8.DecodeRune(text[i:])
		switch {
		case c == utf8.RuneError && size == 1:
			r.add(position{origin, line, column}, "byte 0x%02x is not UTF-8; save the file as UTF-8", text[i])
			return false
		case c < ' ' && c != '\t' && c != '\n' && c != '\r', c == 0x7f, c > 0x7f && c < 0xa0 && c != 0x85, c == 0xfffe, c == 0xffff:
			r.add(position{origin, line, column}, "control character %U is not allowed; remove it", c)
			return false
		case c == '\n':
			line, column = line+1, 0
		}
		i, column = i+size, column+1
	}
	return true
}

// feed hands out the text byte by byte, so that `at` is how far the parser
// had to read: its own messages name the line of the problem, the line before,
// or none.
type feed struct {
	text []byte
	at   int
}

// Read implements io.Reader.
func (f *feed) Read(p []byte) (int, error) {
	if f.at == len(f.text) {
		return 0, io.EOF
	}
	if len(p) == 0 {
		return 0, nil
	}
	p[0] = f.text[f.at]
	f.at++
	return 1, nil
}

var (
	yamlLine    = regexp.MustCompile(`^line (\d+): `)
	yamlAnchor  = regexp.MustCompile(`^unknown anchor '(.*)' referenced$`)
	parserWords = regexp.MustCompile(`^did not find expected (<|node|key|'-'|',')`)
)

// lookahead is how many characters the parser reads beyond a problem.
const lookahead = 4

// malformed reports a message of the YAML parser at the line it is about.
func (r *report) malformed(text []byte, read int, err error, origin int) {
	what := strings.TrimPrefix(err.Error(), "yaml: ")
	line := 0
	if m := yamlLine.FindStringSubmatch(what); m != nil {
		line, _ = strconv.Atoi(m[1]) // digits; 0 when there are too many
		what = what[len(m[0]):]
	}
	if m := yamlAnchor.FindStringSubmatch(what); m != nil {
		at := max(0, bytes.Index(text[:read], []byte("*"+m[1])))
		r.add(place(text, at, origin), "alias *%s; anchors and aliases are not allowed, write the value out", brief(m[1]))
		return
	}
	at := max(0, min(read, len(text))-lookahead)
	if read == len(text) || line > 0 && !parserWords.MatchString(what) {
		if parserWords.MatchString(what) {
			line++ // these are counted from 0
		}
		at = lineStart(text, line)
	}
	where := place(text, at, origin)
	where.column = indentation(text, where.line) + 1
	r.add(where, "not YAML: %s; check indentation, quotes and brackets here and above", what)
}

// place returns the position of a byte.
func place(text []byte, at, origin int) position {
	before := text[:at]
	start := bytes.LastIndexByte(before, '\n') + 1
	return position{origin, bytes.Count(before, []byte("\n")) + 1, utf8.RuneCount(before[start:]) + 1}
}

// lineStart returns the offset of a line, counted from 1; of the last one if
// there are fewer.
func lineStart(text []byte, line int) int {
	at := 0
	for ; line > 1; line-- {
		next := bytes.IndexByte(text[at:], '\n')
		if next < 0 || at+next+1 == len(text) {
			break
		}
		at += next + 1
	}
	return at
}

// indentation returns how many blanks a line starts with.
func indentation(text []byte, line int) int {
	rest := text[lineStart(text, line):]
	return len(rest) - len(bytes.TrimLeft(rest, " "))
}
