package runs

import (
	"context"
	"database/sql"
	"errors"
)

// Kept says what confirmation found of an arm: by how much its recipe, weights
// measured anew for each seed, changes the spread on the test part, and by how much
// the one vector that is the mean of its weights does.
type Kept struct {
	Recipe, Vector KeptChange
	// Seeds is the number of fresh seeds of both.
	Seeds int
	// Resplit says that each of them had training and validation part of its own.
	Resplit bool
}

// KeptChange is a change of the spread with its 95 % interval; NaN where it has none.
type KeptChange struct{ Change, Low, High float64 }

// Gain reports whether the spread falls beyond noise.
func (c KeptChange) Gain() bool { return c.High < 0 }

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
		var low, high [2]sql.NullFloat64
		err = q.QueryRowContext(ctx, `SELECT r.difference, r.difference_low, r.difference_high,
			v.difference, v.difference_low, v.difference_high, min(r.seeds, v.seeds), r.resplit
			FROM confirmed_arms r JOIN confirmed_arms v USING (study, trial, round, against, resplit)
			WHERE r.what = 'recipe' AND v.what = 'vector' AND study = ? AND trial = ? AND round = ? AND against = 'reference'
			ORDER BY r.number DESC, v.number DESC LIMIT 1`, number, trial, round).
			Scan(&k.Recipe.Change, &low[0], &high[0], &k.Vector.Change, &low[1], &high[1], &k.Seeds, &k.Resplit)
		if errors.Is(err, sql.ErrNoRows) {
			k = nil
			return nil
		}
		for i, c := range []*KeptChange{&k.Recipe, &k.Vector} {
			c.Low, c.High = orNaN(low[i]), orNaN(high[i])
		}
		return err
	})
	return k, err
}
