package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strconv"
	"sync"
	"time"

	"evenkeel/objective"
	"evenkeel/objective/cachetest"
	"evenkeel/objective/evidence/confirm"
	"evenkeel/runs/results"
	"evenkeel/search"
	"evenkeel/search/followup"
	"evenkeel/search/studyfile"
)

// fixedArms are arms that were fixed before any search, to which leaders are compared:
// around where the recalls of the sample become most even within the tolerance.
var fixedArms = []fixedArm{
	{"error-power", 0.29, 2}, {"error-power", 0.29, 3}, {"error-power", 0.41, 2}, {"error-power", 0.41, 3}, {"error-power", 0.53, 2},
	{"error-power", 0.53, 3}, {"error-power", 0.64, 2}, {"error-power", 0.64, 3}, {"mean-ratio", 2.5, 2}, {"mean-ratio", 3.3, 2},
}

// fixedArm is a scheme with its exponent and a number of rounds that accumulate.
type fixedArm struct {
	scheme   string
	exponent float64
	rounds   int
}

func (a fixedArm) String() string {
	return fmt.Sprintf("%s %v accumulate %d", a.scheme, a.exponent, a.rounds)
}

// answer is one option, or one fixed arm, of a repetition: what the search and the
// confirmation say of it, and what is true. Changes are against nothing; NaN is not known.
type answer struct {
	kind, name string // option or arm, and its name
	// chosen is the option that the search's figures put first, recommended the one that
	// the recommendation says to use.
	chosen, recommended bool
	// searched are the changes of spread and balanced accuracy on validation, quoted those
	// on the test part, low and high the interval of the quoted change of the spread.
	searched, searchedAccuracy, quoted, quotedAccuracy, low, high float64
	// truth is the true change of the spread, truthAccuracy that of balanced accuracy.
	truth, truthSE, truthAccuracy float64
	// behind is the true score minus the leader's, for a fixed arm, with its standard error
	// paired over seeds and images; for an option the same with the weights that are
	// measured anew.
	behind, behindSE float64
}

var answerColumns = []string{
	"kind", "name", "chosen", "recommended", "searched", "searched_accuracy", "quoted", "quoted_accuracy", "low", "high",
	"true", "true_se", "true_accuracy", "behind_leader", "behind_leader_se",
}

func (a answer) row() []string {
	row := []string{a.kind, a.name, strconv.FormatBool(a.chosen), strconv.FormatBool(a.recommended)}
	for _, v := range a.numbers() {
		row = append(row, digits(*v))
	}
	return row
}

// numbers are the fields that are numbers, in the order of the columns.
func (a *answer) numbers() []*float64 {
	return []*float64{
		&a.searched, &a.searchedAccuracy, &a.quoted, &a.quotedAccuracy, &a.low, &a.high, &a.truth, &a.truthSE, &a.truthAccuracy, &a.behind, &a.behindSE,
	}
}

func readAnswer(row []string) (a answer, err error) {
	var wrong, wrong2 error
	a.kind, a.name = row[0], row[1]
	a.chosen, wrong = strconv.ParseBool(row[2])
	a.recommended, wrong2 = strconv.ParseBool(row[3])
	err = errors.Join(wrong, wrong2)
	for i, v := range a.numbers() {
		*v, wrong = strconv.ParseFloat(row[4+i], 64)
		err = errors.Join(err, wrong)
	}
	return a, err
}

// regrets performs the repetitions of -regret and prints their table.
func (e *experiment) regrets(ctx context.Context) error {
	l, err := e.perform(ctx, answerColumns, 0, e.regret)
	if err != nil {
		return err
	}
	var all [][]answer
	for _, number := range l.repetitions() {
		var list []answer
		for _, row := range l.kept[number] {
			a, err := readAnswer(row)
			if err != nil {
				return fmt.Errorf("%s, repetition %d: %w", l.path, number, err)
			}
			list = append(list, a)
		}
		all = append(all, list)
	}
	def, err := e.define(0)
	if err != nil {
		return err
	}
	return sumRegrets(all, def.Objective).write(e.out)
}

