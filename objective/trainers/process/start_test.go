//go:build unix

package process

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"evenkeel/objective"
)

// TestStartSaysWhatIsWrong: each error names the fault, and nothing stays behind.
func TestStartSaysWhatIsWrong(t *testing.T) {
	dir := t.TempDir()
	script := func(name, text string, mode os.FileMode) string {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), mode); err != nil {
			t.Fatal(err)
		}
		return "./" + name
	}
	mode := func(args ...string) []string { return command(t, "start", args...) }
	for _, c := range []struct {
		name    string
		command []string
		words   []string
	}{
		{"not found", []string{"evenkeel-no-such-program"}, []string{"evenkeel-no-such-program: command not found on the PATH"}},
		{"no such file", []string{"./train.py"}, []string{"./train.py: no such file; the working directory is " + dir}},
		{"not executable", []string{script("plain.py", "print(1)\n", 0o666)}, []string{"./plain.py is not executable", "[python3, train.py]"}},
		{"a folder", []string{"./"}, []string{"./"}},
		{"no first line", []string{script("nohead", "print(1)\n", 0o777)}, []string{"./nohead is not a program", "#!/bin/sh"}},
		{"no interpreter", []string{script("lost", "#!/no/such/thing\n", 0o777)}, []string{"./lost", "interpreter"}},
		{"exits", mode("exit"), []string{"exited with status 3", "its log ends: ModuleNotFoundError: No module named 'torch'"}},
		{"ends at once", []string{"true"}, []string{"exited with status 0"}},
		{"text first", mode("text"), []string{"not a message (JSON)", "it sent `Loading data...`"}},
		{"error", mode("error"), []string{"the training program reports: no data in ./cifar"}},
		{"silent", mode("silent"), []string{"not ready within 300ms (start_timeout)"}},
		{"other message", mode("raw", `{"type":"result"}`), []string{`type "result"; want ready`}},
		{"protocol 2", mode("replace", `"protocol":1`, `"protocol":2`), []string{"protocol is 2; want 1"}},
		{"no protocol", mode("replace", `"protocol":1,`, ``), []string{"protocol is missing; want 1"}},
		{"text protocol", mode("replace", `"protocol":1`, `"protocol":"1"`), []string{`protocol is "1"; want 1`}},
		{"one class", mode("replace", `["a","b"]`, `["a"]`), []string{"classes has 1 entries; want the names of at least 2"}},
		{"class on two lines", mode("replace", `["a","b"]`, `["a","b\nc"]`), []string{`entry 1 is "b\nc"; want a name without line breaks`}},
		{"class with an escape", mode("replace", `["a","b"]`, `["a","\u001b[2J"]`), []string{`entry 1 is "\x1b[2J"; want a name without line breaks`}},
		{"same class", mode("replace", `["a","b"]`, `["a","b","a"]`), []string{`entries 0 and 2 are both "a"`}},
		{"many classes", mode("replace", `["a","b"]`, `["0"`+strings.Repeat(`,"c"`, 1000)+`]`), []string{"classes has 1001 entries; want at most 1000 classes"}},
		{"empty class", mode("replace", `["a","b"]`, `["a"," "]`), []string{"entry 1 is empty"}},
		{"class numbers", mode("replace", `["a","b"]`, `[0,1]`), []string{"classes entry 0 is 0; want a text"}},
		{"class count", mode("replace", `["a","b"]`, `2`), []string{"classes is 2; want a list"}},
		{"no data", mode("replace", `"data":"d"`, `"data":""`), []string{"data is empty"}},
		{"no version", mode("replace", `"version":"v",`, ``), []string{"version is empty"}},
		{"supports nothing", mode("replace", `["loss"]`, `["warm_start","magic"]`), []string{"at least loss or logit"}},
		{"few counts", mode("replace", `"version"`, `"train_counts":[5],"version"`), []string{"train_counts has 1 entries; want 2"}},
		{"zero count", mode("replace", `"version"`, `"train_counts":[5,0],"version"`), []string{"train_counts of class b is 0"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			o := options(t)
			o.Command, o.Dir, o.StartTimeout = c.command, dir, time.Minute
			if c.name == "silent" {
				o.StartTimeout = 300 * time.Millisecond
			}
			tr, err := start(t.Context(), o, short)
			if err == nil {
				_ = tr.Close()
				t.Fatalf("Start succeeded; want an error with %q", c.words)
			}
			for _, w := range c.words {
				if !strings.Contains(err.Error(), w) {
					t.Errorf("Start: %v\nwant an error with %q", err, w)
				}
			}
			var logged *objective.LoggedError
			if !errors.As(err, &logged) || c.name == "exits" && !strings.Contains(logged.Log, "Traceback") {
				t.Errorf("Start: %v is a %T; want an objective.LoggedError with the log", err, err)
			}
			if left := marked(o.Slots[0][markVariable]); len(left) > 0 {
				t.Errorf("these processes are left: %v", left)
			}
		})
	}
}

