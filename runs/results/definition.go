package results

import (
	"context"

	"evenkeel/runs"
	"evenkeel/search"
	"evenkeel/search/studyfile"
)

// Definition returns the stored definition of the named study, "" for the newest, with
// keys overridden. It reads the canonical form, which holds every key, so a later change
// of a default does not change an old study, and neither does a later bound: it is for reading
// what the study did. Overrides that do not fit are an [search.InputError].
func Definition(ctx context.Context, db *runs.DB, name string, overrides []studyfile.Override) (*search.Definition, error) {
	return definition(ctx, db, name, overrides, studyfile.ParseStored)
}

// DefinitionToSearch is [Definition] for searching on, with the bounds of this version.
func DefinitionToSearch(ctx context.Context, db *runs.DB, name string, overrides []studyfile.Override) (*search.Definition, error) {
	return definition(ctx, db, name, overrides, studyfile.Parse)
}

func definition(ctx context.Context, db *runs.DB, name string, overrides []studyfile.Override,
	parse func(name string, text []byte, folder string, overrides []studyfile.Override) (*search.Definition, error),
) (*search.Definition, error) {
	stored, err := db.Definition(ctx, name)
	if err != nil {
		return nil, err
	}
	def, err := parse("stored definition of "+stored.Study, stored.Canonical, stored.Folder, overrides)
	if err != nil {
		return nil, search.InputError{Err: err}
	}
	return def, nil
}

// Several reports whether a history has more than one study. Then a command that is proposed
// names its study: the newest, which commands take by default, may soon be another one.
func Several(ctx context.Context, db *runs.DB) (bool, error) {
	list, err := db.Studies(ctx)
	return len(list) > 1, err
}
