//go:build !linux && !darwin && !freebsd

package doctor

// free cannot tell here.
func free(string) (bytes uint64, known bool) { return 0, false }
