// Package samplers is the list of samplers. The study file, the flags and the
// drivers of a search read it, so that a sampler that can be named can be made.
//
// It is a package of its own because [search] does not import what implements its
// interfaces. To add a sampler, write it in a folder of search, run the suite of
// package samplertest on it, and add its New to the list here.
package samplers

import (
	"fmt"
	"strings"

	"evenkeel/search"
	"evenkeel/search/random"
	"evenkeel/search/tpe"
)

// samplers makes every sampler, in the order in which they are shown.
var samplers = []func() search.Sampler{
	func() search.Sampler { return random.New() },
	func() search.Sampler { return tpe.New() },
}

// Default names the sampler of a study file that names none.
func Default() string { return tpe.New().Name() }

// Names returns the names of all samplers, the words of search.sampler.
func Names() []string {
	names := make([]string, len(samplers))
	for i, sampler := range samplers {
		names[i] = sampler().Name()
	}
	return names
}

// New returns the sampler of a name. The error lists those there are.
func New(name string) (search.Sampler, error) {
	for _, sampler := range samplers {
		if s := sampler(); s.Name() == name {
			return s, nil
		}
	}
	return nil, fmt.Errorf("there is no sampler %q; want one of %s", name, strings.Join(Names(), ", "))
}
