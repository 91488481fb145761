package schema

import (
	"context"
	"errors"

	"evenkeel/runs/disk"
)

// Object is a table, an index or a view.
type Object struct {
	Type, Name string
	// SQL is the statement that makes it, with the comments that explain it.
	SQL string
}

// Objects returns the objects that this version of the program makes: tables, then
// indexes, then views.
func Objects(ctx context.Context) (objects []Object, err error) {
	c, err := disk.Memory(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, c.Close()) }()
	if err := Migrate(ctx, c.Conn); err != nil {
		return nil, err
	}
	return Read(ctx, c)
}

// Read returns the objects of a database in the same order.
func Read(ctx context.Context, q disk.Querier) (objects []Object, err error) {
	err = disk.Each(ctx, q, `SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL
		ORDER BY CASE type WHEN 'table' THEN 1 WHEN 'index' THEN 2 ELSE 3 END, rowid`, nil, func(scan disk.Scanner) error {
		var o Object
		if err := scan(&o.Type, &o.Name, &o.SQL); err != nil {
			return err
		}
		objects = append(objects, o)
		return nil
	})
	return objects, err
}
