package studyfile

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"evenkeel/objective"
	"evenkeel/objective/models"
	"evenkeel/schemes"
	"evenkeel/search"
)

// schemeExample is the right form of weighting.scheme, for messages.
const schemeExample = "scheme: [{name: mean-ratio, exponent: 2}]"

// weighting reads the weighting section: the scheme entries, then the rest.
func (p *parser) weighting(root *node) {
	n := p.section(root, "weighting")
	p.canon["weighting"] = map[string]any{}
	p.def.Weighting.Fixed = map[string]any{}
	p.unknownKeys("weighting", append([]string{"scheme"}, names(weightingKeys)...), n)

	update := p.open("weighting.update", keyNamed(weightingKeys, "update"), n.get("update"))
	entries := p.schemes(root, n, slices.Contains(update.words(), string(schemes.Accumulate)))
	settings := map[string]setting{}
	for _, k := range weightingKeys {
		s := update
		if k.name != "update" {
			s = p.open("weighting."+k.name, k, n.get(k.name))
		}
		var when *search.Condition
		if k.name == "weights_from" {
			var used bool
			when, used = condition("weighting.apply", settings["apply"].words(), objective.TrainedWays())
			if f := n.field(k.name); !used && f != nil {
				p.add(f.at, "weighting.weights_from has no effect with apply: %s, where weights act after the training; remove it", strings.Join(settings["apply"].words(), " or "))
			}
			if !used {
				continue
			}
		}
		p.put("weighting", s, p.def.Weighting.Fixed, when)
		settings[k.name] = s
	}
	if p.found > 0 {
		return // what is wrong was replaced by defaults; trying these says nothing
	}
	formulas := slices.DeleteFunc(entries, func(e *entry) bool { return e.formula == nil })
	if len(formulas) > maxFormulas {
		p.add(formulas[maxFormulas].formula.at, "weighting.scheme has %d formulas; want at most %d", len(formulas), maxFormulas)
		return
	}
	for _, e := range formulas {
		p.probe(e, settings)
	}
}

// schemes reads the entries of weighting.scheme and returns those that are right.
func (p *parser) schemes(root, section *node, accumulates bool) (entries []*entry) {
	n := section.get("scheme")
	switch {
	case n == nil:
		p.noScheme(root, section)
		return nil
	case n.kind == broken:
		return nil
	case n.kind != list:
		p.add(n.at, "weighting.scheme is %s; want a list of entries, such as %s", describe(n), schemeExample)
		return nil
	case len(n.items) == 0:
		p.add(n.at, "weighting.scheme is an empty list; want at least one entry, such as %s", schemeExample)
		return nil
	}
	if len(n.items) > maxChoices {
		p.add(n.at, "weighting.scheme has %d entries; want at most %d", len(n.items), maxChoices)
		return nil
	}
	var canon []any
	var labels []any
	var params []search.Param
	seen := map[string]int{}
	for i, item := range n.items {
		e := p.entry(i, item, accumulates)
		if e == nil {
			continue
		}
		text := string(canonicalJSON(e.canon))
		if j, twice := seen[text]; twice {
			p.add(item.at, "weighting.scheme.%d is the same as entry %d; want each once", i, j)
		}
		seen[text] = i
		p.tellApart(i, e.entry.Scheme)
		entries = append(entries, e)
		canon, labels = append(canon, e.canon), append(labels, fmt.Sprintf("%d:%s", i, e.entry.Scheme.Name))
		p.def.Weighting.Entries = append(p.def.Weighting.Entries, e.entry)
		for _, param := range e.params {
			if len(n.items) > 1 {
				param.When = &search.Condition{Param: "weighting.scheme", In: []int{i}}
			}
			params = append(params, param)
		}
	}
	p.canon["weighting"]["scheme"] = canon
	if len(n.items) > 1 {
		p.def.Space.Params = append(p.def.Space.Params, search.Param{
			Name: "weighting.scheme", Kind: search.Categorical, Choices: labels,
		})
	}
	p.def.Space.Params = append(p.def.Space.Params, params...)
	return entries
}

// tellApart gives a formula whose name, its text cut short, an earlier entry has
// already the index of its entry. Names of the catalogue stay as they are.
func (p *parser) tellApart(i int, s *schemes.Scheme) {
	if _, err := schemes.Lookup(s.Name); err == nil {
		return
	}
	if slices.ContainsFunc(p.def.Weighting.Entries, func(e search.SchemeEntry) bool { return e.Scheme.Name == s.Name }) {
		s.Name = fmt.Sprintf("%s #%d", s.Name, i)
	}
}

