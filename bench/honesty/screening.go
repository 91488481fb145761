package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"time"

	"evenkeel/objective"
	"evenkeel/objective/evidence/confirm"
	"evenkeel/search"
	"evenkeel/search/followup"
	"evenkeel/search/studyfile"
)

// Two searches on the same draw are compared by the true score of what they find.
// A trains every one of its random points and screens none; B is the study as it is
// with fewer trials and what -b says of it. The true score of a leader is measured
// like the truth of a confirmation, on further seeds and the images outside:
//
//	difference of spreads + penalty * max(0, lost balanced accuracy - tolerance)
//
// against the reference, 0 where no arm leads, since one keeps the reference then.

// screenKey is the key of the study file that switches screening.
const screenKey = "search.screen"

// sides are the two searches.
var sides = [2]string{"A", "B"}

// screenedColumns are the columns of a repetition, one row a side.
var screenedColumns = []string{"side", "trial", "round", "trainings", "seconds", "score", "score_se", "spread_difference", "accuracy_drop"}

// outcome is what one search of a pair came to.
type outcome struct {
	side         string
	trial, round int // 0 where no arm leads
	effort
	// score is the true score, se its standard error where the charge is 0 or stays.
	score, se, difference, drop float64
}

// row encodes an outcome.
func (o outcome) row() []string {
	return []string{o.side, strconv.Itoa(o.trial), strconv.Itoa(o.round), strconv.Itoa(o.trainings), seconds(o.effort),
		digits(o.score), digits(o.se), digits(o.difference), digits(o.drop)}
}

// readOutcome decodes a row.
func readOutcome(row []string) (o outcome, err error) {
	var errs [8]error
	o.side = row[0]
	o.trial, errs[0] = strconv.Atoi(row[1])
	o.round, errs[1] = strconv.Atoi(row[2])
	o.trainings, errs[2] = strconv.Atoi(row[3])
	o.seconds, errs[3] = strconv.ParseFloat(row[4], 64)
	o.score, errs[4] = strconv.ParseFloat(row[5], 64)
	o.se, errs[5] = strconv.ParseFloat(row[6], 64)
	o.difference, errs[6] = strconv.ParseFloat(row[7], 64)
	o.drop, errs[7] = strconv.ParseFloat(row[8], 64)
	return o, errors.Join(errs[:]...)
}

// pair defines the searches of a repetition, and says whether the build can screen.
func (e *experiment) pair(number int) (defs [2]*search.Definition, screens bool, err error) {
	a := overrides{
		{Key: "search.sampler", Value: "random", Flag: "search A"},
		{Key: "search.trials", Value: strconv.Itoa(e.points), Flag: "search A"},
	}
	off := studyfile.Override{Key: screenKey, Value: "off", Flag: "search A"}
	b := slices.Concat(overrides{{Key: "search.trials", Value: strconv.Itoa(e.trials), Flag: "search B"}}, e.screened)
	defs[0], err = e.define(number, append(slices.Clone(a), off)...)
	if screens = err == nil; !screens { // a build without screening has no such key
		defs[0], err = e.define(number, a...)
	}
	if err == nil {
		defs[1], err = e.define(number, b...)
	}
	return defs, screens, err
}

// compareSearches performs the repetitions and prints the comparison.
func (e *experiment) compareSearches(ctx context.Context) error {
	settings := ""
	if !e.table {
		defs, screens, err := e.pair(1)
		if err != nil {
			return err
		}
		if !screens {
			fmt.Fprintf(e.log, "this build has no %s: neither search screens\n", screenKey)
		}
		fmt.Fprintf(e.log, "A: about %.0f trainings, B: about %.0f\n", defs[0].Budget().All(), defs[1].Budget().All())
		settings = e.settings(defs[0], defs[1])
	}
	l, err := openLedger(e.file, screenedColumns, settings)
	if err != nil {
		return err
	}
	if !e.table {
		if err := e.each(ctx, l, e.race); err != nil {
			return err
		}
		fmt.Fprintln(e.out)
	}
	var all [][2]outcome
	for _, number := range l.repetitions() {
		var pair [2]outcome
		for i, row := range l.kept[number] {
			if pair[i], err = readOutcome(row); err != nil {
				return fmt.Errorf("%s, repetition %d: %w", l.path, number, err)
			}
		}
		all = append(all, pair)
	}
	return compareOutcomes(all).write(e.out)
}

// race performs both searches of a repetition.
func (e *experiment) race(ctx context.Context, number int) (rows [][]string, err error) {
	defs, _, err := e.pair(number)
	if err != nil {
		return nil, err
	}
	t, err := e.draw(number, defs[0].Data.Split)
	if err != nil {
		return nil, err
	}
	known := newMemory() // the truth of the reference is the same for both
	for i, def := range defs {
		o, err := e.outcomeOf(ctx, number, sides[i], def, t, known)
		if err != nil {
			return nil, fmt.Errorf("search %s: %w", sides[i], err)
		}
		rows = append(rows, o.row())
	}
	return rows, nil
}

