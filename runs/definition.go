package runs

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"evenkeel/objective"
	"evenkeel/runs/disk"
	"evenkeel/runs/schema"
	"evenkeel/search"
)

// DifferenceError is returned by [DB.OpenStudy] when the stored study of the
// same name is another one.
type DifferenceError struct {
	Study string
	// Changes are those that may not be: see [search.BeyondBudget].
	Changes []search.Change
}

// Error lists the differences.
func (e *DifferenceError) Error() string {
	parts := make([]string, len(e.Changes))
	for i, c := range e.Changes {
		parts[i] = fmt.Sprintf("%s was %s and is now %s", c.Key, orAbsent(c.Old), orAbsent(c.New))
	}
	return fmt.Sprintf("study %s exists with another definition: %s; give this one another name, or continue the stored one with `evenkeel resume %s`",
		e.Study, strings.Join(parts, ", "), e.Study)
}

func orAbsent(value string) string {
	if value == "" {
		return "absent"
	}
	return value
}

// StoredDefinition is what a study file said, as it was stored.
type StoredDefinition struct {
	Study string
	// Revision counts the changes, from 1.
	Revision int
	// Source is the study file's text after overrides, Folder where its paths start.
	Source []byte
	Folder string
	// Canonical is the whole definition as JSON.
	Canonical json.RawMessage
}

// Definition returns the definition in force of the named study, "" for the
// newest one.
func (db *DB) Definition(ctx context.Context, study string) (*StoredDefinition, error) {
	var d *StoredDefinition
	err := db.view(ctx, func(q disk.Querier) error {
		number, name, err := findStudy(ctx, q, study)
		if err != nil {
			return err
		}
		d, err = latestDefinition(ctx, q, number)
		if err == nil {
			d.Study = name
		}
		return err
	})
	return d, err
}

// Begun returns the definition in force of a study that has decided or measured something,
// nil if there is no such study: its definition is fixed but for the budget.
func (db *DB) Begun(ctx context.Context, study string) (d *StoredDefinition, err error) {
	err = db.view(ctx, func(q disk.Querier) error {
		var number int
		err := q.QueryRowContext(ctx, `SELECT number FROM studies WHERE name = ?`, study).Scan(&number)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		var begun bool
		if err == nil {
			err = q.QueryRowContext(ctx, hasMeasured, number).Scan(&begun)
		}
		if err != nil || !begun {
			return err
		}
		if d, err = latestDefinition(ctx, q, number); err == nil {
			d.Study = study
		}
		return err
	})
	return d, err
}

func latestDefinition(ctx context.Context, q disk.Querier, study int) (*StoredDefinition, error) {
	d := &StoredDefinition{}
	var canonical, source string
	err := q.QueryRowContext(ctx, `SELECT revision, canonical, source, folder FROM definitions WHERE study = ? ORDER BY revision DESC LIMIT 1`, study).
		Scan(&d.Revision, &canonical, &source, &d.Folder)
	if err != nil {
		return nil, fmt.Errorf("definition of study %d: %w", study, err)
	}
	d.Canonical, d.Source = json.RawMessage(canonical), []byte(source)
	return d, nil
}

// NoStudyError is returned for a study that is not in the database; in a
// [search.InputError] where there are others.
type NoStudyError struct {
	Study string // "" if there is none at all
	// Known are the names of the studies that exist, the newest first.
	Known []string
}

// Error names the studies that exist.
func (e *NoStudyError) Error() string {
	if len(e.Known) == 0 {
		return schema.ErrEmpty.Error()
	}
	return fmt.Sprintf("there is no study %q; there is %s", e.Study, objective.Printable(strings.Join(e.Known, ", ")))
}

// findStudy returns the number and name of the named study, "" for the newest.
func findStudy(ctx context.Context, q disk.Querier, name string) (number int, found string, err error) {
	err = q.QueryRowContext(ctx, `SELECT number, name FROM studies WHERE ?1 = '' OR name = ?1 ORDER BY number DESC LIMIT 1`, name).
		Scan(&number, &found)
	if err == nil && !objective.OneLine(found) {
		return 0, "", fmt.Errorf("study %d of this history is named %q; want a name without line breaks and control characters", number, found)
	}
	if !errors.Is(err, sql.ErrNoRows) {
		return number, found, err
	}
	missing := &NoStudyError{Study: name}
	err = disk.Each(ctx, q, `SELECT name FROM studies ORDER BY number DESC`, nil, func(scan disk.Scanner) error {
		var known string
		if err := scan(&known); err != nil {
			return err
		}
		missing.Known = append(missing.Known, known)
		return nil
	})
	if err != nil {
		return 0, "", err
	}
	if len(missing.Known) == 0 {
		return 0, "", missing
	}
	return 0, "", search.InputError{Err: missing}
}

// revise compares the stored definition with ours and stores ours as a new
// revision if it extends the study.
func (s *Study) revise(ctx context.Context, conn *sql.Conn) ([]search.Change, error) {
	stored, err := latestDefinition(ctx, conn, s.number)
	if err != nil {
		return nil, err
	}
	changes := search.Diff(&search.Definition{Canonical: stored.Canonical}, s.definition)
	if len(changes) == 0 {
		return nil, nil
	}
	if !search.BudgetOnly(changes) {
		begun, err := s.restart(ctx, conn)
		if err != nil {
			return nil, err
		}
		if begun {
			return nil, &DifferenceError{Study: s.definition.Name, Changes: search.BeyondBudget(changes)}
		}
	}
	return changes, s.insertDefinition(ctx, conn, stored.Revision+1, timestamp(s.db.options.Now()))
}

// hasMeasured says whether a study has decided or measured anything, so that its
// definition is fixed but for the budget.
const hasMeasured = `SELECT EXISTS (SELECT 1 FROM steps WHERE study = ?1) OR EXISTS (SELECT 1 FROM trial_runs WHERE study = ?1)`

// restart makes a study that has measured nothing what its definition says now, as if
// it were new: whoever corrects a study file that failed at once need not
// find another name. It changes nothing, and says so, once something is measured.
func (s *Study) restart(ctx context.Context, conn *sql.Conn) (begun bool, err error) {
	err = conn.QueryRowContext(ctx, hasMeasured,
		s.number).Scan(&begun)
	if err != nil || begun {
		return begun, err
	}
	s.window = s.definition.Search.Window
	_, err = conn.ExecContext(ctx, `UPDATE studies SET model = ?, window = ?, data = NULL, split = NULL,
		trainer = NULL, trainer_version = NULL, numerics = NULL WHERE number = ?`,
		strings.Join(s.definition.Kinds(), "|"), s.window, s.number)
	return false, err
}

func (s *Study) insertDefinition(ctx context.Context, conn *sql.Conn, revision int, now string) error {
	d := s.definition
	_, err := conn.ExecContext(ctx, `INSERT INTO definitions (study, revision, canonical, source, folder, saved) VALUES (?, ?, ?, ?, ?, ?)`,
		s.number, revision, string(d.Canonical), string(d.Source), d.Folder, now)
	return err
}
