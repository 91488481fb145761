package memory

import (
	"bytes"
	"errors"
	"math"
	"os"
	"path"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// Bounds returns what bounds the memory of this process.
func Bounds() []Bound {
	h := readHeap()
	status := fields("/proc/self/status")
	resident := status["VmRSS"] - h.free
	var all []Bound
	if free, ok := fields("/proc/meminfo")["MemAvailable"]; ok {
		all = append(all, Bound{"available memory", free + h.free, resident, slack})
	}
	all = append(all, groups(h, resident)...)
	idle := h.free + h.released
	for _, l := range []struct {
		name     string
		resource int
		used     int64
	}{
		{"limit of address space, ulimit -v", unix.RLIMIT_AS, status["VmSize"]},
		{"limit of data, ulimit -d", unix.RLIMIT_DATA, status["VmData"]},
	} {
		var r unix.Rlimit
		if unix.Getrlimit(l.resource, &r) == nil && r.Cur < math.MaxInt64 {
			all = append(all, Bound{l.name, int64(r.Cur) - l.used + idle, l.used - idle, addressSlack})
		}
	}
	return all
}

// fields reads a file of lines such as "MemAvailable:  123 kB", in bytes; nothing of a file
// that is not there.
func fields(name string) map[string]int64 {
	text, _ := os.ReadFile(name)
	values := make(map[string]int64)
	for line := range bytes.Lines(text) {
		key, rest, _ := strings.Cut(string(line), ":")
		value, isSize := strings.CutSuffix(strings.TrimSpace(rest), " kB")
		if n, err := strconv.ParseInt(value, 10, 64); err == nil && isSize {
			values[key] = n << 10
		}
	}
	return values
}

// The folders of control groups, of both versions.
const cgroup2, cgroup1 = "/sys/fs/cgroup", "/sys/fs/cgroup/memory"

// groups returns the limits of the control groups that the process is in, from its own to the
// outermost.
func groups(h heap, resident int64) (all []Bound) {
	text, _ := os.ReadFile("/proc/self/cgroup")
	for line := range strings.Lines(string(text)) {
		part := strings.SplitN(strings.TrimSpace(line), ":", 3) // number:controllers:path
		if len(part) < 3 {
			continue
		}
		root, limit, current := cgroup2, "memory.max", "memory.current"
		switch {
		case part[0] == "0" && part[1] == "":
		case part[1] == "memory":
			root, limit, current = cgroup1, "memory.limit_in_bytes", "memory.usage_in_bytes"
		default:
			continue
		}
		for at := path.Clean("/" + part[2]); ; at = path.Dir(at) {
			if most, ok := number(root + at + "/" + limit); ok {
				used, _ := number(root + at + "/" + current)
				all = append(all, Bound{"limit of the control group", most - used + cached(root+at) + h.free, resident, slack})
			}
			if at == "/" {
				break
			}
		}
	}
	return all
}

// number reads a limit; ok is false where there is none.
func number(name string) (n int64, ok bool) {
	text, err := os.ReadFile(name)
	if err != nil {
		return 0, false
	}
	n, err = strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64)
	if errors.Is(err, strconv.ErrRange) || err != nil || n >= 1<<60 { // "max", or as much as an address can be
		return 0, false
	}
	return n, true
}

// cached returns how much of a group's memory holds files that it can give up.
func cached(group string) int64 {
	text, _ := os.ReadFile(group + "/memory.stat")
	for line := range strings.Lines(string(text)) {
		if value, ok := strings.CutPrefix(line, "inactive_file "); ok {
			n, _ := strconv.ParseInt(strings.TrimSpace(value), 10, 64)
			return n
		}
	}
	return 0
}
