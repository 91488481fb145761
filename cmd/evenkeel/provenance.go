package main

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"time"
)

// changesMark stands behind a commit whose work tree has changes.
const changesMark = "+changes"

// gitPatience bounds how long a search waits for the git program at its start.
const gitPatience = 10 * time.Second

// gitCommit returns the commit that the git work tree around a folder stands at,
// "" if there is none. It reads git's files itself. Whether tracked files differ
// from the commit only the git program can tell: where it is installed, and says
// so, the mark is behind the commit.
func gitCommit(ctx context.Context, folder string) string {
	r, ok := findRepository(folder)
	if !ok {
		return ""
	}
	commit := r.head()
	if commit != "" && r.changed(ctx) {
		commit += changesMark
	}
	return commit
}

// repository is where git keeps what belongs to a work tree: dir, its own, common,
// shared by all work trees of a repository.
type repository struct{ top, dir, common string }

// findRepository looks for the work tree around a folder.
func findRepository(folder string) (r repository, ok bool) {
	for top := folder; ; top = filepath.Dir(top) {
		at := filepath.Join(top, ".git")
		info, err := os.Stat(at)
		switch {
		case err != nil:
			if top == filepath.Dir(top) {
				return r, false
			}
			continue
		case !info.IsDir(): // a further work tree, or a submodule
			dir, is := strings.CutPrefix(firstLine(at), "gitdir: ")
			if !is {
				return r, false
			}
			at = within(top, dir)
		}
		r = repository{top: top, dir: at, common: at}
		if common := firstLine(filepath.Join(at, "commondir")); common != "" {
			r.common = within(at, common)
		}
		return r, true
	}
}

// within returns a path that may be relative to a folder.
func within(folder, path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(folder, path)
}

// firstLine returns the first line of a file, "" if it cannot be read.
func firstLine(path string) string {
	text, err := os.ReadFile(path)
	if err != nil {
		return ""
	}
	line, _, _ := strings.Cut(string(text), "\n")
	return strings.TrimSpace(line)
}

// objectName matches the name of a commit, SHA-1 or SHA-256.
var objectName = regexp.MustCompile(`^([0-9a-f]{40}|[0-9a-f]{64})$`)

// head returns the commit that HEAD names, "" if it names none yet.
func (r repository) head() string {
	const links = 5 // git's own limit of symbolic references to one another
	text := firstLine(filepath.Join(r.dir, "HEAD"))
	for range links {
		name, symbolic := strings.CutPrefix(text, "ref: ")
		if !symbolic || !filepath.IsLocal(name) {
			break
		}
		text = r.reference(name)
	}
	if !objectName.MatchString(text) {
		return ""
	}
	return text
}

// reference returns what a reference holds: a file of its own, or a line of
// packed-refs.
func (r repository) reference(name string) string {
	for _, dir := range []string{r.dir, r.common} {
		if text := firstLine(filepath.Join(dir, filepath.FromSlash(name))); text != "" {
			return text
		}
	}
	packed, err := os.ReadFile(filepath.Join(r.common, "packed-refs"))
	if err != nil {
		return ""
	}
	for line := range strings.Lines(string(packed)) {
		if commit, of, ok := strings.Cut(strings.TrimSpace(line), " "); ok && of == name {
			return commit
		}
	}
	return ""
}

// changed reports whether the git program is there and says that tracked files
// differ from the commit. Files that git does not know do not count: the trial
// history is usually one.
func (r repository) changed(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, gitPatience)
	defer cancel()
	cmd := exec.CommandContext(ctx, "git", "--git-dir", r.dir, "--work-tree", r.top,
		"-c", "core.fsmonitor=false", "status", "--porcelain", "--untracked-files=no")
	cmd.Dir = r.top
	cmd.Env = append(os.Environ(), "GIT_OPTIONAL_LOCKS=0")
	out, err := cmd.Output()
	return err == nil && len(strings.TrimSpace(string(out))) > 0
}
