package runs

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/user"
	"strings"
	"time"

	"evenkeel/objective"
	"evenkeel/runs/column"
	"evenkeel/runs/disk"
	"evenkeel/runs/writer"
	"evenkeel/search"
)

// Study is a study opened for writing. It implements [search.Store] and, with
// it, [objective.Cache]; it is safe for concurrent use. At most one Study is
// open for a study at a time, on the whole machine.
type Study struct {
	db         *DB
	definition *search.Definition
	number     int
	invocation int
	started    time.Time
	window     int
	lock       *disk.Lock
	writer     *writer.Writer
	// These belong to the writer's goroutine: what is ranked, the steps that this
	// invocation began and has not ended, the replicates whose reference is stored.
	ranking    ranking
	begun      map[int]begun
	referenced map[int]bool
	parts      parts
	// acceptCode says that the study may go on with other code.
	acceptCode bool
}

var (
	_ search.Store            = (*Study)(nil)
	_ search.DeathCounter     = (*Study)(nil)
	_ objective.Cache         = (*Study)(nil)
	_ objective.FailureKeeper = (*Study)(nil)
)

// ChangesMark follows a commit if files under version control differ from it.
const ChangesMark = "+changes"

// Invocation says who works on a study. Empty fields are taken from the machine.
type Invocation struct {
	Host, User string
	PID        int
	// Program is the version of the program.
	Program string
	// GitCommit is the commit of the study file's folder, [ChangesMark] behind it if
	// files there differ; "" outside version control.
	GitCommit string
	// AcceptCode lets the study go on with other code than its runs were made with.
	AcceptCode bool
}

// CodeChangedError says that a study's trainer is not the one that its runs were
// made with.
type CodeChangedError struct {
	Study    string
	Was, Now string
}

// Error names both and what can be done.
func (e *CodeChangedError) Error() string {
	return fmt.Sprintf("study %s was searched with trainer %s, and now finds %s: what it measured so far belongs to the old code; "+
		"restore that (of a built-in trainer also the kernels: EVENKEEL_KERNELS=portable, or avx2 or avx512, both fma), or start a new study "+
		"(study: another name), or go on from here with the new code by --accept-code", e.Study, objective.Printable(e.Was), objective.Printable(e.Now))
}

// Opening says what [DB.OpenStudy] did.
type Opening struct {
	// Created reports that the study is new.
	Created bool
	// Changes are the keys that differ from the stored definition, which was
	// replaced. Once something is measured only those of [search.BudgetOnly] may.
	Changes []search.Change
	// Trials is the number of trials that were made before.
	Trials int
	// Killed reports that the invocation before this one did not record its end.
	Killed bool
}

// OpenStudy creates the study of a definition, or opens the one of that name to
// continue it; arms computed by the rule of an earlier version are computed again
// ([DB.Rescore]). It returns a [*DifferenceError] if the stored definition differs
// in more than may change, and a [*LockedError] if somebody else works on it.
func (db *DB) OpenStudy(ctx context.Context, def *search.Definition, who Invocation) (*Study, Opening, error) {
	s, o, err := db.openStudy(ctx, def, who)
	if err != nil {
		return nil, o, err
	}
	if err := s.rescore(ctx); err != nil {
		return nil, o, errors.Join(err, s.Close(StateFailed))
	}
	return s, o, nil
}

// openStudy is OpenStudy with the arms as they are stored.
func (db *DB) openStudy(ctx context.Context, def *search.Definition, who Invocation) (s *Study, o Opening, err error) {
	if db.options.ReadOnly {
		return nil, o, fmt.Errorf("database %s is open for reading only", db.file.Path())
	}
	conn, err := db.file.Writer(ctx)
	if err != nil {
		return nil, o, db.file.Failed(err)
	}
	s = &Study{db: db, definition: def, begun: make(map[int]begun), referenced: make(map[int]bool), acceptCode: who.AcceptCode}
	defer func() {
		if err != nil {
			err = errors.Join(err, conn.Close(), s.lock.Release())
			s = nil
		}
	}()
	if err := disk.Transact(ctx, conn.Conn, func() error {
		o.Created, err = s.findOrCreate(ctx, conn.Conn)
		return err
	}); err != nil {
		return s, o, db.file.Failed(err)
	}
	if err := s.acquire(ctx, conn.Conn); err != nil {
		return s, o, err
	}
	if err := disk.Transact(ctx, conn.Conn, func() error {
		if o.Changes, err = s.revise(ctx, conn.Conn); err != nil {
			return err
		}
		if err = conn.QueryRowContext(ctx, `SELECT count(*) FROM trials WHERE study = ?`, s.number).Scan(&o.Trials); err != nil {
			return err
		}
		if s.ranking, err = loadRanking(ctx, conn.Conn, s.number); err != nil {
			return err
		}
		o.Killed, err = s.invoke(ctx, conn.Conn, who.complete())
		return err
	}); err != nil {
		var different *DifferenceError
		if errors.As(err, &different) {
			return s, o, different
		}
		return s, o, db.file.Failed(err)
	}
	s.writer = writer.New(conn, writer.Options{
		Idle: db.options.Idle, Now: db.options.Now, Trace: db.options.Trace, After: s.heartbeat, Moved: db.file.Moved, Rescue: db.file.Rescue, Failed: db.file.Failed,
	})
	return s, o, nil
}

