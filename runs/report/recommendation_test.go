package report

import (
	"bytes"
	"math"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"evenkeel/objective"
	"evenkeel/objective/evidence/confirm"
	"evenkeel/runs"
	"evenkeel/runs/results"
	"evenkeel/search/followup"
	"evenkeel/search/studyfile"
)

// answerOf is a page on a recommendation for a study of an mlp with 15 epochs and a limit of
// one point, whose weights are those of trial 18 after round 2, of 10 seeds and 4,000 examples.
func answerOf(t *testing.T, r *results.Recommendation) answerPage {
	t.Helper()
	def, err := studyfile.Parse("s.yaml", []byte("study: s\nmodel: {kind: mlp}\nweighting: {scheme: {name: error-power, exponent: {low: 0.25, high: 2}}, rounds: 2, update: accumulate}"), "/", nil)
	if err != nil {
		t.Fatal(err)
	}
	page := boardOf(row(-.03, .02, 5))
	page.Definition = def
	page.Board.Rows[0].Point = def.Space.Middle()
	r.Arm, r.Seeds = results.Arm{Trial: 18, Round: 2}, 10
	if r.State == results.RecommendationConfirmed {
		r.Confirmed = &results.Confirmed{ConfirmedArm: runs.ConfirmedArm{Trial: 18, Round: 2, Seeds: 10, Images: []int64{2000, 2000}, TestReads: 1}, Family: 1}
	}
	return answerPage{Overview: page.Overview, r: r}
}

// option has the same figures on both parts.
func option(o objective.Option, change, p, accuracy, loss float64) results.MeasuredOption {
	half := -change / 2
	if p > 0.05 {
		half = -2 * change
	}
	f := results.Figures{
		Seeds: 10, Spread: .112 + change, Change: change, ChangeLow: change - half, ChangeHigh: change + half, Score: change, ScoreP: p,
		AccuracyChange: accuracy, AccuracyLow: accuracy - .004, AccuracyHigh: accuracy + .004, LossProbability: loss, Measurable: .018,
		Gained: []runs.ClassChange{{Class: "Shirt", Before: .62, After: .74}}, Lost: []runs.ClassChange{{Class: "Coat", Before: .72, After: .68}},
	}
	return results.MeasuredOption{Option: o, Trainings: o.Trainings(2), Search: f, Test: f}
}

