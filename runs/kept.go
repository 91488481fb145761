package runs

import (
	"context"
	"database/sql"
	"errors"
)

// Kept says what confirmation found of an arm: by how much its recipe, weights
// measured anew for each seed, changes the score on the test part, and by how much
// the one vector that is the mean of its weights does.
type Kept struct {
	Recipe, Vector float64
	// Seeds is the number of fresh seeds of both.
	Seeds int
	// Resplit says that each of them had training and validation part of its own.
	Resplit bool
}

// Kept returns what the last confirmation of an arm of the named study ("" for
// the newest) against the reference found, nil if there is none of both recipe
// and vector. It is the last one with or without parts drawn anew; of these two a
// recipe and a vector are never joined.
func (db *DB) Kept(ctx context.Context, study string, trial, round int) (*Kept, error) {
	k := &Kept{}
	err := db.view(ctx, func(q querier) error {
		number, _, err := findStudy(ctx, q, study)
		if err != nil {
			return err
		}
		err = q.QueryRowContext(ctx, `SELECT r.difference, v.difference, min(r.seeds, v.seeds), r.resplit
			FROM confirmed_arms r JOIN confirmed_arms v USING (study, trial, round, against, resplit)
			WHERE r.what = 'recipe' AND v.what = 'vector' AND study = ? AND trial = ? AND round = ? AND against = 'reference'
			ORDER BY r.number DESC, v.number DESC LIMIT 1`, number, trial, round).Scan(&k.Recipe, &k.Vector, &k.Seeds, &k.Resplit)
		if errors.Is(err, sql.ErrNoRows) {
			k = nil
			return nil
		}
		return err
	})
	return k, err
}
