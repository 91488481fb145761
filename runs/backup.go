package runs

import (
	"context"

	"evenkeel/runs/disk"
)

// ExistsError says that there is a file of the name of a copy.
type ExistsError = disk.ExistsError

// Copied says what [DB.Backup] made.
type Copied struct {
	// From and To are the database and its copy, Bytes the size of the copy, Studies how
	// many studies it has at least.
	From, To       string
	Bytes, Studies int64
}

// Backup copies the history as it is now to a new file, also while searches write to it. The
// copy has all trials that were recorded before, and needs no file beside it. A file of the
// name is an [*ExistsError], and stays as it is.
func (db *DB) Backup(ctx context.Context, path string) (*Copied, error) {
	c := &Copied{From: db.Path(), To: path}
	err := db.view(ctx, func(q disk.Querier) error {
		return q.QueryRowContext(ctx, `SELECT count(*) FROM studies`).Scan(&c.Studies)
	})
	if err != nil {
		return nil, err
	}
	c.Bytes, err = db.file.Backup(ctx, path)
	return c, err
}
