package studyfile

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"evenkeel/objective"
	"evenkeel/objective/data"
	"evenkeel/schemes"
	"evenkeel/search"
)

// keyType is the declared type of a key; it decides how a literal is read.
type keyType int

const (
	realKey     keyType = iota // float64
	integerKey                 // int64
	wordKey                    // string, one of key.words
	textKey                    // string
	booleanKey                 // bool
	durationKey                // time.Duration
	widthsKey                  // []int64
	columnsKey                 // data.OneHot
	commandKey                 // []string
	slotsKey                   // []map[string]string
	valueKey                   // string, bool, int64 or float64, as it is written
)

// key is one key of a section: its type, what it accepts, its default.
type key struct {
	name string
	kind keyType
	// min and max bound numbers; above and below say that the bound itself is
	// not allowed. zero says that 0 is allowed beside them.
	min, max           float64
	above, below, zero bool
	words              []string
	def                any
	// inferred says that the key is declared nowhere: its kind was taken from the
	// way its range is written.
	inferred bool
	// models lists the model kinds that use the key; nil means all.
	models []string
}

// maxReal bounds numbers that nothing else bounds.
const maxReal = math.MaxFloat64

// maxInt32 bounds integers that are kept as int on every machine.
const maxInt32 = math.MaxInt32

// sections are the keys of the file itself, in the order in which they are shown.
var sections = []string{"study", "data", "model", "weighting", "objective", "search"}

var dataKeys = []key{
	{name: "source", kind: textKey, def: "embedded"},
	{name: "label", kind: textKey, def: data.DefaultLabel},
	{name: "test_file", kind: textKey, def: ""},
	{name: "one_hot", kind: columnsKey, def: data.OneHot{}},
	{name: "validation", max: 1, above: true, below: true, def: 0.2},
	{name: "test", max: 1, below: true, def: 0.2},
	{name: "limit", kind: integerKey, max: maxInt32, def: int64(0)},
	{name: "seed", kind: integerKey, max: maxExact, def: int64(1)},
}

// tableKeys are the data keys that only tables use.
var tableKeys = []string{"label", "test_file", "one_hot"}

// command is the model kind that is the user's own program.
const command = "command"

// builtIn are the kinds of models that the program brings.
var builtIn = []string{"softmax", "mlp", "cnn", "resnet8"}

// onImages are those that take images only.
var onImages = []string{"cnn", "resnet8"}

var modelKinds = append(slices.Clone(builtIn), command)

// modelKeys come after kind. A key that another depends on comes before it.
var modelKeys = []key{
	{name: "epochs", kind: integerKey, min: 1, max: 1_000_000, def: int64(15)},
	{name: "batch", kind: integerKey, min: 1, max: 65_536, def: int64(128), models: builtIn},
	{name: "optimizer", kind: wordKey, words: []string{"adam", "sgd"}, def: "adam", models: builtIn},
	{name: "learning_rate", max: 1000, above: true, def: 0.001, models: builtIn},
	{name: "momentum", max: 1, below: true, def: 0.9, models: builtIn},
	{name: "weight_decay", max: 1000, def: 0.0, models: builtIn},
	{name: "dropout", max: 1, below: true, def: 0.0, models: []string{"mlp", "cnn"}},
	{name: "early_stopping", kind: integerKey, max: 1_000_000, def: int64(0), models: builtIn},
	{name: "augment", kind: wordKey, words: []string{"none", "flip", "flip-crop"}, def: "none", models: onImages},
	{name: "hidden", kind: widthsKey, def: []int64{128}, models: []string{"mlp"}},
}

// commandKeys are those of kind command that cannot be searched.
var commandKeys = []key{
	{name: "command", kind: commandKey, def: []string(nil)},
	{name: "slots", kind: slotsKey, def: []map[string]string{{}}},
	{name: "timeout", kind: durationKey, above: true, def: 2 * time.Hour},
	{name: "silence", kind: durationKey, above: true, def: 10 * time.Minute},
	{name: "start_timeout", kind: durationKey, above: true, def: time.Minute},
	{name: "runs_per_process", kind: integerKey, max: maxInt32, def: int64(0)},
}

var kindKey = key{name: "kind", kind: wordKey, words: modelKinds, def: "mlp"}

