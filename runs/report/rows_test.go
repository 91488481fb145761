package report

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"evenkeel/runs"
	"evenkeel/search"
)

// someRows yields rows and then, if it is not nil, an error.
func someRows(err error, rows ...[]any) Rows {
	return func(yield func([]any, error) bool) {
		for _, row := range rows {
			if !yield(row, nil) {
				return
			}
		}
		if err != nil {
			yield(nil, err)
		}
	}
}

// printQuery prints a query in a format.
func printQuery(t *testing.T, format string, most int, names []string, rows Rows) (page string, printed int, more bool) {
	t.Helper()
	var b bytes.Buffer
	printed, more, err := Query(To(&b, format), names, rows, most)
	if err != nil {
		t.Fatal(err)
	}
	return b.String(), printed, more
}

// TestQueryFormats: rows of every type of SQLite, and none.
func TestQueryFormats(t *testing.T) {
	names := []string{"n", "text", "blob", "x"}
	rows := someRows(nil, []any{int64(1), "a|b", []byte{1, 255}, 0.5}, []any{int64(20), nil, nil, nil})
	for format, want := range map[string][2]string{
		"json": {`[
  {"n": 1, "text": "a|b", "blob": "Af8=", "x": 0.5},
  {"n": 20, "text": null, "blob": null, "x": null}
]
`, "[]\n"},
		"csv":      {"n,text,blob,x\n1,a|b,01ff,0.5\n20,,,\n", "n,text,blob,x\n"},
		"table":    {" n  text       blob    x\n 1  a|b   <2 bytes>  0.5\n20\n", "n  text  blob  x\n"},
		"markdown": {"|  n | text |      blob |   x |\n|---:|:-----|----------:|----:|\n|  1 | a\\|b | <2 bytes> | 0.5 |\n| 20 |      |           |     |\n", ""},
	} {
		if page, n, more := printQuery(t, format, 0, names, rows); page != want[0] || n != 2 || more {
			t.Errorf("%s, %d rows, more: %v\n%s\nwant\n%s", format, n, more, page, want[0])
		}
		if page, n, more := printQuery(t, format, 0, names, someRows(nil)); n != 0 || more || want[1] != "" && page != want[1] {
			t.Errorf("%s, %d rows, more: %v\n%q\nwant %q", format, n, more, page, want[1])
		}
	}
}

// TestQueryFurtherRows: rows after those that decide the widths stand below them, in tables
// that are printed at once and in those that are not; a wider cell loses nothing.
func TestQueryFurtherRows(t *testing.T) {
	var rows [][]any
	for i := range 3 * sampledRows {
		rows = append(rows, []any{int64(i % 90), fmt.Sprintf("猫%d|", i%10), "z"})
	}
	for _, format := range []string{"table", "markdown"} {
		page, _, _ := printQuery(t, format, 0, []string{"n", "name", "k"}, someRows(nil, rows...))
		var whole bytes.Buffer
		r := result{columns: []column{{name: "n"}, {name: "name", left: true}, {name: "k", left: true}}, rows: rows}
		if err := To(&whole, format).write(r); err != nil {
			t.Fatal(err)
		}
		if page != whole.String() {
			t.Errorf("%s: printed row by row (-) and at once (+):\n%s", format, cmp.Diff(strings.Split(page, "\n"), strings.Split(whole.String(), "\n")))
		}
		rows[len(rows)-1][1] = strings.Repeat("wide", 20)
		if page, _, _ := printQuery(t, format, 0, []string{"n", "name", "k"}, someRows(nil, rows...)); !strings.Contains(page, strings.Repeat("wide", 20)) {
			t.Errorf("%s cuts a later cell", format)
		}
		rows[len(rows)-1][1] = "a"
	}
}

// TestQueryMaxRows: no more rows are asked for than it takes to know that there are more.
func TestQueryMaxRows(t *testing.T) {
	asked := 0
	endless := func(yield func([]any, error) bool) {
		for asked++; yield([]any{int64(asked)}, nil); asked++ {
		}
	}
	for _, format := range Formats() {
		asked = 0
		page, n, more := printQuery(t, format, 3, []string{"x"}, endless)
		if n != 3 || !more || asked != 4 || strings.Contains(page, "4") {
			t.Errorf("%s: %d rows, more: %v, asked for %d\n%s", format, n, more, asked, page)
		}
		if _, n, more := printQuery(t, format, 2, []string{"x"}, someRows(nil, []any{int64(1)}, []any{int64(2)})); n != 2 || more {
			t.Errorf("%s: %d of 2 rows, more: %v", format, n, more)
		}
		if _, n, more := printQuery(t, format, RowsThatFit, []string{"x"}, someRows(nil, make([][]any, 0)...)); n != 0 || more {
			t.Errorf("%s: %d of no rows, more: %v", format, n, more)
		}
	}
}

