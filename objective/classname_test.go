package objective_test

import (
	"testing"

	"evenkeel/objective"
)

// TestInSentence: only names that could be read as figures are quoted.
func TestInSentence(t *testing.T) {
	t.Parallel()
	for class, want := range map[string]string{
		"Shirt": "Shirt", "class 1": "class 1", "1": `"1"`, "-.5": `"-.5"`, "1e3": `"1e3"`, "": "",
	} {
		if got := objective.InSentence(class); got != want {
			t.Errorf("class %q: %s; want %s", class, got, want)
		}
	}
}
