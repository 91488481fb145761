//go:build !unix

package runs

// alive cannot tell here and gives the process the benefit of the doubt.
func alive(int) bool { return true }
