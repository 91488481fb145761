package search

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"evenkeel/objective"
)

// uniformly is a sampler of uniform points.
type uniformly struct{}

func (uniformly) Name() string { return "uniformly" }

func (uniformly) Suggest(space Space, _ []Observation, rng *rand.Rand) (Point, error) {
	return space.Uniform(rng), nil
}

// line is a space of one range.
var line = Space{Params: []Param{{Name: "x", Kind: Real, High: 1}}}

// raced returns a definition that a policy can decide for.
func raced(space Space, c Config) *Definition {
	c.Racing = true
	return &Definition{Space: space, Search: c, Objective: objective.Score{Spread: objective.StdDev, Tolerance: .01, Penalty: 2}}
}

// matrix returns a confusion matrix of two classes of 10,000 examples with the given recalls.
func matrix(a, b float64) *objective.Confusion {
	m := objective.NewConfusion(2)
	for c, recall := range []float64{a, b} {
		right := int64(math.Round(10000 * recall))
		m.Add(c, c, right)
		m.Add(c, 1-c, 10000-right)
	}
	return m
}

// aRound returns a run that recognises the classes by .8 + gap/2 and .8 - gap/2.
func aRound(number int, run string, gap float64) objective.Round {
	r := objective.Round{Round: number, Run: objective.RunID(run), Val: matrix(.8+gap/2, .8-gap/2), Weights: []float64{1, 1}}
	r.Spread = objective.StdDev.Of(r.Val.Recall())
	r.BalancedAccuracy = r.Val.BalancedAccuracy()
	return r
}

// world says what arms measure.
type world struct {
	// gap is an arm's gap between the two recalls on a seed; run its run's name.
	gap func(trial, round, replicate int) float64
	run func(trial, round, replicate int) string
	// rounds is the number of rounds of a trial.
	rounds func(trial int) int
	// fails says that a step of a trial fails.
	fails func(step Step) bool
}

// noisy is a world of many arms that differ, with noise by seed.
func noisy(seed uint64) world {
	at := func(numbers ...int) *rand.Rand {
		var key uint64
		for _, n := range numbers {
			key = key*1000003 + uint64(n)
		}
		return rand.New(rand.NewPCG(seed, key))
	}
	return world{
		gap: func(trial, round, replicate int) float64 {
			return .2 + .03*at(trial, round).NormFloat64() + .02*at(trial, round, replicate).NormFloat64()
		},
		run:    func(trial, round, replicate int) string { return fmt.Sprint(trial, round, replicate) },
		rounds: func(trial int) int { return 1 + trial%3 },
	}
}

// outcome returns what a step measures.
func (w world) outcome(s Step) *Outcome {
	o := &Outcome{Step: s.Number}
	if w.fails != nil && w.fails(s) {
		o.Err = "failed"
		return o
	}
	for _, r := range s.Replicates {
		rep := objective.Replicate{Replicate: r, Reference: aRound(0, fmt.Sprint("reference ", r), .3)}
		rep.Rounds = []objective.Round{rep.Reference}
		for k := 1; k <= w.rounds(s.Trial); k++ {
			rep.Rounds = append(rep.Rounds, aRound(k, w.run(s.Trial, k, r), w.gap(s.Trial, k, r)))
		}
		o.Replicates = append(o.Replicates, rep)
	}
	return o
}

// play drives a policy to the end, or for so many steps, as a driver with workers that end
// in any order would: a step is conditioned on some prefix that lag allows, never on less
// than the one before. It begins after the given records.
func (w world) play(t *testing.T, p *Policy, records []Record, steps int, lag func() int) []Record {
	t.Helper()
	for steps == 0 || len(records) < steps {
		n := len(records)
		conditioned := max(0, n-lag())
		if n > 0 {
			conditioned = max(conditioned, records[n-1].Step.Conditioned)
		}
		step, err := p.Next(records, conditioned)
		if errors.Is(err, errDrain) {
			step, err = p.Next(records, n)
		}
		if errors.Is(err, errDone) {
			return records
		}
		if err != nil {
			t.Fatal(err)
		}
		records = append(records, Record{Step: step, Outcome: w.outcome(step)})
	}
	return records
}

// seedsOf returns the number of seeds of each trial.
func seedsOf(records []Record) map[int]int {
	seeds := make(map[int]int)
	for _, r := range records {
		seeds[r.Step.Trial] += len(r.Step.Replicates)
	}
	return seeds
}

