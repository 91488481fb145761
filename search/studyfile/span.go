package studyfile

import (
	"slices"
	"strings"

	"evenkeel/objective/models"
	"evenkeel/search"
)

// spanKeys are the keys of a range.
var spanKeys = []string{"low", "high", "log", "step", "type"}

// span reads a range; equal ends make it a value.
func (p *parser) span(path string, s *setting, n *node) {
	k := s.key
	if k.kind != realKey && k.kind != integerKey {
		p.add(n.at, "%s is a mapping; a range needs numbers, want %s, or a list of such", path, k.want())
		return
	}
	before := p.found
	for _, f := range n.fields {
		if !slices.Contains(spanKeys, f.name) {
			p.unknown(f, path, spanKeys)
		}
	}
	low, lowOK := p.end(path, "low", k, n)
	high, highOK := p.end(path, "high", k, n)
	r := &span{Low: low, High: high, Log: p.spanLog(path, n), Step: p.spanStep(path, k, n)}
	p.spanType(path, k, n)
	if k.inferred {
		r.Type = k.typeName()
	}
	if !lowOK || !highOK || p.found > before || !p.spanFits(path, k, r, n) {
		return
	}
	if low == high {
		s.value = low
		if k.kind == integerKey {
			s.value = int64(low)
		}
		return
	}
	s.value, s.span = nil, r
}

// end reads one end of a range.
func (p *parser) end(path, name string, k key, n *node) (float64, bool) {
	v := n.get(name)
	switch {
	case v == nil:
		p.add(n.at, "%s has no %s; a range needs low and high", path, name)
		return 0, false
	case v.kind == broken:
		return 0, false
	}
	before := p.found
	k.def = nil
	value := p.one(path+"."+name, k, v)
	if p.found > before {
		return 0, false
	}
	if i, ok := value.(int64); ok {
		return float64(i), true
	}
	return value.(float64), true
}

// spanLog reads the log key of a range.
func (p *parser) spanLog(path string, n *node) bool {
	v := n.get("log")
	if v == nil || v.kind == broken {
		return false
	}
	return p.one(path+".log", key{kind: booleanKey, def: false}, v).(bool)
}

// spanStep reads the step of a range; 0 means none.
func (p *parser) spanStep(path string, k key, n *node) float64 {
	v := n.get("step")
	if v == nil || v.kind == broken {
		return 0
	}
	step, fault := number(v)
	want := "a number above 0"
	if k.kind == integerKey {
		step, fault = integer(v)
		want = "an integer, 1 or more"
	}
	if fault == "" && step <= 0 {
		fault = models.Number(step) + " is out of range"
	}
	if fault != "" {
		p.add(v.at, "%s.step: %s; want %s", path, strings.TrimPrefix(fault, "is "), want)
		return 0
	}
	return step
}

// spanType checks the type key, which may repeat what the key declares anyway.
func (p *parser) spanType(path string, k key, n *node) {
	v := n.get("type")
	if v == nil || v.kind == broken {
		return
	}
	if s, fault := text(v); fault == "" && s == k.typeName() {
		return
	}
	if k.inferred {
		p.add(v.at, "%s.type is %s; want int or real", path, describe(v))
		return
	}
	p.add(v.at, "%s.type is %s; the key is declared %s, leave type out", path, describe(v), k.typeName())
}

// typeName is what the type of a range of the key is called.
func (k key) typeName() string {
	if k.kind == integerKey {
		return "int"
	}
	return "real"
}

// spanFits checks what concerns several keys of a range.
func (p *parser) spanFits(path string, k key, r *span, n *node) bool {
	at := func(name string) position { return n.get(name).at }
	before := p.found
	switch {
	case r.Low > r.High:
		p.add(at("low"), "%s: low %s is above high %s; want low <= high", path, models.Number(r.Low), models.Number(r.High))
	case r.Log && r.Step != 0:
		p.add(at("step"), "%s has log and step; want one of the two", path)
	case r.Log && r.Low <= 0:
		p.add(at("low"), "%s: low %s on a logarithmic scale; want low above 0", path, models.Number(r.Low))
	case k.bounds.Zero && r.Low < k.bounds.Min && r.Low != r.High:
		p.add(at("low"), "%s: a range from %s; only 0 itself is allowed below %s, want low from %[3]s", path, models.Number(r.Low), models.Number(k.bounds.Min))
	default:
		kind := search.Real
		if k.kind == integerKey {
			kind = search.Int
		}
		param := search.Param{Name: path, Kind: kind, Low: r.Low, High: r.High, Log: r.Log, Step: r.Step}
		if err := (search.Space{Params: []search.Param{param}}).Validate(); err != nil {
			where := n.at
			if r.Step != 0 {
				where = at("step")
			}
			p.add(where, "%s: %s", path, strings.TrimPrefix(err.Error(), "parameter "+path+": "))
		}
	}
	return p.found == before
}
