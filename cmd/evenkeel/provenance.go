package main

import (
	"context"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"

	"evenkeel/runs"
)

// gitTimeout bounds how long a search waits for git at its start.
const gitTimeout = 10 * time.Second

// gitCommit returns the commit that is checked out in the git work tree around a
// folder, with [runs.ChangesMark] if git says that tracked files differ from it. Files that
// git does not track do not count: the trial history is usually one. It is "" without
// the git program, a repository or a commit.
func gitCommit(ctx context.Context, folder string) string {
	ctx, cancel := context.WithTimeout(ctx, gitTimeout)
	defer cancel()
	commit, err := git(ctx, folder, "rev-parse", "--verify", "--quiet", "HEAD")
	if err != nil {
		return ""
	}
	changes, err := git(ctx, folder, "status", "--porcelain", "--untracked-files=no")
	if err == nil && changes != "" {
		commit += runs.ChangesMark
	}
	return commit
}

// git runs a git command that reads the repository around a folder, and returns what
// it prints.
//
// A study may lie in a repository that somebody else made, and a repository's own
// configuration names programs that git starts. git refuses a repository of another
// user; in one that was copied or unpacked, no program may start just because the
// commit is looked up. So the file system monitor, hooks and pagers are off, nothing is
// fetched, the index is not written (which would call a hook), and a repository without
// a work tree, which can hide among ordinary files, does not count. Filters stay: without
// them, files that they convert would seem to differ.
func git(ctx context.Context, folder string, args ...string) (string, error) {
	args = append([]string{
		"--no-pager", "--no-optional-locks", "-c", "core.fsmonitor=false", "-c", "core.hooksPath=" + os.DevNull,
		"-c", "safe.bareRepository=explicit",
	}, args...)
	cmd := exec.CommandContext(ctx, "git", args...)
	cmd.Dir = folder
	cmd.Env = append(slices.DeleteFunc(os.Environ(), elsewhere), "GIT_NO_LAZY_FETCH=1", "GIT_TERMINAL_PROMPT=0")
	cmd.WaitDelay = time.Second // for what git has started and left behind
	out, err := cmd.Output()
	return strings.TrimSpace(string(out)), err
}

// elsewhere reports whether an environment variable would make git read another
// repository than that around the folder, as in a hook that starts a search.
func elsewhere(variable string) bool {
	name, _, _ := strings.Cut(variable, "=")
	return slices.Contains([]string{
		"GIT_DIR", "GIT_WORK_TREE", "GIT_COMMON_DIR", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_NAMESPACE", "GIT_PREFIX",
	}, name)
}
