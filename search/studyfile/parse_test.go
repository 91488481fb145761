package studyfile

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"evenkeel/objective"
	"evenkeel/objective/data"
	"evenkeel/schemes"
	"evenkeel/search"
)

// sameDefinition compares definitions: the schemes of the catalogue are shared,
// so by identity; those of formulas by all but their function.
var sameDefinition = cmp.Options{
	cmp.Comparer(func(a, b *schemes.Scheme) bool {
		if a == b || !a.Strict || !b.Strict {
			return a == b
		}
		c, d := *a, *b
		c.Raw, d.Raw = nil, nil
		return cmp.Equal(c, d)
	}),
}

func mustParse(t *testing.T, text string, overrides ...Override) *search.Definition {
	t.Helper()
	def, err := Parse("/elsewhere/s.yaml", []byte(text), "/studies", overrides)
	if err != nil {
		t.Fatal(err)
	}
	return def
}

// TestDefaults pins every default, as the contract's example names them.
func TestDefaults(t *testing.T) {
	def := mustParse(t, "weighting: {scheme: [{name: mean-ratio}]}")
	want := `{"data":{"limit":0,"seed":1,"source":"embedded","test":0.2,"validation":0.2},` +
		`"model":{"batch":128,"dropout":0,"early_stopping":0,"epochs":15,"hidden":[[128]],"kind":"mlp","learning_rate":0.001,"optimizer":"adam","weight_decay":0},` +
		`"objective":{"accuracy_penalty":2,"accuracy_tolerance":0.01,"spread":"stddev"},` +
		`"search":{"max_replicates":5,"parallel":0,"racing":true,"replicates":1,"sampler":"tpe","screen":"auto","seed":0,"time":"0s","trials":40,"until":"","window":4},` +
		`"study":"s",` +
		`"weighting":{"apply":"loss","clip":0,"damping":0,"normalize":"mean","rounds":1,"scheme":[{"exponent":2,"name":"mean-ratio"}],"signal":"recall","smoothing":"laplace","update":"replace","weights_from":0}}`
	if got := string(def.Canonical); got != want {
		t.Errorf("canonical form\n%s\nwant\n%s", got, want)
	}
	if len(def.Space.Params) != 0 {
		t.Errorf("space %v; want none", def.Space)
	}
	wantConfig := search.Config{Sampler: "tpe", Screen: "auto", Trials: 40, Window: 4, Replicates: 1, MaxReplicates: 5, Racing: true}
	if diff := cmp.Diff(wantConfig, def.Search); diff != "" {
		t.Error(diff)
	}
	wantSplit := search.DataConfig{Source: data.Source{Kind: "embedded"}, Split: objective.Split{Validation: 0.2, Test: 0.2, Seed: 1}}
	if diff := cmp.Diff(wantSplit, def.Data); diff != "" {
		t.Error(diff)
	}
	if want := (objective.Score{Spread: objective.StdDev, Tolerance: 0.01, Penalty: 2}); def.Objective != want {
		t.Errorf("objective %v; want %v", def.Objective, want)
	}
}

// full leaves open what can be left open, in every way.
const full = `
study: fashion
data: {limit: 100, seed: 3}
model:
  kind: [softmax, mlp]
  epochs: {low: 5, high: 20, step: 5}
  batch: [64, 128.0]
  optimizer: [sgd, adam]
  learning_rate: {low: 1e-4, high: 1e-2, log: true, type: real}
  momentum: {low: 0, high: 0.9}
  dropout: {low: 0.1, high: 0.1}
  hidden: [[64], [128, 0x40]]
weighting:
  scheme:
    - {name: uniform}
    - {name: inverse-recall, exponent: {low: 1, high: 4}}
    - {name: error-power, strength: {low: 0.5, high: 2}}
  signal: [recall]
  rounds: {low: 1, high: 3}
  update: [accumulate, replace]
  clip: [0, 10]
search:
  time: 1h30m
  until: 07:00
  replicates: 7
`

func TestSpace(t *testing.T) {
	def := mustParse(t, full)
	scheme := func(i int) *search.Condition { return &search.Condition{Param: "weighting.scheme", In: []int{i}} }
	want := search.Space{Params: []search.Param{
		{Name: "model.kind", Kind: search.Categorical, Choices: []any{"softmax", "mlp"}},
		{Name: "model.epochs", Kind: search.Int, Low: 5, High: 20, Step: 5},
		{Name: "model.batch", Kind: search.Categorical, Choices: []any{int64(64), int64(128)}},
		{Name: "model.optimizer", Kind: search.Categorical, Choices: []any{"sgd", "adam"}},
		{Name: "model.learning_rate", Kind: search.Real, Low: 1e-4, High: 1e-2, Log: true},
		{Name: "model.momentum", Kind: search.Real, Low: 0, High: 0.9, When: &search.Condition{Param: "model.optimizer", In: []int{0}}},
		{Name: "model.hidden", Kind: search.Categorical, Choices: []any{[]int64{64}, []int64{128, 64}}, When: &search.Condition{Param: "model.kind", In: []int{1}}},
		{Name: "weighting.scheme", Kind: search.Categorical, Choices: []any{"0:uniform", "1:mean-ratio", "2:error-power"}},
		{Name: "weighting.scheme.1.exponent", Kind: search.Real, Low: 1, High: 4, When: scheme(1)},
		{Name: "weighting.scheme.2.strength", Kind: search.Real, Low: 0.5, High: 2, When: scheme(2)},
		{Name: "weighting.rounds", Kind: search.Int, Low: 1, High: 3},
		{Name: "weighting.update", Kind: search.Categorical, Choices: []any{"accumulate", "replace"}},
		{Name: "weighting.clip", Kind: search.Categorical, Choices: []any{0.0, 10.0}},
	}}
	if diff := cmp.Diff(want, def.Space); diff != "" {
		t.Error(diff)
	}
	if got := def.Model.Fixed["dropout"]; got != 0.1 {
		t.Errorf("dropout from 0.1 to 0.1 is %v; want it fixed", got)
	}
	if got := def.Search; got.Time != 90*time.Minute || got.Until != "07:00" || got.MaxReplicates != 7 {
		t.Errorf("search %+v; want 1h30m, until 07:00, and max_replicates raised to replicates", got)
	}
}

