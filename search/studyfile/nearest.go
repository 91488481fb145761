package studyfile

import (
	"slices"
	"strings"

	"evenkeel/schemes"
)

// unknown reports a key that its section does not have: with the section that
// has it, the nearest known key, or all of them.
func (p *parser) unknown(f field, path string, known []string) {
	where := ""
	if path != "" {
		where = " in " + path
	}
	what := "unknown key " + quote(f.name) + where + "; "
	if near, ok := schemes.Nearest(f.name, known); ok {
		p.add(f.at, "%sthe nearest known key is %s", what, near)
		return
	}
	if home := homeOf(f.name, path); home != "" {
		p.add(f.at, "%s%s belongs in %s", what, f.name, home)
		return
	}
	p.add(f.at, "%sknown keys: %s", what, strings.Join(known, ", "))
}

// homeOf returns the section that has a key of the given name, if it is one.
func homeOf(name, path string) string {
	for _, s := range []struct {
		section string
		keys    []string
	}{
		{"data", names(dataKeys)},
		{"model", modelKeyNames()},
		{"weighting", append([]string{"scheme"}, names(weightingKeys)...)},
		{"objective", names(objectiveKeys)},
		{"search", names(searchKeys)},
	} {
		if s.section != path && slices.Contains(s.keys, name) {
			return s.section
		}
	}
	return ""
}
