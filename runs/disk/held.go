package disk

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
)

// held is a database file that this process uses. What it is known by is the file itself
// and not a name of it: names change and a file may have several.
//
// Closing any descriptor of a file drops every POSIX lock that the process holds on it,
// SQLite's included (https://www.sqlite.org/howtocorrupt.html, 2.2). So a held file has one
// descriptor of ours, which is open as long as the process uses the file: everything that
// is not SQLite reads and locks through it.
type held struct {
	file *os.File
	info os.FileInfo // the identity
	// spare are further descriptors, which nothing but the end of the use may close.
	spare []*os.File
	uses  int
	parts map[int]bool // those that this process has locked
}

// inUse are the files that this process uses.
var inUse = struct {
	sync.Mutex
	files []*held
}{}

// find returns the held file of an identity, nil if there is none. The caller has the mutex.
func find(info os.FileInfo) *held {
	for _, h := range inUse.files {
		if os.SameFile(h.info, info) {
			return h
		}
	}
	return nil
}

// hold makes sure that the file may be used, creates it if it is to be created, and notes
// its use. It opens no file that this process uses already.
func (f *File) hold(ctx context.Context) (err error) {
	inUse.Lock()
	defer inUse.Unlock()
	info, err := f.inspect()
	if err != nil {
		return err
	}
	if info != nil {
		if h := find(info); h != nil {
			h.uses++
			f.held = h
			return nil
		}
	}
	file, err := f.openDescriptor()
	if err != nil {
		return err
	}
	if info, err = file.Stat(); err != nil {
		return errors.Join(reason(err), file.Close())
	}
	if h := find(info); h != nil { // it took this name just now
		h.spare = append(h.spare, file)
		h.uses++
		f.held = h
		return nil
	}
	if err := identify(ctx, f.path, file, info.Size()); err != nil {
		return errors.Join(err, file.Close())
	}
	f.held = &held{file: file, info: info, uses: 1, parts: make(map[int]bool)}
	inUse.files = append(inUse.files, f.held)
	return nil
}

// openDescriptor opens the file, and creates it if it is to be created. A lock needs a
// descriptor that may write, so it is one where that is allowed, also for reading.
func (f *File) openDescriptor() (*os.File, error) {
	if f.options.ReadOnly {
		file, err := os.OpenFile(f.path, os.O_RDWR, 0)
		if err == nil {
			return file, nil
		}
		if file, err = os.Open(f.path); err != nil {
			return nil, fmt.Errorf("it cannot be read: %w", reason(err))
		}
		return file, nil
	}
	flags := os.O_RDWR | os.O_CREATE
	if f.options.Existing {
		flags = os.O_RDWR
	}
	file, err := os.OpenFile(f.path, flags, 0o644)
	if err != nil {
		return nil, fmt.Errorf("it cannot be written: %w", reason(err))
	}
	return file, nil
}

// release ends the use of the file. No connection of this File is open any more.
func (f *File) release() {
	if f.held == nil {
		return
	}
	inUse.Lock()
	defer inUse.Unlock()
	h := f.held
	f.held = nil
	if h.uses--; h.uses > 0 {
		return
	}
	for i, other := range inUse.files {
		if other == h {
			inUse.files = append(inUse.files[:i], inUse.files[i+1:]...)
			break
		}
	}
	for _, file := range append(h.spare, h.file) {
		_ = file.Close() // nothing was written through it
	}
}

// inspect looks at the file without opening it, and says why it cannot be used. It returns
// nil for a file that does not exist and may be created.
func (f *File) inspect() (os.FileInfo, error) {
	if err := refuseNetwork(filepath.Dir(f.path)); err != nil {
		return nil, err
	}
	info, err := os.Stat(f.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, f.inspectMissing()
	}
	if err != nil {
		return nil, reason(err)
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("it is not a regular file; want the path of a database file")
	}
	if n := links(info); n > 1 {
		return nil, fmt.Errorf("the file has %d names (hard links), and SQLite keeps the last changes in a file that goes by one of them; "+
			"leave it one name (find the others with `find / -xdev -samefile %s`), or copy it with cp and use the copy", n, f.path)
	}
	return info, nil
}