// TestStrengthReplacesItsParameter checks that the solved parameter is neither
// fixed nor in the canonical form.
func TestStrengthReplacesItsParameter(t *testing.T) {
	def := mustParse(t, "weighting: {scheme: {name: mean-ratio, strength: 1.5}}")
	e := def.Weighting.Entries[0]
	if _, has := e.Fixed["exponent"]; has || e.Strength != 1.5 {
		t.Errorf("entry %+v; want strength 1.5 and no exponent", e)
	}
	if strings.Contains(string(def.Canonical), "exponent") {
		t.Errorf("canonical form %s; want no exponent", def.Canonical)
	}
}

func TestNameFromTheFile(t *testing.T) {
	def := mustParse(t, scheme)
	if def.Name != "s" || def.Folder != "/studies" {
		t.Errorf("name %q, folder %q; want s and /studies", def.Name, def.Folder)
	}
}

// TestSpellings lists texts that mean the same study.
func TestSpellings(t *testing.T) {
	want := mustParse(t, "study: s\nmodel: {epochs: 15, kind: mlp}\nweighting: {scheme: [{name: mean-ratio}]}")
	for name, text := range map[string]string{
		"byte order mark":     "\uFEFFstudy: s\nweighting: {scheme: {name: mean-ratio}}",
		"order of keys":       "weighting:\n  scheme:\n  - name: mean-ratio\nmodel:\n  kind: mlp\n  epochs: 15\nstudy: s",
		"an alias":            "weighting: {scheme: {name: inverse-recall, exponent: 2.0}}",
		"a choice of one":     "model: {epochs: [15], hidden: [[128]]}\nweighting: {scheme: [{name: mean-ratio, exponent: [2]}]}",
		"a range of one":      "model: {epochs: {low: 15, high: 15}}\nweighting: {scheme: {name: mean-ratio}}",
		"another notation":    "model: {epochs: 1.5e1, batch: 0x80}\nweighting: {scheme: {name: 'mean-ratio'}}",
		"document markers":    "%YAML 1.2\n---\nweighting: {scheme: {name: mean-ratio}}\n...\n",
		"explicit quotes":     "\"study\": 's'\nweighting: {scheme: {name: mean-ratio}}",
		"Windows line ending": "study: s\r\nweighting:\r\n  scheme: {name: mean-ratio}\r\n",
	} {
		if diff := search.Diff(want, mustParse(t, text)); len(diff) != 0 {
			t.Errorf("%s: differs in %v; want the same study", name, diff)
		}
	}
}

// checkRoundTrip checks that a definition's source and its canonical form are
// study files of the same definition, under any name.
func checkRoundTrip(t *testing.T, def *search.Definition) {
	t.Helper()
	for what, text := range map[string][]byte{"source": def.Source, "canonical form": def.Canonical} {
		again, err := Parse("other.yaml", text, def.Folder, nil)
		if err != nil {
			t.Fatalf("the %s does not parse: %v\n%s", what, err, text)
		}
		if what == "canonical form" { // its source is the longer text
			again.Source = def.Source
			again.Model.OpenEpochs = def.Model.OpenEpochs // it has a number of epochs
		}
		if diff := cmp.Diff(def, again, sameDefinition); diff != "" {
			t.Fatalf("the %s gives another definition:\n%s\n%s", what, diff, text)
		}
	}
}

func TestRoundTrip(t *testing.T) {
	for _, text := range seeds(t) {
		if def, err := Parse("s.yaml", text, "/studies", nil); err == nil {
			checkRoundTrip(t, def)
		}
	}
	checkRoundTrip(t, mustParse(t, full))
	checkRoundTrip(t, mustParse(t, full, Override{Key: "study", Value: `"007: ünïcode 'x'"`}))
	checkRoundTrip(t, mustParse(t, "study: null-ish\nmodel:\n  epochs: 3 # comment\n"+scheme))
}

// seeds returns the study files of testdata.
func seeds(t testing.TB) [][]byte {
	t.Helper()
	paths, err := filepath.Glob("testdata/*.yaml")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no seeds in testdata: %v", err)
	}
	var texts [][]byte
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		texts = append(texts, text)
	}
	return texts
}
