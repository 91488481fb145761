//go:build !unix

package disk

// Alive cannot tell here and reports that the process exists.
func Alive(int) bool { return true }
