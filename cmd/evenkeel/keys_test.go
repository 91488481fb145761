package main

import (
	"fmt"
	"testing"

	"evenkeel/objective/trainers/nets"
	"evenkeel/search/studyfile"
)

// TestStudyFileAndModelsAgree tries every model key of every built-in kind with
// values around and far beyond its bounds: what the study file accepts the
// models train, and what the models refuse the study file refuses before
// anything starts.
func TestStudyFileAndModelsAgree(t *testing.T) {
	numbers := []string{
		"-1", "-0.5", "0", "1e-300", "0.5", "0.999999999", "1", "1.5", "2", "3", "999", "1000", "1000.5", "1001",
		"65535", "65536", "65537", "999999", "1000000", "1000001", "2147483647", "2147483648", "1e300",
	}
	values := map[string][]string{
		"string": {"adam", "sgd", "rmsprop", "''", "none", "flip", "flip-crop", "crop"},
		"int":    numbers, "real": numbers,
		"ints": {"[[1]]", "[[65536]]", "[[65537]]", "[[0]]", "[[8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8]]", "[[8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8]]"},
	}
	accepted, refused := 0, 0
	for _, kind := range nets.Kinds() {
		for _, key := range nets.Keys(kind) {
			for _, value := range values[key.Type] {
				optimizer := "adam"
				if key.Name == "momentum" {
					optimizer = "sgd"
				}
				text := fmt.Sprintf("weighting: {scheme: [{name: uniform}]}\nmodel: {kind: %s, optimizer: %s, %s: %s}\n", kind, optimizer, key.Name, value)
				if key.Name == "optimizer" {
					text = fmt.Sprintf("weighting: {scheme: [{name: uniform}]}\nmodel: {kind: %s, optimizer: %s}\n", kind, value)
				}
				def, err := studyfile.Parse("s.yaml", []byte(text), "/", nil)
				if err != nil {
					refused++
					continue
				}
				accepted++
				if err := nets.Check(def.ReferenceModel()); err != nil {
					t.Errorf("%s.%s = %s is accepted in a study file, and refused by the model: %v", kind, key.Name, value, err)
				}
			}
		}
	}
	if accepted < 100 || refused < 100 {
		t.Errorf("%d values accepted, %d refused; the test wants many of both", accepted, refused)
	}
}
