package disk

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"

	sqlite3 "github.com/mattn/go-sqlite3"
)

// Table is the answer to a query: values are int64, float64, string, []byte or nil.
type Table struct {
	Columns []string
	Rows    [][]any
}

// errNotReading says what a query may be.
var errNotReading = errors.New("only statements that read are allowed: SELECT, WITH, VALUES, EXPLAIN, or a PRAGMA such as table_info; `evenkeel schema` shows the tables and views")

// Query runs one statement that reads. It has a connection of its own that can
// neither write, nor attach another file, nor change a setting.
func (f *File) Query(ctx context.Context, query string) (t *Table, err error) {
	if strings.TrimSpace(query) == "" {
		return nil, fmt.Errorf("the query is empty; want SQL such as SELECT * FROM leaderboard")
	}
	query, alone := statement(query)
	if !alone {
		return nil, errors.New("the query has more than one statement; want one")
	}
	pool := sql.OpenDB(connector{dsn: dsn(f.path, f.reading, "_query_only=1", pragmaBusy), file: f, driver: watched()})
	defer func() { err = errors.Join(err, pool.Close()) }()
	rows, err := pool.QueryContext(ctx, query)
	if err != nil {
		return nil, queryError(err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	t = &Table{}
	if t.Columns, err = rows.Columns(); err != nil {
		return nil, queryError(err)
	}
	if len(t.Columns) == 0 {
		return nil, errNotReading
	}
	for rows.Next() {
		row, to := make([]any, len(t.Columns)), make([]any, len(t.Columns))
		for i := range row {
			to[i] = &row[i]
		}
		if err := rows.Scan(to...); err != nil {
			return nil, queryError(err)
		}
		t.Rows = append(t.Rows, row)
	}
	if err := rows.Err(); err != nil {
		return nil, queryError(err)
	}
	return t, nil
}

// statement returns the first SQL statement of a text, up to the first semicolon
// outside quotes and comments, and whether nothing but blanks and comments
// follows it.
func statement(query string) (first string, alone bool) {
	first, ended := query, false
	for i := 0; i < len(query); {
		rest := query[i:]
		switch c := query[i]; {
		case strings.HasPrefix(rest, "--"):
			i += skip(rest, "\n", 2)
		case strings.HasPrefix(rest, "/*"):
			i += skip(rest, "*/", 2)
		case c == ';':
			if !ended {
				first, ended = query[:i], true
			}
			i++
		case unicode.IsSpace(rune(c)):
			i++
		case ended:
			return first, false
		case c == '\'' || c == '"' || c == '`':
			i += skip(rest, string(c), 1)
		case c == '[':
			i += skip(rest, "]", 1)
		default:
			i++
		}
	}
	return first, true
}

// skip returns the length of what begins with text and lasts to the end mark,
// looked for from the given offset, or to the end.
func skip(text, end string, from int) int {
	if at := strings.Index(text[from:], end); at >= 0 {
		return from + at + len(end)
	}
	return len(text)
}

// queryError says what is wrong with a query.
func queryError(err error) error {
	var e sqlite3.Error
	if errors.As(err, &e) && (e.Code == sqlite3.ErrAuth || e.Code == sqlite3.ErrReadonly) {
		return errNotReading
	}
	return fmt.Errorf("query: %w", Explain(err))
}

// watched is a driver whose connections an authorizer watches over.
func watched() sqlite3.SQLiteDriver {
	return sqlite3.SQLiteDriver{ConnectHook: func(conn *sqlite3.SQLiteConn) error {
		conn.RegisterAuthorizer(authorize)
		return nil
	}}
}

// showing are the pragmas that show something and change nothing when they are
// given an argument, which then names a table or an index.
var showing = []string{
	"table_info", "table_xinfo", "table_list", "index_list", "index_info", "index_xinfo", "foreign_key_list",
	"foreign_key_check", "integrity_check", "quick_check",
}

// settings are the pragmas that show a setting, as long as they have no argument.
var settings = []string{
	"user_version", "application_id", "page_count", "page_size", "freelist_count", "journal_mode",
	"database_list", "function_list", "collation_list", "compile_options", "encoding", "schema_version",
}

// Action codes of https://www.sqlite.org/c3ref/c_alter_table.html that the
// driver does not name.
const (
	actionPragma    = 19
	actionRead      = 20
	actionSelect    = 21
	actionFunction  = 31
	actionRecursive = 33
)

// authorize allows what reads, see sqlite3_set_authorizer.
func authorize(action int, first, second, _ string) int {
	name := strings.ToLower(first)
	switch action {
	case actionRead, actionSelect, actionRecursive, actionFunction:
		return sqlite3.SQLITE_OK
	case actionPragma:
		if slices.Contains(showing, name) || second == "" && slices.Contains(settings, name) {
			return sqlite3.SQLITE_OK
		}
	}
	return sqlite3.SQLITE_DENY
}
