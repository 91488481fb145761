package studyfile

import (
	"reflect"
	"testing"
	"time"

	"evenkeel/objective/trainers"
	"evenkeel/search"
)

// ownTrainer is a study of the user's own program with every key it may have.
const ownTrainer = `
model:
  kind: command
  command: [python3, train.py, --fast, 2]
  epochs: [5, 10]
  params:
    width: {low: 8, high: 64, log: true}
    dropout: {low: 0, high: 0.5}
    rate: 1e-3
    depth: [8, 14, 20]
    norm: [batch, none, true]
    note: "7"
  slots: [{CUDA_VISIBLE_DEVICES: 0}, {CUDA_VISIBLE_DEVICES: "1", OMP_NUM_THREADS: 1}]
  timeout: 90m
  silence: 5m
  start_timeout: 2m
  runs_per_process: 20
weighting: {scheme: [{name: mean-ratio}]}
search: {on_finish: [mail, -s, done]}
`

// TestCommand checks what the keys of the user's own program become.
func TestCommand(t *testing.T) {
	t.Parallel()
	def, err := Parse("s.yaml", []byte(ownTrainer), "/folder", nil)
	if err != nil {
		t.Fatal(err)
	}
	want := &trainers.CommandSettings{
		Words:   []string{"python3", "train.py", "--fast", "2"},
		Slots:   []map[string]string{{"CUDA_VISIBLE_DEVICES": "0"}, {"CUDA_VISIBLE_DEVICES": "1", "OMP_NUM_THREADS": "1"}},
		Timeout: 90 * time.Minute, Silence: 5 * time.Minute, StartTimeout: 2 * time.Minute, RunsPerProcess: 20,
	}
	if !reflect.DeepEqual(def.Model.Trainer, trainers.Settings(want)) {
		t.Errorf("command %+v; want %+v", def.Model.Trainer, want)
	}
	params := map[string]search.Param{}
	for _, p := range def.Space.Params {
		params[p.Name] = p
	}
	for _, p := range []search.Param{
		{Name: "model.epochs", Kind: search.Categorical, Choices: []any{int64(5), int64(10)}},
		{Name: "model.params.width", Kind: search.Int, Low: 8, High: 64, Log: true},
		{Name: "model.params.dropout", Kind: search.Real, Low: 0, High: 0.5},
		{Name: "model.params.depth", Kind: search.Categorical, Choices: []any{int64(8), int64(14), int64(20)}},
		{Name: "model.params.norm", Kind: search.Categorical, Choices: []any{"batch", "none", true}},
	} {
		if !reflect.DeepEqual(params[p.Name], p) {
			t.Errorf("%s is %+v; want %+v", p.Name, params[p.Name], p)
		}
	}
	reference := map[string]any{
		"kind": "command", "command": want.Words, "epochs": int64(5),
		"params.width": int64(23), "params.dropout": 0.25, "params.rate": 0.001, "params.depth": int64(8), "params.norm": "batch", "params.note": "7",
	}
	if got := def.ReferenceModel(); !reflect.DeepEqual(got, reference) {
		t.Errorf("reference model %v; want %v", got, reference)
	}
	if got := def.Search.OnFinish; !reflect.DeepEqual(got, []string{"mail", "-s", "done"}) {
		t.Errorf("on_finish %q", got)
	}
	for form, text := range map[string][]byte{"canonical": def.Canonical, "source": def.Source} {
		again, err := Parse("t.yaml", text, "/folder", nil)
		if err != nil {
			t.Fatalf("%s form: %v", form, err)
		}
		if changes := search.Diff(def, again); len(changes) != 0 || !reflect.DeepEqual(again.Model, def.Model) || !reflect.DeepEqual(again.Space, def.Space) {
			t.Errorf("%s form reads as another study: %v", form, changes)
		}
	}
}

// TestWhatACommandMayChange checks which keys a stored study goes on with.
func TestWhatACommandMayChange(t *testing.T) {
	t.Parallel()
	def, err := Parse("s.yaml", []byte(ownTrainer), "/folder", nil)
	if err != nil {
		t.Fatal(err)
	}
	for key, same := range map[string]bool{
		"model.slots=[{}]": true, "model.timeout=1h": true, "model.silence=1m": true, "model.start_timeout=1m": true,
		"model.runs_per_process=0": true, "search.on_finish=[true]": true,
		"model.command=[python3, other.py]": false, "model.params.rate=1e-4": false, "model.epochs=5": false,
	} {
		o, _ := SplitOverride(key)
		changed, err := Parse("s.yaml", []byte(ownTrainer), "/folder", []Override{o})
		if err != nil {
			t.Errorf("%s: %v", key, err)
			continue
		}
		changes := search.Diff(def, changed)
		if len(changes) == 0 || search.BudgetOnly(changes) != same {
			t.Errorf("%s: changes %v, goes on %v; want %v", key, changes, search.BudgetOnly(changes), same)
		}
	}
}

