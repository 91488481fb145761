package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"strconv"

	"evenkeel/objective"
	"evenkeel/objective/data"
	"evenkeel/runs/results"
)

// Classes that differ in nothing but their names: an example of class c is
//
//	x = shift * e_c + noise, noise ~ N(0, I),
//
// with e_c the c-th unit vector, so that the means of all classes have the same distance
// from each other. The best classifier takes the largest number of x, which a softmax
// regression can do, and all its recalls are P(shift + z_0 > max(z_1, ..., z_3)) = .823.
const (
	exchangeable = 4
	shift        = 2.0
	// auditEvery: the truth of every so many-th repetition, from the first, is measured also
	// where nothing is recommended, to see what the options truly gain in this world.
	auditEvery = 10
)

// smallGain is the true gain of evenness below which a recommendation is false.
const smallGain = 0.002

// decision is one repetition of -exchangeable: what is recommended, why, and what is true.
// Changes are of the spread and against nothing; NaN is not known.
type decision struct {
	number              int // of the repetition
	recommended, chosen objective.Option
	why                 results.Why
	// searched is the change of what was chosen in the search, chosenQuoted that on the
	// test part and chosenP the one-sided p-value of its score there.
	searched, chosenQuoted, chosenP float64
	// quoted, low and high are what is said of the recommended option, truth, truthSE and
	// truthAccuracy what is true of it.
	quoted, low, high, truth, truthSE, truthAccuracy float64
	// spread and accuracy are those of the unweighted models on the test part, corrected
	// for the noise of the examples.
	spread, accuracy float64
	// trueOffsets, trueLonger and trueWeights are the true changes of offsets fitted to each
	// model, longer training and the weights measured anew, where the truth was measured.
	trueOffsets, trueLonger, trueWeights float64
	// trainings are those of search and confirmation.
	trainings int
}

var decisionColumns = []string{
	"recommended", "chosen", "why", "chosen_searched", "chosen_quoted", "chosen_p", "quoted", "low", "high", "true", "true_se", "true_accuracy",
	"spread", "accuracy", "true_offsets", "true_longer", "true_weights", "trainings",
}

// numbers are the real numbers, in the order of the columns.
func (d *decision) numbers() []*float64 {
	return []*float64{
		&d.searched, &d.chosenQuoted, &d.chosenP, &d.quoted, &d.low, &d.high, &d.truth, &d.truthSE, &d.truthAccuracy,
		&d.spread, &d.accuracy, &d.trueOffsets, &d.trueLonger, &d.trueWeights,
	}
}

func (d decision) row() []string {
	row := []string{string(d.recommended), string(d.chosen), string(d.why)}
	for _, v := range d.numbers() {
		row = append(row, digits(*v))
	}
	return append(row, strconv.Itoa(d.trainings))
}

func readDecision(row []string) (d decision, err error) {
	d.recommended, d.chosen, d.why = objective.Option(row[0]), objective.Option(row[1]), results.Why(row[2])
	numbers := d.numbers()
	for i, v := range numbers {
		var wrong error
		*v, wrong = strconv.ParseFloat(row[3+i], 64)
		err = errors.Join(err, wrong)
	}
	var wrong error
	d.trainings, wrong = strconv.Atoi(row[3+len(numbers)])
	return d, errors.Join(err, wrong)
}

// something reports whether anything but nothing is recommended.
func (d decision) something() bool { return d.recommended != objective.OptionNothing }

// falsely reports whether that truly gains less than .002.
func (d decision) falsely() bool { return d.something() && !(-d.truth >= smallGain) }

// audited reports whether the truth is measured in any case.
func (d decision) audited() bool { return d.number%auditEvery == 1 }

