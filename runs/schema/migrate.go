package schema

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"strings"

	"evenkeel/runs/disk"
)

// migration brings a database to a version, from the one before it.
type migration struct {
	version int
	text    string
}

//go:embed *.sql
var files embed.FS

// own returns the program's migrations in ascending order.
func own() ([]migration, error) {
	names, err := fs.Glob(files, "*.sql") // sorted
	if err != nil {
		return nil, err
	}
	var list []migration
	for i, name := range names {
		version, err := strconv.Atoi(strings.TrimSuffix(name, ".sql"))
		if err != nil || i > 0 && version != list[i-1].version+1 {
			return nil, fmt.Errorf("migration %s: want NNNN.sql with consecutive numbers", name)
		}
		text, err := files.ReadFile(name)
		if err != nil {
			return nil, err
		}
		list = append(list, migration{version, string(text)})
	}
	return list, nil
}

// ErrEmpty says that a database has no tables so far.
var ErrEmpty = errors.New("it holds no study yet; `evenkeel search` makes one")

// VersionError is returned for a database that this program can neither read nor
// migrate.
type VersionError struct {
	// Version is the database's, First and Last those that the program knows.
	Version, First, Last int
}

// Error says where the database comes from and what to do.
func (e *VersionError) Error() string {
	if e.Version > e.Last {
		return fmt.Sprintf("its schema version %d is newer than this program's %d; use the newer evenkeel that wrote it", e.Version, e.Last)
	}
	return fmt.Sprintf("it was written by an unreleased version of evenkeel (schema version %d, and this one reads %d and later); "+
		"start a new file with --db, or use the version that wrote it", e.Version, e.First)
}

// readable says whether a database of a version can be read or migrated. One without
// tables can.
func readable(version int, list []migration) error {
	first, last := list[0].version, list[len(list)-1].version
	if version > last || version != 0 && version < first {
		return &VersionError{Version: version, First: first, Last: last}
	}
	return nil
}

// Check says why a database cannot be read as it is. It returns [ErrEmpty] for
// one without tables, and a [*VersionError].
func Check(ctx context.Context, q disk.Querier) error {
	list, err := own()
	if err != nil {
		return err
	}
	return check(ctx, q, list)
}

func check(ctx context.Context, q disk.Querier, list []migration) error {
	version, err := currentVersion(ctx, q)
	if err != nil {
		return err
	}
	if err := readable(version, list); err != nil {
		return err
	}
	switch newest := list[len(list)-1].version; {
	case version == 0:
		return ErrEmpty
	case version < newest:
		return fmt.Errorf("its schema version %d is older than this program's %d; `evenkeel resume` brings it up to date", version, newest)
	}
	return nil
}

// Migrate brings a database to the current version, in one transaction: nobody ever sees a
// version between. Several processes may try at once. It returns a [*VersionError] for
// a database that it leaves as it is.
func Migrate(ctx context.Context, conn *sql.Conn) error {
	list, err := own()
	if err != nil {
		return err
	}
	return migrate(ctx, conn, list)
}

func migrate(ctx context.Context, conn *sql.Conn, list []migration) error {
	version, err := currentVersion(ctx, conn)
	if err != nil {
		return err
	}
	if err := readable(version, list); err != nil {
		return err
	}
	if version == list[len(list)-1].version {
		return nil
	}
	return disk.Transact(ctx, conn, func() error {
		// Somebody else may have been faster.
		version, err := currentVersion(ctx, conn)
		if err != nil {
			return err
		}
		for _, m := range list {
			if m.version <= version {
				continue
			}
			if err := m.apply(ctx, conn); err != nil {
				return fmt.Errorf("migration to schema version %d: %w", m.version, err)
			}
		}
		return nil
	})
}

// apply brings a database to the migration's version, in a transaction that is open.
func (m migration) apply(ctx context.Context, conn *sql.Conn) error {
	mark := fmt.Sprintf("PRAGMA application_id = %d; PRAGMA user_version = %d;", disk.ApplicationID, m.version)
	_, err := conn.ExecContext(ctx, m.text+"\n"+mark)
	return err
}

// currentVersion returns the number of the last migration that a database has had.
func currentVersion(ctx context.Context, q disk.Querier) (int, error) {
	var version int
	err := q.QueryRowContext(ctx, "PRAGMA user_version").Scan(&version)
	return version, err
}
