package memory

import (
	"context"
	"math"
	"runtime/debug"
	"sync"

	"evenkeel/objective"
)

// Room is the memory of this machine for trainings. Those that are in it have what they
// announced, used already or not. It is safe for concurrent use.
type Room struct {
	// bounds is [Bounds], and collect gives unused memory back.
	bounds  func() []Bound
	collect func()
	// limit is the limit of the heap that the environment sets (GOMEMLIMIT).
	limit int64

	mu sync.Mutex
	// inside is how many trainings are in the room, promised what they announced.
	inside   int
	promised int64
	// before is what the process used of each bound when the first of them entered.
	before map[string]int64
	// left is closed when one leaves.
	left chan struct{}
}

// NewRoom returns the room of this machine.
func NewRoom() *Room {
	return &Room{bounds: Bounds, collect: debug.FreeOSMemory, limit: debug.SetMemoryLimit(-1), left: make(chan struct{})}
}

// large is from which size on the memory of a training that has ended is collected at once, so
// that it does not seem to be in use. Our choice.
const large = 256 << 20

// Enter waits until a training that needs so many bytes fits beside those in the room, and
// returns what it calls at its end. Where it does not fit and the room is empty the error is an
// [*objective.MemoryError]; ctx ends the waiting.
func (r *Room) Enter(ctx context.Context, need int64) (leave func(), err error) {
	for {
		left, err := r.try(need)
		if err != nil {
			return nil, err
		}
		if left == nil {
			return sync.OnceFunc(func() { r.leave(need) }), nil
		}
		select {
		case <-left:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// try lets a training in, or returns what is closed when there may be more room.
func (r *Room) try(need int64) (left <-chan struct{}, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	free, bound := r.free()
	if need > free {
		r.collect()
		free, bound = r.free()
	}
	switch {
	case need <= free:
		if r.inside++; r.inside == 1 {
			r.before = used(r.bounds())
		}
		r.promised += need
		r.bindHeap(free)
		return nil, nil
	case r.inside > 0:
		return r.left, nil
	}
	return nil, &objective.MemoryError{Need: need, Have: free, Bound: bound}
}

// free returns the room for another training, and what bounds it. Of what those inside
// announced, the part that the process has not taken since they entered is still to come.
func (r *Room) free() (free int64, bound string) {
	free = math.MaxInt64
	for _, b := range r.bounds() {
		due := int64(0)
		if r.inside > 0 {
			due = max(0, r.promised-max(0, b.Used-r.before[b.Name]))
		}
		if f := b.Free - b.Slack - due; f < free {
			free, bound = f, b.Name
		}
	}
	return free, bound
}

// bindHeap makes the collector work harder before the heap exceeds what is there: it would let
// garbage grow to as much as is in use.
func (r *Room) bindHeap(free int64) {
	limit := r.limit
	if h := readHeap(); free < math.MaxInt64 {
		limit = min(limit, h.total-h.released-h.free+free)
	}
	debug.SetMemoryLimit(limit)
}

// leastHeap is by how much the heap may grow in any case: a collector without room for garbage
// would do nothing else than collect.
const leastHeap = 64 << 20

// BindHeap keeps the garbage of this process within the memory that there is, for a process that
// trains without a room.
func BindHeap() {
	r := NewRoom()
	free, _ := r.free()
	r.bindHeap(max(free, leastHeap))
}

// used returns what the process has of each bound.
func used(bounds []Bound) map[string]int64 {
	all := make(map[string]int64, len(bounds))
	for _, b := range bounds {
		all[b.Name] = b.Used
	}
	return all
}

// leave takes a training out.
func (r *Room) leave(need int64) {
	if need >= large {
		r.collect()
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.inside--
	r.promised -= need
	close(r.left)
	r.left = make(chan struct{})
}
