// Package random is the sampler that looks at nothing: every parameter that
// exists is uniform on its own scale, independently of all others and of the
// history. It is the baseline that every cleverer sampler has to beat.
//
// It is not a source of random numbers; the driver hands it a generator made by
// search.Rand.
//
// Start with [New]:
//
//	point, err := random.New().Suggest(space, nil, search.Rand(seed, trial, "suggest"))
//
// Points are stable: every parameter of the space uses exactly one draw, in the
// order of the space and whether or not it exists in the point. So the value of
// a parameter does not depend on which choices the others took, and a parameter
// added at the end changes no other.
package random