// TestRecommendationPage: what is said, and in which order, in at most 12 lines of 100
// columns.
func TestRecommendationPage(t *testing.T) {
	const (
		offsets = objective.OptionOffsetsRefitted
		fixed   = objective.OptionOffsetsFixed
		weights = objective.OptionWeightsRemeasured
		longer  = objective.OptionLonger
	)
	cheap := option(fixed, -.029, .001, -.006, .1)
	cheap.Search.Score = -.02
	dear := option(offsets, -.06, .001, -.012, .1)
	dear.Search.Score = -.02
	for _, c := range []struct {
		name      string
		confirmed bool
		options   []results.MeasuredOption
		want      []string
	}{
		{"what to use, what it gains, what it costs", true, []results.MeasuredOption{option(fixed, -.024, .001, -.006, .1)}, []string{
			"RECOMMENDATION (test part, 2000 examples a class, 10 fresh seeds; test part read once)",
			"  Add one fixed set of offsets to the unweighted model's logits:\n    evenkeel weights --offsets --format torch",
			"    spread .112 -> .088   -.024 (95 % -.036 to -.012)",
			"    largest gain Shirt 62 % -> 74 %, largest loss Coat 72 % -> 68 %",
			"    balanced accuracy -0.6 points (95 % -1.0 to -0.2), within your limit of 1.0 (risk of more 10 %)",
			"  Not known: changes of the spread below .018, too small for 10 seeds and 4000 test examples.",
			"  More: evenkeel explain, or evenkeel leaderboard --all",
		}},
		{"accuracy rose", true, []results.MeasuredOption{option(fixed, -.024, .001, .006, 0)}, []string{"higher beyond noise"}},
		{"accuracy rose within noise", true, []results.MeasuredOption{option(fixed, -.024, .001, .001, 0)}, []string{"risk of losing more than 1.0: <1 %"}},
		{"nothing", true, []results.MeasuredOption{option(fixed, -.024, .3, -.006, .1)}, []string{
			"  Use the unweighted model as it is.",
			"    The search chose offsets, one fixed set: not more even on the test part beyond noise.",
			"    spread .112 -> .088   -.024 (95 % -.072 to +.024)",
			"hanges of the spread below .018",
		}},
		{"nothing was chosen", true, []results.MeasuredOption{option(fixed, .024, .9, -.006, .1)}, []string{
			"  Use the unweighted model as it is.", "No option has a better score than the unweighted model in the search.",
		}},
		{"beyond the limit, and what is within it", true, []results.MeasuredOption{option(fixed, -.02, .001, -.006, .1), option(weights, -.06, .001, -.021, .98)}, []string{
			"  Within your limit, add one fixed set of offsets to the unweighted model's logits:", "evenkeel weights --offsets --format torch",
			"within your limit of 1.0",
			"  Beyond your limit, more even: weights, error-power", "  -.060  -2.1 points (risk 98 %)",
		}},
		{"beyond the limit alone", true, []results.MeasuredOption{option(weights, -.06, .001, -.021, .98)}, []string{
			"  Use the unweighted model as it is.", "    Within your limit no option is better beyond noise.",
			"  Beyond your limit, more even: weights, error-power", "  -.060  -2.1 points (risk 98 %)",
		}},
		{"a cheaper one that is no worse", true, []results.MeasuredOption{cheap, option(weights, -.03, .001, -.006, .1)}, []string{
			"  Train with weights measured anew for each model",
			"  No worse, with 1 training instead of 3: offsets, one fixed set  -.029  -0.6 points",
		}},
		{"longer first", true, []results.MeasuredOption{option(fixed, -.04, .001, -.006, .1), option(longer, -.023, .001, .015, 0)}, []string{
			"  First train longer, 30 epochs instead of 15, and search again:",
			"    evenkeel search STUDY.yaml --set model.epochs=30 --set study=s-30",
			"    alone: balanced accuracy +1.5 points (95 % +1.1 to +1.9), spread -.023 (95 % -.035 to -.011)",
			"  With the epochs as they are, add one fixed set of offsets",
		}},
		{"longer is what to use", true, []results.MeasuredOption{option(longer, -.023, .001, .015, 0)}, []string{
			"  Train longer, 30 epochs instead of 15.", "    spread", "higher beyond noise",
			"  To find weights for that model too, search with 30 epochs:", "    evenkeel search STUDY.yaml --set model.epochs=30 --set study=s-30",
		}},
		{"alternatives", true, []results.MeasuredOption{option(fixed, -.04, .001, -.006, .1), option(weights, -.02, .001, -.003, .1)}, []string{
			"  Giving up at most 0.5 points:  weights, error-power 1.12 accumulate, 2 rounds  -.020  -0.3 points",
		}},
		{"a provisional alternative has its intervals", false, []results.MeasuredOption{option(fixed, -.04, .001, -.006, .1), option(weights, -.02, .001, -.003, .1)}, []string{
			"  Giving up at most 0.5 points:  weights, error-power 1.12 accumulate, 2 rounds\n",
			"    -.020 (95 % -.030 to -.010), balanced accuracy -0.3 points (95 % -0.7 to +0.1)\n",
		}},
		{"provisional alternatives where lines are few", false, []results.MeasuredOption{
			option(fixed, -.04, .001, -.006, .1), option(weights, -.02, .001, -.003, .1), option(longer, -.023, .001, .015, 0), dear,
		}, []string{"  First train longer", "  Giving up at most 1.5 points:", " -.060 (95 % -.090 to -.030)  -1.2 points\n"}},
		{"provisional", false, []results.MeasuredOption{option(fixed, -.04, .001, -.006, .1)}, []string{
			"RECOMMENDATION, PROVISIONAL (validation, 120 examples a class, 10 seeds; not for quoting)",
			"What it gains on data the search never saw is not known. Confirm it: evenkeel confirm",
		}},
	} {
		r := results.Recommend(results.Evidence{Options: c.options, Confirmed: c.confirmed})
		p := answerOf(t, r)
		var b bytes.Buffer
		p.W = &b
		p.print()
		text := b.String()
		if lines := strings.Split(strings.TrimSpace(text), "\n"); len(lines) > recommendationLines {
			t.Errorf("%s: %d lines", c.name, len(lines))
		}
		at := 0
		for _, want := range c.want {
			i := strings.Index(text[at:], want)
			if i < 0 {
				t.Errorf("%s:\n%swant %q, in this order", c.name, text, want)
				break
			}
			at += i + len(want)
		}
		for _, line := range strings.Split(text, "\n") {
			if n := utf8.RuneCountInString(line); n > pageWidth {
				t.Errorf("%s: %d columns: %s", c.name, n, line)
			}
		}
	}
}

