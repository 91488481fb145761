package doctor

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"evenkeel/objective"
	"evenkeel/objective/leftover"
	"evenkeel/runs/disk"
)

// fixWith is the advice where --fix helps.
const fixWith = "evenkeel doctor --fix"

// folders looks for the temporary folders of processes that have ended.
func folders(r Request) Line {
	l := Line{Name: "temporary files", State: OK, Text: "no process has left any in " + os.TempDir()}
	var left, elsewhere []string
	for _, f := range leftover.Folders() {
		switch {
		case f.Elsewhere:
			elsewhere = append(elsewhere, f.Path)
		case r.Fix && f.Remove() == nil:
			l.Done = append(l.Done, "removed "+f.Path)
		default:
			left = append(left, fmt.Sprintf("%s of process %d, which has ended", f.Path, f.PID))
		}
	}
	switch {
	case len(left) > 0:
		l.State, l.Text, l.Advice = Warning, strings.Join(left, "; "), fixWith+" removes them, and so does the next search with a program of your own"
		if r.Fix {
			l.Advice = "remove them by hand: " + fixWith + " could not"
		}
	case len(elsewhere) > 0:
		l.State, l.Text = Warning, strings.Join(elsewhere, "; ")+" of another machine or container, or from before a restart"
		l.Advice = "remove them by hand unless something there is running"
	case len(l.Done) > 0:
		l.Text = strings.Join(l.Done, "; ")
	}
	return l
}

// guards looks for guard processes that were stopped.
func guards(r Request) Line {
	l := Line{Name: "guards", State: OK}
	var stopped []string
	all := leftover.Guards()
	for _, g := range all {
		if !g.Stopped {
			continue
		}
		what := fmt.Sprintf("process %d over %s", g.PID, objective.Printable(g.Command))
		if r.Fix && g.Wake() == nil {
			l.Done = append(l.Done, "let the guard go on, "+what)
		} else {
			stopped = append(stopped, what)
		}
	}
	l.Text = "no training program is running"
	if len(all) > 0 {
		l.Text = objective.Plural(len(all), "training program") + " watched over"
	}
	switch {
	case len(stopped) > 0:
		l.State, l.Text = Warning, "somebody stopped the guard of a training program: "+strings.Join(stopped, "; ")
		l.Advice = fixWith + " lets it go on; where its search is gone, it ends the program then"
		if r.Fix {
			l.Advice = "send it SIGCONT as its user or as root: " + fixWith + " could not"
		}
	case len(l.Done) > 0:
		l.Text = strings.Join(l.Done, "; ")
	}
	return l
}

// abandoned is how long a copy in the making must not have changed until it is taken for
// abandoned. Our choice: one that is being made changes all the time.
const abandoned = time.Hour

// besideHistory looks for files beside the history that nobody needs: copies that were not
// finished and lock files that nobody holds. It names histories that were saved from a search
// whose own one was moved.
func besideHistory(r Request) Line {
	l := Line{Name: "files beside it", State: OK, Text: "none is left over"}
	var left []string
	note := func(path, what string, unneeded bool) {
		switch {
		case !unneeded:
		case r.Fix && os.Remove(path) == nil:
			l.Done = append(l.Done, "removed "+path)
		default:
			left = append(left, path+", "+what)
		}
	}
	for _, path := range besides(r.DB, ".*.partial") {
		info, err := os.Lstat(path)
		note(path, "a copy that was not finished", err == nil && info.Mode().IsRegular() && r.Now.Sub(info.ModTime()) > abandoned)
	}
	for _, path := range besides(r.DB, ".*.lock") {
		note(path, "a lock that nobody holds", disk.Unlocked(path))
	}
	rescued := besides(strings.TrimSuffix(r.DB, filepath.Ext(r.DB)), "-rescued-*"+filepath.Ext(r.DB))
	switch {
	case len(left) > 0:
		l.State, l.Text, l.Advice = Warning, strings.Join(left, "; "), fixWith+" removes them"
		if r.Fix {
			l.Advice = "remove them by hand: " + fixWith + " could not"
		}
	case len(rescued) > 0:
		l.State, l.Text = Warning, "a search whose history was moved or replaced has saved it in "+strings.Join(rescued, ", ")
		l.Advice = fmt.Sprintf("see whether you need it (evenkeel studies --db %s), and move it away", rescued[0])
	case len(l.Done) > 0:
		l.Text = strings.Join(l.Done, "; ")
	}
	return l
}

// besides returns the paths that begin with a path and end as a pattern says.
func besides(path, pattern string) []string {
	escaped := strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(path)
	list, _ := filepath.Glob(escaped + pattern) // the pattern is fine
	return list
}

// folderOf returns the folder of a file, absolute where that is known.
func folderOf(path string) string {
	if whole, err := filepath.Abs(path); err == nil {
		path = whole
	}
	return filepath.Dir(path)
}

// hostname is the name of this machine as the history records it.
func hostname() string {
	name, _ := os.Hostname()
	return name
}

// bytesText writes a number of bytes for people.
func bytesText(n uint64) string {
	switch {
	case n < 1000_000:
		return fmt.Sprintf("%.1f kB", float64(n)/1e3)
	case n < 1000_000_000:
		return fmt.Sprintf("%.1f MB", float64(n)/1e6)
	}
	return fmt.Sprintf("%.1f GB", float64(n)/1e9)
}
