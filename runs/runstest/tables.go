// Package runstest helps tests to compare trial histories. It opens files by
// itself and is no part of the program.
package runstest

import (
	"crypto/sha256"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	_ "github.com/mattn/go-sqlite3" // the driver "sqlite3"
)

// leftOut are the tables that may differ between two equal searches, and times
// the columns: they say when and where something happened, or how long it took.
var (
	leftOut = []string{"invocations", "events", "logs", "failed_runs"}
	times   = []string{"created", "saved", "started", "finished", "seconds", "at", "confirmed", "failed"}
)

// Tables returns the contents of all tables of the database at path as text, a
// row a line, in a canonical order: two searches that did the same give the same
// text, however fast, in any order and with any interruptions. Left
// out are invocations, events, logs, failed runs, times, and how many trainings went on at
// once.
func Tables(t testing.TB, path string) string {
	t.Helper()
	db, err := sql.Open("sqlite3", "file:"+path+"?mode=ro&_busy_timeout=60000")
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	}()
	var b strings.Builder
	for _, table := range strs(t, db, `SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name`) {
		if slices.Contains(leftOut, table) {
			continue
		}
		columns := slices.DeleteFunc(strs(t, db, `SELECT name FROM pragma_table_info(?) ORDER BY cid`, table),
			func(c string) bool { return slices.Contains(times, c) || table == "definitions" && c == "source" })
		fmt.Fprintf(&b, "%s (%s)\n", table, strings.Join(columns, ", "))
		lines := rows(t, db, table, columns)
		for _, line := range lines {
			b.WriteString("  " + line + "\n")
		}
	}
	return b.String()
}

// rows returns the rows of a table as text, ordered by its columns from the left.
func rows(t testing.TB, db *sql.DB, table string, columns []string) (lines []string) {
	t.Helper()
	order := make([]string, len(columns))
	for i := range order {
		order[i] = strconv.Itoa(i + 1)
	}
	r, err := db.Query(`SELECT "` + strings.Join(columns, `", "`) + `" FROM "` + table + `" ORDER BY ` + strings.Join(order, ", "))
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	}()
	for r.Next() {
		values, to := make([]any, len(columns)), make([]any, len(columns))
		for i := range values {
			to[i] = &values[i]
		}
		if err := r.Scan(to...); err != nil {
			t.Fatal(err)
		}
		words := make([]string, len(values))
		for i, v := range values {
			if columns[i] == "canonical" {
				v = withoutParallel(t, v.(string))
			}
			words[i] = text(v)
		}
		lines = append(lines, strings.Join(words, " | "))
	}
	if err := r.Err(); err != nil {
		t.Fatal(err)
	}
	return lines
}

// text writes one value, exactly.
func text(v any) string {
	switch v := v.(type) {
	case nil:
		return "NULL"
	case float64:
		return strconv.FormatFloat(v, 'g', -1, 64)
	case []byte:
		return fmt.Sprintf("%d bytes %x", len(v), sha256.Sum256(v))
	case string:
		return strconv.Quote(v)
	default:
		return fmt.Sprint(v)
	}
}

// withoutParallel removes search.parallel from a canonical definition.
func withoutParallel(t testing.TB, canonical string) string {
	t.Helper()
	var doc map[string]any
	if err := json.Unmarshal([]byte(canonical), &doc); err != nil {
		t.Fatal(err)
	}
	if s, ok := doc["search"].(map[string]any); ok {
		delete(s, "parallel")
	}
	b, err := json.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// strs returns the first column of a query.
func strs(t testing.TB, db *sql.DB, query string, args ...any) (out []string) {
	t.Helper()
	r, err := db.Query(query, args...)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	}()
	for r.Next() {
		var s string
		if err := r.Scan(&s); err != nil {
			t.Fatal(err)
		}
		out = append(out, s)
	}
	if err := r.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

// Rows returns the first column of a query on the database at path, as text.
func Rows(t testing.TB, path, query string, args ...any) []string {
	t.Helper()
	db, err := sql.Open("sqlite3", "file:"+path+"?mode=ro&_busy_timeout=60000")
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	}()
	return strs(t, db, query, args...)
}
