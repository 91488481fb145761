package studyfile

import (
	"errors"
	"testing"

	"evenkeel/search"
)

func TestOverrides(t *testing.T) {
	base := "study: s\nmodel: {epochs: {low: 1, high: 4}}\nweighting:\n  scheme:\n    - {name: uniform}\n    - {name: mean-ratio}\n"
	for _, c := range []struct {
		name      string
		overrides []Override
		same      string // a file that says the same
	}{
		{"a new section", []Override{{Key: "search.trials", Value: "7"}}, base + "search: {trials: 7}"},
		{"the last one wins", []Override{{Key: "search.trials", Value: "7"}, {Key: "search.trials", Value: "8"}}, base + "search: {trials: 8}"},
		{"a range", []Override{{Key: "search.seed", Value: "2"}, {Key: "weighting.damping", Value: "{low: 0, high: 0.5}"}},
			base + "  damping: {low: 0, high: 0.5}\nsearch: {seed: 2}"},
		{"within a range", []Override{{Key: "model.epochs.low", Value: "2"}},
			"study: s\nmodel: {epochs: {low: 2, high: 4}}\nweighting: {scheme: [{name: uniform}, {name: mean-ratio}]}"},
		{"an entry's parameter", []Override{{Key: "weighting.scheme.1.exponent", Value: "[1, 3]"}},
			"study: s\nmodel: {epochs: {low: 1, high: 4}}\nweighting: {scheme: [{name: uniform}, {name: mean-ratio, exponent: [1, 3]}]}"},
		{"an entry", []Override{{Key: "weighting.scheme.0", Value: "{name: error-power}"}},
			"study: s\nmodel: {epochs: {low: 1, high: 4}}\nweighting: {scheme: [{name: error-power}, {name: mean-ratio}]}"},
		{"all entries, then one of them", []Override{{Key: "weighting.scheme", Value: "{name: error-power}"}, {Key: "weighting.scheme.0.exponent", Value: "1"}},
			"study: s\nmodel: {epochs: {low: 1, high: 4}}\nweighting: {scheme: {name: error-power, exponent: 1}}"},
		{"the name", []Override{{Key: "study", Value: "t"}}, "study: t\n" + base[len("study: s\n"):]},
	} {
		t.Run(c.name, func(t *testing.T) {
			def := mustParse(t, base, c.overrides...)
			if diff := search.Diff(mustParse(t, c.same), def); len(diff) != 0 {
				t.Errorf("differs in %v; want none", diff)
			}
			checkRoundTrip(t, def)
		})
	}
}

// TestOverridesOfAnEmptyFile checks that a study can come from flags alone.
func TestOverridesOfAnEmptyFile(t *testing.T) {
	def := mustParse(t, "# nothing\n", Override{Key: "weighting.scheme", Value: "[{name: uniform}]"})
	if len(def.Weighting.Entries) != 1 {
		t.Errorf("%d entries; want 1", len(def.Weighting.Entries))
	}
}

func TestOverrideFaults(t *testing.T) {
	base := "search: {trials: 3}\nmodel:\n  epochs: 3\n  batch: [32, 64]\n" + scheme
	for _, c := range []struct {
		name     string
		override Override
		want     string
	}{
		{"unknown key", Override{Key: "model.epoch", Value: "3"}, `--set model.epoch: unknown key "epoch" in model; the nearest known key is epochs`},
		{"unknown section", Override{Key: "modell.epochs", Value: "3"}, `--set modell.epochs: unknown key "modell"; the nearest known key is model`},
		{"wrong value", Override{Key: "search.trials", Value: "many"}, "--set search.trials: many is not a number; want an integer from 1 to 100000"},
		{"flag", Override{Key: "search.trials", Value: "0", Flag: "--trials"}, "--trials: 0 is out of range; want an integer from 1 to 100000"},
		{"no value", Override{Key: "model.epochs"}, "--set model.epochs is empty; want an integer from 1 to 1000000"},
		{"no YAML", Override{Key: "model.epochs", Value: "[3"}, "--set model.epochs: not YAML: did not find expected ',' or ']'; check indentation, quotes and brackets here and above"},
		{"anchor", Override{Key: "model.epochs", Value: "&a 3"}, "--set model.epochs: anchor &a; anchors and aliases are not allowed, write the value where it is used"},
		{"below a value", Override{Key: "model.epochs.low", Value: "3"}, `--set model.epochs.low: model.epochs is 3 and has no key "low"; set it as a whole`},
		{"no such entry", Override{Key: "weighting.scheme.1.exponent", Value: "3"}, `--set weighting.scheme.1.exponent: weighting.scheme has no entry "1"; it is a list of 1, numbered from 0`},
		{"index that is none", Override{Key: "model.batch.01", Value: "3"}, `--set model.batch.01: model.batch has no entry "01"; it is a list of 2, numbered from 0`},
		{"entry of nothing", Override{Key: "weighting.damping.0", Value: "3"}, `--set weighting.damping.0: weighting.damping has no entry 0; set it as a whole`},
		{"empty part", Override{Key: "model..epochs", Value: "3"}, "--set model..epochs: the key has an empty part; want one such as model.epochs"},
		{"two documents", Override{Key: "model.epochs", Value: "3\n---\n4"}, "--set model.epochs: a second document starts here; a study file has one"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Parse("s.yaml", []byte(base), "/", []Override{c.override})
			compareFaults(t, err, []string{c.want})
		})
	}
}

