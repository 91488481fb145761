package data

import "fmt"

// Open returns the examples of a source. The result may share memory with other
// results of Open and must not be changed.
func Open(src Source) (*Dataset, error) {
	k, ok := LookupKind(src.Kind)
	if !ok {
		return nil, fmt.Errorf("source %w", unknownSource(src.String(), src.Kind))
	}
	if k.Path == "" && src.Path != "" || k.Path != "" && src.Path == "" {
		_, err := ParseSource(src.String())
		return nil, fmt.Errorf("source %w", err)
	}
	return k.open(src)
}
