//go:build unix && integration

package process

// floodMegabytes is the gigabyte that the issue speaks of.
const floodMegabytes = 1024
