//go:build unix && !integration

package process

// floodMegabytes is enough to fill every buffer many times.
const floodMegabytes = 256
