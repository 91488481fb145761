package search

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"

	"evenkeel/objective/trainers"
)

// Change is one key in which two definitions differ.
type Change struct {
	// Key is the dotted key of the study file.
	Key string
	// Old and New are the values as JSON, which reads as in a study file: a list
	// is a choice, {"low":..,"high":..} a range. Empty means that the key is absent.
	Old, New string
}

// Diff returns the keys in which two definitions differ, defaults included, in
// alphabetical order of the keys; none means that they are the same definition.
// It compares the canonical forms, so neither the order of the keys in the file
// nor the spelling of a number matters.
func Diff(a, b *Definition) []Change {
	before, after := map[string]string{}, map[string]string{}
	flatten(before, "", a.Canonical)
	flatten(after, "", b.Canonical)
	keys := maps.Clone(before)
	maps.Copy(keys, after)
	var changes []Change
	for _, key := range slices.Sorted(maps.Keys(keys)) {
		if before[key] != after[key] {
			changes = append(changes, Change{Key: key, Old: before[key], New: after[key]})
		}
	}
	return changes
}

// BudgetOnly reports whether all changes are to what a study may be continued
// with: how many trials, how long, how many at once, when a trainer counts as
// broken, and what happens at the end. No changes are.
func BudgetOnly(changes []Change) bool { return !slices.ContainsFunc(changes, Change.other) }

// BeyondBudget returns the changes that make another study: those that [BudgetOnly] is
// false for.
func BeyondBudget(changes []Change) []Change {
	return slices.DeleteFunc(slices.Clone(changes), func(c Change) bool { return !c.other() })
}

// other reports whether a study with this change is another one.
func (c Change) other() bool { return !Continues(c.Key) }

// Continues reports whether a study may be continued with another value of a key.
func Continues(key string) bool {
	if key, ok := strings.CutPrefix(key, modelPrefix); ok {
		return trainers.Continues(key)
	}
	switch key {
	case "search.trials", "search.time", "search.until", "search.parallel", "search.on_finish":
		return true
	}
	return false
}

// legible undoes what encoding/json escapes for the sake of HTML: the same JSON, as
// people write it. An escaped backslash stays one.
var legible = strings.NewReplacer(`\\`, `\\`, `\u003c`, "<", `\u003e`, ">", `\u0026`, "&")

// flatten writes the leaves of a canonical form into out, by dotted key. A range
// is a leaf, and so is every list but that of the scheme entries. Text that is
// not JSON is a leaf unchanged.
func flatten(out map[string]string, key string, text json.RawMessage) {
	var object map[string]json.RawMessage
	if json.Unmarshal(text, &object) == nil && object != nil && !isRange(object) {
		for name, value := range object {
			flatten(out, join(key, name), value)
		}
		return
	}
	var list []json.RawMessage
	if key == KeyScheme && json.Unmarshal(text, &list) == nil {
		for i, value := range list {
			flatten(out, join(key, strconv.Itoa(i)), value)
		}
		return
	}
	var compact bytes.Buffer
	if json.Compact(&compact, text) != nil {
		out[key] = string(text)
		return
	}
	out[key] = legible.Replace(compact.String())
}

// isRange reports whether a JSON object is a range of the study file.
func isRange(object map[string]json.RawMessage) bool {
	_, low := object["low"]
	_, high := object["high"]
	return low && high
}

// join joins two parts of a dotted key.
func join(key, name string) string {
	if key == "" {
		return name
	}
	return key + "." + name
}
