package studyfile

import (
	"encoding/json"
	"regexp"
	"strconv"
	"strings"
)

// canonical returns the canonical JSON of the study: every key with its value,
// keys in alphabetical order, shortest numbers. It reads as a study file.
func (p *parser) canonical() json.RawMessage {
	all := map[string]any{"study": p.def.Name}
	for name, section := range p.canon {
		all[name] = section
	}
	return canonicalJSON(all)
}

// source writes the tree as YAML, with the study's name spelled out: a section
// and a key a line, everything deeper in brackets. Comments are lost.
func source(root *node, study string) []byte {
	var b strings.Builder
	b.WriteString("study: " + strconv.Quote(study) + "\n")
	for _, f := range root.fields {
		switch {
		case f.name == "study":
		case len(f.value.fields) == 0:
			b.WriteString(f.name + ": {}\n")
		default:
			b.WriteString(f.name + ":\n")
			for _, g := range f.value.fields {
				b.WriteString("  " + g.name + ": ")
				g.value.write(&b)
				b.WriteByte('\n')
			}
		}
	}
	return []byte(b.String())
}

// write writes a node on one line.
func (n *node) write(b *strings.Builder) {
	switch n.kind {
	case list:
		b.WriteByte('[')
		for i, item := range n.items {
			separate(b, i)
			item.write(b)
		}
		b.WriteByte(']')
	case mapping:
		b.WriteByte('{')
		for i, f := range n.fields {
			separate(b, i)
			b.WriteString(f.name + ": ")
			f.value.write(b)
		}
		b.WriteByte('}')
	default:
		b.WriteString(n.literal())
	}
}

func separate(b *strings.Builder, i int) {
	if i > 0 {
		b.WriteString(", ")
	}
}

// safeWord matches words that are text to every YAML reader, but for those that
// [node.literal] knows.
var safeWord = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_./-]*$`)

// literal writes a scalar so that it reads back with the same content, and
// plain if its being plain matters: for numbers, booleans and null. Go's quoted
// strings are double-quoted scalars of YAML for text that is UTF-8.
func (n *node) literal() string {
	number := yamlFloat.MatchString(n.text) || yamlInteger.MatchString(n.text) || yamlBased.MatchString(n.text)
	switch {
	case n.plain && (number || n.text == "true" || n.text == "false"):
		return n.text
	case n.plain && safeWord.MatchString(n.text):
		return n.text
	}
	return strconv.Quote(n.text)
}