// findOrCreate sets the number and window of the study.
func (s *Study) findOrCreate(ctx context.Context, conn *sql.Conn) (created bool, err error) {
	def := s.definition
	err = conn.QueryRowContext(ctx, `SELECT number, window FROM studies WHERE name = ?`, def.Name).Scan(&s.number, &s.window)
	if !errors.Is(err, sql.ErrNoRows) {
		return false, err
	}
	now := timestamp(s.db.options.Now())
	s.window = def.Search.Window
	if err := conn.QueryRowContext(ctx, `INSERT INTO studies (number, name, model, created, window)
		VALUES ((SELECT coalesce(max(number), 0) + 1 FROM studies), ?, ?, ?, ?) RETURNING number`,
		def.Name, strings.Join(def.Kinds(), "|"), now, s.window).Scan(&s.number); err != nil {
		return false, err
	}
	return true, s.insertDefinition(ctx, conn, 1, now)
}

// complete fills in what the machine knows.
func (i Invocation) complete() Invocation {
	if i.Host == "" {
		i.Host, _ = os.Hostname() // unknown stays empty
	}
	if i.User == "" {
		if u, err := user.Current(); err == nil {
			i.User = u.Username
		}
	}
	if i.PID == 0 {
		i.PID = os.Getpid()
	}
	return i
}

// invoke records the beginning of this invocation, and of the one before that
// its end was a kill if it never recorded one: we hold its lock.
func (s *Study) invoke(ctx context.Context, conn *sql.Conn, who Invocation) (killed bool, err error) {
	result, err := conn.ExecContext(ctx, `UPDATE invocations SET ended = ? WHERE study = ? AND ended IS NULL`, StateKilled, s.number)
	if err != nil {
		return false, err
	}
	changed, err := result.RowsAffected()
	if err != nil {
		return false, err
	}
	s.started = s.db.options.Now()
	return changed > 0, conn.QueryRowContext(ctx, `INSERT INTO invocations (study, number, host, user, pid, program, git_commit, started)
		VALUES (?1, (SELECT coalesce(max(number), 0) + 1 FROM invocations WHERE study = ?1), ?2, ?3, ?4, ?5, nullif(?6, ''), ?7) RETURNING number`,
		s.number, who.Host, who.User, who.PID, who.Program, who.GitCommit, timestamp(s.started)).Scan(&s.invocation)
}

// heartbeat keeps the time spent up to date, so that it survives a kill.
func (s *Study) heartbeat(tx *writer.Transaction) error {
	return tx.Exec(`UPDATE invocations SET seconds = ? WHERE study = ? AND number = ?`,
		s.db.options.Now().Sub(s.started).Seconds(), s.number, s.invocation)
}

// Spent returns the seconds of all earlier invocations.
func (s *Study) Spent(ctx context.Context) (float64, error) {
	var spent float64
	err := s.db.file.Read.QueryRowContext(ctx, `SELECT coalesce(sum(seconds), 0.0) FROM invocations WHERE study = ? AND number < ?`,
		s.number, s.invocation).Scan(&spent)
	if err != nil {
		return 0, s.db.file.Failed(err)
	}
	return spent, nil
}

// Flush returns when everything recorded so far is durable, and the intervals of
// all arms are up to date.
func (s *Study) Flush(context.Context) error { return s.writer.PutAndWait(s.settle) }

// Broken is closed when something could not be recorded: nothing can be any more, and there
// is no use in training on. Err says why.
func (s *Study) Broken() <-chan struct{} { return s.writer.Broken() }

// Err returns why nothing can be recorded any more, nil if it can. It is a [*MovedError] if
// the database is no longer the file of its name.
func (s *Study) Err() error { return s.writer.Err() }

// Close makes everything durable, records how the invocation ended and releases the
// study. The lock is free afterwards
// even if there is an error.
func (s *Study) Close(ended State) error {
	err := s.writer.Put(func(tx *writer.Transaction) error {
		return tx.Exec(`UPDATE invocations SET ended = ? WHERE study = ? AND number = ?`, ended, s.number, s.invocation)
	})
	if closing := s.writer.Close(); err == nil {
		err = closing
	}
	return errors.Join(err, s.lock.Release())
}

