package runs

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"evenkeel/objective"
	"evenkeel/runs/disk"
	"evenkeel/runs/writer"
	"evenkeel/search/followup"
)

// EventFailed is the kind of the event of a search that broke off. Its text is why.
const EventFailed = "failed"

// Failure returns why the last search of the named study broke off, "" where none did or the
// reason is not recorded. What came after it and left the study as it was, such as a
// confirmation, does not hide it; a search that did not fail does.
func (db *DB) Failure(ctx context.Context, study string) (reason string, err error) {
	err = db.view(ctx, func(q disk.Querier) error {
		number, _, err := findStudy(ctx, q, study)
		if err != nil {
			return err
		}
		err = q.QueryRowContext(ctx, `SELECT e.text FROM events e WHERE e.study = ?1 AND e.kind = ?2
			AND e.at >= (SELECT coalesce(max(i.started), '') FROM invocations i WHERE i.study = ?1 AND i.ended IS NOT ?3)
			ORDER BY e.number DESC LIMIT 1`, number, EventFailed, StateFailed).Scan(&reason)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		return err
	})
	return reason, err
}

// EventFreshSeedsFailed is the kind of the event of a confirmation in which trainings failed.
// Its text is a [FreshFailures] as JSON.
const EventFreshSeedsFailed = "fresh seeds failed"

// FreshFailures says what failed in the last confirmation of an arm.
type FreshFailures struct {
	Trial   int  `json:"trial"`
	Round   int  `json:"round"`
	Resplit bool `json:"resplit"`
	// Asked is the number of fresh seeds that were asked for.
	Asked int `json:"asked"`
	// Failures are what failed; without any the confirmation made up for those of an earlier one.
	Failures []followup.Failure `json:"failures"`
}

// Of returns what failed for an option, "" for the seeds that are left out; its Seeds is 0
// where nothing did.
func (f *FreshFailures) Of(what objective.Option) followup.Failure {
	if f == nil {
		return followup.Failure{}
	}
	return followup.FailureOf(f.Failures, what)
}

// FreshSeedsFailed records what failed in a confirmation that too few fresh seeds are left of.
func (s *Study) FreshSeedsFailed(f FreshFailures) error {
	text, err := json.Marshal(f)
	if err != nil {
		return err
	}
	return s.Event(EventFreshSeedsFailed, string(text))
}

// recordFailures records what failed in a confirmation that is recorded, also that nothing
// did where something had before.
func (s *Study) recordFailures(tx *writer.Transaction, c *followup.Confirmation) error {
	text, err := json.Marshal(FreshFailures{Trial: c.Trial, Round: c.Round, Resplit: c.Resplit, Asked: c.Asked, Failures: c.Failures})
	if err != nil {
		return err
	}
	var before int
	err = tx.ScanRow(`SELECT count(*) FROM events WHERE study = ? AND kind = ? AND text ->> 'trial' = ? AND text ->> 'round' = ? AND text ->> 'resplit' = ?`,
		[]any{s.number, EventFreshSeedsFailed, c.Trial, c.Round, c.Resplit}, &before)
	if err != nil || before == 0 && len(c.Failures) == 0 {
		return err
	}
	return s.event(tx, EventFreshSeedsFailed, string(text), false)
}

// FreshFailures returns what failed in the last confirmation of each arm of the named study,
// "" for the newest, of which something did.
func (db *DB) FreshFailures(ctx context.Context, study string) (list []FreshFailures, err error) {
	err = db.view(ctx, func(q disk.Querier) error {
		number, _, err := findStudy(ctx, q, study)
		if err != nil {
			return err
		}
		return disk.Each(ctx, q, `SELECT text FROM events e WHERE study = ?1 AND kind = ?2 AND json_array_length(text ->> 'failures') > 0
			AND number = (SELECT max(number) FROM events o WHERE o.study = ?1 AND o.kind = ?2
				AND o.text ->> 'trial' = e.text ->> 'trial' AND o.text ->> 'round' = e.text ->> 'round' AND o.text ->> 'resplit' = e.text ->> 'resplit')
			ORDER BY number`, []any{number, EventFreshSeedsFailed}, func(scan disk.Scanner) error {
			var text string
			var f FreshFailures
			if err := scan(&text); err != nil {
				return err
			}
			if err := json.Unmarshal([]byte(text), &f); err != nil {
				return fmt.Errorf("failed fresh seeds: %w", err)
			}
			list = append(list, f)
			return nil
		})
	})
	return list, err
}
