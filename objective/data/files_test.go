package data

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// folderOf makes a folder with the given files and returns its path.
func folderOf(t testing.TB, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// with returns a copy of files with some changed; "-" removes one.
func with(files map[string]string, changes ...string) map[string]string {
	out := make(map[string]string, len(files))
	for name, text := range files {
		out[name] = text
	}
	for i := 0; i < len(changes); i += 2 {
		if changes[i+1] == "-" {
			delete(out, changes[i])
			continue
		}
		out[changes[i]] = changes[i+1]
	}
	return out
}

func mustOpen(t testing.TB, src Source) *Dataset {
	t.Helper()
	ds, err := Open(src)
	if err != nil {
		t.Fatal(err)
	}
	return ds
}

// wantError checks that opening fails in one line with a text, in which DIR
// stands for the folder.
func wantError(t *testing.T, src Source, dir, want string) {
	t.Helper()
	_, err := Open(src)
	want = strings.ReplaceAll(want, "DIR", dir)
	if err == nil || err.Error() != want {
		t.Errorf("error\n%v\nwant\n%s", err, want)
	}
}
