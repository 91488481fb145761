package search

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"evenkeel/objective"
	"evenkeel/objective/models"
	"evenkeel/schemes"
)

// Plan returns what the trial at a point of the space does: the model with the
// keys that its kind and optimizer use, the recipe, the rounds, and how the
// weights are applied. The error is that of [Space.Contains].
func (d *Definition) Plan(p Point) (objective.Plan, error) {
	if err := d.Space.Contains(p); err != nil {
		return objective.Plan{}, fmt.Errorf("point: %w", err)
	}
	values := d.Space.Render(p)
	w := weightingOf(d.Weighting.Fixed, values)
	return objective.Plan{
		Model:       d.Model.resolve(values),
		Recipe:      d.recipe(p, values, w),
		Rounds:      int(w.number("rounds")),
		Apply:       w.word("apply"),
		WeightsFrom: w.number("weights_from"),
	}, nil
}

// ReferenceModel returns the model of the reference: every searched key at its
// middle (see [Space.Middle]) or first choice, with the keys that the kind and
// the optimizer use. Values are string, bool, int64, float64 or []int64.
func (d *Definition) ReferenceModel() map[string]any {
	return d.Model.resolve(d.Space.Render(d.Space.Middle()))
}

// resolve joins the fixed keys with the searched values of a point and keeps
// what the kind and the optimizer use.
func (m ModelConfig) resolve(values map[string]any) map[string]any {
	value := func(key string) (any, bool) {
		if v, ok := values[modelPrefix+key]; ok {
			return v, true
		}
		v, ok := m.Fixed[key]
		if list, is := v.([]int64); is {
			v = slices.Clone(list)
		}
		return v, ok
	}
	kind, _ := value("kind")
	out := map[string]any{"kind": kind}
	maps.Copy(out, m.Trainer.Identity())
	for _, key := range m.Keys[kind.(string)] {
		if v, ok := value(key); ok {
			out[key] = v
		}
	}
	for _, key := range models.KeysOf(kind.(string)) {
		if !key.Used(out) {
			delete(out, key.Name)
		}
	}
	return out
}

// recipe returns the complete weighting rule of a point.
func (d *Definition) recipe(p Point, values map[string]any, w settings) schemes.Recipe {
	index := int(p[KeyScheme]) // of the entry that the point uses
	entry := d.Weighting.Entries[index]
	prefix := KeyScheme + "." + strconv.Itoa(index) + "."
	r := schemes.Recipe{
		Scheme:    entry.Scheme,
		Values:    maps.Clone(entry.Fixed),
		Strength:  entry.Strength,
		Signal:    schemes.Signal(w.word("signal")),
		Smoothing: schemes.Smoothing(w.word("smoothing")),
		Update:    schemes.Update(w.word("update")),
		Damping:   w.number("damping"),
		Clip:      w.number("clip"),
		Normalize: schemes.Normalization(w.word("normalize")),
	}
	if r.Values == nil {
		r.Values = schemes.Values{}
	}
	for _, param := range entry.Scheme.Params {
		if v, ok := values[prefix+param.Name]; ok {
			r.Values[param.Name] = number(v)
		}
	}
	if v, ok := values[prefix+"strength"]; ok {
		r.Strength = v.(float64)
	}
	return r
}

// settings are the weighting keys of one point, those of schemes too.
type settings map[string]any

// weightingOf joins the fixed weighting keys with the searched values of a point.
func weightingOf(fixed, values map[string]any) settings {
	s := settings(maps.Clone(fixed))
	if s == nil {
		s = settings{}
	}
	for name, v := range values {
		if key, ok := strings.CutPrefix(name, weightingPrefix); ok {
			s[key] = v
		}
	}
	return s
}

// word returns a key that holds a word.
func (s settings) word(key string) string {
	v, _ := s[key].(string)
	return v
}

// number returns a key that holds a number.
func (s settings) number(key string) float64 {
	return number(s[key])
}

// number returns a value of a point as a number, 0 if it is none.
func number(v any) float64 {
	switch v := v.(type) {
	case int64:
		return float64(v)
	case float64:
		return v
	}
	return 0
}