// TestPlace: what is found after parsing is reported at the place of its key.
func TestPlace(t *testing.T) {
	text := "study: a\ndata: {source: \"csv:x.csv\"}\n" + scheme
	missing := errors.New("data.source: x.csv: no such file")
	for _, c := range []struct {
		err       error
		overrides []Override
		want      string
	}{
		{missing, nil, "s.yaml:2:16: data.source: x.csv: no such file"},
		{missing, []Override{{Key: "data.source", Value: "csv:x.csv"}}, "--set data.source: x.csv: no such file"},
		{errors.New("model.kind with data.source x: odd"), nil, "model.kind with data.source x: odd"},
		{errors.New("the program ended"), nil, "the program ended"},
	} {
		if got := Place(c.err, "s.yaml", []byte(text), c.overrides).Error(); got != c.want {
			t.Errorf("%q; want %q", got, c.want)
		}
	}
}

func TestSplitOverride(t *testing.T) {
	for argument, want := range map[string]Override{
		"a.b=c":   {Key: "a.b", Value: "c"},
		"a = b=c": {Key: "a", Value: " b=c"},
		"a=":      {Key: "a"},
	} {
		if got, ok := SplitOverride(argument); !ok || got != want {
			t.Errorf("%q gives %v, %v; want %v", argument, got, ok, want)
		}
	}
	for _, argument := range []string{"", "a.b", "=3", " =3"} {
		if got, ok := SplitOverride(argument); ok {
			t.Errorf("%q gives %v; want it refused", argument, got)
		}
	}
}

// TestTimeLiftsTrials: a limit of time that is given without a number of trials takes the
// file's out, in the source and the canonical form too; and where a file has a time and no
// number, that is no number either.
func TestTimeLiftsTrials(t *testing.T) {
	hour := Override{Key: "search.time", Value: "1h", Flag: "--time", Lifts: true}
	for _, c := range []struct {
		name, search   string
		overrides      []Override
		trials, lifted int
	}{
		{"neither", "{}", nil, 40, 0},
		{"both in the file", "{trials: 8, time: 2h}", nil, 8, 0},
		{"time in the file", "{time: 2h}", nil, 0, 0},
		{"until in the file", "{until: '07:00'}", nil, 0, 0},
		{"time over trials", "{trials: 8}", []Override{hour}, 0, 8},
		{"time over both", "{trials: 8, time: 2h}", []Override{hour}, 0, 8},
		{"until over trials", "{trials: 8}", []Override{{Key: "search.until", Value: "'07:00'", Lifts: true}}, 0, 8},
		{"with a number", "{trials: 8}", []Override{hour, {Key: "search.trials", Value: "9"}}, 9, 0},
		{"time as a key of the file", "{trials: 8}", []Override{{Key: "search.time", Value: "1h"}}, 8, 0},
		{"no time after all", "{trials: 8, time: 2h}", []Override{{Key: "search.time", Value: "0", Lifts: true}}, 8, 0},
		{"no time and no number", "{time: 2h}", []Override{{Key: "search.time", Value: "0", Lifts: true}}, 40, 0},
	} {
		def, err := Parse("s.yaml", []byte(scheme+"search: "+c.search+"\n"), "/", c.overrides)
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		if def.Search.Trials != c.trials || def.Lifted != c.lifted {
			t.Errorf("%s: %d trials, %d lifted; want %d and %d", c.name, def.Search.Trials, def.Lifted, c.trials, c.lifted)
		}
		for _, text := range [][]byte{def.Source, def.Canonical} {
			again, err := Parse("s.yaml", text, "/", nil)
			if err != nil || again.Search.Trials != c.trials {
				t.Errorf("%s: read again from\n%s\n%v; want %d trials", c.name, text, err, c.trials)
			}
		}
	}
}