// noScheme reports that the one required key is missing, at its section.
func (p *parser) noScheme(root, section *node) {
	f := root.field("weighting")
	switch {
	case f == nil:
		p.add(position{0, 1, 1}, "weighting.scheme is missing; want at least one entry, such as weighting: {%s}", schemeExample)
	case section != nil:
		p.add(f.at, "weighting.scheme is missing; want at least one entry, such as %s", schemeExample)
	}
}

// entry is one scheme entry as it was read.
type entry struct {
	entry  search.SchemeEntry
	params []search.Param
	canon  map[string]any
	// formula is nil unless the entry has one.
	formula *probed
}

// entry reads entry i of weighting.scheme; nil if it has no scheme.
func (p *parser) entry(i int, n *node, accumulates bool) *entry {
	path := "weighting.scheme." + strconv.Itoa(i)
	if !p.isEntry(path, n) {
		return nil
	}
	if f := n.field("formula"); f != nil {
		if name := n.field("name"); name != nil {
			p.add(f.at, "%s has both name and formula; want one of the two", path)
			return nil
		}
		return p.formulaEntry(path, n, accumulates)
	}
	scheme := p.scheme(path, n)
	if scheme == nil {
		return nil
	}
	if accumulates && scheme.ReadsPrevious {
		p.add(n.get("name").at, "%s: %s reads the previous weights itself, so update: accumulate is refused; want update: replace", path, scheme.Name)
	}
	e := &entry{
		entry: search.SchemeEntry{Scheme: scheme, Fixed: schemes.Values{}},
		canon: map[string]any{"name": scheme.Name},
	}
	known := []string{"name"}
	for _, param := range scheme.Params {
		known = append(known, param.Name)
	}
	p.unknownKeys(path, append(known, "strength"), n)
	strength := n.field("strength")
	for _, param := range scheme.Params {
		if strength != nil && param.Name == scheme.StrengthOf {
			continue // it is solved for
		}
		k := key{name: param.Name, bounds: models.Range{Min: param.Min, Max: param.Max}, def: param.Default}
		if s := p.open(path+"."+param.Name, k, n.get(param.Name)); !e.put(path, s) {
			e.entry.Fixed[param.Name] = s.value.(float64)
		}
	}
	if strength != nil {
		p.strength(path, e, n)
	}
	return e
}

// put files a setting in the canonical form and, if it is searched, in the space.
func (e *entry) put(path string, s setting) bool {
	e.canon[s.key.name] = s.canonical()
	param, ok := s.param(path+"."+s.key.name, nil)
	if ok {
		e.params = append(e.params, param)
	}
	return ok
}

// isEntry reports whether n is a mapping, or what else it is.
func (p *parser) isEntry(path string, n *node) bool {
	switch {
	case n.kind == broken:
	case n.kind == scalar && !n.null():
		p.add(n.at, "%s is %s; want an entry with a name, {name: %[2]s}", path, describe(n))
	case n.kind != mapping:
		p.add(n.at, "%s is %s; want an entry such as {name: mean-ratio, exponent: 2}", path, describe(n))
	}
	return n.kind == mapping
}

// scheme returns the scheme that an entry names, or reports why there is none.
func (p *parser) scheme(path string, n *node) *schemes.Scheme {
	name := n.get("name")
	if name == nil {
		p.add(n.at, "%s has neither name nor formula; want a name, one of %s, or a formula, such as %s", path, strings.Join(p.known, ", "), formulaExample)
		return nil
	}
	if name.kind == broken {
		return nil
	}
	word, fault := text(name)
	if fault != "" {
		p.add(name.at, "%s.name %s; want one of %s", path, fault, strings.Join(p.known, ", "))
		return nil
	}
	scheme, err := schemes.Lookup(word)
	if err != nil {
		near := ""
		if s, ok := schemes.Nearest(word, p.known); ok {
			near = ", the nearest is " + s
		}
		p.add(name.at, "%s.name: there is no scheme %s%s; known: %s", path, quote(word), near, strings.Join(p.known, ", "))
		return nil
	}
	return scheme
}

// strength reads the wanted ln(max w / min w) of an entry.
func (p *parser) strength(path string, e *entry, n *node) {
	f, scheme := n.field("strength"), e.entry.Scheme
	if scheme.StrengthOf == "" {
		p.add(f.at, "%s.strength: scheme %s has no parameter that strength could solve for; remove it", path, scheme.Name)
		return
	}
	if n.get(scheme.StrengthOf) != nil {
		p.add(f.at, "%s has both strength and %s; want one of the two, since strength solves for %[2]s", path, scheme.StrengthOf)
		return
	}
	k := strengthKey
	k.def = 1.0 // stands in for a value that was reported
	s := p.open(path+".strength", k, f.value)
	if !e.put(path, s) {
		e.entry.Strength = s.value.(float64)
	}
	if e.formula != nil {
		e.formula.leastStrength, e.formula.mostStrong = s.ends()
	}
}