// Describe records what the study trains on: the names and training counts of
// the classes, and the labels of the validation part if they are known. Data
// that differ from those the study began with are an error, and so is another
// trainer or another version of it, a [*CodeChangedError], unless the invocation
// accepts it; it is recorded as an event.
func (s *Study) Describe(ctx context.Context, title string, info objective.Info) error {
	key, err := json.Marshal(info.Split)
	if err != nil {
		return fmt.Errorf("split: %w", err)
	}
	classes, err := json.Marshal(info.Classes)
	if err != nil {
		return fmt.Errorf("classes: %w", err)
	}
	if err := s.checkData(ctx, info, string(key)); err != nil {
		return err
	}
	if err := s.checkCode(ctx, info); err != nil {
		return err
	}
	s.parts.mu.Lock()
	s.parts.data, s.parts.split = info.Data, info.Split
	s.parts.mu.Unlock()
	var labels, format any
	if info.ValLabels != nil {
		format, labels = column.Classes(info.ValLabels)
	}
	text := info.Trainer + " " + info.Version + " " + info.Numerics
	return s.writer.Put(func(tx *writer.Transaction) error {
		if err := tx.Exec(`INSERT INTO datasets (data, split, title, classes, train_counts, labels, labels_format)
			VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET labels = excluded.labels, labels_format = excluded.labels_format
			WHERE labels IS NULL`,
			info.Data, string(key), title, string(classes), column.Ints(info.TrainCounts), labels, format); err != nil {
			return err
		}
		if err := tx.Exec(`UPDATE studies SET data = ?, split = ? WHERE number = ? AND data IS NULL`, info.Data, string(key), s.number); err != nil {
			return err
		}
		if err := tx.Exec(`UPDATE studies SET trainer = ?, trainer_version = ?, numerics = ? WHERE number = ?`,
			info.Trainer, info.Version, info.Numerics, s.number); err != nil {
			return err
		}
		return s.event(tx, "trainer", text, true)
	})
}

// checkData says whether the study began with other data.
func (s *Study) checkData(ctx context.Context, info objective.Info, split string) error {
	var data, was sql.NullString
	err := s.db.file.Read.QueryRowContext(ctx, `SELECT data, split FROM studies WHERE number = ?`, s.number).Scan(&data, &was)
	if err != nil {
		return s.db.file.Failed(err)
	}
	if err := s.checkClasses(ctx, info, split); err != nil {
		return err
	}
	if data.Valid && (data.String != info.Data || was.String != split) {
		return fmt.Errorf("study %s began with data %s and now finds %s; restore the data, or give the study another name",
			s.definition.Name, beginning(data.String, 12), beginning(info.Data, 12))
	}
	return nil
}

// checkClasses says whether the data are known with other classes: two programs
// may call different data the same.
func (s *Study) checkClasses(ctx context.Context, info objective.Info, split string) error {
	var classes, counts string
	err := s.db.file.Read.QueryRowContext(ctx, `SELECT classes, train_counts FROM datasets WHERE data = ? AND split = ?`, info.Data, split).
		Scan(&classes, &counts)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return s.db.file.Failed(err)
	}
	now, err := json.Marshal(info.Classes)
	if err != nil {
		return fmt.Errorf("classes: %w", err)
	}
	if string(now) != classes {
		return fmt.Errorf("data %s have the classes %s in this history, and the trainer names %s; give the data a new name, or keep the classes and their order",
			beginning(info.Data, 40), objective.Printable(classes), now)
	}
	if given := column.Ints(info.TrainCounts); given != counts && given != "[]" && counts != "[]" {
		return fmt.Errorf("data %s have %s training examples by class in this history, and the trainer states %s; give the data a new name",
			beginning(info.Data, 40), objective.Printable(counts), given)
	}
	return nil
}

// beginning returns so many characters of a text, printable.
func beginning(text string, most int) string {
	return objective.Printable(fmt.Sprintf("%.*s", most, text))
}

// checkCode says whether the study was searched with other code.
func (s *Study) checkCode(ctx context.Context, info objective.Info) error {
	var trainer, version, numerics sql.NullString
	err := s.db.file.Read.QueryRowContext(ctx, `SELECT trainer, trainer_version, numerics FROM studies WHERE number = ?`, s.number).
		Scan(&trainer, &version, &numerics)
	if err != nil {
		return s.db.file.Failed(err)
	}
	was := strings.Join([]string{trainer.String, version.String, numerics.String}, " ")
	now := strings.Join([]string{info.Trainer, info.Version, info.Numerics}, " ")
	if trainer.Valid && was != now && !s.acceptCode {
		return &CodeChangedError{Study: s.definition.Name, Was: was, Now: now}
	}
	return nil
}

// Event records something that a person may want to know.
func (s *Study) Event(kind, text string) error {
	return s.writer.Put(func(tx *writer.Transaction) error { return s.event(tx, kind, text, false) })
}

// event inserts an event; with changed only if the last one of its kind has
// another text.
func (s *Study) event(tx *writer.Transaction, kind, text string, changed bool) error {
	return tx.Exec(`INSERT INTO events (study, number, at, kind, text)
		SELECT ?1, (SELECT coalesce(max(number), 0) + 1 FROM events WHERE study = ?1), ?2, ?3, ?4
		WHERE NOT ?5 OR ?4 IS NOT (SELECT text FROM events WHERE study = ?1 AND kind = ?3 ORDER BY number DESC LIMIT 1)`,
		s.number, timestamp(s.db.options.Now()), kind, text, changed)
}
