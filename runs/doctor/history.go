package doctor

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"os"
	"strings"
	"time"

	"evenkeel/objective"
	"evenkeel/runs"
	"evenkeel/runs/disk"
	"evenkeel/runs/schema"
)

// history is the trial history as far as it can be read.
type history struct {
	path string
	// opened is the line about opening it.
	opened Line
	// file is nil where it cannot be opened; readable says that its tables can be asked.
	file     *disk.File
	readable bool
	// rows are the studies, once they were read.
	rows []runs.StudyRow
}

// openHistory opens the history for reading, whatever its version and state.
func openHistory(ctx context.Context, r Request) *history {
	h := &history{path: r.DB, opened: Line{Name: "history", State: OK}}
	file, err := disk.Open(ctx, r.DB, disk.Options{ReadOnly: true, Check: func(context.Context, disk.Querier) error { return nil }})
	var missing *runs.MissingError
	switch {
	case errors.As(err, &missing):
		h.opened.State, h.opened.Text = Warning, "there is no "+objective.Printable(r.DB)
		h.opened.Advice = "name it with --db, or make one with evenkeel search"
		return h
	case err != nil:
		h.opened.State, h.opened.Text = Problem, err.Error()
		h.opened.Advice = "keep the file as it is, and go on with a copy that works (--db)"
		return h
	}
	h.file, h.path = file, file.Path()
	h.opened.Text = h.path
	if info, err := os.Stat(h.path); err == nil {
		h.opened.Text += ", " + bytesText(uint64(info.Size()))
	}
	return h
}

func (h *history) close() {
	if h.file != nil {
		_ = h.file.Close() // it was only read
	}
}

// mostFaults is how many faults of a file are listed.
const mostFaults = 3

// integrity lets SQLite check every page, every index and every reference of the file.
func (h *history) integrity(ctx context.Context) Line {
	l := Line{Name: "integrity", State: OK, Text: "SQLite finds no damage in pages, indexes and references"}
	var faults []string
	err := disk.Each(ctx, h.file.Read, "PRAGMA integrity_check(100)", nil, func(scan disk.Scanner) error {
		var text string
		err := scan(&text)
		if text != "ok" {
			faults = append(faults, text)
		}
		return err
	})
	if err == nil && len(faults) == 0 {
		err = disk.Each(ctx, h.file.Read, "PRAGMA foreign_key_check", nil, func(scan disk.Scanner) error {
			var table, parent string
			var row, number sql.NullInt64
			err := scan(&table, &row, &parent, &number)
			faults = append(faults, fmt.Sprintf("a row of %s refers to a row of %s that does not exist", table, parent))
			return err
		})
	}
	if err != nil {
		faults = append(faults, disk.Explain(err).Error())
	}
	if len(faults) == 0 {
		return l
	}
	l.State = Problem
	l.Advice = fmt.Sprintf("keep %s as it is, and restore a backup; without one, `sqlite3 %[1]s .recover | sqlite3 saved.db` saves what can be read", h.path)
	more := ""
	if n := len(faults) - mostFaults; n > 0 {
		faults, more = faults[:mostFaults], fmt.Sprintf("; and %d more", n)
	}
	l.Text = "the file is damaged: " + strings.Join(faults, "; ") + more
	return l
}

// schema compares the version of the tables with the program's.
func (h *history) schema(ctx context.Context) Line {
	l := Line{Name: "schema", State: OK}
	var newer *schema.VersionError
	err := schema.Check(ctx, h.file.Read)
	var version int
	if read := h.file.Read.QueryRowContext(ctx, "PRAGMA user_version").Scan(&version); err == nil {
		err = read
	}
	switch {
	case err == nil:
		h.readable = true
		l.Text = fmt.Sprintf("version %d, that of this program", version)
	case errors.Is(err, schema.ErrEmpty):
		l.State, l.Text, l.Advice = Warning, "the file has no tables yet", "begin a study with evenkeel search"
	case errors.As(err, &newer):
		l.State, l.Text, l.Advice = Problem, err.Error(), "use the program that wrote the file"
	default:
		l.State, l.Text, l.Advice = Warning, err.Error(), "evenkeel resume brings the file up to date"
	}
	return l
}