// outcomeOf performs one search and measures what it found.
func (e *experiment) outcomeOf(ctx context.Context, number int, side string, def *search.Definition, t *trainers, known *memory) (o outcome, err error) {
	s, err := openStudy(ctx, def, t.sample, t.title)
	if err != nil {
		return o, err
	}
	defer func() {
		if closing := s.close(); err == nil {
			err = closing
		}
	}()
	found, err := s.search(ctx, e.workers)
	if err != nil {
		return o, err
	}
	for _, n := range found.notices {
		fmt.Fprintf(e.log, "repetition %d, search %s: %s\n", number, side, n)
	}
	o = outcome{side: side, effort: found.effort}
	if found.arm == nil {
		return o, nil
	}
	o.trial, o.round = found.arm.Trial, found.arm.Round
	c, err := e.trueComparison(ctx, def, t.outside, *found.arm, known)
	if err != nil {
		return o, fmt.Errorf("truth: %w", err)
	}
	o.difference, o.drop, o.se = c.Spread.Estimate, -c.BalancedAccuracy.Estimate, c.Spread.SE
	o.score = scoreOf(def.Objective, o.difference, o.drop)
	return o, nil
}

// scoreOf is the difference of spreads with the charge for lost accuracy.
func scoreOf(s objective.Score, difference, drop float64) float64 {
	return difference + s.Charge(drop, 0)
}

// trueComparison compares an arm's recipe with the reference on further seeds and
// the images outside, as truthOf does, without what only a confirmation needs. The
// part that it asks for as test part is no study's: nothing is chosen by it.
func (e *experiment) trueComparison(ctx context.Context, def *search.Definition, outside objective.Trainer, arm followup.Arm, known *memory) (confirm.Comparison, error) {
	var none confirm.Comparison
	if !arm.Plan.Trained() {
		return none, fmt.Errorf("trial %d shifts logits (weighting.apply: posthoc); only trained arms are compared here", arm.Trial)
	}
	arm.Plan.Rounds = arm.Round
	info := outside.Info()
	eval := &objective.Evaluator{
		Runner: objective.NewRunner(outside, known, e.workers, time.Now, nil),
		Info:   info, ReferenceModel: def.ReferenceModel(), Score: def.Objective,
	}
	tested := make([]objective.Tested, e.truth)
	errs := make(chan error)
	seed := otherSeeds(def).Search.Seed
	for r := range tested {
		go func() {
			t, _, err := eval.ReplicateTest(ctx, arm.Plan, r, search.TrainingSeed(seed, r, search.PhaseConfirm))
			tested[r] = t
			errs <- err
		}()
	}
	var err error
	for range tested {
		if failed := <-errs; failed != nil {
			err = failed
			eval.Runner.Stop()
		}
	}
	if ctx.Err() != nil {
		return none, errBrokenOff
	}
	if err != nil {
		return none, err
	}
	var reference, recipe [][]uint16
	for _, t := range tested {
		reference, recipe = append(reference, t.ReferenceResult.TestPredictions), append(recipe, t.Last.TestPredictions)
	}
	sample, err := confirm.NewSample(len(info.Classes), tested[0].Last.TestLabels)
	if err != nil {
		return none, err
	}
	a, err := sample.Measure(recipe)
	if err != nil {
		return none, err
	}
	b, err := sample.Measure(reference)
	if err != nil {
		return none, err
	}
	return confirm.Compare(a, b, def.Objective.Spread)
}

// comparison is what all pairs say together.
type comparison struct {
	n int
	// trainings are means, scores and leaderless of A and B.
	trainings, medians [2]float64
	leaderless         [2]int
	// paired is the mean of B's score minus A's and pairedSE its standard error over
	// repetitions, median their median; better counts the pairs in which B is better,
	// worse those in which A is.
	paired, pairedSE, median float64
	better, worse            int
}

// compareOutcomes adds the pairs up.
func compareOutcomes(all [][2]outcome) comparison {
	c := comparison{n: len(all)}
	n := float64(c.n)
	var differences []float64
	for side := range sides {
		var scores []float64
		for _, pair := range all {
			scores = append(scores, pair[side].score)
			c.trainings[side] += float64(pair[side].trainings) / n
			c.leaderless[side] += one(pair[side].trial == 0)
		}
		c.medians[side] = median(scores)
	}
	for _, pair := range all {
		d := pair[1].score - pair[0].score
		differences = append(differences, d)
		c.paired += d / n
		c.better += one(d < 0)
		c.worse += one(d > 0)
	}
	var off float64
	for _, d := range differences {
		off += float64((d - c.paired) * (d - c.paired))
	}
	c.pairedSE = math.Sqrt(off / (n * (n - 1)))
	c.median = median(differences)
	return c
}

// median returns the middle of numbers, the mean of the two middle ones; NaN of none.
func median(x []float64) float64 {
	if len(x) == 0 {
		return math.NaN()
	}
	sorted := slices.Sorted(slices.Values(x))
	n := len(sorted)
	return (sorted[(n-1)/2] + sorted[n/2]) / 2
}
