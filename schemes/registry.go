package schemes

import (
	"fmt"
	"slices"
	"strings"

	"github.com/agnivade/levenshtein"
)

// catalogue lists the schemes in the order in which they are shown.
var catalogue = []*Scheme{uniform, meanRatio, errorPower, errorOdds, softmaxError, expGradient}

// All returns the catalogue, in the order in which it is shown. The slice is
// the caller's; the schemes are shared and must not be changed.
func All() []*Scheme { return slices.Clone(catalogue) }

// Lookup returns the scheme with the given name or alias. The error for an
// unknown name suggests the nearest one there is, or lists them all.
func Lookup(name string) (*Scheme, error) {
	var names, known []string
	for _, s := range catalogue {
		if s.Name == name || slices.Contains(s.Aliases, name) {
			return s, nil
		}
		names = append(names, s.Name)
		known = append(append(known, s.Name), s.Aliases...)
	}
	if near, ok := Nearest(name, known); ok {
		return nil, fmt.Errorf("unknown scheme %q; did you mean %q?", name, near)
	}
	return nil, fmt.Errorf("unknown scheme %q; want one of %s", name, strings.Join(names, ", "))
}

// Nearest returns the known word with the fewest edits to word, the first of
// several, if those are few enough to be a slip: two or a third of the word, and
// one for up to three letters, and never more than half of the longer word.
// Capitals do not count.
func Nearest(word string, known []string) (string, bool) {
	if len(word) > 64 {
		return "", false
	}
	limit := max(2, len(word)/3)
	if len(word) <= 3 {
		limit = 1
	}
	best, least := "", limit+1
	for _, k := range known {
		d := levenshtein.ComputeDistance(strings.ToLower(word), strings.ToLower(k))
		if d < least && 2*d <= max(len(word), len(k)) {
			best, least = k, d
		}
	}
	return best, best != ""
}
