package studyfile

import (
	"slices"
	"strings"

	"evenkeel/search"
)

// model reads the model section: a key exists for the kinds that use it, and
// momentum for the optimizer that does.
func (p *parser) model(n *node) {
	p.unknownKeys("model", slices.Concat([]string{"kind", paramsKey}, names(modelKeys), names(commandKeys)), n)
	p.def.Model = search.ModelConfig{Fixed: map[string]any{}, Keys: map[string][]string{}}
	p.canon["model"] = map[string]any{}

	kind := p.open("model.kind", kindKey, n.get("kind"))
	p.put("model", kind, p.def.Model.Fixed, nil)
	kinds := kind.words()
	for _, name := range kinds {
		p.def.Model.Keys[name] = keysOf(name)
	}
	own := slices.Contains(kinds, command)
	if own && len(kinds) > 1 {
		p.add(kind.at, "model.kind has command among others; a study has either built-in models or one command")
	}
	var optimizer setting
	for _, k := range modelKeys {
		f := n.field(k.name)
		when, used := condition("model.kind", kinds, k.models)
		users := "kind " + strings.Join(k.models, " or ")
		if k.name == "momentum" && !own {
			when, used = condition("model.optimizer", optimizer.words(), []string{"sgd"})
			users = "optimizer sgd"
		}
		if !used {
			switch {
			case f != nil && own:
				p.add(f.at, "model.%s has no effect on a command; pass it on in params, as params: {%[1]s: ...}", k.name)
			case f != nil:
				p.add(f.at, "model.%s is used with %s only, and this study has none; remove it, or choose %[2]s", k.name, users)
			}
			continue
		}
		s := p.open("model."+k.name, k, n.get(k.name))
		p.put("model", s, p.def.Model.Fixed, when)
		if k.name == "optimizer" {
			optimizer = s
		}
	}
	p.command(n, own)
}

// keysOf returns the model keys that a kind uses.
func keysOf(kind string) []string {
	var out []string
	for _, k := range modelKeys {
		if k.models == nil || slices.Contains(k.models, kind) {
			out = append(out, k.name)
		}
	}
	return out
}

// condition returns where a key exists that is used with some words of another:
// nowhere (used is false), everywhere (no condition), or with some choices.
func condition(param string, words, users []string) (when *search.Condition, used bool) {
	if users == nil {
		return nil, true
	}
	var in []int
	for i, w := range words {
		if slices.Contains(users, w) {
			in = append(in, i)
		}
	}
	switch len(in) {
	case 0:
		return nil, false
	case len(words):
		return nil, true
	}
	return &search.Condition{Param: param, In: in}, true
}

// put files a setting: in the space if it is searched, else with the fixed
// values; and in the canonical form.
func (p *parser) put(section string, s setting, fixed map[string]any, when *search.Condition) {
	p.canon[section][s.key.name] = s.canonical()
	if param, ok := s.param(section+"."+s.key.name, when); ok {
		p.def.Space.Params = append(p.def.Space.Params, param)
		return
	}
	fixed[s.key.name] = s.value
}
