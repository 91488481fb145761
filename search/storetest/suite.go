package storetest

import (
	"testing"

	"evenkeel/objective"
	"evenkeel/objective/cachetest"
	"evenkeel/search"
)

// Opened is a store that is empty.
type Opened struct {
	Store search.Store
	// Reopen gives up the store and opens the same study again, as another process
	// would; nil for a store that does not outlive its process.
	Reopen func() (search.Store, error)
}

// Open returns a new store of a study with the definition [Definition], which is let go
// of at the end of the test.
type Open func(t testing.TB) Opened

// checks are what is asked of a store. Each opens what it needs, and returns what is
// wrong, or nil.
var checks = []struct {
	name string
	of   func(t testing.TB, open Open) error
}{
	{"new", empty},
	{"steps", steps},
	{"outcomes", outcomes},
	{"open steps", openSteps},
	{"first outcome", firstOutcome},
	{"copies", copies},
	{"arguments", arguments},
	{"beside steps", besideSteps},
	{"screen seeds", screenSeeds},
	{"side by side", sideBySide},
	{"reopened", reopened},
}

// Run runs the suite, and [cachetest.Run] on the store as a cache.
func Run(t *testing.T, open Open) {
	t.Run("cache", func(t *testing.T) {
		cachetest.Run(t, func(t *testing.T) objective.Cache { return open(t).Store })
	})
	for _, check := range checks {
		t.Run(check.name, func(t *testing.T) {
			if err := check.of(t, open); err != nil {
				t.Error(err)
			}
		})
	}
}
