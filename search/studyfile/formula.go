package studyfile

import (
	"errors"
	"slices"
	"strings"

	"evenkeel/objective/models"
	"evenkeel/schemes"
	"evenkeel/schemes/formula"
	"evenkeel/search"
)

// formulaKeys are the keys of a formula entry that are not parameters.
var formulaKeys = []string{"formula", "strength", "strength_of"}

// maxFormulas bounds the formulas of a study, and the time that trying them takes.
const maxFormulas = 100

// formulaExample is the right form of a formula entry, for messages.
const formulaExample = `{formula: "(mean / x) ** k", k: 2}`

// formulaEntry reads an entry that has a formula; nil if the formula or the
// names of its parameters are wrong.
func (p *parser) formulaEntry(path string, n *node, accumulates bool) *entry {
	at := n.get("formula")
	if at.kind == broken {
		return nil
	}
	content, fault := text(at)
	if fault != "" {
		p.add(at.at, "%s.formula %s; want text, such as %s", path, fault, formulaExample)
		return nil
	}
	before := p.found
	params := p.parameters(path, n)
	solved := p.strengthOf(path, n)
	if solved != "" && !slices.ContainsFunc(params, func(f field) bool { return f.name == solved }) {
		params = append(params, field{name: solved, at: n.get("strength_of").at})
		slices.SortFunc(params, byName)
	}
	if p.found > before {
		return nil
	}
	f := p.compile(path, at, content, params)
	if f == nil {
		return nil
	}
	scheme := f.Scheme(solved)
	if accumulates && scheme.ReadsPrevious {
		p.add(at.at, "%s: the formula reads prev, so update: accumulate is refused; want update: replace, or a formula without prev", path)
	}
	e := &entry{
		entry:   search.SchemeEntry{Scheme: scheme, Fixed: schemes.Values{}},
		canon:   map[string]any{"formula": strings.TrimSpace(content)},
		formula: &probed{path: path, at: at.at, low: schemes.Values{}, high: schemes.Values{}},
	}
	for _, param := range params {
		if param.name != solved {
			e.parameter(p.open(path+"."+param.name, inferred(param), param.value), path)
		}
	}
	if solved != "" {
		e.canon["strength_of"] = solved
		p.strength(path, e, n)
	}
	return e
}

// parameters returns the parameters of a formula entry, every key that is none
// of its own, in alphabetical order: the order of the keys in the file must not
// matter.
func (p *parser) parameters(path string, n *node) []field {
	var params []field
	for _, f := range n.fields {
		if slices.Contains(formulaKeys, f.name) {
			continue
		}
		if err := formula.CheckName(f.name); err != nil {
			hint := ""
			if f.value.null() {
				hint = "; a formula with commas needs quotes"
			}
			p.add(f.at, "%s: %v%s", path, err, hint)
			continue
		}
		params = append(params, f)
	}
	slices.SortFunc(params, byName)
	return params
}

func byName(a, b field) int { return strings.Compare(a.name, b.name) }

// strengthOf returns the parameter that the strength of an entry solves for, ""
// if it has no strength.
func (p *parser) strengthOf(path string, n *node) string {
	strength, of := n.field("strength"), n.field("strength_of")
	switch {
	case strength == nil && of == nil:
		return ""
	case of == nil:
		p.add(strength.at, "%s.strength: a formula does not say which parameter to solve for; want strength_of: and the name of one", path)
		return ""
	case strength == nil:
		p.add(of.at, "%s.strength_of without strength; want both, or neither", path)
		return ""
	case of.value.kind == broken:
		return ""
	}
	name, fault := text(of.value)
	if fault != "" {
		p.add(of.value.at, "%s.strength_of %s; want the name of a parameter", path, fault)
		return ""
	}
	if err := formula.CheckName(name); err != nil {
		p.add(of.value.at, "%s.strength_of: %v", path, err)
		return ""
	}
	return name
}

