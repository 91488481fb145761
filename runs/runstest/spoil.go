package runstest

import (
	"database/sql"
	"errors"
	"fmt"
)

// Spoil puts a value into a cell of the database at path, which nobody has open. Table, column
// and row are counted from 0 and begin again where there are no more. It reports what it changed,
// "" where the schema does not allow the value.
func Spoil(path string, table, column, row int, value any) (change string, err error) {
	db, err := sql.Open("sqlite3", source(path)+"?_busy_timeout=60000")
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	db.SetMaxOpenConns(1) // so that the pragma is in force
	if _, err := db.Exec(`PRAGMA ignore_check_constraints = 1`); err != nil {
		return "", err
	}
	tables, err := words(db, `SELECT t.name FROM pragma_table_list t JOIN sqlite_schema s ON s.name = t.name WHERE s.type = 'table' AND t.name NOT LIKE 'sqlite%' ORDER BY t.name`)
	if err != nil || len(tables) == 0 {
		return "", err
	}
	name := tables[table%len(tables)]
	columns, err := words(db, `SELECT name FROM pragma_table_info(?) ORDER BY cid`, name)
	if err != nil {
		return "", err
	}
	keys, err := words(db, `SELECT name FROM pragma_table_info(?) WHERE pk > 0 ORDER BY pk`, name)
	if err != nil || len(keys) == 0 {
		return "", err
	}
	of := columns[column%len(columns)]
	var rows int
	if err := db.QueryRow(`SELECT count(*) FROM "` + name + `"`).Scan(&rows); err != nil || rows == 0 {
		return "", err
	}
	list := ""
	for i, k := range keys {
		if i > 0 {
			list += ", "
		}
		list += `"` + k + `"`
	}
	statement := fmt.Sprintf(`UPDATE %q SET %q = ? WHERE (%s) = (SELECT %s FROM %q ORDER BY %s LIMIT 1 OFFSET %d)`, name, of, list, list, name, list, row%rows)
	if _, err := db.Exec(statement, value); err != nil {
		return "", nil //nolint:nilerr // a STRICT table refuses values of other types, and keys are unique
	}
	return fmt.Sprintf("%s.%s, row %d: %.200q", name, of, row%rows, fmt.Sprint(value)), nil
}
