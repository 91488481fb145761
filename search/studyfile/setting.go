package studyfile

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"evenkeel/objective"
	"evenkeel/objective/data"
	"evenkeel/search"
)

// noTime is the default of search.time.
const noTime = time.Duration(0)

// setting is what a key was set to: one value, a choice of at least two, or a
// range of at least two values.
type setting struct {
	key   key
	value any
	// choices and span are nil unless the key is searched.
	choices []any
	span    *span
	// at is the place of the value; given says that the file or an override has it.
	at    position
	given bool
}

// span is a range, both ends included. Its JSON reads as in a study file.
type span struct {
	Low  float64 `json:"low"`
	High float64 `json:"high"`
	Log  bool    `json:"log,omitempty"`
	Step float64 `json:"step,omitempty"`
	// Type is set where the key does not say it.
	Type string `json:"type,omitempty"`
}

// words returns every word that the key may have.
func (s setting) words() []string {
	if s.choices == nil {
		return []string{s.value.(string)}
	}
	out := make([]string, len(s.choices))
	for i, c := range s.choices {
		out[i] = c.(string)
	}
	return out
}

// param returns the dimension of the space, if there is one.
func (s setting) param(name string, when *search.Condition) (search.Param, bool) {
	p := search.Param{Name: name, When: when}
	switch {
	case s.choices != nil:
		p.Kind, p.Choices = search.Categorical, s.choices
	case s.span != nil:
		p.Kind = search.Real
		if s.key.kind == integerKey {
			p.Kind = search.Int
		}
		p.Low, p.High, p.Log, p.Step = s.span.Low, s.span.High, s.span.Log, s.span.Step
	default:
		return p, false
	}
	return p, true
}

// canonical returns the setting as it would be written in a study file.
func (s setting) canonical() any {
	switch {
	case s.span != nil:
		return s.span
	case s.choices != nil:
		return s.choices
	case s.key.kind == sizeKey:
		return objective.ExactBytes(s.value.(int64))
	}
	switch v := s.value.(type) {
	case []int64:
		return [][]int64{v}
	case time.Duration:
		return v.String()
	case data.OneHot:
		if v.Columns != nil {
			return v.Columns
		}
		return v.All
	}
	return s.value
}

// fixed reads a key that cannot be searched; nil gives the default.
func (p *parser) fixed(path string, k key, n *node) setting {
	k = p.bounded(k)
	s := setting{key: k, value: k.def}
	if n == nil || n.kind == broken {
		return s
	}
	s.at, s.given = n.at, true
	switch {
	case k.kind == columnsKey && n.kind == list, k.kind == commandKey, k.kind == slotsKey:
		s.value = p.one(path, k, n)
	case n.kind == list:
		p.add(n.at, "%s is a list; %s, want %s", path, unsearched(path), k.want())
	case n.kind == mapping:
		p.add(n.at, "%s is a mapping; %s, want %s", path, unsearched(path), k.want())
	default:
		s.value = p.one(path, k, n)
	}
	return s
}

// unsearched says why a key that [parser.fixed] reads cannot be searched.
func unsearched(path string) string {
	if strings.HasPrefix(path, "model.") {
		return "it is a setting of the trainer and cannot be searched"
	}
	return "only model and weighting can be searched"
}

// open reads a key that may be searched; nil gives the default.
func (p *parser) open(path string, k key, n *node) setting {
	k = p.bounded(k)
	s := setting{key: k, value: k.def}
	if n == nil || n.kind == broken {
		return s
	}
	s.at, s.given = n.at, true
	switch {
	case k.kind == widthsKey && !listOfLists(n):
		p.add(n.at, "%s %s", path, flatWidths(n))
	case n.kind == list:
		p.choices(path, &s, n)
	case n.kind == mapping:
		p.span(path, &s, n)
	default:
		s.value = p.one(path, k, n)
	}
	return s
}