// weightingKeys are those beside scheme; search.WeightingKeys has the same order.
var weightingKeys = []key{
	{name: "signal", kind: wordKey, words: []string{"recall", "precision", "f1"}, def: "recall"},
	{name: "rounds", kind: integerKey, min: 1, max: maxInt32, def: int64(1)},
	{name: "update", kind: wordKey, words: []string{"replace", "accumulate"}, def: "replace"},
	{name: "damping", max: 1, below: true, def: 0.0},
	{name: "smoothing", kind: wordKey, words: []string{"laplace", "none"}, def: "laplace"},
	{name: "clip", min: 1, max: math.Inf(1), zero: true, def: 0.0},
	{name: "normalize", kind: wordKey, words: []string{"mean", "sum", "max", "support", "none"}, def: "mean"},
	{name: "apply", kind: wordKey, words: []string{"loss", "logit", objective.ApplyPosthoc}, def: "loss"},
	{name: "weights_from", max: 1, below: true, def: 0.0},
}

// strengthKey is the ln(max w / min w) that a scheme entry may ask for; schemes
// keeps weights within e^64 of each other.
var strengthKey = key{name: "strength", max: 64, above: true}

var objectiveKeys = []key{
	{name: "spread", kind: wordKey, words: spreadNames(), def: string(objective.StdDev)},
	{name: "accuracy_tolerance", max: 1, def: 0.01},
	{name: "accuracy_penalty", max: math.Inf(1), def: 2.0},
}

var searchKeys = []key{
	{name: "sampler", kind: wordKey, words: []string{"random", "tpe"}, def: "tpe"},
	{name: "screen", kind: wordKey, words: []string{search.ScreenAuto, search.ScreenOff}, def: search.ScreenAuto},
	{name: "trials", kind: integerKey, min: 1, max: maxInt32, def: int64(40)},
	{name: "time", kind: durationKey, def: noTime},
	{name: "until", kind: textKey, def: ""},
	{name: "parallel", kind: integerKey, max: maxInt32, def: int64(0)},
	{name: "window", kind: integerKey, min: 1, max: maxInt32, def: int64(4)},
	{name: "replicates", kind: integerKey, min: 1, max: maxInt32, def: int64(1)},
	{name: "max_replicates", kind: integerKey, min: 1, max: maxInt32, def: int64(5)},
	{name: "racing", kind: booleanKey, def: true},
	{name: "seed", kind: integerKey, max: maxExact, def: int64(0)},
	{name: "on_finish", kind: commandKey, def: []string(nil)},
}

func spreadNames() []string {
	var names []string
	for _, s := range objective.Spreads() {
		names = append(names, string(s))
	}
	return names
}

// names returns the names of keys.
func names(keys []key) []string {
	out := make([]string, len(keys))
	for i, k := range keys {
		out[i] = k.name
	}
	return out
}

// keyNamed returns the key with the given name, which must be there.
func keyNamed(keys []key, name string) key {
	return keys[slices.IndexFunc(keys, func(k key) bool { return k.name == name })]
}

// right is the end of a message: what would be right.
func (k key) right() string {
	if k.kind == wordKey {
		return "known: " + strings.Join(k.words, ", ")
	}
	return "want " + k.want()
}

// want says what the key accepts.
func (k key) want() string {
	switch k.kind {
	case wordKey:
		return "one of " + strings.Join(k.words, ", ")
	case textKey:
		return "text"
	case booleanKey:
		return "true or false"
	case durationKey:
		return "a duration with its unit, such as 8h or 90m"
	case widthsKey:
		return "a list of lists of widths, such as [[128]]"
	case columnsKey:
		return "true for every column with text, false, or a list of columns such as [color, shape]"
	case commandKey:
		return "a list of words, such as [python3, train.py]"
	case slotsKey:
		return "a list of environments, one for each process, such as [{CUDA_VISIBLE_DEVICES: \"0\"}]"
	case valueKey:
		return "a number, a word, true or false, a choice of these, or a range"
	}
	return k.wantNumber()
}

