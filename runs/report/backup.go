package report

import (
	"fmt"

	"evenkeel/runs"
)

// Copied prints which copy of a history was made.
func Copied(out Out, c *runs.Copied) error {
	if out.forPeople() {
		_, err := fmt.Fprintf(out.W, "copied %s of %s to %s, %s\n", count(int(c.Studies), "study"), c.From, c.To, bytesText(c.Bytes))
		return err
	}
	return out.write(result{columns: []column{{name: "from"}, {name: "to"}, {name: "studies"}, {name: "bytes"}},
		rows: [][]any{{c.From, c.To, c.Studies, c.Bytes}}})
}
