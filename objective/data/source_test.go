package data

import (
	"strings"
	"testing"
)

func TestParseSource(t *testing.T) {
	for _, k := range Kinds() {
		src, err := ParseSource(k.Example)
		if err != nil || src.String() != k.Example || src.Kind != k.Name {
			t.Errorf("the example of %s reads as %+v (%v)", k.Name, src, err)
		}
		if !strings.HasPrefix(k.Example, k.Name) || k.Doc == "" || k.open == nil {
			t.Errorf("kind %+v is incomplete", k)
		}
	}
}

func TestParseSourceRefuses(t *testing.T) {
	for text, want := range map[string]string{
		"":                `"" is not known; known: embedded`,
		"imagenet:/data":  `"imagenet:/data" is not known; known: embedded`,
		"Embedded":        `"Embedded" is not known, the nearest is embedded; known`,
		"embedded:sample": `"embedded:sample" has a path, and embedded takes none; want just embedded`,
		"embedded:":       `"embedded:" has a path`,
		"csv":             `"csv" has no path; want csv:FILE, such as csv:letter_train.csv`,
		"idx:":            `"idx:" has no path; want idx:DIR, such as idx:/usr/share/datasets/fashion-mnist`,
		"csvs:x.csv":      `"csvs:x.csv" is not known, the nearest is csv; known: embedded, idx:DIR`,
		"cifar:x":         `"cifar:x" is not known, the nearest is cifar10; known`,
	} {
		if _, err := ParseSource(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("ParseSource(%q): error %v; want one with %q", text, err, want)
		}
	}
	for _, src := range []Source{{}, {Kind: "embedded", Path: "x"}, {Kind: "imagenet", Path: "x"}, {Kind: "csv"}} {
		if _, err := Open(src); err == nil || !strings.HasPrefix(err.Error(), "source ") {
			t.Errorf("Open(%+v): error %v", src, err)
		}
	}
}
