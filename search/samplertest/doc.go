// Package samplertest is the suite that every sampler passes: points inside the
// space, both ends reachable, every kind and scale, no hidden state, tolerance
// of any history. A test runs it on samplers with one deliberate fault each.
//
// It does not ask whether a sampler is any good; a sampler's own tests do.
//
// Start with [Run]:
//
//	func TestSuite(t *testing.T) {
//		samplertest.Run(t, func() search.Sampler { return random.New() })
//	}
package samplertest
