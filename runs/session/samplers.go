package session

import (
	"maps"
	"slices"

	"evenkeel/search"
	"evenkeel/search/random"
	"evenkeel/search/tpe"
)

// samplers are the samplers by name.
var samplers = map[string]func() search.Sampler{
	"random": func() search.Sampler { return random.New() },
	"tpe":    func() search.Sampler { return tpe.New() },
}

// Samplers returns the names of the samplers that a study file may ask for.
func Samplers() []string { return slices.Sorted(maps.Keys(samplers)) }
