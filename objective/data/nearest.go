package data

import (
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
		if d := levenshtein.ComputeDistance(strings.ToLower(s), strings.ToLower(word)); d < least {
			best, least = word, d
		}
	}
	return best, best != ""
}
