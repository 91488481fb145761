package results

import (
	"context"

	"evenkeel/runs"
	"evenkeel/search"
	"evenkeel/search/studyfile"
)

// Definition returns the stored definition of the named study, "" for the newest, with
// keys overridden. It reads the canonical form, which holds every key, so a later change
// of a default does not change an old study. Overrides that do not fit are an
// [search.InputError].
func Definition(ctx context.Context, db *runs.DB, name string, overrides []studyfile.Override) (*search.Definition, error) {
	stored, err := db.Definition(ctx, name)
	if err != nil {
		return nil, err
	}
	def, err := studyfile.Parse("stored definition of "+stored.Study, stored.Canonical, stored.Folder, overrides)
	if err != nil {
		return nil, search.InputError{Err: err}
	}
	return def, nil
}

// Newest returns the name of the newest study, which commands take by default.
func Newest(ctx context.Context, db *runs.DB) (string, error) {
	stored, err := db.Definition(ctx, "")
	if err != nil {
		return "", err
	}
	return stored.Study, nil
}

// Several reports whether a trial history has several studies, so that commands must name
// the one that they are about.
func Several(ctx context.Context, db *runs.DB) (bool, error) {
	list, err := db.Studies(ctx)
	return len(list) > 1, err
}
