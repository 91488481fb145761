package all

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"evenkeel/objective"
	"evenkeel/objective/data"
	"evenkeel/objective/models"
	"evenkeel/objective/trainers"
)

// TestEveryTransportOpens: every transport has one opener, and no opener is of
// anything else.
func TestEveryTransportOpens(t *testing.T) {
	count := map[*trainers.Transport]int{}
	for _, o := range openers {
		count[o.Transport]++
		if o.Open == nil {
			t.Errorf("%s opens nothing", o.Transport.Name)
		}
	}
	for _, of := range trainers.Transports() {
		if count[of] != 1 {
			t.Errorf("%s has %d openers; want one", of.Name, count[of])
		}
		delete(count, of)
	}
	for of := range count {
		t.Errorf("there is an opener of %s, which is not in the list of package trainers", of.Name)
	}
}

// TestEveryFolderIsListed: every folder of a trainer is in the list of openers, and has a
// test that runs the suite of trainers.
func TestEveryFolderIsListed(t *testing.T) {
	read := func(file string) []byte {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	entries, err := os.ReadDir("..")
	if err != nil {
		t.Fatal(err)
	}
	list := read("all.go")
	for _, e := range entries {
		name := e.Name()
		if !e.IsDir() || name == "all" || name == "trainertest" {
			continue
		}
		if !bytes.Contains(list, []byte(name+".Opener")) {
			t.Errorf("objective/trainers/%s is not in the list of openers in all.go; want %[1]s.Opener", name)
		}
		tests, err := filepath.Glob(filepath.Join("..", name, "*_test.go"))
		if err != nil {
			t.Fatal(err)
		}
		tested := false
		for _, file := range tests {
			tested = tested || bytes.Contains(read(file), []byte("trainertest.Run("))
		}
		if !tested {
			t.Errorf("no test of objective/trainers/%s calls trainertest.Run", name)
		}
	}
}

// unknown are the settings of a trainer that nobody opens.
type unknown struct{ trainers.Settings }

func (unknown) Transport() *trainers.Transport { return &trainers.Transport{Name: "unknown"} }

func TestOpenRefuses(t *testing.T) {
	if _, err := Open(t.Context(), trainers.Setup{Settings: unknown{}}); err == nil {
		t.Error("a trainer without an opener was opened")
	}
	setup := trainers.Setup{Settings: &trainers.CommandSettings{}, Redraw: true}
	_, err := Open(t.Context(), setup)
	if wrong := (*trainers.StudyError)(nil); !errors.As(err, &wrong) {
		t.Errorf("a command's parts drawn again: error %v; want a StudyError", err)
	}
}

// TestEveryOpenerKeepsItsWord opens every kind of every transport that trains on the
// study's own data source, as its transport says of it, and a wrong study as a fault of
// the study file.
func TestEveryOpenerKeepsItsWord(t *testing.T) {
	for _, of := range trainers.Transports() {
		if of.OwnData {
			continue // a program of the user's own, which this test does not have
		}
		for _, kind := range models.TrainedBy(of.Name) {
			model := map[string]any{"kind": kind.Name}
			for _, key := range models.KeysOf(kind.Name) {
				if key.Used(model) {
					model[key.Name] = key.Default
				}
			}
			setup := trainers.Setup{
				Settings: of.NewSettings(nil), Source: data.Source{Kind: "embedded"}, Kinds: []string{kind.Name}, Model: model,
				Split: objective.Split{Validation: 0.2, Test: 0.2, Limit: 20, Seed: 1}, Parallel: 2,
			}
			for _, redraw := range []bool{false, of.Redraws} {
				setup.Redraw = redraw
				o, err := Open(t.Context(), setup)
				if err != nil {
					t.Errorf("%s: %v", kind.Name, err)
					continue
				}
				if o.Info().Trainer != of.Name || o.Title == "" || (o.Redraw != nil) != redraw {
					t.Errorf("%s: trainer %q, title %q, draws its parts again %v; want %q, a title, %v",
						kind.Name, o.Info().Trainer, o.Title, o.Redraw != nil, of.Name, redraw)
				}
				if err := o.Close(); err != nil {
					t.Error(err)
				}
			}
			for what, change := range map[string]func(*trainers.Setup){
				"a file that is not there": func(s *trainers.Setup) { s.Source = data.Source{Kind: "csv", Path: "none.csv"} },
				"a share of 2":             func(s *trainers.Setup) { s.Split.Validation = 2 },
				"another kind":             func(s *trainers.Setup) { s.Kinds = []string{"rnn"} },
			} {
				wrong := setup
				change(&wrong)
				if _, err := Open(t.Context(), wrong); !errors.As(err, new(*trainers.StudyError)) {
					t.Errorf("%s with %s: error %v; want a StudyError", kind.Name, what, err)
				}
			}
		}
	}
}
