package leftover

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// prefix begins the name of every temporary folder of the program. The rest is
// PLACE-PID-START-RANDOM.
const prefix = "evenkeel-"

// MakeFolder makes a folder for temporary files of this process, where the environment
// (TMPDIR) wants them, and removes there what processes have left that have ended. Nobody else
// may read the folder.
func MakeFolder() (string, error) {
	Clean()
	self := os.Getpid()
	start, _, _ := startOf(self)
	return os.MkdirTemp("", fmt.Sprintf("%s%s-%d-%d-*", prefix, place(), self, start))
}

// Folder is a temporary folder whose process is not alive, as far as that can be told.
type Folder struct {
	Path string
	// PID is the process that made it.
	PID int
	// Elsewhere says that it was made on another machine, in another container, or before
	// this machine was started again: it cannot be told whether its process is alive.
	Elsewhere bool
}

// Folders returns the temporary folders of this user whose process has ended, or is not one of
// this machine. It does not return those of living processes.
func Folders() []Folder {
	names, _ := filepath.Glob(filepath.Join(escaped(os.TempDir()), prefix+"*")) // the pattern is fine
	var list []Folder
	for _, path := range names {
		f, start, ok := parse(path)
		if !ok || !own(path) {
			continue
		}
		if !f.Elsewhere && living(f.PID, start) {
			continue
		}
		list = append(list, f)
	}
	return list
}

// escaped is a path as part of a pattern.
func escaped(path string) string {
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(path)
}

// parse reads the name of a folder.
func parse(path string) (f Folder, start int64, ok bool) {
	parts := strings.Split(strings.TrimPrefix(filepath.Base(path), prefix), "-")
	if len(parts) != 4 {
		return f, 0, false
	}
	pid, err := strconv.Atoi(parts[1])
	if err != nil || pid <= 0 {
		return f, 0, false
	}
	start, err = strconv.ParseInt(parts[2], 10, 64)
	return Folder{Path: path, PID: pid, Elsewhere: parts[0] != place()}, start, err == nil
}

// living reports whether the process that was started then is alive. Where start times are
// not known any process of that number is taken for it.
func living(pid int, start int64) bool {
	now, known, alive := startOf(pid)
	return alive && (!known || start == 0 || now == start)
}

// own reports whether a path is a folder, and no link to one, of this user.
func own(path string) bool {
	info, err := os.Lstat(path)
	return err == nil && info.IsDir() && ofThisUser(info)
}

// Remove removes the folder with all that is in it.
func (f Folder) Remove() error { return os.RemoveAll(f.Path) }

// Clean removes the folders whose process has ended, as far as they can be removed.
func Clean() {
	for _, f := range Folders() {
		if !f.Elsewhere {
			_ = f.Remove() // what cannot be removed is left
		}
	}
}
