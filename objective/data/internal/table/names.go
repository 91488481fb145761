package table

import (
	"strings"

	"github.com/agnivade/levenshtein"
)

// missingLabel says that the label's column is not there, and what might be it.
func (t *records) missingLabel(label string) error {
	numbers := 0
	for _, name := range t.header {
		if decimal(name) {
			numbers++
		}
	}
	if 2*numbers > len(t.header) {
		return t.line("no column %s, and the header holds numbers; want a first line with the columns' names", quote(label))
	}
	return t.line("no column %s%s; name the column with the classes in data.label", quote(label), t.columnsThereAre(label))
}

// columnsThereAre names the column that is nearest to a missing one, or all.
func (t *records) columnsThereAre(missing string) string {
	if len(missing) <= 64 {
		best, least := "", max(2, len(missing)/3)+1
		for _, name := range t.header {
			if len(name) > 64 {
				continue
			}
			if d := levenshtein.ComputeDistance(strings.ToLower(missing), strings.ToLower(name)); d < least {
				best, least = name, d
			}
		}
		if best != "" {
			return "; the nearest is " + quote(best)
		}
	}
	return "; there are " + listed(t.header)
}

// listed writes names in a row, the first few of many.
func listed(names []string) string {
	const most = 12
	shown := names[:min(len(names), most)]
	quoted := make([]string, len(shown))
	for i, name := range shown {
		quoted[i] = quote(name)
	}
	text := strings.Join(quoted, ", ")
	if len(shown) < len(names) {
		text += ", ..."
	}
	return text
}