// sampleOf returns the trainers of a repetition of -regret: on the embedded sample, the
// same for all of them, or on a drawn one.
func (e *experiment) sampleOf(number int, split objective.Split) (*trainers, error) {
	if !e.embedded {
		return e.draw(number, split)
	}
	if e.first == nil {
		drawn, err := e.pool.First(e.train, e.test)
		if err != nil {
			return nil, err
		}
		if e.first, err = e.both(drawn, split); err != nil {
			return nil, err
		}
	}
	return e.first, nil
}

// regret performs one repetition: the whole study with its confirmation, then the truth
// of all options and of the fixed arms. On the embedded sample the seed of the study is
// the repetition's number minus 1, and the seeds of the truth are the same for all.
func (e *experiment) regret(ctx context.Context, number int) (rows [][]string, err error) {
	seed := number
	if e.embedded {
		seed = number - 1
	}
	def, err := e.define(seed)
	if err != nil {
		return nil, err
	}
	t, err := e.sampleOf(number, def.Data.Split)
	if err != nil {
		return nil, err
	}
	s, err := openStudy(ctx, def, t.sample, t.title)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	found, err := s.conclude(ctx, e.seeds, e.workers)
	if err != nil {
		return nil, err
	}
	arm := *found.arm
	truthSeeds, store := def, newMemory()
	if e.embedded {
		if e.plain == nil {
			e.plain = cachetest.NewMemory()
		}
		store.plain = e.plain
		if truthSeeds, err = e.define(0); err != nil {
			return nil, err
		}
	}
	truth, _, err := e.truthOf(ctx, truthSeeds, t.outside, arm, store)
	if err != nil {
		return nil, err
	}
	answers := optionAnswers(found.said, truth)
	if e.withArms {
		further, err := e.armAnswers(ctx, otherSeeds(truthSeeds), t.outside, arm, found.text, store)
		if err != nil {
			return nil, err
		}
		answers = append(answers, further...)
	}
	for _, a := range answers {
		rows = append(rows, a.row())
	}
	return rows, nil
}

// optionAnswers puts what a recommendation says of every option beside the truth.
func optionAnswers(r *results.Recommendation, truth *followup.Confirmation) (list []answer) {
	nan := math.NaN()
	for _, o := range r.Options {
		a := answer{
			kind: "option", name: string(o.Option), chosen: o.Option == r.Chosen, recommended: o.Option == r.Use,
			searched: o.Search.Change, searchedAccuracy: o.Search.AccuracyChange,
			quoted: o.Test.Change, quotedAccuracy: o.Test.AccuracyChange, low: o.Test.ChangeLow, high: o.Test.ChangeHigh,
			truth: nan, truthSE: nan, truthAccuracy: nan, behind: nan, behindSE: nan,
		}
		if o.Search.Seeds == 0 {
			a.searched, a.searchedAccuracy = nan, nan
		}
		if o.Option == objective.OptionNothing {
			a.truth, a.truthSE, a.truthAccuracy = 0, 0, 0
		}
		for _, c := range truth.Comparisons {
			switch {
			case c.What == o.Option && c.Against == objective.OptionNothing:
				a.truth, a.truthSE, a.truthAccuracy = c.Spread.Estimate, c.Spread.SE, c.BalancedAccuracy.Estimate
			case c.What == objective.OptionWeightsRemeasured && c.Against == o.Option:
				a.behind, a.behindSE = -c.Score.Estimate, c.Score.SE
			case c.What == o.Option && c.Against == objective.OptionWeightsRemeasured:
				a.behind, a.behindSE = c.Score.Estimate, c.Score.SE
			}
		}
		if o.Option == objective.OptionWeightsRemeasured {
			a.behind, a.behindSE = 0, 0
		}
		list = append(list, a)
	}
	return list
}

