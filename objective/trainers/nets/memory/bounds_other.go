//go:build !linux && !darwin

package memory

// Bounds returns nothing: here it is not known what bounds the memory of this process.
func Bounds() []Bound { return nil }
