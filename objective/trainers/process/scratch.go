package process

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"evenkeel/objective/leftover"
)

// scratch is where runs get their folders.
type scratch struct {
	path      string
	temporary bool
}

// newScratch makes the folder, a temporary one for "", and removes those that drivers have
// left which were killed together with their guards.
func newScratch(path string) (scratch, error) {
	if path == "" {
		made, err := leftover.MakeFolder()
		if err != nil {
			return scratch{}, fmt.Errorf("make room in %s, or set TMPDIR to another folder: the folder for the files of runs cannot be made (%w)", os.TempDir(), err)
		}
		return scratch{made, true}, nil
	}
	path, err := filepath.Abs(path)
	if err == nil {
		err = os.MkdirAll(path, 0o777)
	}
	if err != nil {
		return scratch{}, fmt.Errorf("scratch folder: %w", err)
	}
	return scratch{path, false}, nil
}

// orphan is what has to be removed when the driver is killed, "" for nothing.
func (s scratch) orphan() string {
	if !s.temporary {
		return ""
	}
	return s.path
}

func (s scratch) remove() error {
	if !s.temporary {
		return nil
	}
	return os.RemoveAll(s.path)
}

// folder is where one run leaves its files. It is held open: even if
// the program replaces the path, only files in the folder itself are read.
type folder struct {
	path string
	root *os.Root
}

// folder makes a folder for a run. The scratch folder is made anew if somebody has removed it,
// as programs do that clean up temporary files. An error is a [*lackError].
func (s scratch) folder(run string) (*folder, error) {
	path, err := os.MkdirTemp(s.path, run+"-")
	if errors.Is(err, fs.ErrNotExist) {
		if err = os.MkdirAll(s.path, 0o700); err == nil {
			path, err = os.MkdirTemp(s.path, run+"-")
		}
	}
	if err != nil {
		return nil, &lackError{fmt.Errorf("the run's folder cannot be made: %w", err), true}
	}
	root, err := os.OpenRoot(path)
	if err != nil {
		_ = os.RemoveAll(path)
		return nil, &lackError{fmt.Errorf("the run's folder cannot be made: %w", err), true}
	}
	return &folder{path, root}, nil
}

// isGone reports whether somebody has removed the folder.
func (f *folder) isGone() bool {
	_, err := os.Lstat(f.path)
	return errors.Is(err, fs.ErrNotExist)
}

// remove removes the folder and all that the program left in it.
func (f *folder) remove() {
	_ = f.root.Close()
	_ = os.RemoveAll(f.path) // what cannot be removed is left
}

// open opens a file in the folder for reading. A path that leads out of it, by
// any way, and what is not a regular file are errors.
func (f *folder) open(name string) (*os.File, int64, error) {
	if !filepath.IsLocal(name) {
		return nil, 0, fmt.Errorf("%q is not a path inside the run's folder", abridged(name))
	}
	file, err := f.root.OpenFile(name, os.O_RDONLY|nonblocking(), 0)
	if err != nil {
		return nil, 0, err
	}
	s, err := file.Stat()
	if err == nil && !s.Mode().IsRegular() {
		err = fmt.Errorf("%q is not a regular file", abridged(name))
	}
	if err != nil {
		_ = file.Close()
		return nil, 0, err
	}
	return file, s.Size(), nil
}