// armAnswers measures the fixed arms, and the leader on the same terms. What the truth of
// the options trained is not trained again.
func (e *experiment) armAnswers(ctx context.Context, def *search.Definition, outside objective.Trainer, leader followup.Arm, name string, trained *memory) (list []answer, err error) {
	m := &outsideArms{experiment: e, def: def, trainer: outside, runs: lean{cachetest.NewMemory()}}
	if e.embedded {
		if e.arms == nil {
			e.arms = m
		}
		m = e.arms
	}
	for id, r := range trained.all() {
		if err := m.runs.Save(ctx, id, objective.Spec{}, r); err != nil {
			return nil, err
		}
	}
	if err := m.fix(ctx); err != nil {
		return nil, err
	}
	leader.Plan.Rounds = leader.Round
	led, err := m.measure(ctx, leader.Plan)
	if err != nil {
		return nil, err
	}
	nan := math.NaN()
	for i := range append([]fixedArm{{}}, fixedArms...) {
		a := answer{kind: "arm", searched: nan, searchedAccuracy: nan, quoted: nan, quotedAccuracy: nan, low: nan, high: nan}
		of := led
		if i == 0 {
			a.kind, a.name = "leader", name
		} else {
			a.name, of = fixedArms[i-1].String(), m.fixed[i-1]
		}
		c, err := confirm.Compare(of, m.nothing, def.Objective.Spread)
		if err != nil {
			return nil, err
		}
		a.truth, a.truthSE, a.truthAccuracy = c.Spread.Estimate, c.Spread.SE, c.BalancedAccuracy.Estimate
		if i > 0 {
			d, err := confirm.CompareScores(of, led, m.nothing, def.Objective)
			if err != nil {
				return nil, err
			}
			a.behind, a.behindSE = d.Estimate, d.SE
		}
		list = append(list, a)
	}
	return list, nil
}

// outsideArms measures arms on the seeds of the truth and the images outside.
type outsideArms struct {
	*experiment
	def     *search.Definition
	trainer objective.Trainer
	runs    lean

	eval    *objective.Evaluator
	sample  *confirm.Sample
	nothing *confirm.Measured
	fixed   []*confirm.Measured
}

// lean keeps runs without logits, which nobody asks for here.
type lean struct{ *cachetest.Memory }

func (l lean) Save(ctx context.Context, id objective.RunID, spec objective.Spec, r *objective.Result) error {
	bare := *r
	bare.ValLogits, bare.TestLogits = nil, nil
	return l.Memory.Save(ctx, id, spec, &bare)
}

// fix measures the fixed arms, once.
func (m *outsideArms) fix(ctx context.Context) error {
	if m.eval != nil {
		return nil
	}
	m.eval = &objective.Evaluator{
		Runner: objective.NewRunner(m.trainer, m.runs, m.workers, time.Now, nil),
		Info:   m.trainer.Info(), ReferenceModel: m.def.ReferenceModel(), Score: m.def.Objective,
	}
	for _, a := range fixedArms {
		one, err := m.define(0,
			studyfile.Override{Key: "weighting.scheme", Value: fmt.Sprintf("[{name: %s, exponent: %v}]", a.scheme, a.exponent)},
			studyfile.Override{Key: "weighting.update", Value: "accumulate"}, studyfile.Override{Key: "weighting.rounds", Value: strconv.Itoa(a.rounds)})
		if err != nil {
			return err
		}
		plan, err := one.Plan(one.Space.Middle())
		if err != nil {
			return err
		}
		measured, err := m.measure(ctx, plan)
		if err != nil {
			return err
		}
		m.fixed = append(m.fixed, measured)
	}
	return nil
}

// measure trains the last round of a plan on all seeds of the truth.
func (m *outsideArms) measure(ctx context.Context, plan objective.Plan) (*confirm.Measured, error) {
	weighted, plain := make([][]uint16, m.truth), make([][]uint16, m.truth)
	errs := make([]error, m.truth)
	var labels []uint16
	var one sync.Mutex
	var wg sync.WaitGroup
	for r := range m.truth {
		wg.Go(func() {
			t, _, err := m.eval.ReplicateTest(ctx, plan, r, search.TrainingSeed(m.def.Search.Seed, r, search.PhaseConfirm))
			if errs[r] = err; err != nil {
				return
			}
			weighted[r], plain[r] = t.Last.TestPredictions, t.ReferenceResult.TestPredictions
			one.Lock()
			labels = t.Last.TestLabels
			one.Unlock()
		})
	}
	wg.Wait()
	if err := errors.Join(errs...); err != nil {
		if objective.IsInterruption(err) {
			return nil, errBrokenOff
		}
		return nil, err
	}
	if m.sample == nil {
		var err error
		if m.sample, err = confirm.NewSample(len(m.eval.Info.Classes), labels); err != nil {
			return nil, err
		}
		if m.nothing, err = m.sample.Measure(plain); err != nil {
			return nil, err
		}
	}
	return m.sample.Measure(weighted)
}
