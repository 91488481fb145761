package main

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"evenkeel/objective"
	"evenkeel/objective/data"
	"evenkeel/search"
)

// tinyStudy trains in an instant.
const tinyStudy = `
study: tiny
data: {source: embedded, validation: 0.3}
model: {kind: softmax, epochs: 3, batch: 16, learning_rate: 0.05}
weighting:
  scheme: [{name: mean-ratio, exponent: {low: 0.5, high: 8, log: true}}]
  rounds: 1
objective: {accuracy_tolerance: 1}
search: {sampler: random, trials: 3, max_replicates: 1}
`

// tiny returns an experiment on three classes of 120 points in the plane, the third
// of which lies between the others; arguments come behind those of a small one.
func tiny(t *testing.T, args ...string) (*experiment, *bytes.Buffer) {
	t.Helper()
	dir := t.TempDir()
	rng := rand.New(rand.NewPCG(1, 2))
	var table strings.Builder
	table.WriteString("x,y,label\n")
	for i := range 360 {
		center := []float64{-1, 1, 0}[i%3]
		fmt.Fprintf(&table, "%.4f,%.4f,%c\n", center+rng.NormFloat64(), rng.NormFloat64(), 'a'+i%3)
	}
	csvFile, study := filepath.Join(dir, "points.csv"), filepath.Join(dir, "tiny.yaml")
	for path, text := range map[string]string{csvFile: table.String(), study: tinyStudy} {
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	pool, err := data.Open(data.Source{Kind: "csv", Path: csvFile, TestFile: data.NoTestFile})
	if err != nil {
		t.Fatal(err)
	}
	o, err := parse(append([]string{"-study", study, "-train", "20", "-test", "25", "-seeds", "6", "-truth", "7", "-n", "2"}, args...), os.Stderr)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	e, err := newExperiment(o, &out, &out)
	if err != nil {
		t.Fatal(err)
	}
	e.pool = pool
	return e, &out
}

// resultsOf reads a file of results, seconds left out.
func resultsOf(t *testing.T, path string) [][]string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	records, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for at := len(records[0]) - 1; at >= 0; at-- {
		if strings.HasSuffix(records[0][at], "seconds") {
			for i := range records {
				records[i] = slices.Delete(records[i], at, at+1)
			}
		}
	}
	return records
}

// Repetitions depend on their number alone: not on workers, nor on what is in the
// file already; and what is in it is not made again.
func TestHoldPromises(t *testing.T) {
	file := filepath.Join(t.TempDir(), "results.csv")
	e, out := tiny(t, "-workers", "2", "-o", file)
	if err := e.holdPromises(t.Context()); err != nil {
		t.Fatal(err)
	}
	got := resultsOf(t, file)
	if len(got) != 1+2*4 {
		t.Fatalf("%d records; want the header and four comparisons of each of two repetitions:\n%v", len(got), got)
	}
	for i, r := range got[1:] {
		if want := compared[i%4]; r[3] != string(want[0]) || r[4] != string(want[1]) {
			t.Errorf("record %d is of %s against %s; want %v", i+2, r[3], r[4], want)
		}
		p, err := readPromise(rowsOf(t, file)[i])
		if err != nil {
			t.Fatal(err)
		}
		if !(p.low < p.promised && p.promised < p.high) || !(p.truthSE > 0) || p.promised == p.truth {
			t.Errorf("record %d: %+v", i+2, p)
		}
		// Reference, one round, vector and longer on each of the seeds; the round is the
		// reference where all recalls are equal.
		if a, b := p.confirmed.trainings, p.truthed.trainings; a <= 3*6 || a > 4*6 || b <= 3*7 || b > 4*7 {
			t.Errorf("%d trainings to confirm and %d for the truth; want up to 24 and 28", a, b)
		}
	}
	if table := out.String(); !strings.Contains(table, "2 repetitions, 0 of them without a leader.") {
		t.Errorf("no table in\n%s", table)
	}

	e.workers, e.repetitions = 1, 3
	if err := e.holdPromises(t.Context()); err != nil {
		t.Fatal(err)
	}
	alone, _ := tiny(t, "-only", "3", "-workers", "1", "-o", filepath.Join(t.TempDir(), "third.csv"))
	if err := alone.holdPromises(t.Context()); err != nil {
		t.Fatal(err)
	}
	more := resultsOf(t, file)
	if want := slices.Concat(got, resultsOf(t, alone.file)[1:]); !equalRecords(more, want) {
		t.Errorf("with a third repetition the file is\n%v\nwant\n%v", more, want)
	}

	other, _ := tiny(t, "-workers", "2", "-o", filepath.Join(t.TempDir(), "again.csv"))
	if err := other.holdPromises(t.Context()); err != nil {
		t.Fatal(err)
	}
	if again := resultsOf(t, other.file); !equalRecords(again, got) {
		t.Errorf("made again, the results are\n%v\nwant\n%v", again, got)
	}

	e.truth++
	if err := e.holdPromises(t.Context()); err == nil || !strings.Contains(err.Error(), "give other settings another file") {
		t.Errorf("results of other settings were mixed: error %v", err)
	}
}

// rowsOf returns the rows of a file, without header and key.
func rowsOf(t *testing.T, path string) (rows [][]string) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	records, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range records[1:] {
		rows = append(rows, r[len(key):])
	}
	return rows
}

func equalRecords(a, b [][]string) bool {
	return slices.EqualFunc(a, b, func(x, y []string) bool { return slices.Equal(x, y) })
}

