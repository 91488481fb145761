//go:build !unix

package disk

// canWrite cannot tell here and reports that files may be made.
func canWrite(string) bool { return true }
