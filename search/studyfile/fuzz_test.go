package studyfile

import (
	"errors"
	"strings"
	"testing"

	"evenkeel/search"
	"evenkeel/search/random"
)

// FuzzParse checks, for any text and override, that Parse ends in a definition
// or in faults with a line each; that a definition survives its own source; and
// that every point of its space has a plan.
func FuzzParse(f *testing.F) {
	for _, text := range seeds(f) {
		f.Add(text, "search.trials", "3")
	}
	f.Add([]byte(full), "weighting.scheme.1.exponent", "{low: 1, high: 64}")
	f.Add([]byte(full), "model.epochs.step", "3")
	f.Add([]byte("a: [1\nb"), "..", "&a [*a]")
	f.Add([]byte("a: &a [*a, *b]"), "study", "!!str 3")
	f.Add([]byte("%YAML 1.3\n--- |\n x"), "weighting.scheme", "{name: uniform}")
	f.Fuzz(func(t *testing.T, text []byte, key, value string) {
		def, err := Parse("s.yaml", text, "/studies", []Override{{Key: key, Value: value}})
		if err != nil {
			checkLines(t, err)
			return
		}
		checkRoundTrip(t, def)
		for trial := range 3 {
			point, err := random.New().Suggest(def.Space, nil, search.Rand(def.Search.Seed, trial, "fuzz"))
			if err != nil {
				t.Fatal(err)
			}
			plan, err := def.Plan(point)
			if err != nil {
				t.Fatal(err)
			}
			if err := plan.Recipe.Validate(); err != nil {
				t.Fatalf("recipe of %v: %v", point, err)
			}
		}
	})
}

// checkLines checks that err holds faults, each on one line and each with a
// place: a real one in the file, or the flag.
func checkLines(t *testing.T, err error) {
	t.Helper()
	var faults Errors
	if !errors.As(err, &faults) || len(faults) == 0 {
		t.Fatalf("error %v (%T); want faults", err, err)
	}
	for _, f := range faults {
		if strings.ContainsAny(f.Error(), "\n\r\x00") || f.What == "" {
			t.Fatalf("fault %q; want one line", f.Error())
		}
		if f.Flag == "" && (f.Line < 1 || f.Column < 1) {
			t.Fatalf("fault %q has no place", f.Error())
		}
	}
}
