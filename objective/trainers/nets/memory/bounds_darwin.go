package memory

import "golang.org/x/sys/unix"

// Bounds returns what bounds the memory of this process: all that the machine has.
func Bounds() []Bound {
	all, err := unix.SysctlUint64("hw.memsize")
	if err != nil {
		return nil
	}
	h := readHeap()
	used := h.total - h.free - h.released
	return []Bound{{"memory of the machine", int64(all) - used, used, slack}}
}
