package search

import (
	"encoding/json"
	"maps"
	"slices"
	"time"

	"evenkeel/objective"
	"evenkeel/objective/data"
	"evenkeel/objective/trainers"
	"evenkeel/schemes"
)

// Definition is a study: what a study file says, with every default filled in
// and every rule checked. Package studyfile makes it from text.
type Definition struct {
	Name      string
	Data      DataConfig
	Model     ModelConfig
	Weighting WeightingConfig
	Objective objective.Score
	Search    Config
	// Space holds what the file leaves open.
	Space Space
	// Canonical is the definition as canonical JSON: every key with its value,
	// defaults included. Equal definitions have equal canonical forms.
	Canonical json.RawMessage
	// Source is the text it was made from after overrides, as stored for resume.
	Source []byte
	// Folder is the absolute folder that relative paths start from.
	Folder string
	// Lifted is the number of trials that the text had and that a limit of time, given
	// without one, replaced; else 0.
	Lifted int
}

// DataConfig says where examples come from. It is empty where the user's own
// trainer brings its data.
type DataConfig struct {
	Source data.Source // with absolute paths
	Split  objective.Split
}

// ModelConfig holds the model keys that the kind uses: the fixed ones here, the
// searched ones in the space under "model.KEY". Kind itself may be searched.
type ModelConfig struct {
	Fixed map[string]any
	// Keys lists, for each possible kind, the keys that it uses (without "kind"). Of a
	// trainer that takes parameters of any name they have "params.NAME" too.
	Keys map[string][]string
	// Trainer says what trains the models, and what the file says of it. It is never
	// nil in a definition that was read from a file.
	Trainer trainers.Settings
	// OpenEpochs says that the file names no epochs and the data decide how many are
	// trained: [Definition.SettleEpochs]. SettledEpochs is that number where it is not
	// the default, else 0.
	OpenEpochs    bool
	SettledEpochs int
}

// Setup returns what the trainer of the study is opened with. Where it logs to is the
// caller's to add.
func (d *Definition) Setup() trainers.Setup {
	return trainers.Setup{
		Settings: d.Model.Trainer, Source: d.Data.Source, Split: d.Data.Split,
		Kinds: slices.Sorted(maps.Keys(d.Model.Keys)), Model: d.ReferenceModel(),
		Folder: d.Folder, Parallel: d.Search.Parallel,
	}
}

// WeightingConfig holds the fixed weighting keys and the scheme entries; what
// is searched is in the space under "weighting.KEY".
type WeightingConfig struct {
	Entries []SchemeEntry
	Fixed   map[string]any
}

// SchemeEntry is one entry of weighting.scheme. Its searched parameters are in
// the space under "weighting.scheme.INDEX.PARAM".
type SchemeEntry struct {
	Scheme *schemes.Scheme
	// Fixed are the parameters with one value, defaults included.
	Fixed schemes.Values
	// Strength is the fixed strength, 0 if none was given or it is searched.
	Strength float64
}

// Config is the search section of a study file.
type Config struct {
	Sampler string
	// Screen is [ScreenAuto] or [ScreenOff].
	Screen string
	// Trials is the number of trials, 0 where nothing but the time bounds it; Time bounds the
	// driver's time over all invocations, 0 = none; Until is a clock time or RFC 3339 text,
	// "" = none. See [Definition.MostTrials].
	Trials int
	Time   time.Duration
	Until  string
	// Parallel is the number of trainings at once, 0 = what the trainer takes, see
	// [trainers.Settings].
	Parallel int
	// Window is W: step n knows the outcomes of exactly the steps <= n - W.
	Window int
	// Replicates is the number of seeds every trial gets, MaxReplicates the
	// most a trial gets that may lead, when Racing.
	Replicates, MaxReplicates int
	Racing                    bool
	Seed                      int64
	// OnFinish is a command and its arguments, started in the study file's folder
	// when a search has ended; none if empty.
	OnFinish []string
}