func TestCommandFaults(t *testing.T) {
	t.Parallel()
	const head = "weighting: {scheme: [{name: uniform}]}\n"
	for text, want := range map[string]string{
		"model: {kind: command}":                                                  "s.yaml:2:15: model.command is missing; kind command needs one, such as command: [python3, train.py]",
		"model: {kind: command, command: python3 train.py}":                       "s.yaml:2:33: model.command is python3 train.py; want a list of words, such as [python3, train.py]",
		"model: {kind: command, command: []}":                                     "s.yaml:2:33: model.command has no word; want a list of words, such as [python3, train.py]",
		"model: {kind: command, command: ['']}":                                   "s.yaml:2:33: model.command has no program: its first word is empty; want a list of words, such as [python3, train.py]",
		"model: {kind: command, command: [a, [b]]}":                               "s.yaml:2:33: model.command has word 2, which is a list; want a list of words, such as [python3, train.py]",
		"model: {kind: [mlp, command], command: [a]}":                             "s.yaml:2:15: model.kind has mlp, which the trainer nets trains, and command, which command trains; a study has kinds of one trainer",
		"model: {kind: [softmax, command, mlp]}":                                  "s.yaml:2:15: model.kind has softmax, which the trainer nets trains, and command, which command trains; a study has kinds of one trainer",
		"model: {kind: command, command: [a], timeout: [1h, 2h]}":                 "s.yaml:2:47: model.timeout is a list; it is a setting of the trainer and cannot be searched, want a duration with its unit, such as 8h or 90m",
		"model: {kind: command, command: [a], timeout: {low: 1h}}":                "s.yaml:2:47: model.timeout is a mapping; it is a setting of the trainer and cannot be searched, want a duration with its unit, such as 8h or 90m",
		"model: {command: [a]}":                                                   "s.yaml:2:9: model.command is used with kind command only; remove it, or choose kind: command",
		"model: {params: {a: 1}}":                                                 "s.yaml:2:9: model.params is used with kind command only; remove it, or choose kind: command",
		"model: {kind: command, command: [a], batch: 64}":                         "s.yaml:2:38: model.batch has no effect on a command; pass it on in params, as params: {batch: ...}",
		"model: {kind: command, command: [a]}\ndata: {seed: 1}":                   "s.yaml:3:8: data.seed has no effect on a command, which brings its own data; remove it",
		"model: {kind: command, command: [a], slots: []}":                         "s.yaml:2:45: model.slots has no slot; want a list of environments, one for each process, such as [{CUDA_VISIBLE_DEVICES: \"0\"}]",
		"model: {kind: command, command: [a], slots: [0, 1]}":                     "s.yaml:2:45: model.slots has slot 1, which is 0; want a list of environments, one for each process, such as [{CUDA_VISIBLE_DEVICES: \"0\"}]",
		"model: {kind: command, command: [a], timeout: 0}":                        "s.yaml:2:47: model.timeout: 0 is out of range; want a duration with its unit, such as 8h or 90m",
		"model: {kind: command, command: [a], silence: 10}":                       "s.yaml:2:47: model.silence: 10 has no unit; write 10h or 10m",
		"model: {kind: command, command: [a], params: [1]}":                       "s.yaml:2:46: model.params is a list; want a mapping of names, such as params: {depth: [8, 14]}",
		"model: {kind: command, command: [a], params: {a b: 1}}":                  "s.yaml:2:47: model.params: the name \"a b\"; want letters, digits, _ and -, not beginning with a digit",
		"model: {kind: command, command: [a], params: {a: }}":                     "s.yaml:2:50: model.params.a is empty; want a number, a word, true or false, a choice of these, or a range",
		"model: {kind: command, command: [a], params: {a: [1, 1.0]}}":             "s.yaml:2:54: model.params.a, choice 2 repeats an earlier one; want each choice once",
		"model: {kind: command, command: [a], params: {a: {low: 1}}}":             "s.yaml:2:50: model.params.a has no high; a range needs low and high",
		"model: {kind: command, command: [a], params: {a: 007}}":                  "s.yaml:2:50: model.params.a: 007 has a leading zero; write 7",
		"model: {kind: command, command: [a], params: {a: 99999999999999999999}}": "s.yaml:2:50: model.params.a: 99999999999999999999 is too large to be exact; put it in quotes; want a number, a word, true or false, a choice of these, or a range",
		"search: {on_finish: mail}":                                               "s.yaml:2:21: search.on_finish is mail; want a list of words, such as [python3, train.py]",
	} {
		_, err := Parse("s.yaml", []byte(head+text+"\n"), "/folder", nil)
		if err == nil || err.Error() != want {
			t.Errorf("%s\n got %v\nwant %s", text, err, want)
		}
	}
}
