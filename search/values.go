package search

import "strings"

// Values returns every value that a key of the study file may take, under its
// name in the space, such as [KeyApply]: the fixed one, the choices, or
// the two ends of a range.
func (d *Definition) Values(name string) []any {
	if p, ok := d.Space.param(name); ok {
		switch p.Kind {
		case Categorical:
			return p.Choices
		case Int:
			return []any{int64(p.Low), int64(p.High)}
		default:
			return []any{p.Low, p.High}
		}
	}
	for prefix, fixed := range map[string]map[string]any{modelPrefix: d.Model.Fixed, weightingPrefix: d.Weighting.Fixed} {
		if key, ok := strings.CutPrefix(name, prefix); ok {
			if v, ok := fixed[key]; ok {
				return []any{v}
			}
		}
	}
	return nil
}
