package studyfile

import (
	"strconv"
	"strings"
)

// Override sets one key before the study file is checked, as `--set KEY=VALUE`
// and flags such as `--trials` do.
type Override struct {
	// Key is the dotted key, such as "search.trials"; entries of a list are
	// named by their index, as in "weighting.scheme.0.exponent".
	Key string
	// Value is the value as YAML.
	Value string
	// Flag is what faults are reported under; empty means "--set KEY".
	Flag string
	// Lifts says that a limit of time is meant instead of the study file's number of trials:
	// that is taken out, unless an override sets it.
	Lifts bool
}

// SplitOverride splits the argument of --set, KEY=VALUE.
func SplitOverride(argument string) (Override, bool) {
	key, value, ok := strings.Cut(argument, "=")
	return Override{Key: strings.TrimSpace(key), Value: value}, ok && strings.TrimSpace(key) != ""
}

// override applies one override to the tree.
func (p *parser) override(root *node, o Override) {
	flag := o.Flag
	if flag == "" {
		flag = "--set " + brief(o.Key)
	}
	p.flags = append(p.flags, flag)
	at := position{len(p.flags), 1, 1}
	before := p.found
	value := p.syntax([]byte(o.Value), at.origin)
	if p.found > before {
		return
	}
	if value == nil {
		value = &node{at: at, kind: scalar, plain: true}
	}
	path := strings.Split(o.Key, ".")
	if len(path) > maxDepth {
		p.add(at, "the key has %d parts; the longest has 4", len(path))
		return
	}
	n := root
	for i := range path[:len(path)-1] {
		if n = p.descend(n, path, i, at); n == nil {
			return
		}
	}
	if slot := p.slot(n, path, len(path)-1, at); slot != nil {
		*slot = value
	}
	listSchemes(root)
}

// descend goes one part further, making a mapping where there is nothing yet.
func (p *parser) descend(n *node, path []string, i int, at position) *node {
	slot := p.slot(n, path, i, at)
	switch {
	case slot == nil || *slot != nil && (*slot).kind == broken:
		return nil
	case *slot == nil || (*slot).null():
		*slot = &node{at: at, kind: mapping}
		if _, err := strconv.Atoi(path[i+1]); err == nil {
			p.add(at, "%s has no entry %s; set it as a whole", brief(strings.Join(path[:i+1], ".")), brief(path[i+1]))
			**slot = node{at: at, kind: broken}
			return nil
		}
	}
	return *slot
}

// slot returns where part i of a dotted key has its value, or reports why there
// is no such place. A new field starts without a value.
func (p *parser) slot(n *node, path []string, i int, at position) **node {
	name, parent := path[i], strings.Join(path[:i], ".")
	switch n.kind {
	case mapping:
		if name == "" {
			p.add(at, "the key has an empty part; want one such as model.epochs")
			return nil
		}
		if f := n.field(name); f != nil {
			if i == len(path)-1 {
				f.at = at
			}
			return &f.value
		}
		n.fields = append(n.fields, field{name: name, at: at})
		return &n.fields[len(n.fields)-1].value
	case list:
		k, err := strconv.Atoi(name)
		if err != nil || k < 0 || k >= len(n.items) || strconv.Itoa(k) != name {
			p.add(at, "%s has no entry %s; it is a list of %d, numbered from 0", brief(parent), quote(name), len(n.items))
			return nil
		}
		return &n.items[k]
	}
	p.add(at, "%s is %s and has no key %s; set it as a whole", brief(parent), describe(n), quote(name))
	return nil
}

// listSchemes makes a single scheme entry the list of one that it stands for.
func listSchemes(root *node) {
	w := root.get("weighting")
	if w == nil || w.kind != mapping {
		return
	}
	if f := w.field("scheme"); f != nil && f.value.kind == mapping {
		f.value = &node{at: f.value.at, kind: list, items: []*node{f.value}}
	}
}