// decisions performs the repetitions of -exchangeable and prints their table.
func (e *experiment) decisions(ctx context.Context) error {
	l, err := e.perform(ctx, decisionColumns, 1, e.decide)
	if err != nil {
		return err
	}
	var all []decision
	for _, number := range l.repetitions() {
		d, err := readDecision(l.kept[number][0])
		if err != nil {
			return fmt.Errorf("%s, repetition %d: %w", l.path, number, err)
		}
		d.number = number
		all = append(all, d)
	}
	return sumDecisions(all).write(e.out)
}

// decide performs one repetition: the whole study on new examples, and the truth of what it
// recommends.
func (e *experiment) decide(ctx context.Context, number int) (rows [][]string, err error) {
	def, err := e.define(number)
	if err != nil {
		return nil, err
	}
	drawn, err := exchangeableExamples(number, e.train, e.test, e.outside)
	if err != nil {
		return nil, err
	}
	t, err := e.both(drawn, def.Data.Split)
	if err != nil {
		return nil, err
	}
	s, err := openStudy(ctx, def, t.sample, drawn.Sample.Title)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	found, err := s.conclude(ctx, e.seeds, e.workers)
	if err != nil {
		return nil, err
	}
	d := decided(number, found)
	if d.something() || d.audited() {
		truth, _, err := e.truthOf(ctx, def, t.outside, *found.arm, newMemory())
		if err != nil {
			return nil, err
		}
		for _, a := range optionAnswers(found.said, truth) {
			option := objective.Option(a.name)
			if option == d.recommended {
				d.truth, d.truthSE, d.truthAccuracy = a.truth, a.truthSE, a.truthAccuracy
			}
			switch option {
			case objective.OptionOffsetsRefitted:
				d.trueOffsets = a.truth
			case objective.OptionLonger:
				d.trueLonger = a.truth
			case objective.OptionWeightsRemeasured:
				d.trueWeights = a.truth
			}
		}
	}
	return [][]string{d.row()}, nil
}

// decided takes down what a study says.
func decided(number int, found concluded) decision {
	r, nan := found.said, math.NaN()
	use, chosen, plain := r.Of(r.Use), r.Of(r.Chosen), r.Of(objective.OptionNothing)
	d := decision{
		number: number, recommended: r.Use, chosen: r.Chosen, why: r.Why,
		searched: chosen.Search.Change, chosenQuoted: chosen.Test.Change, chosenP: chosen.Test.ScoreP,
		quoted: use.Test.Change, low: use.Test.ChangeLow, high: use.Test.ChangeHigh, truth: nan, truthSE: nan, truthAccuracy: nan,
		spread: plain.Test.Spread, accuracy: plain.Test.BalancedAccuracy,
		trueOffsets: nan, trueLonger: nan, trueWeights: nan,
		trainings: found.trainings + found.confirmed.trainings,
	}
	if r.Use == objective.OptionNothing {
		d.truth, d.truthSE, d.truthAccuracy = 0, 0, 0
	}
	return d
}

// exchangeableExamples draws the examples of a repetition, so many of each class for
// training, testing and the truth. Each part has a PCG generator (math/rand/v2) of its own,
// with the repetition's number and the part's, and its classes take turns.
func exchangeableExamples(number, train, test, outside int) (*data.Drawn, error) {
	part := func(which uint64, each int) (p data.Part) {
		rng := rand.New(rand.NewPCG(uint64(number), which))
		for i := range each * exchangeable {
			for c := range exchangeable {
				x := rng.NormFloat64()
				if c == i%exchangeable {
					x += shift
				}
				p.X = append(p.X, float32(x))
			}
			p.Y = append(p.Y, uint16(i%exchangeable))
		}
		return p
	}
	names := make([]string, exchangeable)
	for c := range names {
		names[c] = string(rune('a' + c))
	}
	title := fmt.Sprintf("exchangeable classes %d", number)
	training := part(1, train)
	sample, err := data.NewTable(title, names, exchangeable, training, part(2, test))
	if err != nil {
		return nil, err
	}
	rest, err := data.NewTable(title, names, exchangeable, training, part(3, outside))
	return &data.Drawn{Sample: sample, Outside: rest}, err
}
