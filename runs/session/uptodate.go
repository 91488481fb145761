package session

import (
	"context"
	"errors"
	"os"

	"evenkeel/runs"
	"evenkeel/runs/results"
	"evenkeel/search"
)

// bringUpToDate brings a trial history of an earlier version up to date, before any trainer
// is opened: a study that is complete needs none. Arms are computed again by the present
// rule, those of all studies but of one that others work on, or whose definition this
// version cannot read: its own search says so. Without a history there is nothing to do.
func (c Config) bringUpToDate(ctx context.Context) error {
	if _, err := os.Stat(c.DB); err != nil {
		return nil // it is made later, which says what is wrong
	}
	db, err := c.open(ctx)
	if err != nil {
		return err
	}
	return errors.Join(rescore(context.WithoutCancel(ctx), db), db.Close())
}

// rescore computes the arms of all studies again that an earlier version left.
func rescore(ctx context.Context, db *runs.DB) error {
	names, err := db.Stale(ctx)
	if err != nil {
		return err
	}
	for _, name := range names {
		def, err := results.Definition(ctx, db, name, nil)
		if err == nil {
			err = db.Rescore(ctx, def)
		}
		var locked *runs.LockedError
		if err != nil && !errors.As(err, &locked) && !errors.As(err, new(search.InputError)) {
			return err
		}
	}
	return nil
}

// keepEpochs keeps the epochs of the stored study where the study file leaves them to the
// size of the data: it goes on as it began, also where an earlier version chose them. A
// history that cannot be read says nothing.
func keepEpochs(ctx context.Context, def *search.Definition, path string) error {
	if _, err := os.Stat(path); err != nil || !def.Model.OpenEpochs {
		return nil
	}
	db, err := Config{DB: path}.openReading(ctx)
	if err != nil {
		return nil
	}
	stored, err := db.Begun(context.WithoutCancel(ctx), def.Name)
	if err == nil && stored != nil {
		err = def.KeepEpochs(stored.Canonical)
	}
	return errors.Join(err, db.Close())
}
