package studyfile

import (
	"strings"
	"testing"

	"evenkeel/objective/trainers"
	"evenkeel/search"
)

// TestMemory: a limit is read with its unit, is canonical whatever its spelling, and makes
// another study; without one the canonical form is that of a study file before there were any.
func TestMemory(t *testing.T) {
	parse := func(memory string) *search.Definition {
		t.Helper()
		def, err := Parse("s.yaml", []byte(scheme+"model: {memory: "+memory+"}\n"), "/", nil)
		if err != nil {
			t.Fatal(err)
		}
		return def
	}
	for text, want := range map[string]int64{
		"0": 0, "0.0": 0, "0GB": 0, "8GB": 8e9, "8 GB": 8e9, "'8GB'": 8e9, "1.5GB": 15e8, "8.3GB": 83e8, "512MiB": 512 << 20, "2TiB": 2 << 40, "100B": 100,
		"64kB": 64e3, "1KiB": 1024, "3TB": 3e12, "7GiB": 7 << 30, "20MB": 20e6,
	} {
		if got := parse(text).Model.Trainer.(trainers.NetsSettings).Memory; got != want {
			t.Errorf("memory: %s is %d bytes; want %d", text, got, want)
		}
	}
	if strings.Contains(string(parse("0").Canonical), "memory") {
		t.Error("no limit is in the canonical form")
	}
	if changes := search.Diff(parse("8GB"), parse("8000 MB")); len(changes) > 0 {
		t.Errorf("one limit in two spellings: %v", changes)
	}
	changes := search.Diff(parse("0"), parse("8GB"))
	if len(changes) != 1 || changes[0].Key != "model.memory" || changes[0].New != `"8GB"` || search.BudgetOnly(changes) {
		t.Errorf("a limit changes %v; want model.memory, which makes another study", changes)
	}
	for memory, want := range map[string]string{
		"8":                                "model.memory: 8 has no unit; write 8MB or 8GB",
		"8gb":                              "model.memory: 8gb has the unit gb; write 8GB",
		"8G":                               "model.memory: 8G has the unit G; write 8GB",
		"8mi":                              "model.memory: 8mi has the unit mi; write 8MiB",
		"8PB":                              "model.memory: 8PB has the unit PB, which is not known; want a size with its unit, such as 8GB or 512MiB, or 0 for no limit",
		"-1GB":                             "model.memory: -1GB is not a size; want a size",
		"much":                             "model.memory: much is not a size; want a size",
		"9999999TB":                        "model.memory: 9999999TB is too large; want a size",
		"0.1B":                             "model.memory: 0.1B is less than a byte; want a size",
		"":                                 "model.memory is empty; want a size",
		"[8GB]":                            "model.memory is a list; it is a setting of the trainer and cannot be searched, want a size",
		"{low: 1GB}":                       "model.memory is a mapping; it is a setting of the trainer and cannot be searched, want a size",
		"1e3GB":                            "model.memory: 1e3GB is not a size; want a size",
		"8e3":                              "model.memory: 8e3 is not a size; want a size",
		"8GB, kind: command, command: [a]": "model.memory is used with kind softmax or mlp or cnn or resnet8 only; remove it",
	} {
		_, err := Parse("s.yaml", []byte(scheme+"model: {memory: "+memory+"}\n"), "/", nil)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("memory: %s: error %v; want %q", memory, err, want)
		}
	}
}
