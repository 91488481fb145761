package runs

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
)

// migrations are applied in the order of their names, NNNN.sql brings a database
// from version NNNN-1 to NNNN. A published one is never changed.
//
//go:embed migration/*.sql
var migrations embed.FS

// migrationTexts returns the migrations, the one to version n at n-1.
func migrationTexts() ([]string, error) {
	names, err := fs.Glob(migrations, "migration/*.sql")
	if err != nil {
		return nil, err
	}
	texts := make([]string, len(names))
	for i, name := range names {
		if want := fmt.Sprintf("migration/%04d.sql", i+1); name != want {
			return nil, fmt.Errorf("migration %s; want %s", name, want)
		}
		text, err := migrations.ReadFile(name)
		if err != nil {
			return nil, err
		}
		texts[i] = string(text)
	}
	return texts, nil
}

// errEmpty says that a database has no tables yet.
var errEmpty = errors.New("it holds no study yet; `evenkeel search` makes one")

// checkVersion says why a database of the given schema version cannot be read.
func checkVersion(version int) error {
	texts, err := migrationTexts()
	switch {
	case err != nil:
		return err
	case version > len(texts):
		return fmt.Errorf("its schema version %d is newer than this program's %d; use the newer evenkeel that wrote it", version, len(texts))
	case version == 0:
		return errEmpty
	case version < len(texts):
		return fmt.Errorf("its schema version %d is older than this program's %d; `evenkeel resume` brings it up to date", version, len(texts))
	}
	return nil
}

// migrate brings a database to the current schema, each migration in a
// transaction of its own. Several processes may try at once.
func migrate(ctx context.Context, conn *sql.Conn) error {
	texts, err := migrationTexts()
	if err != nil {
		return err
	}
	version, err := schemaVersion(ctx, conn)
	if err != nil {
		return err
	}
	if version > len(texts) {
		return checkVersion(version)
	}
	for ; version < len(texts); version++ {
		if err := migrateOnce(ctx, conn, version+1, texts[version]); err != nil {
			return fmt.Errorf("migration to schema version %d: %w", version+1, err)
		}
	}
	return nil
}

// migrateOnce brings a database to the given version unless it is there already.
func migrateOnce(ctx context.Context, conn *sql.Conn, version int, text string) error {
	if _, err := conn.ExecContext(ctx, "BEGIN IMMEDIATE"); err != nil {
		return err
	}
	err := func() error {
		// Somebody else may have been faster.
		if now, err := schemaVersion(ctx, conn); err != nil || now >= version {
			return err
		}
		mark := fmt.Sprintf("PRAGMA application_id = %d; PRAGMA user_version = %d;", applicationID, version)
		_, err := conn.ExecContext(ctx, text+"\n"+mark)
		return err
	}()
	if err != nil {
		return errors.Join(err, rollback(conn))
	}
	_, err = conn.ExecContext(ctx, "COMMIT")
	return err
}

// rollback ends a failed transaction, even after ctx has ended. Some errors,
// such as a full disk, have ended it already; that is no further error.
func rollback(conn *sql.Conn) error {
	_, err := conn.ExecContext(context.Background(), "ROLLBACK")
	if err != nil && err.Error() == "cannot rollback - no transaction is active" {
		return nil
	}
	return err
}
