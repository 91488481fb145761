package studyfile

import (
	"path/filepath"
	"slices"
	"strings"
	"time"

	"evenkeel/objective"
	"evenkeel/objective/data"
	"evenkeel/objective/trainers"
	"evenkeel/search"
)

// values are the settings of a section that cannot be searched, by key.
type values map[string]setting

func (v values) integer(key string) int  { return int(v[key].value.(int64)) }
func (v values) real(key string) float64 { return v[key].value.(float64) }
func (v values) text(key string) string  { return v[key].value.(string) }
func (v values) seed(key string) int64   { return v[key].value.(int64) }
func (v values) at(key string) position  { return v[key].at }
func (v values) given(keys ...string) bool { // all of them
	return !slices.ContainsFunc(keys, func(k string) bool { return !v[k].given })
}

// fixedSection reads a section that cannot be searched: it reports unknown keys
// and fills in the defaults and the canonical form.
func (p *parser) fixedSection(name string, keys []key, n *node) values {
	p.unknownKeys(name, names(keys), n)
	out := make(values, len(keys))
	canon := make(map[string]any, len(keys))
	for _, k := range keys {
		s := p.fixed(name+"."+k.name, k, n.get(k.name))
		out[k.name] = s
		canon[k.name] = s.canonical()
	}
	p.canon[name] = canon
	return out
}

// unknownKeys reports the keys of a section that it does not have.
func (p *parser) unknownKeys(path string, known []string, n *node) {
	if n == nil {
		return
	}
	for _, f := range n.fields {
		if !slices.Contains(known, f.name) {
			p.unknown(f, path, known)
		}
	}
}

// brings returns the kind of model, if it is one that brings its data; "" if not.
func (p *parser) brings(model *node) string {
	kind := model.get("kind")
	if kind == nil || kind.kind != scalar {
		return ""
	}
	if t := trainers.Of(kind.text); t == nil || !t.OwnData {
		return ""
	}
	return kind.text
}

// ownData reports the keys of a data section that nobody would read, since a kind of
// model brings its data.
func (p *parser) ownData(kind string, n *node) {
	p.canon["data"] = map[string]any{}
	if n == nil {
		return
	}
	for _, f := range n.fields {
		p.add(f.at, "data.%s has no effect on a %s, which brings its own data; remove it", f.name, kind)
	}
}

func (p *parser) data(n *node) {
	v := p.fixedSection("data", dataKeys, n)
	p.def.Data = search.DataConfig{
		Source: p.dataSource(v, n),
		Split: objective.Split{
			Validation: v.real("validation"),
			Test:       v.real("test"),
			Limit:      v.integer("limit"),
			Seed:       v.seed("seed"),
		},
	}
}

// dataSource reads the source and the keys that only tables use; others must
// not have them, and their canonical form has not.
func (p *parser) dataSource(v values, n *node) data.Source {
	src, err := data.ParseSource(v.text("source"))
	if err != nil {
		p.add(v.at("source"), "data.source: %v", err)
		return data.Source{}
	}
	if src.Path != "" {
		src.Path = p.absolute(src.Path)
	}
	if !src.Table() {
		for _, key := range data.TableKeys() {
			delete(p.canon["data"], key)
			if f := n.field(key); f != nil {
				p.add(f.at, "data.%s is used with source %s only; remove it", key, strings.Join(tableForms(), " or "))
			}
		}
		return src
	}
	src.Label, src.TestFile, src.OneHot = v.text("label"), v.text("test_file"), v["one_hot"].value.(data.OneHot)
	if src.Label == "" {
		p.add(v.at("label"), "data.label is empty; want the name of the column with the classes")
	}
	if src.TestFile != "" && src.TestFile != data.NoTestFile {
		src.TestFile = p.absolute(src.TestFile)
	}
	return src
}

// tableForms returns how sources that are tables are written.
func tableForms() []string {
	var forms []string
	for _, k := range data.Kinds() {
		if k.Table {
			forms = append(forms, k.Form())
		}
	}
	return forms
}

// absolute returns a path that starts from the study file's folder.
func (p *parser) absolute(path string) string {
	if filepath.IsAbs(path) {
		return filepath.Clean(path)
	}
	return filepath.Join(p.def.Folder, path)
}

func (p *parser) objective(n *node) {
	v := p.fixedSection("objective", objectiveKeys, n)
	p.def.Objective = objective.Score{
		Spread:    objective.Spread(v.text("spread")),
		Tolerance: v.real("accuracy_tolerance"),
		Penalty:   v.real("accuracy_penalty"),
	}
}

func (p *parser) search(n *node) {
	v := p.fixedSection("search", searchKeys, n)
	c := search.Config{
		Sampler:       v.text("sampler"),
		Screen:        v.text("screen"),
		Trials:        v.integer("trials"),
		Time:          v["time"].value.(time.Duration),
		Until:         v.text("until"),
		Parallel:      v.integer("parallel"),
		Window:        v.integer("window"),
		Replicates:    v.integer("replicates"),
		MaxReplicates: v.integer("max_replicates"),
		Racing:        v["racing"].value.(bool),
		Seed:          v.seed("seed"),
		OnFinish:      v["on_finish"].value.([]string),
	}
	if _, err := search.Until(c.Until, time.Time{}); err != nil {
		p.add(v.at("until"), "search.until: %s is not a time; want a clock time such as 07:00, or RFC 3339 such as 2026-03-01T07:00:00Z", quote(c.Until))
	}
	switch {
	case c.MaxReplicates >= c.Replicates:
	case v.given("max_replicates"):
		p.add(v.at("max_replicates"), "search.max_replicates is %d, below replicates %d; want at least %d", c.MaxReplicates, c.Replicates, c.Replicates)
	default:
		c.MaxReplicates = c.Replicates
		p.canon["search"]["max_replicates"] = int64(c.Replicates)
	}
	if limited := c.Time > 0 || c.Until != ""; limited && (p.lifts || !v.given("trials")) {
		if v.given("trials") {
			p.def.Lifted = c.Trials
			n.remove("trials")
		}
		c.Trials = 0
		delete(p.canon["search"], "trials") // no bound is no key
	}
	if c.OnFinish == nil {
		delete(p.canon["search"], "on_finish") // no command is no key
	}
	p.def.Search = c
}
