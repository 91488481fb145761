package runs

import (
	"context"
	"errors"
)

// SchemaObject is a table, an index or a view.
type SchemaObject struct {
	Type, Name string
	// SQL is the statement that makes it, with the comments that explain it.
	SQL string
}

// Schema returns the objects of the database: tables, then indexes, then views.
func (db *DB) Schema(ctx context.Context) (objects []SchemaObject, err error) {
	err = db.view(ctx, func(q querier) error {
		objects, err = readSchema(ctx, q)
		return err
	})
	return objects, err
}

// Schema returns the objects that this version of the program makes.
func Schema(ctx context.Context) (objects []SchemaObject, err error) {
	c, err := connect(ctx, "file::memory:")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, c.close()) }()
	if err := migrate(ctx, c.conn); err != nil {
		return nil, err
	}
	return readSchema(ctx, c.conn)
}

func readSchema(ctx context.Context, q querier) (objects []SchemaObject, err error) {
	err = each(ctx, q, `SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL
		ORDER BY CASE type WHEN 'table' THEN 1 WHEN 'index' THEN 2 ELSE 3 END, rowid`, nil, func(scan scanner) error {
		var o SchemaObject
		if err := scan(&o.Type, &o.Name, &o.SQL); err != nil {
			return err
		}
		objects = append(objects, o)
		return nil
	})
	return objects, err
}
