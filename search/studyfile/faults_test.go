package studyfile

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"evenkeel/objective/data"
	"evenkeel/objective/models"
	"evenkeel/schemes"
	"evenkeel/search/samplers"
)

// scheme is the least weighting section of a valid study.
const scheme = "weighting: {scheme: [{name: uniform}]}\n"

// faultCase is a text and the lines that are reported for it. Positions were
// counted by hand in the text.
type faultCase struct {
	name, text string
	want       []string
}

func checkFaults(t *testing.T, cases []faultCase) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, err := Parse("s.yaml", []byte(c.text), "/studies", nil)
			compareFaults(t, err, c.want)
		})
	}
}

func compareFaults(t *testing.T, err error, want []string) {
	t.Helper()
	var faults Errors
	if !errors.As(err, &faults) {
		t.Fatalf("error %v (%T); want Errors", err, err)
	}
	if got, want := faults.Error(), listed.Replace(strings.Join(want, "\n")); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// listed puts the names that there are in place of {kinds} and so on, so that what is
// wanted does not change with every addition.
var listed = func() *strings.Replacer {
	var sources, catalogue []string
	for _, k := range data.Kinds() {
		sources = append(sources, k.Form())
	}
	for _, s := range schemes.All() {
		catalogue = append(catalogue, s.Name)
	}
	pairs := []string{
		"{kinds}", strings.Join(models.Names(models.Kinds()), ", "), "{samplers}", strings.Join(samplers.Names(), ", "),
		"{model keys}", strings.Join(slices.Concat(modelKeyNames()[1:], trainerKeyNames()), ", "),
		"{sources}", strings.Join(sources, ", "), "{schemes}", strings.Join(catalogue, ", "),
	}
	for _, key := range []string{"hidden", "dropout", "augment"} {
		with := slices.DeleteFunc(models.Kinds(), func(k models.Kind) bool { return !slices.Contains(k.Keys, key) })
		pairs = append(pairs, "{with "+key+"}", strings.Join(models.Names(with), " or "))
	}
	return strings.NewReplacer(pairs...)
}()

func TestSyntaxFaults(t *testing.T) {
	checkFaults(t, []faultCase{
		{"empty", "", []string{
			"s.yaml:1:1: weighting.scheme is missing; want at least one entry, such as weighting: {scheme: [{name: mean-ratio, exponent: 2}]}",
		}},
		{"a list", "- a\n", []string{
			"s.yaml:1:1: the study file is a list; want a mapping with the keys study, data, model, weighting, objective, search",
		}},
		{"a word", "fashion\n", []string{
			"s.yaml:1:1: the study file is fashion; want a mapping with the keys study, data, model, weighting, objective, search",
		}},
		{"not UTF-8", "study: a\nmodel: {kind: \xff}\n", []string{
			"s.yaml:2:15: byte 0xff is not UTF-8; save the file as UTF-8",
		}},
		{"UTF-16", "\xff\xfes\x00t\x00", []string{
			"s.yaml:1:1: byte 0xff is not UTF-8; save the file as UTF-8",
		}},
		{"columns count characters", "study: ä\x01\n", []string{
			"s.yaml:1:9: control character U+0001 is not allowed; remove it",
		}},
		{"second document", scheme + "---\nstudy: b\n", []string{
			"s.yaml:2:1: a second document starts here; a study file has one",
		}},
		{"anchor and alias", scheme + "model:\n  epochs: &e 3\n  batch: *e\n", []string{
			"s.yaml:3:11: anchor &e; anchors and aliases are not allowed, write the value where it is used",
			"s.yaml:4:10: alias *e; anchors and aliases are not allowed, write the value out",
		}},
		{"unknown alias", scheme + "model:\n  batch: *e\n", []string{
			"s.yaml:3:10: alias *e; anchors and aliases are not allowed, write the value out",
		}},
		{"merge key", scheme + "model:\n  <<: {epochs: 3}\n", []string{
			"s.yaml:3:3: merge key <<; anchors and aliases are not allowed, write the keys out",
		}},
		{"tags", scheme + "model:\n  epochs: !!int 3\n  kind: !mine mlp\n", []string{
			"s.yaml:3:11: tag !!int; leave it out, the key decides the type",
			"s.yaml:4:9: tag !mine; leave it out, the key decides the type",
		}},
		{"duplicate key", scheme + "model:\n  epochs: 3\n  epochs: 4\n", []string{
			"s.yaml:4:3: key \"epochs\" occurs twice, first on line 3; keep one",
		}},
		{"duplicate section", scheme + "model: {}\nmodel: {}\n", []string{
			"s.yaml:3:1: key \"model\" occurs twice, first on line 2; keep one",
		}},
		{"a key that is a list", scheme + "? [a]\n: 1\n", []string{
			"s.yaml:2:3: a key is a list; want a word",
		}},
		{"tab", scheme + "model:\n\tepochs: 3\n", []string{
			"s.yaml:3:1: not YAML: found character that cannot start any token; check indentation, quotes and brackets here and above",
		}},
		{"indentation", scheme + "model:\n  epochs: 3\n   batch: 4\n", []string{
			"s.yaml:4:4: not YAML: mapping values are not allowed in this context; check indentation, quotes and brackets here and above",
		}},
		{"missing bracket", scheme + "model:\n  batch: [3, 4\n  epochs: 2\nsearch: {}\n", []string{
			"s.yaml:5:1: not YAML: did not find expected ',' or ']'; check indentation, quotes and brackets here and above",
		}},
		{"nesting", "study: " + strings.Repeat("[", 40) + strings.Repeat("]", 40) + "\n" + scheme, []string{
			"s.yaml:1:8: study is a list; want a name",
			"s.yaml:1:39: more than 32 levels of nesting; a study file needs at most 5",
		}},
		{"size", "#" + strings.Repeat(" ", 1<<20), []string{
			"s.yaml:1:1: the text has 1048577 bytes; a study file has at most 1048576",
		}},
	})
}

func TestKeyFaults(t *testing.T) {
	checkFaults(t, []faultCase{
		{"unknown section", scheme + "modell: {}\n", []string{
			"s.yaml:2:1: unknown key \"modell\"; the nearest known key is model",
		}},
		{"unknown key", scheme + "model:\n  epoch: 3\n", []string{
			"s.yaml:3:3: unknown key \"epoch\" in model; the nearest known key is epochs",
		}},
		{"key of another section", scheme + "epochs: 3\n", []string{
			"s.yaml:2:1: unknown key \"epochs\"; epochs belongs in model",
		}},
		{"keys of later versions", scheme + "model: {warm: none}\nsearch: {pruner: none}\n", []string{
			"s.yaml:2:9: unknown key \"warm\" in model; known keys: kind, params, {model keys}",
			"s.yaml:3:10: unknown key \"pruner\" in search; known keys: sampler, screen, trials, time, until, parallel, window, replicates, max_replicates, racing, seed, on_finish",
		}},
		{"keys the kind ignores", scheme + "model:\n  kind: softmax\n  hidden: [[3]]\n  dropout: 0.1\n", []string{
			"s.yaml:4:3: model.hidden is used with kind {with hidden} only, and this study has none; remove it, or choose kind {with hidden}",
			"s.yaml:5:3: model.dropout is used with kind {with dropout} only, and this study has none; remove it, or choose kind {with dropout}",
		}},
		{"augment without images", scheme + "model: {augment: flip}\n", []string{
			"s.yaml:2:9: model.augment is used with kind {with augment} only, and this study has none; remove it, or choose kind {with augment}",
		}},
		{"an augmentation that is not known", scheme + "model: {kind: cnn, augment: crop}\n", []string{
			"s.yaml:2:29: model.augment: \"crop\" is not known; known: none, flip, flip-crop",
		}},
		{"momentum with adam", scheme + "model: {momentum: 0.5}\n", []string{
			"s.yaml:2:9: model.momentum is used with optimizer sgd only, and this study has none; remove it, or choose optimizer sgd",
		}},
		{"sources of later versions", scheme + "data: {source: npz:mnist}\n", []string{
			"s.yaml:2:16: data.source: \"npz:mnist\" is not known; known: {sources}",
		}},
		{"samplers of later versions", scheme + "search: {sampler: gp}\n", []string{
			"s.yaml:2:19: search.sampler: \"gp\" is not known; known: {samplers}",
		}},
		{"a word with a slip", scheme + "model: {optimizer: adamw}\n", []string{
			"s.yaml:2:20: model.optimizer: \"adamw\" is not known, the nearest is adam; known: adam, sgd",
		}},
		{"sections that are none", "data:\nmodel: 3\nsearch: []\n" + scheme, []string{
			"s.yaml:1:6: data is empty; want a mapping of its keys, or leave it out",
			"s.yaml:2:8: model is 3; want a mapping of its keys, or leave it out",
			"s.yaml:3:9: search is a list; want a mapping of its keys, or leave it out",
		}},
		{"choices outside model and weighting", "study: [a, b]\n" + scheme + "search:\n  trials: [1, 2]\n  seed: {low: 1, high: 3}\n", []string{
			"s.yaml:1:8: study is a list; want a name",
			"s.yaml:4:11: search.trials is a list; only model and weighting can be searched, want an integer from 1 to 100000",
			"s.yaml:5:9: search.seed is a mapping; only model and weighting can be searched, want an integer, 0 or more",
		}},
		{"names", "study: \" a\"\n" + scheme, []string{
			"s.yaml:1:8: study is \" a\"; want a name of printable characters, with no space at either end",
		}},
		{"no name", "study: \"\"\n" + scheme, []string{
			"s.yaml:1:8: study is empty; want a name, such as study: fashion",
		}},
		{"max_replicates", scheme + "search: {replicates: 3, max_replicates: 2}\n", []string{
			"s.yaml:2:41: search.max_replicates is 2, below replicates 3; want at least 3",
		}},
		{"in the order of the file", "search: {trials: 0}\nmodel: {batch: 0}\ndata: {validation: 1}\n" + scheme, []string{
			"s.yaml:1:18: search.trials: 0 is out of range; want an integer from 1 to 100000",
			"s.yaml:2:16: model.batch: 0 is out of range; want an integer from 1 to 65536",
			"s.yaml:3:20: data.validation: 1 is out of range; want a number above 0 to below 1",
		}},
	})
}

func TestScalarFaults(t *testing.T) {
	model := func(line string) string { return scheme + "model:\n  " + line + "\n" }
	search := func(line string) string { return scheme + "search:\n  " + line + "\n" }
	checkFaults(t, []faultCase{
		{"leading zero", model("epochs: 015"), []string{"s.yaml:3:11: model.epochs: 015 has a leading zero; write 15"}},
		{"leading zeros of 0", model("dropout: -000"), []string{"s.yaml:3:12: model.dropout: -000 has a leading zero; write 0"}},
		{"leading zero, negative", search("seed: -012"), []string{"s.yaml:3:9: search.seed: -012 has a leading zero; write -12"}},
		{"quoted number", model("epochs: '15'"), []string{"s.yaml:3:11: model.epochs: \"15\" is text, because of the quotes; want an integer from 1 to 1000000"}},
		{"word for a number", model("dropout: none"), []string{"s.yaml:3:12: model.dropout: none is not a number; want a number from 0 to below 1"}},
		{"underscore", model("epochs: 1_000"), []string{"s.yaml:3:11: model.epochs: 1_000 is not a number in YAML 1.2; write it without _"}},
		{"fraction", model("epochs: 1.5"), []string{"s.yaml:3:11: model.epochs: 1.5 is not an integer; want an integer from 1 to 1000000"}},
		{"negative", model("epochs: -1"), []string{"s.yaml:3:11: model.epochs: -1 is out of range; want an integer from 1 to 1000000"}},
		{"too large an integer", model("epochs: 9007199254740993"), []string{"s.yaml:3:11: model.epochs: 9007199254740993 is too large; want an integer from 1 to 1000000"}},
		{"too large a number", model("learning_rate: 1e999"), []string{"s.yaml:3:18: model.learning_rate: 1e999 is too large; want a number above 0 to 1000"}},
		{"NaN", model("learning_rate: .nan"), []string{"s.yaml:3:18: model.learning_rate: .nan is not a finite number; want a number above 0 to 1000"}},
		{"infinite", model("learning_rate: -.Inf"), []string{"s.yaml:3:18: model.learning_rate: -.Inf is not a finite number; want a number above 0 to 1000"}},
		{"null", model("epochs:"), []string{"s.yaml:3:10: model.epochs is empty; want an integer from 1 to 1000000"}},
		{"tilde", model("kind: ~"), []string{"s.yaml:3:9: model.kind is empty; known: {kinds}"}},
		{"on", search("racing: on"), []string{"s.yaml:3:11: search.racing: on is not a boolean in YAML 1.2; write true"}},
		{"No", search("racing: No"), []string{"s.yaml:3:11: search.racing: No is not a boolean in YAML 1.2; write false"}},
		{"quoted true", search("racing: 'true'"), []string{"s.yaml:3:11: search.racing: \"true\" is text, because of the quotes; want true or false"}},
		{"1 for true", search("racing: 1"), []string{"s.yaml:3:11: search.racing: 1 is not a boolean; want true or false"}},
		{"no unit", search("time: 8"), []string{"s.yaml:3:9: search.time: 8 has no unit; write 8h or 8m"}},
		{"days", search("time: 1d"), []string{"s.yaml:3:9: search.time: 1d is not a duration; want a duration with its unit, such as 8h or 90m"}},
		{"negative time", search("time: -1h"), []string{"s.yaml:3:9: search.time: -1h is negative; want a duration with its unit, such as 8h or 90m"}},
		{"no time of day", search("until: 25:00"), []string{"s.yaml:3:10: search.until: \"25:00\" is not a time; want a clock time such as 07:00, or RFC 3339 such as 2026-03-01T07:00:00Z"}},
		{"long text is cut", model("kind: " + strings.Repeat("x", 100)), []string{"s.yaml:3:9: model.kind: \"" + strings.Repeat("x", 40) + "...\" is not known; known: {kinds}"}},
	})
}

func TestSpaceFaults(t *testing.T) {
	model := func(line string) string { return scheme + "model:\n  " + line + "\n" }
	weighting := func(line string) string { return "weighting:\n  scheme: {name: uniform}\n  " + line + "\n" }
	checkFaults(t, []faultCase{
		{"empty choice", model("batch: []"), []string{"s.yaml:3:10: model.batch is an empty list; want one value, or a choice of several"}},
		{"null choice", model("batch: [32, ]\n  epochs: [1, null]"), []string{"s.yaml:4:15: model.epochs, choice 2 is empty; want an integer from 1 to 1000000"}},
		{"equal choices", model("batch: [32, 64, 32.0]"), []string{"s.yaml:3:19: model.batch, choice 3 repeats an earlier one; want each choice once"}},
		{"too many choices", model("batch: [" + strings.Repeat("1, ", 1001) + "]"), []string{"s.yaml:3:10: model.batch has 1001 choices; want at most 1000, or a range"}},
		{"nested choice", model("batch: [32, [64]]"), []string{"s.yaml:3:15: model.batch, choice 2 is a list; want single values in a choice; a range is not one of them"}},
		{"a range in a choice", model("batch: [32, {low: 1, high: 2}]"), []string{"s.yaml:3:15: model.batch, choice 2 is a mapping; want single values in a choice; a range is not one of them"}},
		{"a wrong choice", model("kind: [mlp, rnn]"), []string{"s.yaml:3:15: model.kind, choice 2: \"rnn\" is not known, the nearest is cnn; known: {kinds}"}},
		{"no high", model("batch: {low: 1}"), []string{"s.yaml:3:10: model.batch has no high; a range needs low and high"}},
		{"no low", model("batch: {high: 1}"), []string{"s.yaml:3:10: model.batch has no low; a range needs low and high"}},
		{"a slip in a range", model("batch: {low: 1, hihg: 2}"), []string{
			"s.yaml:3:10: model.batch has no high; a range needs low and high",
			"s.yaml:3:19: unknown key \"hihg\" in model.batch; the nearest known key is high",
		}},
		{"low above high", model("batch: {low: 8, high: 2}"), []string{"s.yaml:3:16: model.batch: low 8 is above high 2; want low <= high"}},
		{"log from 0", model("weight_decay: {low: 0, high: 2, log: true}"), []string{"s.yaml:3:23: model.weight_decay: low 0 on a logarithmic scale; want low above 0"}},
		{"log with step", model("batch: {low: 1, high: 3, log: true, step: 1}"), []string{"s.yaml:3:45: model.batch has log and step; want one of the two"}},
		{"log: on", model("batch: {low: 1, high: 3, log: on}"), []string{"s.yaml:3:33: model.batch.log: on is not a boolean in YAML 1.2; write true"}},
		{"step that does not fit", model("dropout: {low: 0, high: 0.5, step: 0.2}"), []string{"s.yaml:3:38: model.dropout: step 0.2 does not lead from 0 to 0.5; want a step that divides 0.5, or high 0.4"}},
		{"fractional step", model("batch: {low: 1, high: 3, step: 0.5}"), []string{"s.yaml:3:34: model.batch.step: 0.5 is not an integer; want an integer, 1 or more"}},
		{"negative step", model("dropout: {low: 0, high: 0.5, step: -0.1}"), []string{"s.yaml:3:38: model.dropout.step: -0.1 is out of range; want a number above 0"}},
		{"infinite end", model("learning_rate: {low: 1, high: .inf}"), []string{"s.yaml:3:33: model.learning_rate.high: .inf is not a finite number; want a number above 0 to 1000"}},
		{"end out of range", weighting("damping: {low: 0, high: 1}"), []string{"s.yaml:3:27: weighting.damping.high: 1 is out of range; want a number from 0 to below 1"}},
		{"hole of clip", weighting("clip: 0.5"), []string{"s.yaml:3:9: weighting.clip: 0.5 is out of range; want a number, 1 or more, or 0"}},
		{"range over the hole of clip", weighting("clip: {low: 0, high: 4}"), []string{"s.yaml:3:15: weighting.clip: a range from 0; only 0 itself is allowed below 1, want low from 1"}},
		{"fractional end", model("batch: {low: 1.5, high: 3}"), []string{"s.yaml:3:16: model.batch.low: 1.5 is not an integer; want an integer from 1 to 65536"}},
		{"type", model("batch: {low: 1, high: 3, type: real}"), []string{"s.yaml:3:34: model.batch.type is real; the key is declared int, leave type out"}},
		{"range of words", model("optimizer: {low: 1, high: 3}"), []string{"s.yaml:3:14: model.optimizer is a mapping; a range needs numbers, want one of adam, sgd, or a list of such"}},
		{"flat hidden", model("hidden: [64, 128]"), []string{"s.yaml:3:11: model.hidden is a flat list; want [[64, 128]] for one network with 2 hidden layers, or [[64], [128]] for a choice of 2 networks"}},
		{"flat hidden of one", model("hidden: [64]"), []string{"s.yaml:3:11: model.hidden is the flat list [64]; want [[64]]"}},
		{"hidden as a number", model("hidden: 64"), []string{"s.yaml:3:11: model.hidden is 64; want a list of lists, [[64]] for one hidden layer"}},
		{"mixed hidden", model("hidden: [[64], 128]"), []string{"s.yaml:3:11: model.hidden mixes lists and single values; want a list of lists, such as [[128], [256, 128]]"}},
		{"range of hidden", model("hidden: {low: 1, high: 2}"), []string{"s.yaml:3:11: model.hidden is a mapping; want a list of lists, such as [[128]]"}},
		{"empty hidden", model("hidden: [[]]"), []string{"s.yaml:3:12: model.hidden, choice 1 has no width; want a list of lists of widths, such as [[128]]"}},
		{"zero width", model("hidden: [[8, 0]]"), []string{"s.yaml:3:12: model.hidden, choice 1: width 2 is 0, outside 1 to 65536; want a list of lists of widths, such as [[128]]"}},
		{"equal hidden", model("hidden: [[8], [8]]"), []string{"s.yaml:3:17: model.hidden, choice 2 repeats an earlier one; want each choice once"}},
	})
}

func TestSchemeFaults(t *testing.T) {
	entries := func(s string) string { return "weighting:\n  scheme: " + s + "\n" }
	const names = "{schemes}"
	checkFaults(t, []faultCase{
		{"missing", "weighting: {rounds: 2}\n", []string{"s.yaml:1:1: weighting.scheme is missing; want at least one entry, such as scheme: [{name: mean-ratio, exponent: 2}]"}},
		{"bare word", entries("mean-ratio"), []string{"s.yaml:2:11: weighting.scheme is mean-ratio; want a list of entries, such as scheme: [{name: mean-ratio, exponent: 2}]"}},
		{"list of words", entries("[mean-ratio]"), []string{"s.yaml:2:12: weighting.scheme.0 is mean-ratio; want an entry with a name, {name: mean-ratio}"}},
		{"empty", entries("[]"), []string{"s.yaml:2:11: weighting.scheme is an empty list; want at least one entry, such as scheme: [{name: mean-ratio, exponent: 2}]"}},
		{"too many entries", entries("[" + strings.Repeat("{}, ", 1001) + "]"), []string{"s.yaml:2:11: weighting.scheme has 1001 entries; want at most 1000"}},
		{"null entry", entries("[null]"), []string{"s.yaml:2:12: weighting.scheme.0 is empty; want an entry such as {name: mean-ratio, exponent: 2}"}},
		{"no name", entries("[{exponent: 2}]"), []string{"s.yaml:2:12: weighting.scheme.0 has neither name nor formula; want a name, one of " + names + ", or a formula, such as {formula: \"(mean / x) ** k\", k: 2}"}},
		{"unknown name", entries("[{name: mean-ration}]"), []string{"s.yaml:2:19: weighting.scheme.0.name: there is no scheme \"mean-ration\", the nearest is mean-ratio; known: " + names}},
		{"a list of names", entries("[{name: [uniform, mean-ratio]}]"), []string{"s.yaml:2:19: weighting.scheme.0.name is a list; want one of " + names}},
		{"unknown parameter", entries("[{name: mean-ratio, expnent: 2}]"), []string{"s.yaml:2:31: unknown key \"expnent\" in weighting.scheme.0; the nearest known key is exponent"}},
		{"parameter of another", entries("[{name: uniform, exponent: 2}]"), []string{"s.yaml:2:28: unknown key \"exponent\" in weighting.scheme.0; known keys: name, strength"}},
		{"out of range", entries("[{name: mean-ratio, exponent: {low: -1, high: 2}}]"), []string{"s.yaml:2:47: weighting.scheme.0.exponent.low: -1 is out of range; want a number from 0 to 64"}},
		{"equal entries", entries("[{name: mean-ratio, exponent: 2}, {name: inverse-recall}]"), []string{"s.yaml:2:45: weighting.scheme.1 is the same as entry 0; want each once"}},
		{"strength and exponent", entries("[{name: mean-ratio, exponent: 2, strength: 1}]"), []string{"s.yaml:2:44: weighting.scheme.0 has both strength and exponent; want one of the two, since strength solves for exponent"}},
		{"strength of uniform", entries("[{name: uniform, strength: 1}]"), []string{"s.yaml:2:28: weighting.scheme.0.strength: scheme uniform has no parameter that strength could solve for; remove it"}},
		{"strength 0", entries("[{name: mean-ratio, strength: 0}]"), []string{"s.yaml:2:41: weighting.scheme.0.strength: 0 is out of range; want a number above 0 to 64"}},
	})
}

func TestAccumulateIsRefused(t *testing.T) {
	for _, update := range []string{"accumulate", "[replace, accumulate]"} {
		_, err := Parse("s.yaml", []byte("weighting:\n  scheme: [{name: exp-gradient}]\n  update: "+update+"\n"), "/", nil)
		compareFaults(t, err, []string{
			"s.yaml:2:19: weighting.scheme.0: exp-gradient reads the previous weights itself, so update: accumulate is refused; want update: replace",
		})
	}
}

func TestFaultsAreBounded(t *testing.T) {
	var text strings.Builder
	for i := range 1000 {
		fmt.Fprintf(&text, "key%d: 1\n", i)
	}
	_, err := Parse("s.yaml", []byte(text.String()+scheme), "/", nil)
	var faults Errors
	if !errors.As(err, &faults) || len(faults) != maxFaults {
		t.Fatalf("%d faults; want %d", len(faults), maxFaults)
	}
	if last := faults[maxFaults-1].What; !strings.HasSuffix(last, "(and 900 more faults)") {
		t.Errorf("the last fault is %q; want it to count the rest", last)
	}
}