// studies looks for studies that seem to be searched and are not, and for those that were cut
// short.
func (h *history) studies(ctx context.Context) Line {
	l := Line{Name: "studies", State: OK}
	list, err := h.list(ctx)
	if err != nil {
		return Line{Name: l.Name, State: Problem, Text: err.Error(), Advice: "look at the lines above first"}
	}
	var found, killed []string
	for _, s := range list {
		locked, err := h.file.Locked(s.Number)
		name := objective.Printable(s.Name)
		switch here := s.Host == hostname(); {
		case err != nil || s.State != runs.StateRunning && s.State != runs.StateKilled:
		case locked:
			found = append(found, fmt.Sprintf("%s is being worked on by process %d", name, s.PID))
		case here:
			found, killed = append(found, name+" was killed while it was searched"), append(killed, name)
		default:
			found, killed = append(found, fmt.Sprintf("%s is recorded as being searched by process %d on %s", name, s.PID, objective.Printable(s.Host))), append(killed, name)
		}
	}
	l.Text = objective.Plural(len(list), "study")
	if len(list) > 1 {
		l.Text = fmt.Sprintf("%d studies", len(list))
	}
	if len(found) > 0 {
		l.Text += "; " + strings.Join(found, "; ")
	}
	if len(killed) > 0 {
		l.State = Warning
		l.Advice = fmt.Sprintf("continue with evenkeel resume %s, unless another machine is at it; everything that had finished is stored", killed[0])
	}
	return l
}

// list returns the studies.
func (h *history) list(ctx context.Context) ([]runs.StudyRow, error) {
	if h.rows != nil {
		return h.rows, nil
	}
	db, err := runs.Open(ctx, h.path, runs.Options{ReadOnly: true})
	if err != nil {
		return nil, err
	}
	h.rows, err = db.Studies(ctx)
	return h.rows, errors.Join(err, db.Close())
}

// Room below which nothing should be started, and below which it is said. Our choice.
const (
	scarce = 20e6
	little = 200e6
)

// room compares the room on the disks with what the studies still need.
func (h *history) room(ctx context.Context) []Line {
	lines := []Line{roomLine("room for history", folderOf(h.path), h.need(ctx))}
	temporary := os.TempDir()
	l := roomLine("room for files", temporary, 0)
	if info, err := os.Stat(temporary); err != nil || !info.IsDir() {
		l.State, l.Text = Problem, fmt.Sprintf("the folder for temporary files, %s, does not exist", temporary)
		l.Advice = "make it, or set TMPDIR to a folder that exists"
	}
	return append(lines, l)
}

// roomLine compares the room on the disk of a folder with what is needed there, in bytes.
func roomLine(name, folder string, need float64) Line {
	l := Line{Name: name, State: OK}
	free, known := free(folder)
	if !known {
		l.Text = "how much room there is in " + folder + " cannot be told here"
		return l
	}
	l.Text = fmt.Sprintf("%s are free in %s", bytesText(free), folder)
	if need > 0 {
		l.Text += fmt.Sprintf(", and what is left to do needs about %s", bytesText(uint64(need)))
	}
	switch room := float64(free); {
	case room < math.Max(need, scarce):
		l.State, l.Advice = Problem, "make room"
	case room < math.Max(2*need, little):
		l.State, l.Advice = Warning, "make room soon"
	}
	if l.State != OK && name == "room for history" {
		l.Advice += "; evenkeel gc makes the history smaller"
	}
	return l
}