// TestPolicyIsPure: a policy that went along with a study decides as a new one, with any lag
// of the outcomes, though it was also asked questions that were not followed; and what it
// decides does not depend on outcomes beyond what it may know.
func TestPolicyIsPure(t *testing.T) {
	t.Parallel()
	for seed := range uint64(40) {
		rng := rand.New(rand.NewPCG(seed, 1))
		d := raced(line, Config{Trials: 3 + rng.IntN(20), Replicates: 1 + rng.IntN(2), MaxReplicates: 2 + rng.IntN(5)})
		w := noisy(seed)
		w.fails = func(s Step) bool { return (s.Number*7+int(seed))%11 == 0 }
		longest := 1 + rng.IntN(8)
		lag := func() int { return rng.IntN(longest) }
		old := &Policy{Definition: d, Sampler: uniformly{}}
		records := w.play(t, old, nil, 0, lag)
		for n := range records {
			step := records[n].Step
			before := slices.Clone(records[:n])
			for i := step.Conditioned; i < n; i++ {
				before[i].Outcome = nil // a policy must not look at it
			}
			got, err := (&Policy{Definition: d, Sampler: uniformly{}}).Next(before, step.Conditioned)
			if diff := cmp.Diff(step, got); err != nil || diff != "" {
				t.Fatalf("seed %d, step %d: error %v, a new policy decides otherwise (-old +new):\n%s", seed, n+1, err, diff)
			}
		}
		asked := &Policy{Definition: d, Sampler: uniformly{}}
		for n := range records {
			if c := records[n].Step.Conditioned; c < n {
				asked.Next(records[:n], c+rng.IntN(n-c+1)) //nolint:errcheck // what it says is not followed
			}
			got, err := asked.Next(records[:n], records[n].Step.Conditioned)
			if diff := cmp.Diff(records[n].Step, got); err != nil || diff != "" {
				t.Fatalf("seed %d, step %d: error %v, after another question it decides otherwise (-want +got):\n%s", seed, n+1, err, diff)
			}
		}
	}
}

// TestInterruptedPolicyGoesOn: a study that is taken up anywhere by a new policy ends as the
// one that was not, also where a trial was declared invalid in between: then what is
// recorded stays, and taking it up once or twice makes no difference.
func TestInterruptedPolicyGoesOn(t *testing.T) {
	t.Parallel()
	d := raced(line, Config{Trials: 11, Replicates: 1, MaxReplicates: 5})
	w, lag := noisy(3), func() int { return 3 }
	fresh := func() *Policy { return &Policy{Definition: d, Sampler: uniformly{}} }
	whole := w.play(t, fresh(), nil, 0, lag)
	for n := range whole {
		if diff := cmp.Diff(whole, w.play(t, fresh(), slices.Clone(whole[:n]), 0, lag)); diff != "" {
			t.Fatalf("interrupted after %d steps (-whole +interrupted):\n%s", n, diff)
		}
	}
	for n := 4; n < len(whole); n += 3 {
		cut := slices.Clone(whole[:n])
		for i := range cut {
			if cut[i].Step.Trial == 2 {
				cut[i].Invalid = "by the test"
			}
		}
		once := w.play(t, fresh(), slices.Clone(cut), 0, lag)
		twice := w.play(t, fresh(), w.play(t, fresh(), slices.Clone(cut), n+5, lag), 0, lag)
		if diff := cmp.Diff(once, twice); diff != "" {
			t.Fatalf("trial 2 invalid after %d steps: taken up twice it differs (-once +twice):\n%s", n, diff)
		}
		if before, after := seedsOf(cut)[2], seedsOf(once)[2]; before != after {
			t.Errorf("trial 2 invalid after %d steps: it goes from %d to %d seeds", n, before, after)
		}
		if most := slices.Max(slices.Collect(func(yield func(int) bool) {
			for trial, seeds := range seedsOf(once) {
				if trial != 2 && !yield(seeds) {
					return
				}
			}
		})); most != 5 {
			t.Errorf("trial 2 invalid after %d steps: no other has more than %d seeds", n, most)
		}
	}
}

// TestRacesComeInTime: where each step knows the one before, races come after 2, 4 and 8
// trials, and the last when all 12 are made; none gives seeds to more than three trials
// before the next trial is made.
func TestRacesComeInTime(t *testing.T) {
	t.Parallel()
	p := &Policy{Definition: raced(line, Config{Trials: 12, Replicates: 1, MaxReplicates: 5}), Sampler: uniformly{}}
	made, at := 0, make(map[int]int)
	for _, r := range noisy(5).play(t, p, nil, 0, func() int { return 0 }) {
		if r.Step.Kind == NewTrial {
			made++
		} else {
			at[made]++
		}
	}
	if at[2] != 2 || at[4] == 0 || at[4] > 3 || at[8] == 0 || at[8] > 3 || at[12] == 0 || len(at) != 4 {
		t.Errorf("steps that give seeds by trials made: %v; want some after 2, 4, 8 and 12, at most three but for the last", at)
	}
}

// TestRacesDoNotWait: with outcomes that come 30 steps late new trials go on, and only the
// last race waits. Of races that are due together the largest is held.
func TestRacesDoNotWait(t *testing.T) {
	t.Parallel()
	p := &Policy{Definition: raced(line, Config{Trials: 200, Replicates: 1, MaxReplicates: 3}), Sampler: uniformly{}}
	made, steps := 0, 0
	for i, r := range noisy(6).play(t, p, nil, 0, func() int { return 30 }) {
		if r.Step.Kind == NewTrial {
			if made++; r.Step.Conditioned != max(0, i-30) {
				t.Errorf("trial %d is conditioned on %d of %d steps; want 30 less", made, r.Step.Conditioned, i)
			}
		} else if made < 200 {
			steps++
		}
	}
	// Races are due at steps 32, 64 or so, 96 or so, ...: those of 2, 16, 32, 64, 128 trials.
	if steps < 10 || steps > 3*7 {
		t.Errorf("%d steps of races before the end; want those of some five to seven races", steps)
	}
}