// TestUnconfirmed: what is missing before the figures can be quoted.
func TestUnconfirmed(t *testing.T) {
	for want, change := range map[string]func(p answerPage){
		"Confirm it: evenkeel confirm":                               func(answerPage) {},
		"It cannot be confirmed: the study has no test part":         func(p answerPage) { p.NoTestPart = true },
		"The search is still under way; when it has ended: evenkeel": func(p answerPage) { p.r.Searching = true },
		"  It was confirmed by an earlier version, which did not measure every option. Measure all:\n    evenkeel confirm": func(p answerPage) {
			p.Confirmed = []results.Confirmed{{ConfirmedArm: runs.ConfirmedArm{Trial: p.r.Arm.Trial, Round: p.r.Arm.Round, Seeds: 10}}}
		},
		"  It is not confirmed: 2 of 10 fresh seeds failed, 4 were not measured before the time limit, and 6\n  have to work: no images. When that is repaired: evenkeel confirm": func(p answerPage) {
			p.FreshFailures = []runs.FreshFailures{{
				Trial: p.r.Arm.Trial, Round: p.r.Arm.Round, Asked: 10, NotTried: 4, Unrecorded: true, Failures: []followup.Failure{{Seeds: 2, Cause: "no images"}},
			}}
		},
		"Further seeds fail, so it cannot be confirmed; find out why: ev": func(p answerPage) { p.Board.Study.FailedSeeds, p.Definition.Search.Replicates = 1, 5 },
	} {
		p := answerOf(t, results.Recommend(results.Evidence{Options: []results.MeasuredOption{option(objective.OptionOffsetsFixed, -.04, .001, 0, 0)}}))
		change(p)
		if text := strings.Join(p.lines(), "\n"); !strings.Contains(text, want) {
			t.Errorf("%s\nwant %q", text, want)
		}
	}
}

// TestFailedSeeds: a confirmation names its own seeds that are left out, and a later one that is
// not recorded; programs get the number of its own.
func TestFailedSeeds(t *testing.T) {
	r := results.Recommend(results.Evidence{Options: []results.MeasuredOption{option(objective.OptionOffsetsFixed, -.04, .001, 0, 0)}, Confirmed: true})
	p := answerOf(t, r)
	p.Confirmed = []results.Confirmed{{ConfirmedArm: runs.ConfirmedArm{Trial: 3, Round: 2, Seeds: 7}}}
	r.Confirmed = &p.Confirmed[0]
	p.FreshFailures = []runs.FreshFailures{
		{Trial: 3, Round: 2, Asked: 10, Unrecorded: true, Failures: []followup.Failure{{Seeds: 5, Cause: "out of memory"}}},
		{Trial: 3, Round: 2, Asked: 10, NotTried: 1, Failures: []followup.Failure{{Seeds: 2, Cause: "no images"}}},
	}
	want := []string{
		"2 of 10 fresh seeds failed and are left out, 1 were not measured before the time limit: no images",
		"a later confirmation is not recorded: 5 of 10 fresh seeds failed: out of memory",
	}
	if got := p.failedSeeds(r.Confirmed); !slices.Equal(got, want) {
		t.Errorf("%q; want %q", got, want)
	}
	failed := func() any { page := p.figures(); return page.rows[0][len(page.columns)-1] }
	if n := failed(); n != 2 {
		t.Errorf("failed_seeds %v; want 2, those of the recorded confirmation", n)
	}
	p.FreshFailures = p.FreshFailures[:1]
	if n := failed(); n != 0 {
		t.Errorf("failed_seeds %v of a confirmation in which nothing failed", n)
	}
}

