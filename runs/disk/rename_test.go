package disk

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

// TestRenameNew: a file gets a new name, and takes none away.
func TestRenameNew(t *testing.T) {
	for name, rename := range map[string]func(from, to string) error{"at once": renameNew, "taken first": renameTaken} {
		t.Run(name, func(t *testing.T) {
			folder := t.TempDir()
			from, taken, free := filepath.Join(folder, "from"), filepath.Join(folder, "taken"), filepath.Join(folder, "free")
			for path, text := range map[string]string{from: "new", taken: "old"} {
				if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			if err := rename(from, taken); !errors.Is(err, fs.ErrExist) {
				t.Errorf("to a name that is taken: %v; want fs.ErrExist", err)
			}
			if got, err := os.ReadFile(taken); string(got) != "old" {
				t.Errorf("the taken name has %q, %v", got, err)
			}
			if err := rename(from, free); err != nil {
				t.Fatal(err)
			}
			if got, err := os.ReadFile(free); string(got) != "new" {
				t.Errorf("the new name has %q, %v", got, err)
			}
			if _, err := os.Lstat(from); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("the old name: %v; want it gone", err)
			}
		})
	}
}
