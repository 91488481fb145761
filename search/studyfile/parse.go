package studyfile

import (
	"path/filepath"
	"strings"
	"unicode"

	"evenkeel/objective/models"
	"evenkeel/schemes"
	"evenkeel/search"
)

// parser turns the tree of one study file into a definition.
type parser struct {
	report
	def *search.Definition
	// known lists the names of the catalogue.
	known []string
	// canon is the canonical form, section by section.
	canon map[string]map[string]any
	// stored says that the text was accepted by a version of this program, which may have had
	// no bound where there is one now.
	stored bool
	// lifts says that a limit of time takes the place of the number of trials.
	lifts bool
}

// Parse reads a study file. The name is what its faults are reported under, and
// without its extension the study's name where the file gives none. Relative
// paths in it start from the folder, which must be absolute. The overrides are
// applied in their order before anything is checked. The text may be empty if
// the overrides say what a study needs.
//
// The error is an [Errors] with every fault that was found; faults of the YAML
// itself hide all others. Definition.Source is the text after the overrides
// (without comments) and Definition.Canonical a study file too: parsing either
// gives an equal definition.
func Parse(name string, text []byte, folder string, overrides []Override) (*search.Definition, error) {
	p := newParser(name)
	return p.parse(text, folder, overrides)
}

// ParseStored is Parse for the canonical form of a definition that is stored, for reading what
// it did: numbers that earlier versions accepted are no faults, although they are above the
// bounds of this one. Who searches on asks Parse.
func ParseStored(name string, canonical []byte, folder string, overrides []Override) (*search.Definition, error) {
	p := newParser(name)
	p.stored = true
	return p.parse(canonical, folder, overrides)
}

// bounded returns a key with the bounds that hold for the text.
func (p *parser) bounded(k key) key {
	if p.stored && k.kind == integerKey && k.bounds.Why != "" {
		k.bounds.Max, k.bounds.Why = max(k.bounds.Max, models.MaxInt), ""
	}
	return k
}

func newParser(name string) *parser {
	p := &parser{
		report: report{file: name},
		def:    &search.Definition{},
		canon:  map[string]map[string]any{},
	}
	for _, s := range schemes.All() {
		p.known = append(p.known, s.Name)
	}
	return p
}

func (p *parser) parse(text []byte, folder string, overrides []Override) (*search.Definition, error) {
	root := p.syntax(text, 0)
	if root == nil && p.found == 0 {
		root = &node{at: position{0, 1, 1}, kind: mapping}
	}
	if root == nil || root.kind != mapping {
		if p.found == 0 {
			p.add(root.at, "the study file is %s; want a mapping with the keys %s", describe(root), strings.Join(sections, ", "))
		}
		return nil, p.err()
	}
	listSchemes(root)
	set := false
	for _, o := range overrides {
		p.override(root, o)
		p.lifts, set = p.lifts || o.Lifts, set || o.Key == "search.trials"
	}
	p.lifts = p.lifts && !set
	p.def.Folder = folder
	p.study(root)
	if err := p.err(); err != nil {
		return nil, err
	}
	if err := p.def.Space.Validate(); err != nil {
		panic("studyfile: a checked study has a wrong space: " + err.Error())
	}
	p.def.Source = source(root, p.def.Name)
	p.def.Canonical = p.canonical()
	return p.def, nil
}

// study reads the whole file.
func (p *parser) study(root *node) {
	for _, f := range root.fields {
		known := false
		for _, s := range sections {
			known = known || s == f.name
		}
		if !known {
			p.unknown(f, "", sections)
		}
	}
	p.name(root.get("study"))
	model := p.section(root, "model")
	if kind := p.brings(model); kind != "" {
		p.ownData(kind, p.section(root, "data"))
	} else {
		p.data(p.section(root, "data"))
	}
	p.model(model)
	p.weighting(root)
	p.objective(p.section(root, "objective"))
	p.search(p.section(root, "search"))
}

// section returns a section of the file, nil if it is not there or no mapping.
func (p *parser) section(root *node, name string) *node {
	n := root.get(name)
	if n == nil || n.kind == broken {
		return nil
	}
	if n.kind != mapping {
		p.add(n.at, "%s is %s; want a mapping of its keys, or leave it out", name, describe(n))
		return nil
	}
	return n
}

// maxName bounds the name of a study, which is part of tables and file names.
const maxName = 100

// name reads the study's name, or takes the file's.
func (p *parser) name(n *node) {
	if n != nil && n.kind == broken {
		return
	}
	at := position{0, 1, 1}
	what := "study, taken from the file name,"
	base := filepath.Base(p.file)
	value := strings.TrimSuffix(base, filepath.Ext(base))
	if n != nil {
		at, what = n.at, "study"
		var fault string
		if value, fault = text(n); fault != "" {
			p.add(at, "study %s; want a name", fault)
			return
		}
	}
	switch {
	case value == "":
		p.add(at, "%s is empty; want a name, such as study: fashion", what)
	case len(value) > maxName:
		p.add(at, "%s is a name of %d bytes; want at most %d", what, len(value), maxName)
	case strings.TrimSpace(value) != value || strings.ContainsFunc(value, func(c rune) bool { return !unicode.IsPrint(c) }):
		p.add(at, "%s is %s; want a name of printable characters, with no space at either end", what, quote(value))
	}
	p.def.Name = value
}
