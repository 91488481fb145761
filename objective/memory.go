package objective

import (
	"fmt"
	"strconv"
)

// ErrNoRoom is wrapped by the error of a [Trainer] that did not start a training because it
// needs more memory than this machine has for it. That says nothing of the run: another
// machine performs it. So it is no outcome, and whoever drives the trainer must stop and say
// why, as after any [ErrTrainerBroken], which it wraps.
var ErrNoRoom = fmt.Errorf("too little memory here: %w", ErrTrainerBroken)

// MemoryError is an [ErrNoRoom] with its figures.
type MemoryError struct {
	// Need is what the training needs by its estimate, Have what there is for it, in bytes.
	Need, Have int64
	// Bound says what bounds Have, such as "available memory".
	Bound string
}

// Error names the figures and what bounds them.
func (e *MemoryError) Error() string {
	return fmt.Sprintf("a training needs about %s of memory, and here is %s (%s); it was not started", Bytes(e.Need), Bytes(max(0, e.Have)), e.Bound)
}

// Unwrap returns [ErrNoRoom].
func (e *MemoryError) Unwrap() error { return ErrNoRoom }

// The units in which sizes of memory are written, the largest first: those of 1000 and, with
// an i, of 1024.
var byteUnits = []struct {
	Name string
	Size int64
}{
	{"TiB", 1 << 40}, {"TB", 1e12}, {"GiB", 1 << 30}, {"GB", 1e9}, {"MiB", 1 << 20}, {"MB", 1e6}, {"KiB", 1 << 10}, {"kB", 1e3}, {"B", 1},
}

// UnitOf returns the number of bytes of a unit by its name; ok is false for an unknown one.
func UnitOf(name string) (size int64, ok bool) {
	for _, u := range byteUnits {
		if u.Name == name {
			return u.Size, true
		}
	}
	return 0, false
}

// ExactBytes writes a size so that nothing is lost, in the largest unit of which it is a whole
// number, as a study file has it: 8GB, 512MiB; 0 has no unit.
func ExactBytes(n int64) string {
	if n == 0 {
		return "0"
	}
	for _, u := range byteUnits {
		if n%u.Size == 0 {
			return strconv.FormatInt(n/u.Size, 10) + u.Name
		}
	}
	return strconv.FormatInt(n, 10) + "B" // not reached: every size is a whole number of bytes
}

// Bytes writes a size for reading, in units of 1000: 14.2 GB, 350 MB.
func Bytes(n int64) string {
	switch {
	case n >= 1e12:
		return strconv.FormatFloat(float64(n)/1e12, 'f', 1, 64) + " TB"
	case n >= 1e9:
		return strconv.FormatFloat(float64(n)/1e9, 'f', 1, 64) + " GB"
	case n >= 1e6:
		return strconv.FormatInt(n/1e6, 10) + " MB"
	}
	return strconv.FormatInt(n/1e3, 10) + " kB"
}
