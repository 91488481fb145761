//go:build !linux

package disk

// renameNew renames a file to a name that must be new; otherwise the error is [fs.ErrExist].
func renameNew(from, to string) error { return renameTaken(from, to) }
