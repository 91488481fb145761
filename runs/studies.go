package runs

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"time"

	"evenkeel/runs/disk"
)

// StudyRow is one study in a list.
type StudyRow struct {
	Number      int
	Name, Title string
	Model       string
	// Trials counts all trials, Complete and Failed those that ended so, Planned
	// those that the definition asks for.
	Trials, Complete, Failed, Planned int
	// FailedSeeds counts the further seeds of trials that failed, Invalid the trials that
	// were declared invalid.
	FailedSeeds, Invalid int
	// Arms counts the ranked arms, Runs the trainings as [DB.Effort] does without those of
	// [DB.FoundRuns].
	Arms, Runs int
	// Reference is the reference's spread.
	Reference float64
	// Host, User, PID, Program (its version), GitCommit (of the study file's folder)
	// and Started are those of the last invocation.
	Host, User         string
	PID                int
	Program, GitCommit string
	Started            time.Time
	Created            time.Time
	// Worked is the last sign of life of an invocation that trained something, if one did.
	Worked time.Time
	// Seconds is the time spent over all invocations.
	Seconds float64
	// State is how the last invocation ended, or [StateRunning]. A process of another
	// machine that was killed counts as running until somebody continues the study.
	State State
}

// Studies returns all studies, the newest first.
func (db *DB) Studies(ctx context.Context) (list []StudyRow, err error) {
	err = db.view(ctx, func(q disk.Querier) error {
		return disk.Each(ctx, q, `SELECT s.number, s.name, coalesce(d.title, ''), s.model, s.created, s.arms, s.reference_spread,
				(SELECT count(*) FROM trials t WHERE t.study = s.number),
				(SELECT count(*) FROM trials t WHERE t.study = s.number AND t.state = ?1),
				(SELECT count(*) FROM trials t WHERE t.study = s.number AND t.state = ?2),
				(SELECT coalesce(canonical ->> '$.search.trials', 0) FROM definitions f WHERE f.study = s.number ORDER BY revision DESC LIMIT 1),
				`+trainings+` - `+foundRuns+`,
				i.host, i.user, i.pid, i.program, coalesce(i.git_commit, ''), i.started, w.started, w.seconds, coalesce(i.ended, ?3),
				(SELECT sum(seconds) FROM invocations n WHERE n.study = s.number),
				`+failedSeeds+`,
				(SELECT count(*) FROM trials t WHERE t.study = s.number AND t.invalid IS NOT NULL)
			FROM studies s
			LEFT JOIN datasets d ON d.data = s.data AND d.split = s.split
			LEFT JOIN invocations i ON i.study = s.number AND i.number = (SELECT max(number) FROM invocations n WHERE n.study = s.number)
			LEFT JOIN invocations w ON w.study = s.number AND w.number = coalesce(
				(SELECT max(number) FROM invocations n WHERE n.study = s.number AND n.phase IS NOT NULL), i.number)
			ORDER BY s.number DESC`, []any{StateComplete, StateFailed, StateRunning}, func(scan disk.Scanner) error {
			r, err := scanStudy(scan)
			list = append(list, r)
			return err
		})
	})
	return list, err
}

func scanStudy(scan disk.Scanner) (StudyRow, error) {
	var r StudyRow
	var created string
	var seconds, spent sql.NullFloat64
	var pid sql.NullInt64
	var host, user, program, commit, started, worked, state sql.NullString
	err := scan(&r.Number, &r.Name, &r.Title, &r.Model, &created, &r.Arms, orNull{&r.Reference},
		&r.Trials, &r.Complete, &r.Failed, &r.Planned, &r.Runs,
		&host, &user, &pid, &program, &commit, &started, &worked, &seconds, &state, &spent, &r.FailedSeeds, &r.Invalid)
	r.Created = parseTime(created)
	r.Host, r.User, r.PID, r.Program = host.String, user.String, int(pid.Int64), program.String
	r.GitCommit, r.Started = commit.String, parseTime(started.String)
	r.Worked = parseTime(worked.String).Add(time.Duration(seconds.Float64 * float64(time.Second)))
	r.Seconds, r.State = spent.Float64, stateNow(State(state.String), r.Host, r.PID)
	return r, err
}

// stateNow returns the state of an invocation: one that is recorded as running was killed
// if its process is not there any more.
func stateNow(recorded State, host string, pid int) State {
	if here, err := os.Hostname(); recorded == StateRunning && err == nil && host == here && !disk.Alive(pid) {
		return StateKilled
	}
	return recorded
}

// State returns how the last invocation of the named study ended, as [StudyRow] has it; ""
// for a study that is not there.
func (db *DB) State(ctx context.Context, study string) (state State, err error) {
	err = db.view(ctx, func(q disk.Querier) error {
		var host string
		var pid int
		err := q.QueryRowContext(ctx, `SELECT coalesce(i.ended, 'running'), i.host, i.pid FROM studies s JOIN invocations i ON i.study = s.number
			WHERE s.name = ? ORDER BY i.number DESC LIMIT 1`, study).Scan(&state, &host, &pid)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		state = stateNow(state, host, pid)
		return err
	})
	return state, err
}

// trainings counts the training runs of the search of a study s, its own or shared with
// others. Of confirmations the earlier rounds are not recorded, and probes belong to no study,
// so these are not counted.
const trainings = `(SELECT count(DISTINCT r.run) FROM (SELECT study, run FROM trial_runs UNION ALL SELECT study, run FROM longer_runs) r
	JOIN runs u ON u.hash = r.run WHERE r.study = s.number AND NOT u.derived)`

// foundRuns counts those of them that an earlier study of the file has too.
const foundRuns = `(SELECT count(DISTINCT r.run) FROM (SELECT study, run FROM trial_runs UNION ALL SELECT study, run FROM longer_runs) r
	JOIN runs u ON u.hash = r.run WHERE r.study = s.number AND NOT u.derived AND (
		EXISTS (SELECT 1 FROM trial_runs t WHERE t.run = r.run AND t.study < s.number) OR
		EXISTS (SELECT 1 FROM longer_runs l WHERE l.run = r.run AND l.study < s.number)))`

// FoundRuns returns how many of the training runs of the search of the named study ("" for
// the newest) an earlier study of the file has too, so that they were not trained again.
func (db *DB) FoundRuns(ctx context.Context, study string) (found int, err error) {
	err = db.view(ctx, func(q disk.Querier) error {
		number, _, err := findStudy(ctx, q, study)
		if err != nil {
			return err
		}
		return q.QueryRowContext(ctx, `SELECT `+foundRuns+` FROM studies s WHERE s.number = ?`, number).Scan(&found)
	})
	return found, err
}

// Effort returns what the named study ("" for the newest) took: the number of different
// training runs in its search, and the seconds spent over all invocations, those that
// confirmed or trained probes included.
func (db *DB) Effort(ctx context.Context, study string) (trained int, seconds float64, err error) {
	err = db.view(ctx, func(q disk.Querier) error {
		number, _, err := findStudy(ctx, q, study)
		if err != nil {
			return err
		}
		return q.QueryRowContext(ctx, `SELECT `+trainings+`, (SELECT coalesce(sum(seconds), 0.0) FROM invocations i WHERE i.study = s.number)
			FROM studies s WHERE s.number = ?`, number).Scan(&trained, &seconds)
	})
	return trained, seconds, err
}
