package studyfile

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"evenkeel/objective"
	"evenkeel/objective/data"
	"evenkeel/objective/models"
	"evenkeel/objective/trainers"
	"evenkeel/schemes"
	"evenkeel/search"
	"evenkeel/search/samplers"
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
	sizeKey                    // int64, bytes
	valueKey                   // string, bool, int64 or float64, as it is written
)

// key is one key of a section: its type, what it accepts, its default.
type key struct {
	name string
	kind keyType
	// bounds are those of numbers.
	bounds models.Range
	words  []string
	def    any
	// inferred says that the key is declared nowhere: its kind was taken from the
	// way its range is written.
	inferred bool
}

// upTo are the integers from one to another, with the reason why there are no more.
func upTo(from, most float64, why string) models.Range {
	return models.Range{Min: from, Max: most, Why: why}
}

// The most of what is counted in a study; our choice. Every one is above what a study needs,
// so a larger number is a slip, and below what would keep a search from its work: memory, or
// the time of a decision, grows with each.
const (
	// maxLimit is the most examples kept of a class: a billion labels alone take gigabytes.
	maxLimit = 1_000_000_000
	// maxRounds is the most weighted rounds. They are trained one after the other, on every
	// seed of every trial, and weights settle, or run away, within a few.
	maxRounds = 100
	// maxTrials is the most trials that are asked for. Every decision reads all trials before
	// it, so n trials take time in proportion to n^2.
	maxTrials = 100_000
	// maxParallel is the most trainings at once: each has memory of its own, and a thread or
	// a process.
	maxParallel = 1024
	// maxWindow is the most steps that are open at once: a sampler knows nothing of them.
	maxWindow = 1000
	// maxReplicates is the most training seeds of a trial. The standard error over n seeds is
	// that of one divided by sqrt(n): a thousand leave a thirtieth of a seed's noise, which
	// is below that of any validation part.
	maxReplicates = 1000
)

// The same in the words of messages.
const (
	whyLimit      = "0 keeps all"
	whyRounds     = "each is a training after the other; weights settle within a few"
	whyTrials     = "every decision reads all trials before it"
	whyParallel   = "each training has memory and a thread, or a process, of its own"
	whyWindow     = "nothing is learnt from steps that are open"
	whyReplicates = "so many leave a thirtieth of a seed's noise"
)

// The bounds of seeds, and of shares.
var (
	anySeed = models.Range{Max: models.MaxExact}
	share   = models.Range{Max: 1, Below: true} // of a whole that must not be all of it
)

// sections are the keys of the file itself, in the order in which they are shown.
var sections = []string{"study", "data", "model", "weighting", "objective", "search"}

// defaultSplit is what a source is split into unless the file says otherwise.
var defaultSplit = data.DefaultSplit()

var dataKeys = []key{
	{name: "source", kind: textKey, def: "embedded"},
	{name: "label", kind: textKey, def: data.DefaultLabel},
	{name: "test_file", kind: textKey, def: ""},
	{name: "one_hot", kind: columnsKey, def: data.OneHot{}},
	{name: "validation", bounds: models.Range{Max: 1, Above: true, Below: true}, def: defaultSplit.Validation},
	{name: "test", bounds: share, def: defaultSplit.Test},
	{name: "limit", kind: integerKey, bounds: upTo(0, maxLimit, whyLimit), def: int64(defaultSplit.Limit)},
	{name: "seed", kind: integerKey, bounds: anySeed, def: defaultSplit.Seed},
}

// kindKey comes first in the model section; the keys after it are those of package
// models, and of package trainers for how the models are trained.
var kindKey = key{name: "kind", kind: wordKey, words: models.Names(models.Kinds()), def: models.Default}

// keyTypes says how keys of a model or a trainer are read.
var keyTypes = map[models.Type]keyType{
	models.Real: realKey, models.Integer: integerKey, models.Word: wordKey, models.Widths: widthsKey,
	models.CommandLine: commandKey, models.Environments: slotsKey, models.Duration: durationKey,
	models.Size: sizeKey,
}

// modelKey returns a key of a model or a trainer as the study file reads it.
func modelKey(k models.Key) key {
	kind, ok := keyTypes[k.Type]
	if !ok {
		panic("studyfile: nothing reads model." + k.Name + ", which is " + string(k.Type))
	}
	return key{name: k.Name, kind: kind, bounds: k.Range, words: k.Words, def: k.Default}
}

// modelKeyNames returns the names of the keys of models, kind first.
func modelKeyNames() []string {
	out := []string{kindKey.name}
	for _, k := range models.Keys() {
		out = append(out, k.Name)
	}
	return out
}

// trainerKeyNames returns the names of the keys that say how models are trained.
func trainerKeyNames() []string {
	var out []string
	for _, t := range trainers.Transports() {
		for _, k := range t.Keys {
			out = append(out, k.Name)
		}
	}
	return out
}