// TestCommandsNameTheStudy where the file has several, and only there.
func TestCommandsNameTheStudy(t *testing.T) {
	r := results.Recommend(results.Evidence{Options: []results.MeasuredOption{option(objective.OptionWeightsRemeasured, -.04, .001, 0, 0)}, Confirmed: true})
	for _, several := range []bool{false, true} {
		p := answerOf(t, r)
		p.Several = several
		for _, o := range objective.Options() {
			command := p.command(o)
			if !strings.HasPrefix(command, "evenkeel ") {
				if o != objective.OptionNothing {
					t.Errorf("%s: %q", o, command)
				}
				continue
			}
			ofStudy := o != objective.OptionLonger && o != objective.OptionOffsetsRefitted // these need no study
			if got := strings.Contains(command, "--study s"); got != (several && ofStudy) {
				t.Errorf("%s, several %v: %s", o, several, command)
			}
		}
	}
}

// TestColumnsOfARecommendation are those that programs rely on.
func TestColumnsOfARecommendation(t *testing.T) {
	r := results.Recommend(results.Evidence{Options: []results.MeasuredOption{option(objective.OptionOffsetsFixed, -.04, .001, 0, 0)}, Confirmed: true})
	var names []string
	page := answerOf(t, r).figures()
	for _, c := range page.columns {
		names = append(names, c.name)
	}
	want := "option recommended trial round seeds spread change change_low change_high plain_spread plain_change loss_probability worst_class worst_recall " +
		"balanced_accuracy balanced_accuracy_change balanced_accuracy_low balanced_accuracy_high trainings test_reads command reason state plain_change_low plain_change_high failed_seeds"
	if got := strings.Join(names, " "); got != want {
		t.Errorf("columns %s; want %s", got, want)
	}
	if len(page.rows) != len(objective.Options()) {
		t.Errorf("%d rows; want one an option", len(page.rows))
	}
}

// TestLimitOfUnknownLoss: nothing is said of what is not known.
func TestLimitOfUnknownLoss(t *testing.T) {
	r := results.Recommend(results.Evidence{})
	if got := answerOf(t, r).limit(results.Figures{LossProbability: math.NaN()}); got != "" {
		t.Errorf("%q", got)
	}
}

// TestUnlikeParts: a line says that the test part is unlike validation, where there is room.
func TestUnlikeParts(t *testing.T) {
	r := results.Recommend(results.Evidence{Options: []results.MeasuredOption{option(objective.OptionOffsetsFixed, -.024, .001, -.006, .1)}, Confirmed: true})
	p := answerOf(t, r)
	for want, parts := range map[string]*confirm.Parts{
		"  The test part is unlike validation: unweighted balanced accuracy 71.2 %, on validation 83.1 %.": {Validation: .831, Test: .712, Balanced: true},
		"  The test part is unlike validation: unweighted recall of ":                                      {Classes: []int{0}, ValidationRecall: []float64{1}, TestRecall: []float64{.894}},
		"": {Validation: .831, Test: .829},
	} {
		r.Parts = parts
		text := strings.Join(p.lines(), "\n")
		if want != "" && !strings.Contains(text, want) || want == "" && strings.Contains(text, "unlike") {
			t.Errorf("%s; want %q", text, want)
		}
		for _, line := range p.lines() {
			if utf8.RuneCountInString(line) > 100 {
				t.Errorf("more than 100 columns: %s", line)
			}
		}
	}
	r.Parts = &confirm.Parts{Balanced: true}
	p.r.Alternatives = slices.Repeat([]results.Alternative{{Option: objective.OptionOffsetsFixed, GivingUp: .005}}, 9)
	if n := len(p.lines()); n > recommendationLines {
		t.Errorf("%d lines", n)
	}
}