func TestStartFindsFaultyOptions(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	for word, change := range map[string]func(o *Options){
		"command is empty":                 func(o *Options) { o.Command = nil },
		"not an absolute path":             func(o *Options) { o.Dir = "here" },
		"no such file":                     func(o *Options) { o.Dir = filepath.Join(o.Dir, "missing") },
		"is not a folder":                  func(o *Options) { o.Dir = file },
		"slot 0: \"A=B=c\"":                func(o *Options) { o.Slots = []map[string]string{{"A=B": "c"}} },
		"timeout is -1s":                   func(o *Options) { o.Timeout = -time.Second },
		"silence is -1s":                   func(o *Options) { o.Silence = -time.Second },
		"start_timeout is -1s":             func(o *Options) { o.StartTimeout = -time.Second },
		"runs_per_process is -1":           func(o *Options) { o.RunsPerProcess = -1 },
		"word 1 of the command has a zero": func(o *Options) { o.Command = []string{"a\x00b"} },
	} {
		o := options(t)
		change(&o)
		if _, err := Start(t.Context(), o); err == nil || !strings.Contains(err.Error(), word) {
			t.Errorf("Start: %v; want an error with %q", err, word)
		}
	}
}

func TestStartObeysItsContext(t *testing.T) {
	o := options(t)
	o.Command = command(t, "start", "silent")
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(50*time.Millisecond, cancel)
	if _, err := start(ctx, o, short); !errors.Is(err, context.Canceled) {
		t.Errorf("Start: %v; want context.Canceled", err)
	}
	if left := marked(o.Slots[0][markVariable]); len(left) > 0 {
		t.Errorf("these processes are left: %v", left)
	}
}

// TestInfo: what the program says of itself, without what is unknown here.
func TestInfo(t *testing.T) {
	info := open(t, options(t), short).Info()
	if info.Trainer != "command" || info.Numerics != "external" || info.Version != "1" || info.Data != "synthetic/4/50/1" {
		t.Errorf("Info is %+v", info)
	}
	if len(info.Supports) != 1 || info.Supports[0] != "loss" || len(info.TrainCounts) != 4 || info.TrainCounts[3] != 200 {
		t.Errorf("supports %q, train_counts %d; want [loss] and 200 of each class", info.Supports, info.TrainCounts)
	}
}

// TestSlotsHaveTheirEnvironment: the program sees its slot's variables, and that
// it is driven, even where the search was started from within another trainer.
func TestSlotsHaveTheirEnvironment(t *testing.T) {
	t.Setenv(takenVariable, "1")
	o := options(t)
	o.Slots[0]["TEST_GPU"] = "7"
	o.Command = []string{"sh", "-c", `echo "gpu $TEST_GPU driven $EVENKEEL_PROTOCOL below ${EVENKEEL_TRAINER_PID-nobody} in $PWD" >&2; exit 1`}
	_, err := start(t.Context(), o, short)
	if want := "gpu 7 driven 1 below nobody in " + o.Dir; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("Start: %v; want an error with %q", err, want)
	}
}

// TestProgramThatChanges: a process whose answer to hello is another than the
// first one's ends everything.
func TestProgramThatChanges(t *testing.T) {
	version := filepath.Join(t.TempDir(), "version")
	set := func(v string) {
		if err := os.WriteFile(version, []byte(v), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	set("sha256:a")
	o := options(t)
	o.RunsPerProcess = 2
	o.Slots[0]["TEST_VERSION_FILE"] = version
	tr := open(t, o, short)
	first := pidOf(tr)
	mustTrain(t, tr, job(tr, 1, nil))
	mustTrain(t, tr, job(tr, 2, nil))
	if pidOf(tr) != first {
		t.Error("the process was replaced before its second run")
	}
	mustTrain(t, tr, job(tr, 3, nil))
	if pidOf(tr) == first {
		t.Error("the process was not replaced after two runs")
	}
	set("sha256:b")
	mustTrain(t, tr, job(tr, 4, nil)) // the code was loaded before
	for range 2 {
		_, err := tr.Train(t.Context(), job(tr, 5, nil))
		var code *codeChangedError
		if !errors.Is(err, objective.ErrTrainerBroken) || !errors.As(err, &code) || *code != (codeChangedError{Was: "sha256:a", Now: "sha256:b"}) {
			t.Errorf("Train after the code changed: %v; want a codeChangedError with both versions", err)
		} else if !strings.Contains(err.Error(), `"sha256:a" and is "sha256:b"`) || !strings.Contains(err.Error(), "--accept-code") {
			t.Errorf("Train after the code changed: %v; want both versions and what to do", err)
		}
	}
}

// TestChanged names every difference.
func TestChanged(t *testing.T) {
	first := objective.Info{Version: "v", Data: "d", Classes: []string{"a", "b"}, Supports: []string{"loss"}, TrainCounts: []int{1, 2}}
	if err := changed(first, first); err != nil {
		t.Errorf("unchanged, but: %v", err)
	}
	for word, change := range map[string]func(i *objective.Info){
		"version":      func(i *objective.Info) { i.Version = "w" },
		"data":         func(i *objective.Info) { i.Data = "e" },
		"classes":      func(i *objective.Info) { i.Classes = []string{"b", "a"} },
		"supports":     func(i *objective.Info) { i.Supports = []string{"loss", "logit"} },
		"train_counts": func(i *objective.Info) { i.TrainCounts = nil },
	} {
		now := first
		change(&now)
		err := changed(first, now)
		if !errors.Is(err, objective.ErrTrainerBroken) || !strings.Contains(err.Error(), word) {
			t.Errorf("changed says %v; want objective.ErrTrainerBroken with %q", err, word)
		}
		var code *codeChangedError
		if errors.As(err, &code) != (word == "version") {
			t.Errorf("%s differs: the error is a %T", word, err)
		}
	}
}
