package schemes

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Defaults returns the value of every parameter where a study file is silent.
// The map is the caller's; it is empty for a scheme without parameters.
func (s *Scheme) Defaults() Values {
	v := make(Values, len(s.Params))
	for _, p := range s.Params {
		v[p.Name] = p.Default
	}
	return v
}

// check reports every fault of v as values for the parameters of s, in the
// order of the names: a parameter that s does not have, with the nearest one
// that it has, and a value that is NaN or out of range. Parameters that are
// absent are in order: they have their defaults.
func (s *Scheme) check(v Values) error {
	var faults []error
	for _, name := range slices.Sorted(maps.Keys(v)) {
		i := slices.IndexFunc(s.Params, func(p Param) bool { return p.Name == name })
		if i < 0 {
			faults = append(faults, s.unknownParam(name))
			continue
		}
		// Written so that NaN fails.
		if p := s.Params[i]; !(v[name] >= p.Min && v[name] <= p.Max) {
			faults = append(faults, fmt.Errorf("scheme %s: %s is %v; want a number from %v to %v", s.Name, name, v[name], p.Min, p.Max))
		}
	}
	return errors.Join(faults...)
}

// unknownParam is the error for a parameter that s does not have.
func (s *Scheme) unknownParam(name string) error {
	if len(s.Params) == 0 {
		return fmt.Errorf("scheme %s has no parameter %q; it takes none", s.Name, name)
	}
	known := make([]string, len(s.Params))
	for i, p := range s.Params {
		known[i] = p.Name
	}
	if near, ok := Nearest(name, known); ok {
		return fmt.Errorf("scheme %s has no parameter %q; did you mean %q?", s.Name, name, near)
	}
	return fmt.Errorf("scheme %s has no parameter %q; it takes %s", s.Name, name, strings.Join(known, ", "))
}

// complete returns a copy of v in which absent parameters have their defaults.
func (s *Scheme) complete(v Values) Values {
	full := s.Defaults()
	maps.Copy(full, v)
	return full
}
