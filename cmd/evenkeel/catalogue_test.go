package main

import (
	"fmt"
	"strings"
	"testing"

	"evenkeel/schemes"
	"evenkeel/schemes/formula"
)

// TestCatalogueInDocs compares docs/schemes.md with the catalogue and the names
// that formulas have: what is between its markers is made from these.
func TestCatalogueInDocs(t *testing.T) {
	page := documents(t)["schemes.md"]
	for marker, want := range map[string]string{"catalogue": catalogueText(), "names": namesText()} {
		_, rest, found := strings.Cut(page, "<!-- "+marker+" -->\n")
		got, _, closed := strings.Cut(rest, "<!-- /"+marker+" -->\n")
		if !found || !closed || got != want {
			t.Errorf("docs/schemes.md, between the markers %s: want\n%s", marker, want)
		}
	}
}

// catalogueText writes every scheme of the catalogue as a section.
func catalogueText() string {
	var b strings.Builder
	for _, s := range schemes.All() {
		fmt.Fprintf(&b, "\n### %s\n\n", s.Name)
		if len(s.Aliases) > 0 {
			fmt.Fprintf(&b, "Also `%s`. ", strings.Join(s.Aliases, "`, `"))
		}
		fmt.Fprintf(&b, "%s.\n\n    %s\n\n", upperFirst(s.Title), s.Formula)
		for _, p := range s.Params {
			scale := ""
			if p.Log {
				scale = " on a log scale"
			}
			fmt.Fprintf(&b, "- `%s`: %s. Accepted %v to %v, worth searching %v to %v%s, default %v.\n",
				p.Name, p.Doc, p.Min, p.Max, p.Low, p.High, scale, p.Default)
		}
		if s.StrengthOf != "" {
			fmt.Fprintf(&b, "- `strength` solves for `%s`.\n", s.StrengthOf)
		}
		if s.ReadsPrevious {
			b.WriteString("- Reads the previous weights itself: `update: accumulate` is refused.\n")
		}
		fmt.Fprintf(&b, "- Source: %s.\n", s.Source)
	}
	b.WriteString("\n")
	return b.String()
}

func upperFirst(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

// namesText writes the variables and functions of formulas as tables.
func namesText() string {
	var b strings.Builder
	for _, table := range []struct {
		title string
		names []formula.Name
	}{{"variable", formula.Variables()}, {"function", formula.Functions()}} {
		fmt.Fprintf(&b, "\n| %s | meaning |\n| --- | --- |\n", table.title)
		for _, n := range table.names {
			fmt.Fprintf(&b, "| `%s` | %s |\n", n.Use, n.Doc)
		}
	}
	b.WriteString("\n")
	return b.String()
}
