package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const (
	someCommit  = "0123456789abcdef0123456789abcdef01234567"
	otherCommit = "89abcdef0123456789abcdef0123456789abcdef"
)

// write makes files, with their folders, below a folder.
func write(t *testing.T, folder string, files map[string]string) {
	t.Helper()
	for name, text := range files {
		path := filepath.Join(folder, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// TestGitCommit reads every form in which git keeps the commit of a work tree,
// without git.
func TestGitCommit(t *testing.T) {
	t.Setenv("PATH", "")
	for _, c := range []struct {
		name   string
		files  map[string]string
		folder string
		want   string
	}{
		{"a branch", map[string]string{".git/HEAD": "ref: refs/heads/main\n", ".git/refs/heads/main": someCommit + "\n"}, "", someCommit},
		{"from below", map[string]string{".git/HEAD": "ref: refs/heads/a/b\n", ".git/refs/heads/a/b": someCommit + "\n", "x/y/z": ""}, "x/y", someCommit},
		{"detached", map[string]string{".git/HEAD": someCommit + "\n"}, "", someCommit},
		{"SHA-256", map[string]string{".git/HEAD": strings.Repeat("ab", 32) + "\n"}, "", strings.Repeat("ab", 32)},
		{"packed", map[string]string{
			".git/HEAD":        "ref: refs/heads/main\n",
			".git/packed-refs": "# pack-refs with: peeled fully-peeled sorted\n" + otherCommit + " refs/heads/mainly\n" + someCommit + " refs/heads/main\n^" + otherCommit + "\n",
		}, "", someCommit},
		{"a newer one beside a packed one", map[string]string{
			".git/HEAD": "ref: refs/heads/main\n", ".git/refs/heads/main": someCommit + "\n", ".git/packed-refs": otherCommit + " refs/heads/main\n",
		}, "", someCommit},
		{"a further work tree", map[string]string{
			"repo/.git/HEAD": "ref: refs/heads/main\n", "repo/.git/refs/heads/main": otherCommit + "\n",
			"repo/.git/refs/heads/two":           someCommit + "\n",
			"repo/.git/worktrees/two/HEAD":       "ref: refs/heads/two\n",
			"repo/.git/worktrees/two/commondir":  "../..\n",
			"two/.git":                           "gitdir: ../repo/.git/worktrees/two\n",
			"two/studies/study.yaml":             "",
			"repo/.git/worktrees/two/ORIG_HEAD":  otherCommit + "\n",
			"repo/.git/worktrees/two/gitdir":     "../two/.git\n",
			"repo/.git/refs/remotes/origin/HEAD": "ref: refs/remotes/origin/main\n",
		}, "two/studies", someCommit},
		{"no commit yet", map[string]string{".git/HEAD": "ref: refs/heads/main\n"}, "", ""},
		{"a circle", map[string]string{".git/HEAD": "ref: refs/heads/a\n", ".git/refs/heads/a": "ref: refs/heads/a\n"}, "", ""},
		{"out of the repository", map[string]string{".git/HEAD": "ref: ../secret\n", "secret": someCommit}, "", ""},
		{"nonsense", map[string]string{".git/HEAD": "no commit\n"}, "", ""},
		{"nonsense for a work tree", map[string]string{".git": "elsewhere\n"}, "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			folder := t.TempDir()
			write(t, folder, c.files)
			if got := gitCommit(t.Context(), filepath.Join(folder, c.folder)); got != c.want {
				t.Errorf("gitCommit = %q, want %q", got, c.want)
			}
		})
	}
	if got := gitCommit(t.Context(), t.TempDir()); got != "" {
		t.Errorf("gitCommit outside version control = %q", got)
	}
}

// TestGitChanges: the git program, if there is one, is asked for changes; what it
// cannot tell is taken for none.
func TestGitChanges(t *testing.T) {
	folder := t.TempDir()
	write(t, folder, map[string]string{".git/HEAD": someCommit})
	for script, want := range map[string]string{
		`echo ' M train.py'`:      someCommit + "+changes",
		`echo`:                    someCommit,
		`echo ' M x'; exit 128`:   someCommit,
		`test -d "$2" && echo M.`: someCommit + "+changes", // --git-dir DIR
	} {
		bin := t.TempDir()
		if err := os.WriteFile(filepath.Join(bin, "git"), []byte("#!/bin/sh\n"+script+"\n"), 0o700); err != nil { //nolint:gosec // a program
			t.Fatal(err)
		}
		t.Setenv("PATH", bin)
		if got := gitCommit(t.Context(), folder); got != want {
			t.Errorf("with %s: %q, want %q", script, got, want)
		}
	}
}
