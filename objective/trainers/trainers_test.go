package trainers_test

import (
	"reflect"
	"slices"
	"testing"
	"time"

	"evenkeel/objective/models"
	"evenkeel/objective/trainers"
)

// defaultsOf returns the values of a transport's keys where a study file is silent.
func defaultsOf(of *trainers.Transport) map[string]any {
	values := map[string]any{}
	for _, k := range of.Keys {
		values[k.Name] = k.Default
	}
	return values
}

// TestKindsAndTransports: every kind of model has a transport, and every transport a
// kind.
func TestKindsAndTransports(t *testing.T) {
	for _, k := range models.Kinds() {
		if of := trainers.Of(k.Name); of == nil || of.Name != k.Trainer {
			t.Errorf("kind %s is trained by %q, which is no transport", k.Name, k.Trainer)
		}
	}
	var names []string
	for _, of := range trainers.Transports() {
		if len(models.TrainedBy(of.Name)) == 0 {
			t.Errorf("%s trains no kind of model", of.Name)
		}
		if of.Doc == "" || slices.Contains(names, of.Name) {
			t.Errorf("transport %s: doc %q; want one, and each name once", of.Name, of.Doc)
		}
		if of.Redraws != (of.FixedParts == "") {
			t.Errorf("transport %s: parts can be drawn again %v, and the reason why not is %q; want one of the two", of.Name, of.Redraws, of.FixedParts)
		}
		names = append(names, of.Name)
	}
	if trainers.Of("rnn") != nil {
		t.Error("an unknown kind has a transport")
	}
}

// TestKeys: keys are complete and mean one thing.
func TestKeys(t *testing.T) {
	types := map[models.Type]any{
		models.CommandLine: []string{}, models.Environments: []map[string]string{}, models.Duration: time.Duration(0), models.Integer: int64(0),
		models.Size: int64(0), models.Real: 0.0, models.Word: "", models.Widths: []int64{},
	}
	seen := []string{"kind", "params"}
	for _, k := range models.Keys() {
		seen = append(seen, k.Name)
	}
	for _, of := range trainers.Transports() {
		for _, k := range of.Keys {
			if slices.Contains(seen, k.Name) {
				t.Errorf("key %s of %s is there already", k.Name, of.Name)
			}
			seen = append(seen, k.Name)
			if k.Doc == "" || reflect.TypeOf(k.Default) != reflect.TypeOf(types[k.Type]) {
				t.Errorf("key %s of %s: doc %q, default %#v of type %q", k.Name, of.Name, k.Doc, k.Default, k.Type)
			}
			if !of.Has(k.Name) || trainers.Continues(k.Name) == (k.Identity || k.Outcomes) {
				t.Errorf("key %s of %s: a study continues with another value %v, identity %v, outcomes %v",
					k.Name, of.Name, trainers.Continues(k.Name), k.Identity, k.Outcomes)
			}
		}
	}
	if trainers.Continues("epochs") || trainers.Continues("params.timeout") {
		t.Error("a study continues with another model")
	}
}

// TestSettings: settings agree with what their transport says.
func TestSettings(t *testing.T) {
	for _, of := range trainers.Transports() {
		values := defaultsOf(of)
		s := of.NewSettings(values)
		if s.Transport() != of {
			t.Errorf("settings of %s say they are those of %s", of.Name, s.Transport().Name)
		}
		if started := s.Program("/folder") != ""; started != of.Started {
			t.Errorf("%s: program %q, started %v", of.Name, s.Program("/folder"), of.Started)
		}
		if s.Parallel(0) < 1 || s.Parallel(1) != 1 {
			t.Errorf("%s: %d trainings at once, with a limit of 1 %d", of.Name, s.Parallel(0), s.Parallel(1))
		}
		identity := map[string]any{}
		for _, k := range of.Keys {
			if k.Identity {
				identity[k.Name] = values[k.Name]
			}
		}
		if got := s.Identity(); len(got) != len(identity) || len(got) > 0 && !reflect.DeepEqual(got, identity) {
			t.Errorf("%s: identity %v; want the keys that say they are part of it, %v", of.Name, got, identity)
		}
	}
}

func TestCommandSettings(t *testing.T) {
	values := defaultsOf(trainers.Command)
	values["command"], values["slots"] = []string{"python3", "train.py"}, []map[string]string{{}, {"A": "1"}, {}}
	s := trainers.Command.NewSettings(values)
	if got, want := s.Program("/work"), "python3 train.py in /work"; got != want {
		t.Errorf("program %q; want %q", got, want)
	}
	for limit, want := range map[int]int{0: 3, 2: 2, 5: 3} {
		if got := s.Parallel(limit); got != want {
			t.Errorf("3 slots and a limit of %d: %d at once; want %d", limit, got, want)
		}
	}
	s.Identity()["command"].([]string)[0] = "other"
	if got := s.Identity()["command"]; !reflect.DeepEqual(got, values["command"]) {
		t.Errorf("the identity was changed to %v from outside", got)
	}
}
