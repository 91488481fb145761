// Package cachetest is the suite that every [objective.Cache] passes, and a
// cache in memory to compare with and to test with.
//
// Run takes a function that opens an empty cache:
//
//	func TestCache(t *testing.T) {
//		cachetest.Run(t, func(t *testing.T) objective.Cache { return cachetest.NewMemory() })
//	}
package cachetest
