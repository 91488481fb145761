package trainers

import (
	"slices"
	"strings"
	"time"

	"evenkeel/objective/models"
)

// The longest times where a study file names none.
const (
	DefaultTimeout      = 2 * time.Hour
	DefaultSilence      = 10 * time.Minute
	DefaultStartTimeout = time.Minute
)

// Command is the user's own program, package process.
var Command = &Transport{
	Name: models.TrainerCommand, Doc: "a training program of your own, over the trainer protocol",
	OwnData: true, Params: true, Started: true,
	FixedParts:  "a program of your own splits its data itself",
	NewSettings: newCommandSettings,
	Keys: []Key{
		{
			Key:      models.Key{Name: "command", Type: models.CommandLine, Doc: "the program and its arguments", Default: []string(nil)},
			Identity: true, Example: "[python3, train.py]",
		},
		{Key: models.Key{
			Name: "slots", Type: models.Environments, Doc: "for each process, what is added to its environment",
			Default: []map[string]string{{}},
		}},
		limit("timeout", "the longest that one attempt at a run may take", DefaultTimeout),
		limit("silence", "the longest time without an answer or an epoch", DefaultSilence),
		limit("start_timeout", "the longest time until a process is ready", DefaultStartTimeout),
		{Key: models.Key{
			Name: "runs_per_process", Type: models.Integer, Doc: "after how many runs a process is replaced, 0 = never",
			Range: models.Range{Max: maxRunsPerProcess, Why: "0 never replaces it"}, Default: int64(0),
		}},
	},
}

// maxRunsPerProcess is the most runs before a process is replaced: more than any study has in
// a process's life, so who wants more means never, which is 0.
const maxRunsPerProcess = 1_000_000

// limit is a key for a time after which a trainer counts as broken.
func limit(name, doc string, unset time.Duration) Key {
	return Key{Key: models.Key{Name: name, Type: models.Duration, Doc: doc, Range: models.Range{Above: true}, Default: unset}}
}

// CommandSettings are those of [Command]: how the user's own program is started and
// when it counts as broken. Only Words can change what a run computes.
type CommandSettings struct {
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

func newCommandSettings(values map[string]any) Settings {
	return &CommandSettings{
		Words:   values["command"].([]string),
		Slots:   values["slots"].([]map[string]string),
		Timeout: values["timeout"].(time.Duration), Silence: values["silence"].(time.Duration),
		StartTimeout:   values["start_timeout"].(time.Duration),
		RunsPerProcess: int(values["runs_per_process"].(int64)),
	}
}

// Transport returns [Command].
func (*CommandSettings) Transport() *Transport { return Command }

// Identity returns the words of the command: two studies that differ in an argument
// must not share runs.
func (c *CommandSettings) Identity() map[string]any {
	return map[string]any{"command": slices.Clone(c.Words)}
}

// Parallel returns the number of slots, or the limit if that is less.
func (c *CommandSettings) Parallel(limit int) int {
	if limit > 0 {
		return min(len(c.Slots), limit)
	}
	return len(c.Slots)
}

// Program returns the words and the folder.
func (c *CommandSettings) Program(folder string) string {
	return strings.Join(c.Words, " ") + " in " + folder
}
