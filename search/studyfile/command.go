package studyfile

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"

	"evenkeel/objective/models"
	"evenkeel/objective/trainers"
)

// The keys that say how models are trained, such as model.command and its
// neighbours, which are fixed, and model.params, which are searched like the models'
// own keys.

// paramsKey is the key of the parameters that are passed through.
const paramsKey = "params"

// trainer reads the keys of the transport of a study, which trains a kind; those of
// others it must not have.
func (p *parser) trainer(n *node, kind string, of *trainers.Transport) {
	values := map[string]any{}
	for _, t := range trainers.Transports() {
		for _, k := range t.Keys {
			if t != of {
				if !of.Has(k.Name) {
					p.notUsed(n.field(k.Name), func(t *trainers.Transport) bool { return t.Has(k.Name) })
				}
				continue
			}
			s := p.fixed("model."+k.Name, modelKey(k.Key), n.get(k.Name))
			values[k.Name] = s.value
			if !k.Outcomes || !reflect.DeepEqual(s.value, k.Default) { // a study that is older than such a key goes on
				p.canon["model"][k.Name] = s.canonical()
			}
			if k.Example != "" {
				p.required(n, kind, k, s)
			}
		}
	}
	p.def.Model.Trainer = of.NewSettings(values)
	if of.Params {
		p.params(n)
	} else {
		p.notUsed(n.field(paramsKey), func(t *trainers.Transport) bool { return t.Params })
	}
}

// required reports a key of a trainer that has no default and is missing or empty.
func (p *parser) required(n *node, kind string, k trainers.Key, s setting) {
	if !s.given {
		p.add(n.get("kind").at, "model.%s is missing; kind %s needs one, such as %[1]s: %[3]s", k.Name, kind, k.Example)
	} else if f := n.get(k.Name); f.kind == list && len(f.items) == 0 {
		p.add(f.at, "model.%s has no word; want %s", k.Name, s.key.want())
	}
}

// notUsed reports a key, if it is there, that only other transports use.
func (p *parser) notUsed(f *field, uses func(*trainers.Transport) bool) {
	if f == nil {
		return
	}
	var kinds []string
	for _, k := range models.Kinds() {
		if t := trainers.Of(k.Name); t != nil && uses(t) {
			kinds = append(kinds, k.Name)
		}
	}
	p.add(f.at, "model.%s is used with kind %s only; remove it, or choose kind: %[2]s", f.name, strings.Join(kinds, " or "))
}

// maxParams bounds the parameters that are passed through.
const maxParams = 1000

// params reads the parameters that are passed through, in alphabetical order:
// their order in the file says nothing.
func (p *parser) params(n *node) {
	canon := map[string]any{}
	p.canon["model"][paramsKey] = canon
	section := n.get(paramsKey)
	if section == nil || section.kind == broken {
		return
	}
	if section.kind != mapping {
		p.add(section.at, "model.params is %s; want a mapping of names, such as params: {depth: [8, 14]}", describe(section))
		return
	}
	fields := slices.Clone(section.fields)
	slices.SortFunc(fields, byName)
	if len(fields) > maxParams {
		p.add(section.at, "model.params has %d parameters; want at most %d", len(fields), maxParams)
		return
	}
	for _, f := range fields {
		path := "model.params." + f.name
		if !validParam(f.name) {
			p.add(f.at, "model.params: the name %s; want letters, digits, _ and -, not beginning with a digit", quote(f.name))
			continue
		}
		if f.value.kind == scalar && f.value.null() {
			p.add(f.value.at, "%s is empty; want %s", path, key{kind: valueKey}.want())
			continue
		}
		k := inferred(f)
		if f.value.kind != mapping {
			k.kind, k.def = valueKey, ""
		}
		s := p.open(path, k, f.value)
		canon[f.name] = s.canonical()
		name := paramsKey + "." + f.name
		for kind := range p.def.Model.Keys {
			p.def.Model.Keys[kind] = append(p.def.Model.Keys[kind], name)
		}
		if param, ok := s.param(path, nil); ok {
			p.def.Space.Params = append(p.def.Space.Params, param)
			continue
		}
		p.def.Model.Fixed[name] = s.value
	}
}

// validParam reports whether a parameter may have the name: one that dotted keys
// and every language can write.
func validParam(name string) bool {
	for i, c := range name {
		letter := c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
		if !letter && (i == 0 || c != '-' && (c < '0' || c > '9')) {
			return false
		}
	}
	return name != "" && len(name) <= maxName
}

// maxWords bounds a command.
const maxWords = 1000

// readCommand reads a command and its arguments. Every scalar is a word as it
// is written.
func readCommand(n *node) (value any, fault string) {
	switch {
	case n.kind != list:
		return []string(nil), "is " + describe(n)
	case len(n.items) > maxWords:
		return []string(nil), fmt.Sprintf("has %d words, more than %d", len(n.items), maxWords)
	}
	var words []string
	for i, item := range n.items {
		word, fault := text(item)
		switch {
		case item.kind == broken: // reported
		case fault != "":
			return []string(nil), fmt.Sprintf("has word %d, which %s", i+1, fault)
		case strings.ContainsRune(word, 0):
			return []string(nil), fmt.Sprintf("has word %d with a zero byte", i+1)
		case i == 0 && word == "":
			return []string(nil), "has no program: its first word is empty"
		}
		words = append(words, word)
	}
	return words, ""
}

// maxSlots bounds the processes of one study.
const maxSlots = 1024

// readSlots reads what is added to the environment of each process.
func readSlots(n *node) (value any, fault string) {
	none := []map[string]string{{}}
	switch {
	case n.kind != list:
		return none, "is " + describe(n)
	case len(n.items) == 0:
		return none, "has no slot"
	case len(n.items) > maxSlots:
		return none, fmt.Sprintf("has %d slots, more than %d", len(n.items), maxSlots)
	}
	var slots []map[string]string
	for i, item := range n.items {
		if item.kind != mapping {
			return none, fmt.Sprintf("has slot %d, which is %s", i+1, describe(item))
		}
		slot := make(map[string]string, len(item.fields))
		for _, f := range item.fields {
			word, fault := text(f.value)
			switch {
			case f.value.kind == broken: // reported
			case f.name == "" || strings.ContainsAny(f.name, "=\x00"):
				return none, fmt.Sprintf("has slot %d with a variable named %s", i+1, quote(f.name))
			case fault != "" || strings.ContainsRune(word, 0):
				return none, fmt.Sprintf("has slot %d with %s, which is not text", i+1, f.name)
			}
			slot[f.name] = word
		}
		slots = append(slots, slot)
	}
	return slots, ""
}

// readValue reads a scalar whose type is the way it is written.
func readValue(n *node) (value any, fault string) {
	if n.kind != scalar || n.null() {
		return "", "is " + describe(n)
	}
	if !n.plain {
		return n.text, ""
	}
	switch {
	case n.text == "true" || n.text == "false":
		return n.text == "true", ""
	case yamlFloat.MatchString(n.text) || yamlBased.MatchString(n.text) || yamlInfinite.MatchString(n.text):
		v, fault := number(n)
		if fault == "" && yamlInteger.MatchString(n.text) && math.Abs(v) > maxExact {
			return v, brief(n.text) + " is too large to be exact; put it in quotes"
		}
		if fault == "" && v == float64(int64(v)) && v >= -maxExact && v <= maxExact {
			return int64(v), "" // 1.0 and 1 are one value, as they are in JSON
		}
		return v, fault
	}
	return n.text, ""
}
