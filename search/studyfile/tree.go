package studyfile

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// maxDepth bounds nesting; the deepest study needs five levels.
const maxDepth = 32

type nodeKind int

// The kinds of nodes. A broken node has been reported and is skipped.
const (
	broken nodeKind = iota
	scalar
	list
	mapping
)

// node is a YAML value reduced to what a study file may hold.
type node struct {
	at   position
	kind nodeKind
	// text is the content of a scalar; plain says that it was not quoted.
	text  string
	plain bool
	items []*node
	// fields are those of a mapping, in the order of the file.
	fields []field
}

type field struct {
	name  string
	at    position
	value *node
}

// field returns the field with the given name, or nil.
func (n *node) field(name string) *field {
	if n == nil {
		return nil
	}
	for i := range n.fields {
		if n.fields[i].name == name {
			return &n.fields[i]
		}
	}
	return nil
}

// get returns the value of a field, or nil.
func (n *node) get(name string) *node {
	if f := n.field(name); f != nil {
		return f.value
	}
	return nil
}

// remove takes a field out of a mapping.
func (n *node) remove(name string) {
	n.fields = slices.DeleteFunc(n.fields, func(f field) bool { return f.name == name })
}

// null reports whether the node is an unquoted YAML null.
func (n *node) null() bool {
	if n.kind != scalar || !n.plain {
		return false
	}
	switch n.text {
	case "", "~", "null", "Null", "NULL":
		return true
	}
	return false
}

// convert reduces a YAML node and reports what a study file may not hold:
// anchors, aliases, tags, merge keys, keys that are not words, duplicate keys.
func (r *report) convert(y *yaml.Node, origin, depth int) *node {
	n := &node{at: position{origin, y.Line, y.Column}}
	switch {
	case y.Kind == yaml.AliasNode:
		r.add(n.at, "alias *%s; anchors and aliases are not allowed, write the value out", brief(y.Value))
		return n
	case y.Anchor != "":
		r.add(n.at, "anchor &%s; anchors and aliases are not allowed, write the value where it is used", brief(y.Anchor))
	case y.Style&yaml.TaggedStyle != 0:
		r.add(n.at, "tag %s; leave it out, the key decides the type", brief(y.Tag))
		return n
	case depth == maxDepth:
		r.add(n.at, "more than %d levels of nesting; a study file needs at most 5", maxDepth)
		return n
	}
	switch y.Kind {
	case yaml.ScalarNode:
		n.kind, n.text, n.plain = scalar, y.Value, y.Style&^yaml.TaggedStyle == 0
	case yaml.SequenceNode:
		n.kind = list
		for _, item := range y.Content {
			n.items = append(n.items, r.convert(item, origin, depth+1))
		}
	case yaml.MappingNode:
		n.kind = mapping
		r.convertFields(n, y, origin, depth)
	}
	return n
}

// convertFields fills the fields of a mapping.
func (r *report) convertFields(n *node, y *yaml.Node, origin, depth int) {
	seen := make(map[string]int, len(y.Content)/2)
	for i := 0; i+1 < len(y.Content); i += 2 {
		key := r.convert(y.Content[i], origin, depth+1)
		value := r.convert(y.Content[i+1], origin, depth+1)
		line, twice := seen[key.text]
		switch {
		case key.kind == broken:
		case key.kind != scalar:
			r.add(key.at, "a key is %s; want a word", describe(key))
		case key.plain && key.text == "<<":
			r.add(key.at, "merge key <<; anchors and aliases are not allowed, write the keys out")
		case twice:
			r.add(key.at, "key %s occurs twice, first on line %d; keep one", quote(key.text), line)
		default:
			seen[key.text] = key.at.line
			n.fields = append(n.fields, field{key.text, key.at, value})
		}
	}
}

// describe names a node in a message.
func describe(n *node) string {
	switch {
	case n.kind == list:
		return "a list"
	case n.kind == mapping:
		return "a mapping"
	case n.null():
		return "empty"
	case !n.plain:
		return quote(n.text)
	}
	return brief(n.text)
}

// briefRunes is how much of a text a message shows.
const briefRunes = 40

// brief shortens a text for a message and keeps it on one line.
func brief(s string) string {
	if utf8.RuneCountInString(s) > briefRunes {
		s = string([]rune(s)[:briefRunes]) + "..."
	}
	q := strconv.Quote(s)
	if q = q[1 : len(q)-1]; strings.ReplaceAll(q, `\"`, `"`) == s {
		return s
	}
	return q
}

// quote puts a shortened text in quotes.
func quote(s string) string { return `"` + brief(s) + `"` }
