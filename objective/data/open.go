package data

import (
	"fmt"
	"strings"
)

// Open returns the examples of a source, given as in the study file: a kind,
// or KIND:PATH. The only kind is `embedded`, which takes no path. The slices of
// the result may be shared with other callers of Open and must not be changed.
func Open(source string) (*Dataset, error) {
	kind, path, hasPath := strings.Cut(source, ":")
	if kind != "embedded" {
		return nil, fmt.Errorf("data source %q: unknown kind %q; want embedded", source, kind)
	}
	if hasPath {
		return nil, fmt.Errorf("data source %q: embedded takes no path, got %q; want just embedded", source, path)
	}
	ds, err := embedded()
	if err != nil {
		return nil, fmt.Errorf("data source %q: %w", source, err)
	}
	d := *ds
	return &d, nil
}
