// Package runstest helps tests, and the programs beside the layers that attack the
// finished one, to compare trial histories. It opens files by itself and is no part of
// the program.
package runstest

import (
	"crypto/sha256"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"os"
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

// Tables is [Contents] for a test, which it ends where the database cannot be read.
func Tables(t testing.TB, path string) string {
	t.Helper()
	text, err := Contents(path)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// Contents returns the contents of all tables of the database at path as text, a
// row a line, in a canonical order: two searches that did the same give the same
// text, however fast, in any order and with any interruptions. Left
// out are invocations, events, logs, failed runs, times, and how many trainings went on at
// once.
func Contents(path string) (text string, err error) {
	db, err := sql.Open("sqlite3", readOnly(path))
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	tables, err := words(db, `SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name`)
	if err != nil {
		return "", fmt.Errorf("%s: %w", path, err)
	}
	var b strings.Builder
	for _, table := range tables {
		if slices.Contains(leftOut, table) {
			continue
		}
		columns, err := words(db, `SELECT name FROM pragma_table_info(?) ORDER BY cid`, table)
		if err != nil {
			return "", fmt.Errorf("%s: %w", path, err)
		}
		columns = slices.DeleteFunc(columns,
			func(c string) bool { return slices.Contains(times, c) || table == "definitions" && c == "source" })
		fmt.Fprintf(&b, "%s (%s)\n", table, strings.Join(columns, ", "))
		lines, err := rows(db, table, columns)
		if err != nil {
			return "", fmt.Errorf("%s, table %s: %w", path, table, err)
		}
		for _, line := range lines {
			b.WriteString("  " + line + "\n")
		}
	}
	return b.String(), nil
}

// Sound returns an error if the file of the database at path is damaged or its rows do not
// refer to each other as they have to.
func Sound(path string) (err error) {
	db, err := sql.Open("sqlite3", readOnly(path))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	for _, check := range []struct{ query, want string }{
		{"SELECT * FROM pragma_integrity_check", "ok"}, {`SELECT "table" || ' ' || coalesce(rowid, '?') FROM pragma_foreign_key_check`, ""},
	} {
		found, err := words(db, check.query)
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		if got := strings.Join(found, "; "); got != check.want {
			return fmt.Errorf("%s: %s says %.300s", path, check.query, got)
		}
	}
	return nil
}

// readOnly is the source name of a database that is only read. Where a program died in a
// transaction without a write-ahead log, as while it makes the file, SQLite first has to undo
// what it wrote, and a connection that may not write cannot.
func readOnly(path string) string {
	mode := "?mode=ro"
	if journal, err := os.Stat(path + "-journal"); err == nil && journal.Size() > 0 {
		mode = "?mode=rw&_query_only=1"
	}
	return source(path) + mode + "&_busy_timeout=60000"
}

// source is the source name of a database, a URI, in which these characters have a meaning.
func source(path string) string {
	return "file:" + strings.NewReplacer("%", "%25", "#", "%23", "?", "%3f").Replace(path)
}

// rows returns the rows of a table as text, ordered by its columns from the left.
func rows(db *sql.DB, table string, columns []string) (lines []string, err error) {
	order := make([]string, len(columns))
	for i := range order {
		order[i] = strconv.Itoa(i + 1)
	}
	r, err := db.Query(`SELECT "` + strings.Join(columns, `", "`) + `" FROM "` + table + `" ORDER BY ` + strings.Join(order, ", "))
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	for r.Next() {
		values, to := make([]any, len(columns)), make([]any, len(columns))
		for i := range values {
			to[i] = &values[i]
		}
		if err := r.Scan(to...); err != nil {
			return nil, err
		}
		line := make([]string, len(values))
		for i, v := range values {
			if canonical, ok := v.(string); ok && columns[i] == "canonical" {
				if v, err = withoutParallel(canonical); err != nil {
					return nil, err
				}
			}
			line[i] = text(v)
		}
		lines = append(lines, strings.Join(line, " | "))
	}
	return lines, r.Err()
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
func withoutParallel(canonical string) (string, error) {
	var doc map[string]any
	if err := json.Unmarshal([]byte(canonical), &doc); err != nil {
		return "", err
	}
	if s, ok := doc["search"].(map[string]any); ok {
		delete(s, "parallel")
	}
	b, err := json.Marshal(doc)
	return string(b), err
}

// words returns the first column of a query.
func words(db *sql.DB, query string, args ...any) (out []string, err error) {
	r, err := db.Query(query, args...)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	for r.Next() {
		var s string
		if err := r.Scan(&s); err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, r.Err()
}

// Rows returns the first column of a query on the database at path, as text.
func Rows(t testing.TB, path, query string, args ...any) []string {
	t.Helper()
	db, err := sql.Open("sqlite3", readOnly(path))
	if err != nil {
		t.Fatal(err)
	}
	found, err := words(db, query, args...)
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
	return found
}
