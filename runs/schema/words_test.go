package schema

import (
	"database/sql"
	"errors"
	"path/filepath"
	"testing"
)

// TestConfirmationsOfVersion5: what version 5 confirmed is kept under the names of options.
// What it called longer was trained as long as all rounds together, which is a control now.
func TestConfirmationsOfVersion5(t *testing.T) {
	list, err := own()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "x.db")
	f, err := openFile(t.Context(), path, list[:1], false)
	if err != nil {
		t.Fatal(err)
	}
	w, err := f.Writer(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	insert := func(query string, args ...any) {
		if _, err := w.ExecContext(t.Context(), query, args...); err != nil {
			t.Fatal(err)
		}
	}
	insert(`INSERT INTO studies (number, name, model, created, window) VALUES (1, 'a', 'softmax', '', 4)`)
	insert(`INSERT INTO runs (hash, spec, state, trainer, version, numerics, stopped, parameters, epochs, finished, labels, derived)
		VALUES ('r', '{}', 'complete', '', '', '', 0, '', '[]', '', 0, 0)`)
	for i, c := range [][2]string{
		{"recipe", "reference"}, {"offsets", "reference"}, {"recipe", "offsets"}, {"vector", "reference"}, {"vector", "offsets"}, {"longer", "reference"},
	} {
		insert(`INSERT INTO confirmed_arms (study, number, trial, round, what, against, seeds, test_spread, test_balanced_accuracy, against_test_spread,
			against_test_balanced_accuracy, difference, confirmed, plain_spread, against_plain_spread, accuracy_drop, tolerance, gained, lost, images, resplit)
			VALUES (1, ?, 3, 2, ?, ?, 6, .05, .9, .1, .9, -.05, '', .06, .11, .01, 'held', '[]', '[]', '[9,9]', 0)`, i+1, c[0], c[1])
	}
	for _, what := range []string{"reference", "recipe", "vector", "longer"} {
		insert(`INSERT INTO confirm_runs (study, what, trial, round, replicate, resplit, seed, run) VALUES (1, ?, 0, 2, 0, 0, 7, 'r')`, what)
	}
	if err := errors.Join(w.Close(), f.Close()); err != nil {
		t.Fatal(err)
	}
	if f, err = openFile(t.Context(), path, list, false); err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for query, want := range map[string]string{
		`SELECT group_concat(what || ' ' || against, ', ') FROM (SELECT * FROM confirmations, confirmed_arms USING (what, against) ORDER BY number)`: "" +
			"weights-remeasured nothing, offsets-refitted nothing, weights-remeasured offsets-refitted, weights-fixed nothing, " +
			"weights-fixed offsets-refitted, equal-cost nothing",
		`SELECT group_concat(what, ', ') FROM (SELECT what FROM confirm_runs ORDER BY what)`:                                                 "equal-cost, nothing, weights-fixed, weights-remeasured",
		`SELECT count(*) || ' ' || count(score_difference) || ' ' || round(sum(difference), 9) || ' ' || min(tolerance) FROM confirmed_arms`: "6 0 -0.3 held",
	} {
		var got sql.NullString
		if err := f.Read.QueryRowContext(t.Context(), query).Scan(&got); err != nil || got.String != want {
			t.Errorf("%s\n%s, %v; want %s", query, got.String, err, want)
		}
	}
}