// compile checks a formula with its parameters, all of which it must use.
func (p *parser) compile(path string, at *node, content string, params []field) *formula.Formula {
	names := make([]string, len(params))
	for i, f := range params {
		names[i] = f.name
	}
	f, err := formula.Parse(content, names)
	var faults formula.Faults
	if errors.As(err, &faults) {
		for _, fault := range faults {
			p.add(at.at, "%s.formula: %v", path, fault)
		}
		return nil
	}
	before := p.found
	for _, param := range params {
		if f.Uses(param.name) {
			continue
		}
		hint := ""
		if near, ok := schemes.Nearest(param.name, formulaKeys); ok {
			hint = "; the nearest key is " + near
		}
		p.add(param.at, "%s.%s: the formula does not use it; remove it, or use %[2]s in the formula%s", path, param.name, hint)
	}
	if p.found > before {
		return nil
	}
	return f
}

// inferred returns the key of a parameter, the type of which its range decides:
// integer if low, high and step are all written as integers, or by its type.
func inferred(param field) key {
	k := key{name: param.name, bounds: models.Range{Min: -models.MaxReal, Max: models.MaxReal}, def: 1.0, inferred: true}
	n := param.value
	if n.kind != mapping {
		return k
	}
	if t := n.get("type"); t != nil && t.kind == scalar && (t.text == "int" || t.text == "real") {
		if t.text == "int" {
			k.kind, k.def = integerKey, int64(1)
		}
		return k
	}
	for _, name := range []string{"low", "high", "step"} {
		if v := n.get(name); v != nil && !v.writtenAsInteger() {
			return k
		}
	}
	k.kind, k.def = integerKey, int64(1)
	return k
}

// writtenAsInteger reports whether a node is an unquoted integer.
func (n *node) writtenAsInteger() bool {
	return n.kind == scalar && n.plain && (yamlInteger.MatchString(n.text) || yamlBased.MatchString(n.text))
}

// probed is what it takes to try a formula before the study starts: where it
// stands, and the ends of its parameters and of its strength.
type probed struct {
	path                      string
	at                        position
	low, high                 schemes.Values
	leastStrength, mostStrong float64
}

// parameter files a parameter of a formula.
func (e *entry) parameter(s setting, path string) {
	name := s.key.name
	e.formula.low[name], e.formula.high[name] = s.ends()
	if !e.put(path, s) {
		e.entry.Fixed[name] = e.formula.low[name]
	}
}

// ends returns the smallest and the largest value of a number.
func (s setting) ends() (low, high float64) {
	if s.span != nil {
		return s.span.Low, s.span.High
	}
	all := s.choices
	if all == nil {
		all = []any{s.value}
	}
	for i, v := range all {
		x, ok := v.(float64)
		if !ok {
			x = float64(v.(int64))
		}
		if i == 0 {
			low, high = x, x
		}
		low, high = min(low, x), max(high, x)
	}
	return low, high
}

// probe tries a formula with every signal and smoothing that the study may use,
// up to its last round, and reports where it has no weights.
func (p *parser) probe(e *entry, settings map[string]setting) {
	_, rounds := settings["rounds"].ends()
	strengths := []float64{e.formula.leastStrength}
	if e.formula.mostStrong != e.formula.leastStrength {
		strengths = append(strengths, e.formula.mostStrong)
	}
	for _, signal := range settings["signal"].words() {
		for _, smoothing := range settings["smoothing"].words() {
			for _, strength := range strengths {
				r := schemes.Recipe{
					Scheme: e.entry.Scheme, Strength: strength,
					Signal: schemes.Signal(signal), Smoothing: schemes.Smoothing(smoothing),
				}
				if err := formula.Probe(r, e.formula.low, e.formula.high, int(rounds)); err != nil {
					p.add(e.formula.at, "%s.formula: %v", e.formula.path, err)
					return
				}
			}
		}
	}
}
