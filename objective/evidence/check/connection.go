package check

import (
	"fmt"
	"slices"
	"strings"

	"evenkeel/objective"
)

// Plumbing reports, without training, whether what a trainer says of itself is
// complete and fits a study that applies weights in the given ways: one finding
// for each fault, or one that says all is well. weightsFrom says that the study
// switches the weights on after a share of the epochs.
func Plumbing(info objective.Info, apply []string, weightsFrom bool) []Line {
	var found []Line
	fault := func(advice, format string, args ...any) {
		found = append(found, Line{Name: nameConnection, State: Fault, Text: fmt.Sprintf(format, args...), Advice: advice})
	}
	for _, f := range []struct{ name, value, why string }{
		{"data", info.Data, "a string that changes when the data or the split does"},
		{"version", info.Version, "a string that changes when the code does"},
	} {
		if f.value == "" {
			fault("Give it "+f.why+".", "the trainer states no %s, so old results could be mistaken for new ones", f.name)
		}
	}
	if len(info.Classes) < 2 {
		fault("Let it state the name of every class, in the order of the labels.",
			"the trainer names %d of the classes; weighting needs at least 2", len(info.Classes))
	}
	for i, name := range info.Classes {
		if name == "" {
			fault("Give every class a name.", "class %d has an empty name", i)
		}
		if first := slices.Index(info.Classes, name); first < i && name != "" {
			fault("Give every class a name of its own.", "classes %d and %d are both called %s", first, i, objective.InSentence(name))
		}
	}
	if n := len(info.TrainCounts); n > 0 && n != len(info.Classes) {
		fault("State one count for each class, in the order of the classes, or none.",
			"the trainer states training counts of %d classes, but names %d", n, len(info.Classes))
	} else {
		for c, n := range info.TrainCounts {
			if n <= 0 {
				fault("Leave the class out or check the split: without training examples it cannot be learned.",
					"the training part has %d examples of %s", n, objective.InSentence(info.Classes[c]))
			}
		}
	}
	can := slices.DeleteFunc(slices.Clone(info.Supports), func(s string) bool { return slices.Contains(objective.Abilities(), s) })
	for _, mode := range apply {
		if !slices.Contains(can, mode) {
			fault(fmt.Sprintf("Set weighting.apply to a way that it supports, or let the trainer apply weights in the way %s and list it in what it supports.", mode),
				"the study applies weights in the way %s (weighting.apply); the trainer supports %s", mode, list(can, "no way of applying weights"))
		}
	}
	if weightsFrom && !slices.Contains(info.Supports, objective.SupportsWeightsFrom) {
		fault(fmt.Sprintf("Let it read weights_from and list %q in what it supports, or leave weighting.weights_from out.", objective.SupportsWeightsFrom),
			"the study switches weights on late, and the trainer does not say that it supports this")
	}
	if found == nil {
		found = append(found, Line{Name: nameConnection, State: OK, Text: fmt.Sprintf(
			"the trainer names %d classes (%s), identifies its data as %s, and can apply weights in these ways (weighting.apply): %s", len(info.Classes), abridged(info.Classes), shortened(info.Data), list(can, "nothing"))})
	}
	return found
}

// list joins words; without any it returns none.
func list(words []string, none string) string {
	if len(words) == 0 {
		return none
	}
	return strings.Join(words, ", ")
}

// abridged names the first and the last of many classes.
func abridged(names []string) string {
	if len(names) > 4 {
		return names[0] + ", " + names[1] + ", ..., " + names[len(names)-1]
	}
	return strings.Join(names, ", ")
}

// shortened cuts a long fingerprint to its first characters.
func shortened(s string) string {
	if r := []rune(s); len(r) > 40 {
		return string(r[:12]) + "..."
	}
	return s
}
