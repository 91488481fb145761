package process

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"evenkeel/objective/trainers"
)

// Options say which program to start, where, and how long to wait for it.
type Options struct {
	// Command is the program and its arguments, word by word; no shell sees them.
	Command []string
	// Dir is the working directory of the program, absolute.
	Dir string
	// Slots has one entry for each process: what to add to its environment. Nil
	// is one process and nothing added.
	Slots []map[string]string
	// Timeout is the longest that one attempt at a run may take; 0 means
	// [trainers.DefaultTimeout].
	Timeout time.Duration
	// Silence is the longest time without an answer or an epoch; 0 means
	// [trainers.DefaultSilence].
	Silence time.Duration
	// StartTimeout is how long a process may take to say that it is ready; 0
	// means [trainers.DefaultStartTimeout].
	StartTimeout time.Duration
	// RunsPerProcess replaces a process after so many runs; 0 means never.
	RunsPerProcess int
	// Scratch is the folder in which each run gets a folder of its own; "" means
	// a temporary one, which Close removes.
	Scratch string
	// LogFile gets everything that all slots write to standard error; it is
	// rotated. "" means that only the end of each run's log is kept.
	LogFile string
}

// complete returns o with defaults in place, or every fault it has.
func (o Options) complete() (Options, error) {
	var faults []error
	fault := func(format string, args ...any) { faults = append(faults, fmt.Errorf(format, args...)) }
	if len(o.Command) == 0 || o.Command[0] == "" {
		fault("command is empty; want a program and its arguments, such as [python3, train.py]")
	}
	for i, word := range o.Command {
		if strings.ContainsRune(word, 0) {
			fault("word %d of the command has a zero byte", i+1)
		}
	}
	if !filepath.IsAbs(o.Dir) {
		fault("working directory %q is not an absolute path", o.Dir)
	} else if s, err := os.Stat(o.Dir); err != nil {
		fault("working directory: %w", err)
	} else if !s.IsDir() {
		fault("working directory %s is not a folder", o.Dir)
	}
	if len(o.Slots) == 0 {
		o.Slots = []map[string]string{nil}
	}
	for i, slot := range o.Slots {
		for _, key := range slices.Sorted(maps.Keys(slot)) {
			if key == "" || strings.ContainsAny(key, "=\x00") || strings.ContainsRune(slot[key], 0) {
				fault("slot %d: %q is not an environment variable", i, key+"="+slot[key])
			}
		}
	}
	if o.RunsPerProcess < 0 {
		fault("runs_per_process is %d; want 0 or more", o.RunsPerProcess)
	}
	for _, limit := range []struct {
		name  string
		value *time.Duration
		unset time.Duration
	}{
		{"timeout", &o.Timeout, trainers.DefaultTimeout},
		{"silence", &o.Silence, trainers.DefaultSilence},
		{"start_timeout", &o.StartTimeout, trainers.DefaultStartTimeout},
	} {
		if *limit.value < 0 {
			fault("%s is %v; want a positive duration", limit.name, *limit.value)
		}
		if *limit.value == 0 {
			*limit.value = limit.unset
		}
	}
	return o, errors.Join(faults...)
}

// takenVariable is what the Python client sets in its own process, so that its
// children know that the protocol is taken. A search that is started from within
// a training program has trainers of its own, which must not see it.
const takenVariable = "EVENKEEL_TRAINER_PID"

// environment returns the environment of a slot's process.
func (o Options) environment(slot int) []string {
	env := slices.DeleteFunc(os.Environ(), func(s string) bool { return strings.HasPrefix(s, takenVariable+"=") })
	env = append(env, "PWD="+o.Dir)
	for _, key := range slices.Sorted(maps.Keys(o.Slots[slot])) {
		env = append(env, key+"="+o.Slots[slot][key])
	}
	return append(env, "EVENKEEL_PROTOCOL=1")
}

// waits are the time limits that a study file does not name.
type waits struct {
	// stop is the time for an answer to a stop request, bye for an idle process
	// to exit after bye, busy for one that is in a run, term for one that got
	// SIGTERM, guard for its guard to end what is left, kill for the kernel to end the guard.
	stop, bye, busy, term, guard, kill time.Duration
	// drain is the time for what a dead process has written to arrive.
	drain time.Duration
	// quick is what counts as failing within seconds of the start.
	quick time.Duration
	// retry is how long to wait before each further attempt at a run that the program asks for.
	retry [maxAttempts - 1]time.Duration
	// lack is how long to wait before each further attempt where the machine lacks something.
	lack [maxAttempts]time.Duration
}

// Our choices. When a search is interrupted, a run whose program ignores stop and
// SIGTERM takes stop, busy and term together, less than two seconds: who sends a second
// Ctrl-C waits for it. An idle process may have more to close down than one that has to leave
// its run (a pool of workers, a GPU), and gets bye and term, but not where its last run was
// interrupted. docs/trainer.md states these times.
var defaultWaits = waits{
	stop: 600 * time.Millisecond, bye: 5 * time.Second, busy: 200 * time.Millisecond, term: time.Second,
	guard: 5 * time.Second, kill: 10 * time.Second,
	drain: time.Second, quick: 10 * time.Second, retry: [...]time.Duration{time.Second, 5 * time.Second},
	lack: [...]time.Duration{2 * time.Second, 10 * time.Second, 30 * time.Second},
}
