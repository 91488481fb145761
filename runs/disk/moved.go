package disk

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// side is a file that SQLite keeps beside the database. SQLite finds it by its name, so it
// has to stay where it is too.
type side struct {
	path string
	info os.FileInfo
}

// noteSides notes the files beside the database. They are those that SQLite uses as long as
// the keeper is open.
func (f *File) noteSides() {
	if f.keeper == nil {
		return
	}
	for _, end := range []string{"-wal", "-shm"} {
		if info, err := os.Stat(f.path + end); err == nil {
			f.sides = append(f.sides, side{f.path + end, info})
		}
	}
}

// MovedError says that a database, or a file that SQLite keeps beside it, was moved, removed
// or replaced while it was in use.
type MovedError struct {
	// Path is the database, What says what became of it.
	Path, What string
	// Rescued is the file that has everything that was recorded, "" if there is none.
	Rescued string
	// failure is why there is none, or why the log could not be emptied.
	failure error
	// foreign says that the log beside a file that is in the database's place is not
	// that file's, and could not be emptied.
	foreign bool
}

// Error says what to do.
func (e *MovedError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "database %s: %s while it was in use, so the work on it was stopped; ", e.Path, e.What)
	if e.Rescued != "" {
		fmt.Fprintf(&b, "everything that was recorded is in %s: repeat the command with --db %s, or move that file to where you want it first", e.Rescued, quoted(e.Rescued))
	} else {
		b.WriteString("nothing was written to what has its name now")
	}
	if e.foreign {
		fmt.Fprintf(&b, "; before anything opens %s, remove %s-wal and %[2]s-shm: they belong to the old file", e.Path, e.Path)
	}
	if e.failure != nil {
		fmt.Fprintf(&b, " (%v)", e.failure)
	}
	return b.String()
}

// Unwrap returns why there is no rescued file, nil if there is one.
func (e *MovedError) Unwrap() error { return e.failure }

// quoted is a path as a shell takes it.
func quoted(path string) string {
	if strings.ContainsAny(path, " \t\n'\"\\$`*?[]{}()<>|&;!#~") {
		return "'" + strings.ReplaceAll(path, "'", `'\''`) + "'"
	}
	return path
}

// moved returns what became of the database, "" if its name, and those of the files beside
// it, still lead to the files that are open. What cannot be looked at is as it was. elsewhere
// says that the name of the database itself leads elsewhere.
func (f *File) moved() (what string, elsewhere bool) {
	switch at := lookAt(f.path, f.held.info); at {
	case "":
	case gone:
		return "it was moved or removed", true
	default:
		return "another file was put in its place", true
	}
	for _, s := range f.sides {
		switch lookAt(s.path, s.info) {
		case "":
		case gone:
			return fmt.Sprintf("its file %s was moved or removed", filepath.Base(s.path)), false
		default:
			return fmt.Sprintf("another file was put in the place of its file %s", filepath.Base(s.path)), false
		}
	}
	return "", false
}

// What [lookAt] finds.
const (
	gone     = "gone"
	replaced = "replaced"
)

// lookAt returns what became of the name of a file, "" if it still leads to it.
func lookAt(path string, info os.FileInfo) string {
	at, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR):
		return gone
	case err == nil && !os.SameFile(at, info):
		return replaced
	}
	return ""
}

// Moved reports whether the name of the database, or of a file beside it, no longer leads to
// the file that is open.
func (f *File) Moved() bool {
	what, _ := f.moved()
	return what != ""
}

// InPlace returns nil unless the database was [File.Moved], and what [File.Rescue] returns then.
func (f *File) InPlace(conn *sql.Conn) error {
	if !f.Moved() {
		return nil
	}
	return f.Rescue(conn)
}

// Rescue saves what conn sees of a database that was moved, with all that is in the log, to a
// file of its own beside it, and returns a [*MovedError]. Nothing is written to a file that was put in
// the place of the database; and the log, which would be taken for that file's, is
// emptied into the file that is open. conn has no transaction.
func (f *File) Rescue(conn *sql.Conn) error {
	what, elsewhere := f.moved()
	if what == "" {
		what = "it was moved away and back"
	}
	ctx := context.Background() // half a rescue is none
	e := &MovedError{Path: f.path, What: what}
	e.Rescued, e.failure = f.rescue(ctx, conn)
	if e.Rescued != "" {
		f.rescued.Store(true)
	}
	if err := f.emptyLog(ctx, conn, elsewhere); err != nil {
		e.failure = errors.Join(e.failure, err)
		e.foreign = elsewhere
	}
	return e
}

// emptyLog copies what is in the log into the file that is open, and makes the log empty.
// Where the database is in place and another log is not ours, it is left alone.
func (f *File) emptyLog(ctx context.Context, conn *sql.Conn, elsewhere bool) error {
	for _, s := range f.sides {
		if !elsewhere && lookAt(s.path, s.info) == replaced {
			return nil
		}
	}
	if _, err := conn.ExecContext(ctx, "PRAGMA busy_timeout = 5000"); err != nil {
		return err
	}
	var waiting, pages, copied int
	if err := conn.QueryRowContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)").Scan(&waiting, &pages, &copied); err != nil {
		return Explain(err)
	}
	if waiting != 0 {
		return errors.New("another program is reading the old file")
	}
	return nil
}

// rescue copies what conn sees to a file of its own: beside the database, else in the working
// folder, else among the temporary files. It returns the path.
func (f *File) rescue(ctx context.Context, conn *sql.Conn) (string, error) {
	folders := []string{filepath.Dir(f.path)}
	if here, err := os.Getwd(); err == nil {
		folders = append(folders, here)
	}
	var errs []error
	for _, folder := range append(folders, os.TempDir()) {
		path, err := f.rescueTo(ctx, conn, folder)
		if err == nil {
			return path, nil
		}
		errs = append(errs, fmt.Errorf("saving it in %s: %w", folder, Explain(err)))
	}
	return "", errors.Join(errs...)
}

// rescueTo is rescue for one folder. The name has the time, so that a person finds it, and a
// number where that is not enough.
func (f *File) rescueTo(ctx context.Context, conn *sql.Conn, folder string) (string, error) {
	base := filepath.Base(f.path)
	end := filepath.Ext(base)
	stem := strings.TrimSuffix(base, end) + "-rescued-" + time.Now().Format("20060102-150405")
	for n := 1; ; n++ {
		path := filepath.Join(folder, stem+end)
		if n > 1 {
			path = filepath.Join(folder, stem+"-"+strconv.Itoa(n)+end)
		}
		err := copyTo(ctx, conn, path)
		if errors.As(err, new(*ExistsError)) {
			continue
		}
		return path, err
	}
}
