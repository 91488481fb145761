package search

// Values returns every value that a key of the study file may take, under its
// name in the space, such as "weighting.apply": the fixed one, the choices, or
// the two ends of a range.
func (d *Definition) Values(name string) []any {
	for _, p := range d.Space.Params {
		switch {
		case p.Name != name:
		case p.Kind == Categorical:
			return p.Choices
		case p.Kind == Int:
			return []any{int64(p.Low), int64(p.High)}
		default:
			return []any{p.Low, p.High}
		}
	}
	for prefix, fixed := range map[string]map[string]any{"model.": d.Model.Fixed, "weighting.": d.Weighting.Fixed} {
		if len(name) > len(prefix) && name[:len(prefix)] == prefix {
			if v, ok := fixed[name[len(prefix):]]; ok {
				return []any{v}
			}
		}
	}
	return nil
}
