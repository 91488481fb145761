package studyfile

import (
	"slices"
	"strings"

	"github.com/agnivade/levenshtein"
)

// nearest returns the known word with the fewest edits to s, the first of
// several, if those are few enough to be a slip: two or a third of the word, and
// one for up to three letters.
func nearest(s string, known []string) (string, bool) {
	if len(s) > 64 {
		return "", false
	}
	limit := max(2, len(s)/3)
	if len(s) <= 3 {
		limit = 1
	}
	best, least := "", limit+1
	for _, word := range known {
		if d := levenshtein.ComputeDistance(strings.ToLower(s), word); d < least {
			best, least = word, d
		}
	}
	return best, best != ""
}

// unknown reports a key that its section does not have: with the section that
// has it, the nearest known key, or all of them.
func (p *parser) unknown(f field, path string, known []string) {
	where := ""
	if path != "" {
		where = " in " + path
	}
	what := "unknown key " + quote(f.name) + where + "; "
	if near, ok := nearest(f.name, known); ok {
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
		{"model", append([]string{"kind"}, names(modelKeys)...)},
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
