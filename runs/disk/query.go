package disk

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"unicode"

	sqlite3 "github.com/mattn/go-sqlite3"
)

// Answer is the answer to a query, which is read row by row.
type Answer struct {
	// Columns are their names.
	Columns []string
	pool    *sql.DB
	rows    *sql.Rows
}

// Rows yields the rows, once: values are int64, float64, string, []byte or nil. Nothing of a
// row is kept. The last may be an error.
func (a *Answer) Rows() iter.Seq2[[]any, error] {
	return func(yield func([]any, error) bool) {
		for a.rows.Next() {
			row, to := make([]any, len(a.Columns)), make([]any, len(a.Columns))
			for i := range row {
				to[i] = &row[i]
			}
			if err := a.rows.Scan(to...); err != nil {
				yield(nil, queryError(err))
				return
			}
			if !yield(row, nil) {
				return
			}
		}
		if err := a.rows.Err(); err != nil {
			yield(nil, queryError(err))
		}
	}
}

// Close ends the query, also before the last row, and its connection.
func (a *Answer) Close() error { return errors.Join(a.rows.Close(), a.pool.Close()) }

// maxLength is the length in bytes of the longest value that a query may read or make.
const maxLength = 256 << 20

// errNotReading says what a query may be.
var errNotReading = errors.New("only statements that read are allowed: SELECT, WITH, VALUES, EXPLAIN, or a PRAGMA such as table_info; `evenkeel schema` shows the tables and views")

// Query runs one statement that reads. It has a connection of its own that can
// neither write, nor attach another file, nor change a setting. The caller closes the answer.
func (f *File) Query(ctx context.Context, query string) (*Answer, error) {
	if strings.TrimSpace(query) == "" {
		return nil, fmt.Errorf("the query is empty; want SQL such as SELECT * FROM leaderboard")
	}
	query, alone := statement(query)
	if !alone {
		return nil, errors.New("the query has more than one statement; want one")
	}
	pool := sql.OpenDB(f.reading.connector(watched()))
	rows, err := pool.QueryContext(ctx, query)
	if err != nil {
		return nil, errors.Join(queryError(err), pool.Close())
	}
	a := &Answer{pool: pool, rows: rows}
	if a.Columns, err = rows.Columns(); err != nil {
		return nil, errors.Join(queryError(err), a.Close())
	}
	if len(a.Columns) == 0 {
		return nil, errors.Join(errNotReading, a.Close())
	}
	return a, nil
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
	if errors.As(err, &e) && e.Code == sqlite3.ErrTooBig {
		return fmt.Errorf("query: a value has more than %d bytes; want parts of it, such as substr(value, 1, 1000000)", maxLength)
	}
	return fmt.Errorf("query: %w", Explain(err))
}

// watched is a driver whose connections an authorizer watches over.
func watched() sqlite3.SQLiteDriver {
	return sqlite3.SQLiteDriver{ConnectHook: func(conn *sqlite3.SQLiteConn) error {
		conn.RegisterAuthorizer(authorize)
		conn.SetLimit(sqlite3.SQLITE_LIMIT_LENGTH, maxLength)
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