// TestQueryLongCells: a value up to the limit is whole, a longer one is not printed and its
// cell says so.
func TestQueryLongCells(t *testing.T) {
	names, fits := []string{"text", "blob"}, strings.Repeat("x", maxCell)
	const want = "<1048577 bytes, more than the 1048576 that are printed; select a part, such as substr(value, 1, 1048576)>"
	rows := someRows(nil, []any{fits, []byte(fits)}, []any{fits + "x", []byte(fits + "x")})
	page, _, _ := printQuery(t, "csv", 0, names, rows)
	read, err := csv.NewReader(strings.NewReader(page)).ReadAll()
	if err != nil || read[1][0] != fits || len(read[1][1]) != 2*maxCell || read[2][0] != want || read[2][1] != want {
		t.Errorf("CSV: %v, %.200q", err, read[2])
	}
	page, _, _ = printQuery(t, "json", 0, names, rows)
	var objects []map[string]string
	if err := json.Unmarshal([]byte(page), &objects); err != nil || objects[0]["text"] != fits || objects[1]["blob"] != want {
		t.Errorf("JSON: %v, %.200q", err, objects)
	}
	page, _, _ = printQuery(t, "table", 0, names[1:], someRows(nil, []any{[]byte("ab")}, []any{[]byte(fits + "x")}))
	if !strings.Contains(page, "<2 bytes>") || !strings.Contains(page, want) {
		t.Errorf("table:\n%s", page)
	}
}

// TestQueryErrors: what goes wrong at a row is an error of the query.
func TestQueryErrors(t *testing.T) {
	broken := errors.New("integer overflow")
	var page bytes.Buffer
	n, _, err := Query(To(&page, "csv"), []string{"x"}, someRows(broken, []any{int64(1)}), 0)
	var input search.InputError
	if !errors.As(err, &input) || !errors.Is(err, broken) || n != 1 {
		t.Errorf("%d rows, %v", n, err)
	}
	if _, _, err := Query(To(&page, "json"), []string{"a", "a"}, someRows(nil), 0); !errors.As(err, &input) || !strings.Contains(err.Error(), "two columns are named a") {
		t.Errorf("JSON with one name twice: %v", err)
	}
}

// heapMeter counts what is written, and now and then what is alive.
type heapMeter struct {
	written, calls int
	peak           uint64
}

func (m *heapMeter) Write(p []byte) (int, error) {
	m.written += len(p)
	if m.calls++; m.calls%1000 == 0 {
		m.peak = max(m.peak, alive())
	}
	return len(p), nil
}

// alive returns the bytes that are in use.
func alive() uint64 {
	runtime.GC()
	var s runtime.MemStats
	runtime.ReadMemStats(&s)
	return s.HeapAlloc
}

// TestQueryHoldsNoRows prints a million rows in every format: what is alive meanwhile does not
// grow with them.
func TestQueryHoldsNoRows(t *testing.T) {
	db, err := runs.Open(t.Context(), filepath.Join(t.TempDir(), "x.db"), runs.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	const rows, most = 1_000_000, 16 << 20
	for _, format := range Formats() {
		answer, err := db.Query(t.Context(), fmt.Sprintf(
			`WITH RECURSIVE t(x) AS (SELECT 1 UNION ALL SELECT x+1 FROM t WHERE x < %d) SELECT x, x / 7.0 AS y, printf('row %%09d', x) AS name FROM t`, rows))
		if err != nil {
			t.Fatal(err)
		}
		before, m := alive(), &heapMeter{}
		n, more, err := Query(To(m, format), answer.Columns, answer.Rows(), 0)
		if err := errors.Join(err, answer.Close()); err != nil || n != rows || more {
			t.Fatalf("%s: %d rows, %v", format, n, err)
		}
		if m.written < 30*rows || m.peak == 0 {
			t.Errorf("%s: %d bytes are written", format, m.written)
		}
		if m.peak > before+most {
			t.Errorf("%s: %d bytes are alive, before it were %d; want at most %d more", format, m.peak, before, most)
		}
	}
}
