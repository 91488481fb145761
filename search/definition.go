package search

import (
	"encoding/json"
	"time"

	"evenkeel/objective"
	"evenkeel/objective/data"
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
	// Keys lists, for each possible kind, the keys that it uses (without "kind").
	// Those of kind command are epochs and "params.NAME" for its own parameters.
	Keys map[string][]string
	// Command is the user's own trainer, nil unless the kind is command.
	Command *CommandConfig
}

// CommandConfig says how the user's own trainer is started and when it counts as
// broken. Only Words can change what a run computes.
type CommandConfig struct {
	// Words are the command and its arguments, started in the study file's folder.
	Words []string
	// Slots holds, for each process, what is added to its environment.
	Slots []map[string]string
	// Timeout bounds a run, Silence the time without an answer or an epoch,
	// StartTimeout the time until a process is ready.
	Timeout, Silence, StartTimeout time.Duration
	// RunsPerProcess is after how many runs a process is replaced, 0 = never.
	RunsPerProcess int
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
	// Trials is the number of trials; Time bounds the driver's time over all
	// invocations, 0 = none; Until is a clock time or RFC 3339 text, "" = none.
	Trials int
	Time   time.Duration
	Until  string
	// Parallel is the number of trainings at once, 0 = number of CPUs that the
	// process may use; under a container's quota Go takes at least 2.
	Parallel int
	// Window is W: step n knows the outcomes of exactly the steps <= n - W.
	Window int
	// Replicates is the number of seeds every trial gets, MaxReplicates the
	// most a contender gets when Racing.
	Replicates, MaxReplicates int
	Racing                    bool
	Seed                      int64
	// OnFinish is a command and its arguments, started in the study file's folder
	// when a search has ended; none if empty.
	OnFinish []string
}
