package runs

import (
	"context"
	"errors"
	"strings"
)

// Schema returns the statements that make the current schema, tables first, then
// indexes, then views, with the comments that explain them.
func Schema(ctx context.Context) (text string, err error) {
	c, err := connect(ctx, "file::memory:")
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, c.close()) }()
	if err := migrate(ctx, c.conn); err != nil {
		return "", err
	}
	var b strings.Builder
	err = each(ctx, c.conn, `SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL
		ORDER BY CASE type WHEN 'table' THEN 1 WHEN 'index' THEN 2 ELSE 3 END, rowid`, nil, func(scan scanner) error {
		var statement string
		if err := scan(&statement); err != nil {
			return err
		}
		if b.Len() > 0 {
			b.WriteString("\n")
		}
		b.WriteString(statement + ";\n")
		return nil
	})
	return b.String(), err
}
