package main

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

const someCommit = "0123456789abcdef0123456789abcdef01234567"

// inRepository runs git in a folder, without the configuration of whoever runs the
// test, and returns what it prints.
func inRepository(t *testing.T, folder string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "git", args...)
	cmd.Dir = folder
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", cmd, err, out)
	}
	return strings.TrimSpace(string(out))
}

// repository makes a repository with one commit of studies/study.yaml, and returns its
// folder and the commit.
func repository(t *testing.T) (folder, commit string) {
	t.Helper()
	t.Setenv("HOME", t.TempDir())
	t.Setenv("XDG_CONFIG_HOME", "")
	t.Setenv("GIT_CONFIG_NOSYSTEM", "1")
	folder = t.TempDir()
	study := filepath.Join(folder, "studies", "study.yaml")
	if err := os.Mkdir(filepath.Dir(study), 0o700); err != nil {
		t.Fatal(err)
	}
	writeFile(t, study, "study: one\n", 0o600)
	inRepository(t, folder, "init", "--quiet")
	inRepository(t, folder, "config", "user.name", "A")
	inRepository(t, folder, "config", "user.email", "a@example.org")
	inRepository(t, folder, "add", "studies")
	inRepository(t, folder, "commit", "--quiet", "--message=one")
	return folder, inRepository(t, folder, "rev-parse", "HEAD")
}

func writeFile(t *testing.T, path, text string, mode os.FileMode) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), mode); err != nil {
		t.Fatal(err)
	}
}

// commitIs holds what gitCommit says of a folder.
func commitIs(t *testing.T, what, folder, want string) {
	t.Helper()
	if got := gitCommit(t.Context(), folder); got != want {
		t.Errorf("%s: commit %q; want %q", what, got, want)
	}
}

func TestGitCommit(t *testing.T) {
	folder, commit := repository(t)
	studies := filepath.Join(folder, "studies")
	commitIs(t, "the repository", folder, commit)
	commitIs(t, "a folder in it", studies, commit)

	writeFile(t, filepath.Join(studies, "history.db"), "", 0o600)
	commitIs(t, "with a file that git does not track", studies, commit)
	writeFile(t, filepath.Join(studies, "study.yaml"), "study: two\n", 0o600)
	commitIs(t, "with a tracked file that differs", studies, commit+"+changes")

	second := filepath.Join(t.TempDir(), "second")
	inRepository(t, folder, "worktree", "add", "--quiet", second)
	commitIs(t, "a second work tree", filepath.Join(second, "studies"), commit)
	t.Setenv("GIT_DIR", filepath.Join(folder, ".git"))
	t.Setenv("GIT_WORK_TREE", folder)
	commitIs(t, "a second work tree, with variables for the first", second, commit)
}

// TestNoGitCommit: where there is nothing to say, nothing is said.
func TestNoGitCommit(t *testing.T) {
	folder, _ := repository(t)
	empty := t.TempDir()
	commitIs(t, "outside version control", empty, "")
	inRepository(t, empty, "init", "--quiet")
	commitIs(t, "without a commit yet", empty, "")
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if got := gitCommit(ended, folder); got != "" {
		t.Errorf("after the end of the context: commit %q; want none", got)
	}
	commitIs(t, "in git's own folder of a repository", filepath.Join(folder, ".git"), "")
	t.Setenv("PATH", "")
	commitIs(t, "without the git program", folder, "")
}

// TestGitStartsNoProgram: nothing that a repository's configuration names is started,
// although git itself starts some of it for the same commands.
func TestGitStartsNoProgram(t *testing.T) {
	folder, commit := repository(t)
	started := filepath.Join(t.TempDir(), "started")
	program := filepath.Join(folder, "program")
	writeFile(t, program, "#!/bin/sh\necho \"$0\" >> '"+started+"'\n", 0o700)
	hooks := filepath.Join(folder, "hooks")
	if err := os.Mkdir(hooks, 0o700); err != nil {
		t.Fatal(err)
	}
	writeFile(t, filepath.Join(hooks, "post-index-change"), "#!/bin/sh\necho \"$0\" >> '"+started+"'\n", 0o700)
	for key, value := range map[string]string{
		"core.fsmonitor": program, "core.hooksPath": hooks, "core.pager": program, "pager.status": "true",
		"diff.external": program, "core.editor": program, "core.sshCommand": program,
	} {
		inRepository(t, folder, "config", key, value)
	}
	study := filepath.Join(folder, "studies", "study.yaml")
	writeFile(t, study, "study: two\n", 0o600)
	commitIs(t, "with a hostile configuration", filepath.Dir(study), commit+"+changes")
	if text, err := os.ReadFile(started); err == nil {
		t.Fatalf("started:\n%s", text)
	}
	inRepository(t, folder, "status")
	if _, err := os.ReadFile(started); err != nil {
		t.Errorf("git itself started nothing either, so this test shows nothing: %v", err)
	}
}