func (k key) wantNumber() string {
	s := "a number"
	if k.kind == integerKey {
		s = "an integer"
	}
	low := "from "
	if k.above {
		low = "above "
	}
	if k.min > -maxReal {
		s += " " + low + bound(k.min)
	}
	switch {
	case k.max == maxReal || k.max == maxInt32 || k.max == maxExact || math.IsInf(k.max, 0):
	case k.below:
		s += " to below " + bound(k.max)
	default:
		s += " to " + bound(k.max)
	}
	if k.zero {
		s += ", or 0"
	}
	return s
}

// holds reports whether the key accepts the number.
func (k key) holds(v float64) bool {
	if k.zero && v == 0 {
		return true
	}
	return v >= k.min && v <= k.max && !(k.above && v == k.min) && !(k.below && v == k.max)
}

// bound shows a number as a person would write it.
func bound(v float64) string {
	if v == math.Trunc(v) && math.Abs(v) < 1e15 {
		return strconv.FormatFloat(v, 'f', -1, 64) // 1000000, not 1e+06
	}
	return strconv.FormatFloat(v, 'g', -1, 64)
}

// read reads one value of the key. The fault, if any, is a clause that lacks
// what would be right.
func (k key) read(n *node) (value any, fault string) {
	switch k.kind {
	case booleanKey:
		return boolean(n)
	case durationKey:
		d, fault := duration(n)
		if fault == "" && k.above && d == 0 {
			fault = "0 is out of range"
		}
		return d, fault
	case commandKey:
		return readCommand(n)
	case slotsKey:
		return readSlots(n)
	case valueKey:
		return readValue(n)
	case textKey:
		return text(n)
	case wordKey:
		return k.readWord(n)
	case widthsKey:
		return k.readWidths(n)
	case columnsKey:
		return readColumns(n)
	case integerKey:
		v, fault := integer(n)
		if fault == "" && !k.holds(v) {
			fault = fmt.Sprintf("%.0f is out of range", v)
		}
		return int64(v), fault
	}
	v, fault := number(n)
	if fault == "" && !k.holds(v) {
		fault = bound(v) + " is out of range"
	}
	return v, fault
}

func (k key) readWord(n *node) (value any, fault string) {
	s, fault := text(n)
	if fault != "" || slices.Contains(k.words, s) {
		return s, fault
	}
	fault = quote(s) + " is not known"
	if near, ok := schemes.Nearest(s, k.words); ok {
		fault += ", the nearest is " + near
	}
	return s, fault
}

// maxWidth and maxLayers bound a network far above what any data set here needs,
// and below what would exhaust the memory before the first step.
const maxWidth, maxLayers = 1 << 16, 16

// readWidths reads the widths of the hidden layers of one network.
func (k key) readWidths(n *node) (value any, fault string) {
	switch {
	case n.kind != list:
		return nil, "is " + describe(n)
	case len(n.items) == 0:
		return nil, "has no width"
	case len(n.items) > maxLayers:
		return nil, fmt.Sprintf("has %d layers, more than %d", len(n.items), maxLayers)
	}
	widths := make([]int64, len(n.items))
	for i, item := range n.items {
		v, fault := integer(item)
		switch {
		case fault != "":
			return nil, fmt.Sprintf("width %d: %s", i+1, fault)
		case v < 1 || v > maxWidth:
			return nil, fmt.Sprintf("width %d is %.0f, outside 1 to %d", i+1, v, maxWidth)
		}
		widths[i] = int64(v)
	}
	return widths, ""
}

// readColumns reads which columns are encoded: true, false or their names.
func readColumns(n *node) (value any, fault string) {
	if n.kind != list {
		all, fault := boolean(n)
		return data.OneHot{All: all}, fault
	}
	if len(n.items) > maxChoices {
		return nil, fmt.Sprintf("has %d columns, more than %d", len(n.items), maxChoices)
	}
	var columns []string
	for i, item := range n.items {
		name, fault := text(item)
		switch {
		case item.kind == broken: // reported
		case fault != "":
			return nil, fmt.Sprintf("column %d %s", i+1, fault)
		case slices.Contains(columns, name):
			return nil, fmt.Sprintf("has column %s twice", quote(name))
		}
		columns = append(columns, name)
	}
	slices.Sort(columns) // their order says nothing
	return data.OneHot{Columns: columns}, ""
}
