package samplertest

import (
	"testing"

	"evenkeel/search"
)

// fresh returns a new sampler.
type fresh func() search.Sampler

// checks are what is asked of a sampler on every space. Each returns what is
// wrong, or nil.
var checks = []struct {
	name string
	of   func(fresh, search.Space) error
}{
	{"inside", inside},
	{"ends", ends},
	{"same seed", sameSeed},
	{"other seed", otherSeed},
	{"history", anyHistory},
	{"long history", longHistory},
	{"arguments", argumentsUnchanged},
	{"forgets", forgets},
}

// Run runs the suite. The function returns a new sampler; two of them must
// behave alike. All draws are seeded, so a sampler passes always or never.
func Run(t *testing.T, sampler func() search.Sampler) {
	t.Run("name", func(t *testing.T) {
		if a, b := sampler().Name(), sampler().Name(); a == "" || a != b {
			t.Errorf("names %q and %q; want the same word twice", a, b)
		}
	})
	t.Run("wrong space", func(t *testing.T) {
		if err := wrongSpace(sampler); err != nil {
			t.Error(err)
		}
	})
	for _, space := range Spaces() {
		t.Run(space.Name, func(t *testing.T) {
			for _, check := range checks {
				t.Run(check.name, func(t *testing.T) {
					if err := check.of(sampler, space.Space); err != nil {
						t.Error(err)
					}
				})
			}
		})
	}
}
