package runs_test

import (
	"path/filepath"
	"strings"
	"testing"

	"evenkeel/objective"
	"evenkeel/runs"
)

// TestNamesInAnotherHistory: names that would print lines of their own are refused where they
// are read, in an error that prints none.
func TestNamesInAnotherHistory(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	complete(t, path, 2)
	for _, c := range []struct{ change, study, want string }{
		{`UPDATE datasets SET classes = json_set(classes, '$[3]', 'cat' || char(10) || 'FORGED')`, "test", `class 3 of study test is named "cat\nFORGED"`},
		{`UPDATE studies SET name = 'a' || char(27) || '[2J'`, "", `is named "a\x1b[2J"; want a name without line breaks`},
		{`SELECT 1`, "none", `there is no study "none"; there is a\x1b[2J`},
	} {
		other(t, path, c.change)
		db := open(t, path, runs.Options{ReadOnly: true})
		_, err := db.Leaderboard(t.Context(), c.study)
		if err == nil || !strings.Contains(err.Error(), c.want) || !objective.OneLine(err.Error()) {
			t.Errorf("%s: %v; want %s", c.change, err, c.want)
		}
	}
}
