package data

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io/fs"
	"os"
	"path/filepath"
)

// newFingerprint returns the hash that a source's content goes into. The name of
// the preparation comes first: its number changes when the numbers that are made
// of the same content do.
func newFingerprint(preparation string) hash.Hash {
	h := sha256.New()
	fmt.Fprintf(h, "evenkeel data: %s\n", preparation)
	return h
}

// sum returns a fingerprint as text.
func sum(h hash.Hash) string { return hex.EncodeToString(h.Sum(nil)) }

// folder reports whether path is a folder that can be read, as a source needs.
func folder(path string) error {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return unreadable(path, err)
	case !info.IsDir():
		return fmt.Errorf("%s is a file; want the folder with the files", path)
	}
	return nil
}

// openFile opens a regular file.
func openFile(path string) (*os.File, error) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return nil, unreadable(path, err)
	case info.IsDir():
		return nil, fmt.Errorf("%s is a folder; want a file", path)
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("%s is not a regular file", path)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, unreadable(path, err)
	}
	return f, nil
}

// unreadable says which file cannot be opened, once.
func unreadable(path string, err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		err = p.Err
	}
	return fmt.Errorf("%s: %w", path, err)
}

// exists reports whether there is anything at path.
func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// baseName returns the last part of a path, also of "." and "..".
func baseName(path string) string {
	if abs, err := filepath.Abs(path); err == nil {
		path = abs
	}
	return filepath.Base(path)
}

// reading opens a file, has it read, and says in errors which file it was.
func reading(path string, read func(*os.File) error) error {
	f, err := openFile(path)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := read(f); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}
