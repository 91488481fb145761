package results

import (
	"context"

	"evenkeel/runs"
	"evenkeel/search"
	"evenkeel/search/studyfile"
)

// Definition returns the stored definition of the named study, "" for the newest, with
// overrides. It reads the canonical form, which holds every key but those that older
// studies do not know: a later change of a default does not change an old study. The
// error is a [search.InputError] where an override is wrong.
func Definition(ctx context.Context, db *runs.DB, name string, overrides []studyfile.Override) (*search.Definition, error) {
	stored, err := db.Definition(ctx, name)
	if err != nil {
		return nil, err
	}
	if !stored.Screened() {
		overrides = append([]studyfile.Override{{Key: "search.screen", Value: search.ScreenOff}}, overrides...)
	}
	def, err := studyfile.Parse("stored definition of "+stored.Study, stored.Canonical, stored.Folder, overrides)
	if err != nil {
		return nil, search.InputError{Err: err}
	}
	return def, nil
}