// The seeds of search, confirmation and truth are others, and so are those of two
// repetitions.
func TestSeedsDiffer(t *testing.T) {
	e, _ := tiny(t)
	seen := make(map[int64]string)
	for number := 1; number <= 3; number++ {
		def, err := e.define(number)
		if err != nil {
			t.Fatal(err)
		}
		for r := range 30 {
			for what, seed := range map[string]int64{
				"search":  search.TrainingSeed(def.Search.Seed, r, search.PhaseSearch),
				"confirm": search.TrainingSeed(def.Search.Seed, r, search.PhaseConfirm),
				"truth":   search.TrainingSeed(otherSeeds(def).Search.Seed, r, search.PhaseConfirm),
			} {
				place := fmt.Sprintf("repetition %d, %s %d", number, what, r)
				if before := seen[seed]; before != "" {
					t.Errorf("%s has the seed of %s", place, before)
				}
				seen[seed] = place
			}
		}
	}
}

// Sample and outside share no example, and have the same training and validation
// part.
func TestDraw(t *testing.T) {
	e, _ := tiny(t)
	def, err := e.define(1)
	if err != nil {
		t.Fatal(err)
	}
	pair, err := e.draw(1, def.Data.Split)
	if err != nil {
		t.Fatal(err)
	}
	sample, outside := pair.sample.Info(), pair.outside.Info()
	if !slices.Equal(sample.ValLabels, outside.ValLabels) || !slices.Equal(sample.TrainCounts, []int{14, 14, 14}) {
		t.Errorf("training parts of %v and %v examples; want 14 a class of both", sample.TrainCounts, outside.TrainCounts)
	}
	for what, c := range map[string]struct {
		trainer objective.Trainer
		want    []int
	}{"sample": {pair.sample, []int{25, 25, 25}}, "outside": {pair.outside, []int{75, 75, 75}}} {
		if got := c.trainer.(objective.TestCounter).TestCounts(); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v examples to measure on; want %v", what, got, c.want)
		}
	}
}

// Where weights do nothing, the truth is known and nothing is trained for it.
func TestNull(t *testing.T) {
	file := filepath.Join(t.TempDir(), "results.csv")
	e, _ := tiny(t, "-null", "-o", file)
	if err := e.holdPromises(t.Context()); err != nil {
		t.Fatal(err)
	}
	rows := rowsOf(t, file)
	if len(rows) != 4 {
		t.Fatalf("%d rows; want two of each repetition", len(rows))
	}
	for i, row := range rows {
		p, err := readPromise(row)
		if err != nil {
			t.Fatal(err)
		}
		if want := []objective.Option{objective.OptionWeightsRemeasured, objective.OptionWeightsFixed}[i%2]; p.what != want || p.against != objective.OptionNothing {
			t.Errorf("row %d is of %s against %s; want %s against the reference", i, p.what, p.against, want)
		}
		if p.truth != 0 || p.truthSE != 0 || p.truthed.trainings != 0 || p.promised == 0 {
			t.Errorf("row %d: %+v; want noise about a truth of 0", i, p)
		}
	}
}

// Two searches on one draw, and the table of what they came to.
func TestScreening(t *testing.T) {
	file := filepath.Join(t.TempDir(), "results.csv")
	e, out := tiny(t, "-screening", "-points", "8", "-b", "search.replicates=2", "-b", "search.max_replicates=2", "-o", file)
	defs, _, err := e.pair(1)
	if err != nil {
		t.Fatal(err)
	}
	if a, b := defs[0].Search, defs[1].Search; a.Trials != 8 || b.Trials != 2 || a.Replicates != 1 || b.Replicates != 2 || a.Seed != b.Seed {
		t.Errorf("searches %+v and %+v", a, b)
	}
	if err := e.compareSearches(t.Context()); err != nil {
		t.Fatal(err)
	}
	rows := rowsOf(t, file)
	if len(rows) != 4 {
		t.Fatalf("%d rows; want two of each repetition", len(rows))
	}
	for i, row := range rows {
		o, err := readOutcome(row)
		if err != nil {
			t.Fatal(err)
		}
		if o.side != sides[i%2] || o.trial == 0 || !(o.se > 0) || o.trainings == 0 || o.score != o.difference {
			t.Errorf("row %d: %+v", i, o)
		}
	}
	before := out.Len()
	e.table = true
	if err := e.compareSearches(t.Context()); err != nil {
		t.Fatal(err)
	}
	if table := out.String()[before:]; !strings.HasPrefix(table, "| search |") || !strings.HasSuffix(strings.Split(out.String()[:before], "\n\n| search")[1], strings.TrimPrefix(table, "| search")) {
		t.Errorf("from the file alone the table is\n%s\nafter\n%s", table, out.String()[:before])
	}
}

func TestShuffled(t *testing.T) {
	e, out := tiny(t, "-shuffled")
	if err := e.watchNotices(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"repetition 1: 4 trainings, leader trial ", "repetition 2: 4 trainings, leader trial "} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no line %q in\n%s", want, out.String())
		}
	}
}

func TestOptionFaults(t *testing.T) {
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"more"}, `unexpected argument "more"`},
		{[]string{"-null", "-shuffled"}, "want one of -null, -shuffled, -screening, -regret and -exchangeable"},
		{[]string{"-embedded"}, "-embedded belongs to -regret"},
		{[]string{"-table"}, "-table reads the file of -o"},
		{[]string{"-truth", "5"}, "10 fresh seeds and 5 for the truth; want at least 6 of each"},
		{[]string{"-workers", "0"}, "-workers 0"},
		{[]string{"-only", "0"}, "want the number of a repetition, from 1"},
		{[]string{"-set", "trials"}, "want KEY=VALUE"},
	} {
		if _, err := parse(c.args, &bytes.Buffer{}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v: error %v; want %q", c.args, err, c.want)
		}
	}
}
