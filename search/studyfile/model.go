package studyfile

import (
	"slices"
	"strings"

	"evenkeel/objective/models"
	"evenkeel/objective/trainers"
	"evenkeel/search"
)

// model reads the model section: a key exists for the kinds that use it, and
// beside the words of other keys that it needs.
func (p *parser) model(n *node) {
	p.unknownKeys("model", slices.Concat([]string{kindKey.name, paramsKey}, modelKeyNames()[1:], trainerKeyNames()), n)
	p.def.Model = search.ModelConfig{Fixed: map[string]any{}, Keys: map[string][]string{}}
	p.canon["model"] = map[string]any{}

	kind := p.open("model.kind", kindKey, n.get("kind"))
	p.put("model", kind, p.def.Model.Fixed, nil)
	kinds := kind.words()
	for _, name := range kinds {
		var used []string
		for _, k := range models.KeysOf(name) {
			used = append(used, k.Name)
		}
		p.def.Model.Keys[name] = used
	}
	trains, of := p.transport(n, kind)
	known := map[string]setting{}
	for _, k := range models.Keys() {
		if when, used := p.used(n.field(k.Name), k, kinds, known, of); used {
			s := p.open("model."+k.Name, modelKey(k), n.get(k.Name))
			p.put("model", s, p.def.Model.Fixed, when)
			known[k.Name] = s
		}
	}
	epochs, has := known["epochs"]
	p.def.Model.OpenEpochs = has && !epochs.given && !of.OwnData
	p.trainer(n, trains, of)
}

// transport returns what trains the kinds of a study, and one of them. There is one
// transport; of several, which is a fault, it is the first of which the section has a
// key.
func (p *parser) transport(n *node, kind setting) (trains string, of *trainers.Transport) {
	trains = kind.words()[0]
	of = trainers.Of(trains)
	own := func(t *trainers.Transport) bool {
		return slices.ContainsFunc(t.Keys, func(k trainers.Key) bool { return n.field(k.Name) != nil })
	}
	i := slices.IndexFunc(kind.words(), func(other string) bool { return trainers.Of(other) != of })
	if i < 0 {
		return trains, of
	}
	p.add(kind.at, "model.kind has %s, which the trainer %s trains, and %s, which %s trains; a study has kinds of one trainer",
		trains, of.Name, kind.words()[i], trainers.Of(kind.words()[i]).Name)
	for _, other := range kind.words() {
		if t := trainers.Of(other); own(t) {
			return other, t
		}
	}
	return trains, of
}

// used returns whether some kind uses a key, and in which points, or reports it where
// it stands in vain.
func (p *parser) used(f *field, k models.Key, kinds []string, known map[string]setting, of *trainers.Transport) (*search.Condition, bool) {
	var users []string
	for _, kind := range models.Kinds() {
		if slices.Contains(kind.Keys, k.Name) {
			users = append(users, kind.Name)
		}
	}
	when, used := condition("model.kind", kinds, users)
	only := "kind " + strings.Join(users, " or ")
	if k.Needs != nil && used {
		when, used = condition("model."+k.Needs.Key, known[k.Needs.Key].words(), k.Needs.Words)
		only = k.Needs.Key + " " + strings.Join(k.Needs.Words, " or ")
	}
	switch {
	case used || f == nil:
	case of.Params:
		p.add(f.at, "model.%s has no effect on a %s; pass it on in params, as params: {%[1]s: ...}", k.Name, kinds[0])
	default:
		p.add(f.at, "model.%s is used with %s only, and this study has none; remove it, or choose %[2]s", k.Name, only)
	}
	return when, used
}

// condition returns where a key exists that is used with some words of another:
// nowhere (used is false), everywhere (no condition), or with some choices.
func condition(param string, words, users []string) (when *search.Condition, used bool) {
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
