package memory

import "runtime/metrics"

// Bound is one limit on the memory of this process.
type Bound struct {
	// Name says what it is, for people.
	Name string
	// Free is how much more there is, Used how much the process has of it, in bytes. What the
	// Go heap holds without use counts as free.
	Free, Used int64
	// Slack is what is kept free beside an estimate.
	Slack int64
}

// The memory that is kept free: for what the estimate does not know, and of the address space
// for arenas of the heap and stacks of threads, which are reserved whole. Our choice.
const slack, addressSlack = 32 << 20, 192 << 20

// heap is what the Go runtime has without use: free, and returned to the system while its
// addresses stay.
type heap struct{ free, released, total int64 }

// readHeap reads it, which stops nothing.
func readHeap() heap {
	s := []metrics.Sample{
		{Name: "/memory/classes/heap/free:bytes"}, {Name: "/memory/classes/heap/released:bytes"}, {Name: "/memory/classes/total:bytes"},
	}
	metrics.Read(s)
	return heap{free: int64(s[0].Value.Uint64()), released: int64(s[1].Value.Uint64()), total: int64(s[2].Value.Uint64())}
}
