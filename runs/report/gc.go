package report

import (
	"fmt"
	"strings"

	"evenkeel/runs"
)

// Freed prints which logits were freed, or would be.
func Freed(out Out, f *runs.Freed, dry bool) error {
	if out.forPeople() {
		_, err := fmt.Fprint(out.W, freedText(f, dry))
		return err
	}
	return out.write(freedResult(f, dry))
}

// freedText says what was freed.
func freedText(f *runs.Freed, dry bool) string {
	var b strings.Builder
	verb := "freed"
	if dry {
		verb = "would free"
	}
	fmt.Fprintf(&b, "%s the logits of %s, %s\n", verb, count(int(f.Runs), "run"), bytesText(f.Bytes))
	if len(f.Busy) > 0 {
		fmt.Fprintf(&b, "not changed, since a search is running: %s\n", strings.Join(f.Busy, ", "))
	}
	switch {
	case dry:
		fmt.Fprintf(&b, "the file has %s\n", bytesText(f.Before))
	case f.Kept != "":
		fmt.Fprintf(&b, "the file has %s: %s\n", bytesText(f.After), f.Kept)
	default:
		fmt.Fprintf(&b, "the file had %s and has %s\n", bytesText(f.Before), bytesText(f.After))
	}
	return b.String()
}

// freedResult is the same for programs.
func freedResult(f *runs.Freed, dry bool) result {
	busy := append([]string{}, f.Busy...) // an empty list is no null
	return result{columns: []column{
		{name: "dry_run"}, {name: "runs"}, {name: "bytes"}, {name: "left_alone"}, {name: "file_before"}, {name: "file_after"}, {name: "kept"},
	}, rows: [][]any{{dry, f.Runs, f.Bytes, busy, f.Before, f.After, f.Kept}}}
}
