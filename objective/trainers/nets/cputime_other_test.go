//go:build !unix

package nets

// processorSeconds returns 0: not known here.
func processorSeconds() float64 { return 0 }