// need estimates what the trials that are planned and not made take in the history, in bytes:
// bytes of the file for each stored run, times runs for each trial so far, times trials left.
// It is 0 where it is not known, as without a number of trials.
func (h *history) need(ctx context.Context) float64 {
	if !h.readable {
		return 0
	}
	var bytes, count float64
	err := h.file.Read.QueryRowContext(ctx, `SELECT (p.page_count - f.freelist_count) * s.page_size, (SELECT count(*) FROM runs)
		FROM pragma_page_count() p, pragma_freelist_count() f, pragma_page_size() s`).Scan(&bytes, &count)
	list, failed := h.list(ctx)
	if err != nil || failed != nil || count == 0 {
		return 0
	}
	left := 0.0
	for _, s := range list {
		if s.State != runs.StateDone && s.Trials > 0 && s.Planned > s.Trials {
			left += float64(s.Runs) / float64(s.Trials) * float64(s.Planned-s.Trials)
		}
	}
	return float64(bytes/count) * left
}

// aheadOf is how far a time may be ahead before the clock is doubted.
const aheadOf = 2 * time.Minute

// clock compares the clock with the times in the history and of its files.
func (h *history) clock(ctx context.Context, now time.Time) Line {
	l := Line{Name: "clock", State: OK, Text: now.Format(time.RFC3339)}
	newest, where := time.Time{}, ""
	note := func(t time.Time, what string) {
		if t.After(newest) {
			newest, where = t, what
		}
	}
	if h.file != nil {
		for _, end := range []string{"", "-wal"} {
			if info, err := os.Stat(h.path + end); err == nil {
				note(info.ModTime(), "the file "+h.path+end+" was changed")
			}
		}
	}
	if h.readable {
		var text string
		err := h.file.Read.QueryRowContext(ctx, `SELECT coalesce(max(at), '') FROM (SELECT max(started) AS at FROM invocations
			UNION ALL SELECT max(finished) FROM steps UNION ALL SELECT max(finished) FROM runs UNION ALL SELECT max(at) FROM events)`).Scan(&text)
		if t, wrong := time.Parse(time.RFC3339Nano, text); err == nil && wrong == nil {
			note(t, "the newest entry of the history was made")
		}
	}
	if ahead := newest.Sub(now); ahead > aheadOf {
		l.State = Warning
		l.Advice = "set the clock of this machine, or know that another one's was wrong; limits of time and time left go by it, results do not"
		l.Text += fmt.Sprintf("; %s %v later, by its clock", where, ahead.Round(time.Minute))
	}
	return l
}

// kernels says how this machine computes, and which unfinished studies were computed otherwise.
func (h *history) kernels(ctx context.Context, m Machine) Line {
	l := Line{Name: "kernels", State: OK}
	if m.Fault != nil {
		l.State, l.Text, l.Advice = Problem, m.Fault.Error(), "unset it"
		return l
	}
	l.Text = fmt.Sprintf("%s, numerics id %s; this processor has %s", m.Kernels, m.Numerics, strings.Join(m.Supported, ", "))
	if !h.readable {
		return l
	}
	var others []string
	var id string
	err := disk.Each(ctx, h.file.Read, `SELECT s.name, s.numerics FROM studies s JOIN invocations i ON i.study = s.number
		AND i.number = (SELECT max(number) FROM invocations n WHERE n.study = s.number)
		WHERE s.numerics LIKE 'nets/%' AND s.numerics <> ? AND coalesce(i.ended, '') <> ? ORDER BY s.number`,
		[]any{m.Numerics, runs.StateDone}, func(scan disk.Scanner) error {
			var name string
			err := scan(&name, &id)
			others = append(others, objective.Printable(name))
			return err
		})
	if err != nil {
		l.State, l.Text, l.Advice = Problem, disk.Explain(err).Error(), "look at the lines above first"
		return l
	}
	if len(others) > 0 {
		l.State = Warning
		l.Advice = "continue it on a machine of its own numerics id; here its trainings give other bits"
		l.Text += fmt.Sprintf("; %s was searched with %s", strings.Join(others, ", "), objective.Printable(id))
	}
	return l
}

// sqliteVersion returns the version of SQLite, "?" where it cannot be asked.
func sqliteVersion(ctx context.Context) string {
	version := "?"
	c, err := disk.Memory(ctx)
	if err != nil {
		return version
	}
	defer c.Close()
	_ = c.QueryRowContext(ctx, "SELECT sqlite_version()").Scan(&version) // or it stays
	return version
}
