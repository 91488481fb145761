package runs_test

import (
	"database/sql"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"evenkeel/runs"
)

// TestMigrationKeepsConfirmations: what version 3 recorded of a confirmation stands in
// the same columns afterwards, whatever their order there. Every column has a value of
// its own.
func TestMigrationKeepsConfirmations(t *testing.T) {
	content, err := os.ReadFile("testdata/v3.db")
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "old.db")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	given := map[string]map[string]any{
		"confirmed_arms": {"study": int64(1), "what": "vector", "against": "offsets", "gained": "[[0,0.25,0.5]]", "lost": "[[1,0.75,0.625]]", "images": "[41,42,43,44]", "resplit": int64(1)},
		"test_reads":     {"study": int64(1), "data": "synthetic/4/50/0.3", "split": `{"validation":0,"test":0,"limit":0,"seed":0}`, "resplit": int64(1)},
	}
	want := make(map[string]map[string]any)
	for table, fixed := range given {
		want[table] = distinct(t, path, table, fixed)
		var columns, values []string
		for _, c := range slices.Sorted(maps.Keys(want[table])) {
			columns = append(columns, c)
			values = append(values, literal(want[table][c]))
		}
		other(t, path, fmt.Sprintf("INSERT INTO %s (%s) VALUES (%s)", table, strings.Join(columns, ", "), strings.Join(values, ", ")))
	}
	db := open(t, path, runs.Options{})
	for table, row := range want {
		r := query(t, db, "SELECT * FROM "+table)
		if len(r.Rows) != 1 || len(r.Columns) != len(row) {
			t.Fatalf("%s: %d rows of %d columns; want 1 of %d", table, len(r.Rows), len(r.Columns), len(row))
		}
		for i, c := range r.Columns {
			if r.Rows[0][i] != row[c] {
				t.Errorf("%s.%s is %v; want %v", table, c, r.Rows[0][i], row[c])
			}
		}
	}
	arms, err := db.Confirmations(t.Context(), "test")
	if err != nil || len(arms) != 1 || arms[0].TestReads != 1 {
		t.Errorf("confirmations %+v, error %v; want one, and one reading", arms, err)
	}
}

// distinct returns a row of a table by column: the given values, and for every other
// column one that no other has.
func distinct(t *testing.T, path, table string, given map[string]any) map[string]any {
	t.Helper()
	db, err := sql.Open("sqlite3", "file:"+path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	rows, err := db.Query("SELECT name, type FROM pragma_table_info(?)", table)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	row := maps.Clone(given)
	for n := int64(2); rows.Next(); n++ {
		var name, kind string
		if err := rows.Scan(&name, &kind); err != nil {
			t.Fatal(err)
		}
		if _, ok := row[name]; ok {
			continue
		}
		switch kind {
		case "INTEGER":
			row[name] = n
		case "REAL":
			row[name] = float64(n) / 64
		default:
			row[name] = fmt.Sprintf("text %d", n)
		}
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return row
}

// literal writes a value in SQL.
func literal(v any) string {
	if s, ok := v.(string); ok {
		return "'" + strings.ReplaceAll(s, "'", "''") + "'"
	}
	return fmt.Sprint(v)
}