// one reads a single value, or reports it and returns the default.
func (p *parser) one(path string, k key, n *node) any {
	if n.kind == broken {
		return k.def
	}
	v, fault := k.read(n)
	if fault == "" {
		return v
	}
	if strings.HasPrefix(fault, "is ") || strings.HasPrefix(fault, "has ") {
		fault = path + " " + fault
	} else {
		fault = path + ": " + fault
	}
	if !strings.Contains(fault, "; write ") && !strings.Contains(fault, "; want ") { // it does not say yet what would be right
		fault += "; " + k.right()
	}
	p.add(n.at, "%s", fault)
	return k.def
}

// maxChoices bounds a choice, and the time that comparing its values takes.
const maxChoices = 1000

// choices reads a list: one entry is a value, more are a choice.
func (p *parser) choices(path string, s *setting, n *node) {
	if len(n.items) == 0 {
		p.add(n.at, "%s is an empty list; want one value, or a choice of several", path)
		return
	}
	if len(n.items) > maxChoices {
		p.add(n.at, "%s has %d choices; want at most %d, or a range", path, len(n.items), maxChoices)
		return
	}
	var values []any
	for i, item := range n.items {
		if v, ok := p.choice(path, i, s.key, item); ok {
			if j := slices.IndexFunc(values, func(w any) bool { return reflect.DeepEqual(v, w) }); j >= 0 {
				p.add(item.at, "%s, choice %d repeats an earlier one; want each choice once", path, i+1)
				continue
			}
			values = append(values, v)
		}
	}
	switch {
	case len(values) < len(n.items): // reported
	case len(values) == 1:
		s.value = values[0]
	default:
		s.value, s.choices = nil, values
	}
}

// choice reads entry i of a choice.
func (p *parser) choice(path string, i int, k key, n *node) (any, bool) {
	path = fmt.Sprintf("%s, choice %d", path, i+1)
	switch {
	case n.kind == broken:
		return nil, false
	case k.kind != widthsKey && n.kind != scalar:
		p.add(n.at, "%s is %s; want single values in a choice; a range is not one of them", path, describe(n))
		return nil, false
	}
	before := p.found
	v := p.one(path, k, n)
	return v, p.found == before
}

// listOfLists reports whether n is a list with lists only, or an empty one.
func listOfLists(n *node) bool {
	if n.kind != list {
		return false
	}
	for _, item := range n.items {
		if item.kind != list && item.kind != broken {
			return false
		}
	}
	return true
}

// flatWidths says what is wrong with widths that are not a list of lists, and
// names both readings of a flat list.
func flatWidths(n *node) string {
	if n.kind == scalar && !n.null() {
		return fmt.Sprintf("is %s; want a list of lists, [[%s]] for one hidden layer", describe(n), describe(n))
	}
	if n.kind != list {
		return "is " + describe(n) + "; want a list of lists, such as [[128]]"
	}
	var widths []string
	for _, item := range n.items {
		if item.kind != scalar || item.null() {
			return "mixes lists and single values; want a list of lists, such as [[128], [256, 128]]"
		}
		widths = append(widths, describe(item))
	}
	if len(widths) == 1 {
		return fmt.Sprintf("is the flat list [%s]; want [[%[1]s]]", widths[0])
	}
	more := ""
	if len(widths) > 6 {
		widths, more = widths[:6], ", ..."
	}
	return fmt.Sprintf("is a flat list; want [[%s%s]] for one network with %d hidden layers, or [[%s]%s] for a choice of %d networks",
		strings.Join(widths, ", "), more, len(n.items), strings.Join(widths, "], ["), more, len(n.items))
}

// canonicalJSON is the canonical JSON of a value that JSON can hold.
func canonicalJSON(v any) json.RawMessage {
	b, err := json.Marshal(v)
	if err != nil {
		panic("studyfile: " + err.Error()) // only finite numbers and words get here
	}
	return b
}
