package report

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf8"

	"evenkeel/runs"
	"evenkeel/runs/results"
)

// TestStudiesCutNothing: on a narrow terminal columns are left out and named, and names stay
// whole.
func TestStudiesCutNothing(t *testing.T) {
	list := []results.LedStudy{{
		StudyRow: runs.StudyRow{Name: "a-study-with-a-long-name", State: "done", Host: "a-host-with-a-long-name.example.org", User: "somebody-with-a-long-name"},
		Leader:   &runs.Row{Trial: 7, Round: 2, Difference: -0.031},
	}}
	for width, left := range map[int]string{
		0: "", 300: "",
		175: "commit", 120: "commit, host, user", 20: "commit, host, user",
	} {
		var out bytes.Buffer
		if err := Studies(Out{W: &out, Format: "table", Width: width}, list); err != nil {
			t.Fatal(err)
		}
		page := out.String()
		table, note, _ := strings.Cut(page, "Left out")
		for name, want := range map[string]bool{
			list[0].Name: true, "-.031": true, list[0].Host: !strings.Contains(left, "host"), list[0].User: !strings.Contains(left, "user"),
		} {
			if strings.Contains(table, name) != want {
				t.Errorf("width %d: %s is there: %v; want %v\n%s", width, name, !want, want, page)
			}
		}
		if strings.Contains(page, "…") || (left == "") != (note == "") || !strings.Contains(strings.Join(strings.Fields(note), " "), left) {
			t.Errorf("width %d: want nothing cut, and left out: %q\n%s", width, left, page)
		}
		for line := range strings.Lines(table) {
			if n := utf8.RuneCountInString(strings.TrimSuffix(line, "\n")); left != "commit, host, user" && width > 0 && n > width {
				t.Errorf("width %d: a line of %d columns\n%s", width, n, page)
			}
		}
	}
}

// TestShortCommit: seven digits, and a mark for changed files.
func TestShortCommit(t *testing.T) {
	for commit, want := range map[string]string{
		"": "", "0123456789abcdef0123456789abcdef01234567": "0123456", "0123456789abcdef0123456789abcdef01234567+changes": "0123456+",
	} {
		if got := shortCommit(commit); got != want {
			t.Errorf("%q: %q, want %q", commit, got, want)
		}
	}
}
