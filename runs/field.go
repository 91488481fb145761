package runs

import (
	"fmt"
	"math"
	"strings"

	"evenkeel/runs/disk"
)

// field is a column of a query, in SQL, and where its value goes: a list of them is the
// query's columns and their order.
type field struct {
	column string
	to     any
}

// columnsOf writes the columns of a query.
func columnsOf(fields []field) string {
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = f.column
	}
	return strings.Join(names, ", ")
}

// scanFields reads the columns of a row.
func scanFields(scan disk.Scanner, fields []field) error {
	to := make([]any, len(fields))
	for i, f := range fields {
		to[i] = f.to
	}
	return scan(to...)
}

// orNull reads a number that may be NULL, which is NaN then: SQLite stores no NaN.
type orNull struct{ to *float64 }

// Scan implements [database/sql.Scanner].
func (n orNull) Scan(value any) error {
	switch v := value.(type) {
	case nil:
		*n.to = math.NaN()
	case float64:
		*n.to = v
	case int64:
		*n.to = float64(v)
	default:
		return fmt.Errorf("%v is a %T; want a number", value, value)
	}
	return nil
}