// TestWithoutABound: races go on at powers of two where nothing bounds the trials.
func TestWithoutABound(t *testing.T) {
	t.Parallel()
	p := &Policy{Definition: raced(line, Config{Time: 1, Replicates: 1, MaxReplicates: 3}), Sampler: uniformly{}}
	made, at := 0, make(map[int]bool)
	for _, r := range noisy(7).play(t, p, nil, 150, func() int { return 0 }) {
		if r.Step.Kind == NewTrial {
			made++
		} else {
			at[made] = true
		}
	}
	for trials := range at {
		if trials&(trials-1) != 0 {
			t.Errorf("a race after %d trials", trials)
		}
	}
	if !at[2] || !at[4] || !at[64] {
		t.Errorf("races after %v trials; want 2, 4, ..., 64", at)
	}
}

// TestFewSeedsDoNotStarve: of three trials on three seeds and one on a single seed the last
// may lead, since all are charged as on the most seeds, and it gets seeds in a race. The
// best trial on most seeds needs none, and one that is far behind gets none.
func TestFewSeedsDoNotStarve(t *testing.T) {
	t.Parallel()
	gaps := []float64{0, .12, .20, .14, .125}
	seeds := []int{0, 5, 3, 3, 1}
	w := world{
		gap: func(trial, _, replicate int) float64 {
			return gaps[trial] + []float64{.004, -.003, .002, -.004, .001}[(replicate+trial)%5]
		},
		run:    func(trial, round, replicate int) string { return fmt.Sprint(trial, round, replicate) },
		rounds: func(int) int { return 1 },
	}
	var records []Record
	for trial := 1; trial <= 4; trial++ {
		s := Step{Number: trial, Kind: NewTrial, Trial: trial, Replicates: interval(0, seeds[trial]), Point: Point{"x": float64(trial)}}
		records = append(records, Record{Step: s, Outcome: w.outcome(s)})
	}
	var v view
	score := objective.Score{Spread: objective.StdDev, Tolerance: .01, Penalty: 2}
	v.advance(records, 4, score)
	if got, want := v.contenders(score, 5), []grant{{4, 3}}; !slices.Equal(got, want) {
		t.Errorf("seeds go to %v; want %v", got, want)
	}
}

// TestCopiesAreOneArm: of four trials the second has the runs of the first, the third those
// of the first's first round, and all of the fourth's are one run. A race knows them as one
// arm each, and a sampler gets each once.
func TestCopiesAreOneArm(t *testing.T) {
	t.Parallel()
	w := world{
		gap: func(trial, _, replicate int) float64 {
			return map[int]float64{1: .15, 2: .15, 3: .15, 4: .2}[trial] + .001*float64(replicate)
		},
		run: func(trial, round, replicate int) string {
			switch trial {
			case 2, 3:
				trial = 1
			case 4:
				round = 1
			}
			return fmt.Sprint(trial, round, replicate)
		},
		rounds: func(trial int) int { return map[int]int{1: 2, 2: 2, 3: 1, 4: 3}[trial] },
	}
	var records []Record
	for trial := 1; trial <= 4; trial++ {
		s := Step{Number: trial, Kind: NewTrial, Trial: trial, Replicates: interval(0, 1), Point: Point{"x": float64(trial)}}
		records = append(records, Record{Step: s, Outcome: w.outcome(s)})
	}
	var v view
	score := objective.Score{Spread: objective.StdDev, Tolerance: .01, Penalty: 2}
	// Outcomes of earlier trials may come later.
	for known := range 5 {
		v.advance(records, known, score)
		v.observations(score)
	}
	got := make(map[int]int)
	for _, o := range v.observations(score) {
		got[int(o.Point["x"])]++
	}
	if diff := cmp.Diff(map[int]int{1: 2, 4: 1}, got); diff != "" {
		t.Errorf("observations by trial (-want +got):\n%s", diff)
	}
	if got, want := v.contenders(score, 5), []grant{{1, 3}, {4, 3}}; !slices.Equal(got, want) {
		t.Errorf("seeds go to %v; want %v: copies take no place", got, want)
	}
}

// TestQuantile compares with tables of Student's t at .95.
func TestQuantile(t *testing.T) {
	t.Parallel()
	for freedom, want := range map[float64]float64{5: 2.0150, 10: 1.8125, 30: 1.6973, 1e9: 1.6449} {
		if got := quantile95(freedom); math.Abs(got-want) > .01 {
			t.Errorf("%v degrees of freedom: %v; want %v", freedom, got, want)
		}
	}
}
