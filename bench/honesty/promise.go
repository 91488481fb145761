package main

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"

	"evenkeel/objective"
	"evenkeel/objective/evidence/confirm"
	"evenkeel/search/followup"
)

// compared are the comparisons whose truth is measured too, in the order of the
// table.
var compared = [][2]objective.Option{
	{objective.OptionWeightsRemeasured, objective.OptionNothing}, {objective.OptionWeightsRemeasured, objective.OptionOffsetsRefitted},
	{objective.OptionWeightsFixed, objective.OptionNothing}, {objective.OptionLonger, objective.OptionNothing},
}

// nothing is the word in place of a comparison where no arm led.
const nothing = "no leader"

// promise is one comparison of a confirmation beside what is true.
type promise struct {
	what, against objective.Option
	trial, round  int
	// promised, se, low and high are what the confirmation says, p its p-value and
	// verdict its words.
	promised, se, low, high, p float64
	verdict                    confirm.Verdict
	// truth is the true difference, truthSE its standard error.
	truth, truthSE float64
	// What search, confirmation and truth took.
	searched, confirmed, truthed effort
}

// promiseColumns are the columns of a promise, with the two that follow from others.
var promiseColumns = []string{
	"what", "against", "trial", "round", "promised", "se", "low", "high", "p_value", "verdict", "true", "true_se", "covered", "claimed",
	"search_trainings", "search_seconds", "confirm_trainings", "confirm_seconds", "truth_trainings", "truth_seconds",
}

// covered reports whether the interval holds the true difference.
func (p promise) covered() bool { return p.low <= p.truth && p.truth <= p.high }

// allowed is covered with the interval widened by what is not known of the truth.
func (p promise) allowed() bool {
	half := (p.high - p.low) / 2
	if p.se > 0 {
		half *= math.Hypot(1, p.truthSE/p.se)
	}
	return math.Abs(p.promised-p.truth) <= half
}

// claimed reports whether the confirmation claims a gain.
func (p promise) claimed() bool {
	return p.verdict == confirm.Better || p.verdict == confirm.SlightlyBetter
}

// row encodes a promise.
func (p promise) row() []string {
	return []string{
		string(p.what), string(p.against), strconv.Itoa(p.trial), strconv.Itoa(p.round), digits(p.promised), digits(p.se), digits(p.low), digits(p.high),
		digits(p.p), string(p.verdict), digits(p.truth), digits(p.truthSE), strconv.FormatBool(p.covered()), strconv.FormatBool(p.claimed()),
		strconv.Itoa(p.searched.trainings), seconds(p.searched), strconv.Itoa(p.confirmed.trainings), seconds(p.confirmed),
		strconv.Itoa(p.truthed.trainings), seconds(p.truthed),
	}
}

// digits writes a number so that it is read as the same.
func digits(x float64) string { return strconv.FormatFloat(x, 'g', -1, 64) }

func seconds(e effort) string { return strconv.FormatFloat(e.seconds, 'f', 1, 64) }

// readPromise decodes a row.
func readPromise(row []string) (p promise, err error) {
	at := 0
	next := func() string { at++; return row[at-1] }
	number := func() int {
		n, wrong := strconv.Atoi(next())
		if err == nil {
			err = wrong
		}
		return n
	}
	real := func() float64 {
		x, wrong := strconv.ParseFloat(next(), 64)
		if err == nil {
			err = wrong
		}
		return x
	}
	p.what, p.against, p.trial, p.round = objective.Option(next()), objective.Option(next()), number(), number()
	p.promised, p.se, p.low, p.high, p.p = real(), real(), real(), real(), real()
	p.verdict = confirm.Verdict(next())
	p.truth, p.truthSE = real(), real()
	at += 2 // covered and claimed follow from the others
	for _, e := range []*effort{&p.searched, &p.confirmed, &p.truthed} {
		e.trainings, e.seconds = number(), real()
	}
	return p, err
}

// holdPromises performs the repetitions and prints the table.
func (e *experiment) holdPromises(ctx context.Context) error {
	l, err := e.perform(ctx, promiseColumns, 1, e.promise)
	if err != nil {
		return err
	}
	var all [][]promise
	for _, number := range l.repetitions() {
		var list []promise
		for _, row := range l.kept[number] {
			p, err := readPromise(row)
			if err != nil {
				return fmt.Errorf("%s, repetition %d: %w", l.path, number, err)
			}
			list = append(list, p)
		}
		all = append(all, list)
	}
	return summarize(all).write(e.out)
}

// promise performs one repetition.
func (e *experiment) promise(ctx context.Context, number int) (rows [][]string, err error) {
	def, err := e.define(number)
	if err != nil {
		return nil, err
	}
	t, err := e.draw(number, def.Data.Split)
	if err != nil {
		return nil, err
	}
	s, err := openStudy(ctx, def, t.sample, t.title)
	if err != nil {
		return nil, err
	}
	defer func() {
		if closing := s.close(); err == nil {
			err = closing
		}
	}()
	found, err := s.search(ctx, e.workers)
	if err != nil {
		return nil, err
	}
	for _, n := range found.notices {
		fmt.Fprintf(e.log, "repetition %d: %s\n", number, n)
	}
	if found.arm == nil {
		return [][]string{promise{what: nothing, searched: found.effort}.row()}, nil
	}
	arm := *found.arm
	arm.Seeds = e.seeds
	said, confirmed, err := s.confirm(ctx, arm, e.workers)
	if err != nil {
		return nil, err
	}
	base := promise{trial: arm.Trial, round: arm.Round, searched: found.effort, confirmed: confirmed}
	if e.null {
		return beside(base, said, nil), nil
	}
	truth, spent, err := e.truthOf(ctx, def, t.outside, arm, newMemory())
	if err != nil {
		return nil, err
	}
	base.truthed = spent
	return beside(base, said, truth), nil
}

// beside puts what a confirmation says beside the truth. Without one, weights do
// nothing, and only comparisons whose true difference is then 0 are taken.
func beside(base promise, said, truth *followup.Confirmation) (rows [][]string) {
	for _, c := range compared {
		at := func(f followup.Comparison) bool { return f.What == c[0] && f.Against == c[1] }
		i := slices.IndexFunc(said.Comparisons, at)
		if i < 0 {
			continue
		}
		d := said.Comparisons[i].Spread
		p := base
		p.what, p.against = c[0], c[1]
		p.promised, p.se, p.low, p.high, p.p, p.verdict = d.Estimate, d.SE, d.Low, d.High, d.PValue, d.Verdict(d.PValue)
		if truth == nil {
			if c[0] == objective.OptionLonger || c[1] == objective.OptionOffsetsRefitted {
				continue
			}
		} else {
			j := slices.IndexFunc(truth.Comparisons, at)
			if j < 0 {
				continue
			}
			p.truth, p.truthSE = truth.Comparisons[j].Spread.Estimate, truth.Comparisons[j].Spread.SE
		}
		rows = append(rows, p.row())
	}
	return rows
}