// weightingKeys are those beside scheme.
var weightingKeys = []key{
	wordOf("signal", schemes.Signals()),
	{name: "rounds", kind: integerKey, bounds: upTo(1, maxRounds, whyRounds), def: int64(1)},
	wordOf("update", schemes.Updates()),
	{name: "damping", bounds: share, def: 0.0},
	wordOf("smoothing", schemes.Smoothings()),
	{name: "clip", bounds: models.Range{Min: 1, Max: math.Inf(1), Zero: true}, def: 0.0},
	wordOf("normalize", schemes.Normalizations()),
	wordOf("apply", wayNames()),
	{name: "weights_from", bounds: share, def: 0.0},
}

// wordOf returns a key with the given words, the first of which is the default.
func wordOf[T ~string](name string, all []T) key {
	words := make([]string, len(all))
	for i, w := range all {
		words[i] = string(w)
	}
	return key{name: name, kind: wordKey, words: words, def: words[0]}
}

// wayNames returns the names of the ways of applying weights.
func wayNames() []string {
	var out []string
	for _, w := range objective.Ways() {
		out = append(out, w.Name)
	}
	return out
}

// strengthKey is the ln(max w / min w) that a scheme entry may ask for.
var strengthKey = key{name: "strength", bounds: models.Range{Max: schemes.StrengthMax, Above: true}}

var objectiveKeys = []key{
	wordOf("spread", objective.Spreads()),
	{name: "accuracy_tolerance", bounds: models.Range{Max: 1}, def: 0.01},
	{name: "accuracy_penalty", bounds: models.Range{Max: math.Inf(1)}, def: 2.0},
}

var searchKeys = []key{
	{name: "sampler", kind: wordKey, words: samplers.Names(), def: samplers.Default()},
	{name: "screen", kind: wordKey, words: []string{search.ScreenAuto, search.ScreenOff}, def: search.ScreenAuto},
	{name: "trials", kind: integerKey, bounds: upTo(1, maxTrials, whyTrials), def: int64(40)},
	{name: "time", kind: durationKey, def: noTime},
	{name: "until", kind: textKey, def: ""},
	{name: "parallel", kind: integerKey, bounds: upTo(0, maxParallel, whyParallel), def: int64(0)},
	{name: "window", kind: integerKey, bounds: upTo(1, maxWindow, whyWindow), def: int64(4)},
	{name: "replicates", kind: integerKey, bounds: upTo(1, maxReplicates, whyReplicates), def: int64(1)},
	{name: "max_replicates", kind: integerKey, bounds: upTo(1, maxReplicates, whyReplicates), def: int64(5)},
	{name: "racing", kind: booleanKey, def: true},
	{name: "seed", kind: integerKey, bounds: anySeed, def: int64(0)},
	{name: "on_finish", kind: commandKey, def: []string(nil)},
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
	case sizeKey:
		return "a size with its unit, such as 8GB or 512MiB, or 0 for no limit"
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
	case integerKey, realKey:
		return k.bounds.Want(k.kind == integerKey)
	}
	panic(k.unread())
}

// unread says that a type of key is missing in a switch.
func (k key) unread() string {
	return fmt.Sprintf("studyfile: key %s is of the unknown type %d", k.name, k.kind)
}

// read reads one value of the key. The fault, if any, is a clause that lacks
// what would be right.
func (k key) read(n *node) (value any, fault string) {
	switch k.kind {
	case booleanKey:
		return boolean(n)
	case durationKey:
		d, fault := duration(n)
		if fault == "" && k.bounds.Above && d == 0 {
			fault = "0 is out of range"
		}
		return d, fault
	case sizeKey:
		return size(n)
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
		if fault == "" && !k.bounds.Holds(v) {
			fault = k.outside(v)
		}
		return int64(v), fault
	case realKey:
		v, fault := number(n)
		if fault == "" && !k.bounds.Holds(v) {
			fault = k.outside(v)
		}
		return v, fault
	}
	panic(k.unread())
}

// outside says that a number is not within the bounds, and why there is one where it is above
// one that is our choice.
func (k key) outside(v float64) string {
	fault := models.Number(v) + " is out of range"
	if v > k.bounds.Max && k.bounds.Why != "" {
		fault += "; " + k.right() + ": " + k.bounds.Why
	}
	return fault
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

// readWidths reads the widths of the hidden layers of one network.
func (k key) readWidths(n *node) (value any, fault string) {
	switch {
	case n.kind != list:
		return nil, "is " + describe(n)
	case len(n.items) == 0:
		return nil, "has no width"
	case len(n.items) > models.MaxLayers:
		return nil, fmt.Sprintf("has %d layers, more than %d, which do not train", len(n.items), models.MaxLayers)
	}
	widths := make([]int64, len(n.items))
	for i, item := range n.items {
		v, fault := integer(item)
		switch {
		case fault != "":
			return nil, fmt.Sprintf("width %d: %s", i+1, fault)
		case v < 1 || v > models.MaxWidth:
			return nil, fmt.Sprintf("width %d is %.0f, outside 1 to %d", i+1, v, models.MaxWidth)
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
