package session

import (
	"runtime"
	"testing"

	"evenkeel/search"
)

// As many trainings go on at once as there are processors that Go may use; with fewer,
// each gets the threads that are left over.
func TestThreadsOfTrainings(t *testing.T) {
	before := runtime.GOMAXPROCS(6)
	defer runtime.GOMAXPROCS(before)
	for _, c := range []struct{ parallel, trainings, threads int }{{0, 6, 1}, {6, 6, 1}, {4, 4, 1}, {3, 3, 2}, {1, 1, 6}} {
		def := &search.Definition{}
		def.Search.Parallel = c.parallel
		if n, threads := parallelism(def), netOptions(def).Threads; n != c.trainings || threads != c.threads {
			t.Errorf("parallel %d: %d trainings on %d threads each; want %d on %d", c.parallel, n, threads, c.trainings, c.threads)
		}
	}
}
