package trainertest

import (
	"fmt"
	"slices"

	"evenkeel/objective/models"
)

// Another returns a value of a key that is not the given one, as tests need it to show
// that the key counts. Of a number it is half or twice as much, or else 1, a quarter or
// an end of the range: what the key accepts. It panics if the key has no second value,
// or is of a type of which it knows none.
func Another(k models.Key, than any) any {
	switch v := than.(type) {
	case float64:
		for _, other := range []float64{v / 2, 2 * v, 0.25, k.Range.Min, k.Range.Max} {
			if other != v && k.Range.Holds(other) {
				return other
			}
		}
	case int64:
		for _, other := range []int64{v / 2, 2 * v, 1, int64(k.Range.Min), int64(k.Range.Max)} {
			if other != v && k.Range.Holds(float64(other)) {
				return other
			}
		}
	case string:
		if i := slices.IndexFunc(k.Words, func(word string) bool { return word != v }); i >= 0 {
			return k.Words[i]
		}
	case []int64:
		return append([]int64{v[0]%models.MaxWidth + 1}, v[1:]...)
	}
	panic(fmt.Sprintf("trainertest: no other value of the key %s (%s) than %v", k.Name, k.Type, than))
}
