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
		reason, err = readFailure(ctx, q, number)
		return err
	})
	return reason, err
}

// readFailure returns why the last search of a study broke off, as [DB.Failure] does.
func readFailure(ctx context.Context, q disk.Querier, study int) (reason string, err error) {
	err = q.QueryRowContext(ctx, `SELECT e.text FROM events e WHERE e.study = ?1 AND e.kind = ?2
		AND e.at >= (SELECT coalesce(max(i.started), '') FROM invocations i WHERE i.study = ?1 AND i.ended IS NOT ?3)
		ORDER BY e.number DESC LIMIT 1`, study, EventFailed, StateFailed).Scan(&reason)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return reason, err
}

// EventFreshSeedsFailed is the kind of the event of a confirmation in which trainings failed.
// Its text is a [FreshFailures] as JSON.
const EventFreshSeedsFailed = "fresh seeds failed"

// FreshFailures says what failed in a confirmation of an arm.
type FreshFailures struct {
	Trial   int  `json:"trial"`
	Round   int  `json:"round"`
	Resplit bool `json:"resplit"`
	// Asked is the number of fresh seeds that were asked for, NotTried how many of them were
	// not measured when the time was over.
	Asked    int `json:"asked"`
	NotTried int `json:"not_tried,omitempty"`
	// Unrecorded says that nothing else of the confirmation is recorded: too few seeds were
	// complete, or an earlier one stays.
	Unrecorded bool `json:"unrecorded,omitempty"`
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

// FailedIn returns what failed in the recorded confirmation of an arm that was made in the
// given way, or in a later one that is not recorded; nil if nothing did.
func FailedIn(list []FreshFailures, trial, round int, resplit, unrecorded bool) *FreshFailures {
	for i, f := range list {
		if f.Unrecorded == unrecorded && f.Trial == trial && f.Round == round && f.Resplit == resplit {
			return &list[i]
		}
	}
	return nil
}

// FreshSeedsFailed records what failed in a confirmation of which too few fresh seeds are
// complete.
func (s *Study) FreshSeedsFailed(f FreshFailures) error {
	f.Unrecorded = true
	text, err := json.Marshal(f)
	if err != nil {
		return err
	}
	return s.Event(EventFreshSeedsFailed, string(text))
}

// recordFailures records what failed in a confirmation, also that nothing did where something
// had before.
func (s *Study) recordFailures(tx *writer.Transaction, c *followup.Confirmation, unrecorded bool) error {
	text, err := json.Marshal(FreshFailures{
		Trial: c.Trial, Round: c.Round, Resplit: c.Resplit, Asked: c.Asked, NotTried: c.NotTried(), Unrecorded: unrecorded, Failures: c.Failures,
	})
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

// Keeps reports whether a recorded confirmation on so many seeds, of which so many more were
// left out, stays where another of the arm is made: it is on more, or on as many as are left
// of the other and left out none. Else the number of seeds could be chosen by the outcome.
func Keeps(seeds, leftOut int, other *followup.Confirmation) bool {
	return seeds > other.Seeds || seeds == other.Seeds && leftOut == 0 && other.LeftOut().Seeds > 0
}

// leftOut returns how many seeds are left out of the recorded confirmation of an arm.
func (s *Study) leftOut(tx *writer.Transaction, c *followup.Confirmation) (n int, err error) {
	err = tx.ScanRow(`SELECT coalesce((SELECT f.value ->> 'seeds' FROM events e, json_each(e.text, '$.failures') f
		WHERE f.value ->> 'what' = '' AND e.number = (SELECT max(number) FROM events WHERE study = ? AND kind = ?
			AND text ->> 'trial' = ? AND text ->> 'round' = ? AND text ->> 'resplit' = ? AND text ->> 'unrecorded' IS NULL)
		AND e.study = ?), 0)`,
		[]any{s.number, EventFreshSeedsFailed, c.Trial, c.Round, c.Resplit, s.number}, &n)
	return n, err
}

// FreshFailures returns of each arm of the named study, "" for the newest, what failed in its
// recorded confirmation, and in a later one that is not recorded, if something did.
func (db *DB) FreshFailures(ctx context.Context, study string) (list []FreshFailures, err error) {
	err = db.view(ctx, func(q disk.Querier) error {
		number, _, err := findStudy(ctx, q, study)
		if err != nil {
			return err
		}
		return disk.Each(ctx, q, `SELECT text FROM events e WHERE study = ?1 AND kind = ?2 AND json_array_length(text ->> 'failures') > 0
			AND number = (SELECT max(number) FROM events o WHERE o.study = ?1 AND o.kind = ?2
				AND o.text ->> 'trial' = e.text ->> 'trial' AND o.text ->> 'round' = e.text ->> 'round' AND o.text ->> 'resplit' = e.text ->> 'resplit'
				AND (o.text ->> 'unrecorded' IS e.text ->> 'unrecorded' OR o.text ->> 'unrecorded' IS NULL))
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
