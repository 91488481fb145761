// Package storetest is the suite that every [search.Store] passes, and a store in memory
// to compare with and to test with. It asks what the driver relies on: that steps and
// their outcomes come back as they were recorded, in the order of their numbers and
// without waiting, that the first outcome of a step is final, and that goroutines may
// call at once. A test runs it on stores with one deliberate fault each.
//
// What only people read, the reference, offsets and the share of the predictions that
// training delivered, cannot be asked for through the interface: the suite records it
// and looks that nothing else changes.
//
// Start with [Run], on a store of a study with the definition [Definition]:
//
//	func TestStore(t *testing.T) {
//		storetest.Run(t, func(t testing.TB) storetest.Opened {
//			return storetest.Opened{Store: storetest.NewMemory()}
//		})
//	}
package storetest
