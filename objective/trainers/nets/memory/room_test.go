package memory

import (
	"context"
	"errors"
	"math"
	"runtime/debug"
	"testing"

	"evenkeel/objective"
)

// machine is one with so much memory, of which trainings take what they are told to.
type machine struct {
	free, used, garbage int64
	collected           int
}

func (m *machine) room() *Room {
	return &Room{
		bounds: func() []Bound {
			return []Bound{{Name: "other", Free: math.MaxInt64 / 2}, {Name: "test", Free: m.free, Used: m.used, Slack: 10}}
		},
		collect: func() { m.collected++; m.take(-m.garbage); m.garbage = 0 },
		limit:   math.MaxInt64, left: make(chan struct{}),
	}
}

// take moves memory from free to used.
func (m *machine) take(n int64) { m.free, m.used = m.free-n, m.used+n }

// enters reports whether a training is let in at once.
func enters(t *testing.T, r *Room, need int64) bool {
	t.Helper()
	left, err := r.try(need)
	if err != nil {
		t.Fatal(err)
	}
	return left == nil
}

// TestRoom: what was announced counts before it is used and once when it is.
func TestRoom(t *testing.T) {
	m := &machine{free: 1000, used: 500}
	r := m.room()
	if !enters(t, r, 600) {
		t.Fatal("a training that fits is not let in")
	}
	if enters(t, r, 391) {
		t.Fatal("600 and 391 of 990 are announced, and both are inside")
	}
	m.take(600) // what was announced
	if enters(t, r, 391) || !enters(t, r, 390) {
		t.Fatal("used memory counts twice, or not at all")
	}
	m.take(-600)
	r.leave(600)
	if enters(t, r, 601) || !enters(t, r, 600) {
		t.Fatal("the room of a training that left is not free, or more is")
	}
}

// TestRoomIsTooSmall: what does not fit into the empty room is an error with figures; memory
// that can be collected is room.
func TestRoomIsTooSmall(t *testing.T) {
	m := &machine{free: 400, used: 1100, garbage: 600}
	r := m.room()
	if !enters(t, r, 990) || m.collected != 1 {
		t.Fatalf("memory without use, collected %d times, is no room", m.collected)
	}
	r.leave(990)
	_, err := r.Enter(t.Context(), 991)
	var short *objective.MemoryError
	if !errors.As(err, &short) || *short != (objective.MemoryError{Need: 991, Have: 990, Bound: "test"}) {
		t.Errorf("error %#v; want one with the figures", err)
	}
}

// TestRoomWaits: a training waits for another one to leave, as long as its context lasts.
func TestRoomWaits(t *testing.T) {
	r := (&machine{free: 1010}).room()
	leave, err := r.Enter(t.Context(), 600)
	if err != nil {
		t.Fatal(err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := r.Enter(ended, 500); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v; want that of the context", err)
	}
	entered := make(chan error)
	go func() {
		second, err := r.Enter(t.Context(), 500)
		if err == nil {
			second()
		}
		entered <- err
	}()
	leave()
	leave() // once is enough
	if err := <-entered; err != nil {
		t.Error(err)
	}
	if r.inside != 0 || r.promised != 0 {
		t.Errorf("%d inside with %d bytes; want none", r.inside, r.promised)
	}
}

// TestHeapIsBound: garbage is collected before it takes more than there is, also where the
// environment allows more; where that allows less, it counts.
func TestHeapIsBound(t *testing.T) {
	before := debug.SetMemoryLimit(-1)
	defer debug.SetMemoryLimit(before)
	for _, environment := range []int64{math.MaxInt64, 100 << 20} {
		r := (&machine{free: 1 << 30}).room()
		r.limit = environment
		if !enters(t, r, 1<<20) {
			t.Fatal("a training that fits is not let in")
		}
		if limit := debug.SetMemoryLimit(-1); limit > environment || limit > 2<<30 || limit < 100<<20 {
			t.Errorf("the heap is bound to %d bytes; the environment allows %d, and a GiB is free", limit, environment)
		}
	}
}

// TestBounds: the limits of this machine make sense, and a room of it lets something in.
func TestBounds(t *testing.T) {
	for _, b := range Bounds() {
		if b.Name == "" || b.Free <= 0 || b.Used <= 0 {
			t.Errorf("%+v", b)
		}
	}
	leave, err := NewRoom().Enter(t.Context(), 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	leave()
}
