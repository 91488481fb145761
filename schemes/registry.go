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

// Nearest returns the known word that takes the fewest edits to reach from word,
// the first of several, and whether it is near enough to be meant: within half
// of the longer word's letters.
func Nearest(word string, known []string) (string, bool) {
	best, fewest := "", -1
	for _, k := range known {
		if d := levenshtein.ComputeDistance(word, k); fewest < 0 || d < fewest {
			best, fewest = k, d
		}
	}
	return best, fewest >= 0 && 2*fewest <= max(len(word), len(best))
}
