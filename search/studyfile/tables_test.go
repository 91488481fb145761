package studyfile

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"evenkeel/objective"
	"evenkeel/objective/models"
	"evenkeel/objective/trainers"
	"evenkeel/objective/trainers/trainertest"
	"evenkeel/schemes"
	"evenkeel/search"
	"evenkeel/search/samplers"
)

// parsed returns the study of a text, which must be right.
func parsed(t *testing.T, text string) *search.Definition {
	t.Helper()
	def, err := Parse("s.yaml", []byte(text), "/folder", nil)
	if err != nil {
		t.Fatalf("%s\n%v", text, err)
	}
	return def
}

const plainScheme = "weighting: {scheme: [{name: mean-ratio}]}\n"

// TestWeightingKeysCount: every value of a weighting key is another plan, whether it is
// fixed or searched.
func TestWeightingKeysCount(t *testing.T) {
	for _, k := range weightingKeys {
		values := k.words
		switch {
		case k.kind == integerKey:
			values = []string{"1", "2"}
		case k.bounds.Zero:
			values = []string{"0", "4"}
		case k.kind == realKey:
			values = []string{"0", "0.5"}
		}
		weighting := "weighting: {scheme: [{name: mean-ratio}], " + k.name + ": %s}"
		searched := parsed(t, fmt.Sprintf(weighting, "["+strings.Join(values, ", ")+"]"))
		var plans []objective.Plan
		for i, v := range values {
			plan, err := searched.Plan(search.Point{"weighting." + k.name: float64(i)})
			fixed, fault := parsed(t, fmt.Sprintf(weighting, v)).Plan(search.Point{})
			if err != nil || fault != nil || !reflect.DeepEqual(plan, fixed) {
				t.Errorf("weighting.%s = %s is the plan %+v (%v) where it is searched, and %+v (%v) where it is fixed", k.name, v, plan, err, fixed, fault)
			}
			for j, other := range plans {
				if reflect.DeepEqual(plan, other) {
					t.Errorf("weighting.%s: %s and %s are the same plan", k.name, values[j], v)
				}
			}
			plans = append(plans, plan)
		}
	}
}

// TestEveryWordIsRead: what the tables of models, samplers, spreads, schemes and ways
// of applying weights have, a study file may say.
func TestEveryWordIsRead(t *testing.T) {
	for _, name := range samplers.Names() {
		if def := parsed(t, plainScheme+"search: {sampler: "+name+"}\n"); def.Search.Sampler != name {
			t.Errorf("sampler %s is read as %s", name, def.Search.Sampler)
		}
	}
	for _, s := range objective.Spreads() {
		if def := parsed(t, plainScheme+"objective: {spread: "+string(s)+"}\n"); def.Objective.Spread != s {
			t.Errorf("spread %s is read as %s", s, def.Objective.Spread)
		}
	}
	for _, s := range schemes.All() {
		if def := parsed(t, "weighting: {scheme: [{name: "+s.Name+"}]}\n"); def.Weighting.Entries[0].Scheme.Name != s.Name {
			t.Errorf("scheme %s is read as %s", s.Name, def.Weighting.Entries[0].Scheme.Name)
		}
	}
	for _, w := range objective.Ways() {
		def := parsed(t, "weighting: {scheme: [{name: mean-ratio}], apply: "+w.Name+"}\n")
		if plan, err := def.Plan(search.Point{}); err != nil || plan.Apply != w.Name {
			t.Errorf("apply %s is read as %s, error %v", w.Name, plan.Apply, err)
		}
	}
	for _, k := range models.Kinds() {
		def := parsed(t, plainScheme+"model: {"+ofKind(k.Name)+"}\n")
		if model := def.ReferenceModel(); model["kind"] != k.Name || def.Model.Trainer.Transport() != trainers.Of(k.Name) {
			t.Errorf("kind %s is read as %v, trained by %s", k.Name, model["kind"], def.Model.Trainer.Transport().Name)
		}
		for _, key := range k.Keys {
			if !slices.Contains(def.Model.Keys[k.Name], key) {
				t.Errorf("kind %s has no %s in a study", k.Name, key)
			}
		}
	}
}

// ofKind returns the model section of a kind with all that must be there.
func ofKind(kind string) string {
	text := "kind: " + kind
	for _, k := range trainers.Of(kind).Keys {
		if k.Example != "" {
			text += ", " + k.Name + ": " + k.Example
		}
	}
	return text
}

// TestTrainerKeys: a study with another value of a trainer's key differs in that key
// alone, and goes on if it is not part of what a run computes or decides which run fails.
func TestTrainerKeys(t *testing.T) {
	other := map[models.Type]func(models.Key) string{
		models.CommandLine:  func(models.Key) string { return "[other]" },
		models.Environments: func(models.Key) string { return "[{}, {A: 1}]" },
		models.Duration:     func(models.Key) string { return "17m" },
		models.Size:         func(models.Key) string { return "17GB" },
	}
	for _, number := range []models.Type{models.Integer, models.Real, models.Word} {
		other[number] = func(k models.Key) string { return fmt.Sprint(trainertest.Another(k, k.Default)) }
	}
	for _, kind := range models.Kinds() {
		for _, k := range trainers.Of(kind.Name).Keys {
			if other[k.Type] == nil {
				t.Errorf("no other value of model.%s is known here; add one for the type %q", k.Name, k.Type)
				continue
			}
			text := plainScheme + "model: {" + ofKind(kind.Name) + "}\n"
			before := parsed(t, text)
			after, err := Parse("s.yaml", []byte(text), "/folder", []Override{{Key: "model." + k.Name, Value: other[k.Type](k.Key)}})
			if err != nil {
				t.Fatal(err)
			}
			changes := search.Diff(before, after)
			if len(changes) != 1 || changes[0].Key != "model."+k.Name || search.BudgetOnly(changes) == (k.Identity || k.Outcomes) {
				t.Errorf("another %s: changes %v, the study goes on: %v; identity is %v, outcomes %v",
					k.Name, changes, search.BudgetOnly(changes), k.Identity, k.Outcomes)
			}
			if same := reflect.DeepEqual(before.ReferenceModel(), after.ReferenceModel()); same == k.Identity {
				t.Errorf("another %s: the same run %v; identity is %v", k.Name, same, k.Identity)
			}
			if reflect.DeepEqual(before.Model.Trainer, after.Model.Trainer) {
				t.Errorf("another %s: the settings are the same", k.Name)
			}
		}
	}
}

// TestDefaultsOfTrainers: what a file is silent about has the default of the table.
func TestDefaultsOfTrainers(t *testing.T) {
	def := parsed(t, plainScheme+"model: {kind: command, command: [a]}\n")
	want := &trainers.CommandSettings{
		Words: []string{"a"}, Slots: []map[string]string{{}}, Timeout: 2 * time.Hour, Silence: 10 * time.Minute, StartTimeout: time.Minute,
	}
	if !reflect.DeepEqual(def.Model.Trainer, trainers.Settings(want)) {
		t.Errorf("settings %+v; want %+v", def.Model.Trainer, want)
	}
}
