package search

import (
	"cmp"
	"math"
	"slices"

	"evenkeel/objective"
)

const (
	// raceTrials is the most trials that get seeds in a race, raceSeeds what those on fewer
	// get first. Our choice.
	raceTrials = 3
	raceSeeds  = 3
	// normal95 is the quantile of the normal distribution at .95: an arm whose probability
	// to be ahead of the first one is more than .05 gets seeds. Our choice.
	normal95 = 1.6448536269514722
)

// races are what the races of a study decided so far.
type races struct {
	// decided is the number of trials of the last race before the end.
	decided int
	// grants are what a race decided, some of it done already.
	grants []grant
}

// grant says that a trial gets seeds until it has so many.
type grant struct{ trial, seeds int }

// next returns the first grant that is not done, false if all are. A trial whose further
// seeds fail gets no more, nor does one that was declared invalid.
func (r races) next(v *view) (grant, bool) {
	for _, g := range r.grants {
		if t := &v.trials[g.trial-1]; t.promised < g.seeds && !t.stuck && !t.invalid {
			return g, true
		}
	}
	return grant{}, false
}

// decide decides the race that is due at what is known, if there is one and what the last
// one decided is done. The number of trials that the study makes is 0 if nothing bounds it.
//
// A race is due when the first 2, 4, 8, ... trials are known, and all further seeds that
// were asked for; where several are due at once the largest is decided. When all trials
// are made there is a last one, which needs every outcome, and is repeated until it
// decides nothing.
func (r *races) decide(v *view, score objective.Score, c Config, trials int) {
	if !c.Racing {
		return
	}
	if _, busy := r.next(v); busy {
		return
	}
	if trials > 0 && len(v.trials) >= trials {
		if v.conditioned < v.steps {
			return
		}
		r.grants = nil
		if v.furtherFails(c.Replicates) {
			return
		}
		if r.grants = v.contenders(score, c.MaxReplicates); len(r.grants) == 0 {
			r.grants = v.rest(score, c, c.leftover(trials)-v.further)
		}
		return
	}
	if v.conditioned < v.lastSeeds {
		return
	}
	due := 0
	for n := 2; n <= len(v.trials) && v.trials[n-1].step <= v.conditioned; n *= 2 {
		due = n
	}
	if due <= r.decided {
		return
	}
	if r.decided, r.grants = due, nil; !v.furtherFails(c.Replicates) {
		r.grants = v.contenders(score, c.MaxReplicates)
	}
}

// furtherFails reports whether further seeds failed for as many trials as a race gives some,
// and worked for none: then there are no more races.
func (v *view) furtherFails(first int) bool {
	failed := 0
	for _, t := range v.trials {
		if len(t.measured) > first {
			return false
		}
		if t.stuck && !t.failed {
			failed++
		}
	}
	return failed >= raceTrials
}

// standing is an arm in a race.
type standing struct {
	armKey
	seeds int
	// value is the score less the reference's with the charge that the arm would have on the
	// most seeds, slope the charge for a further unit of lost accuracy.
	value, slope float64
	// ahead is how far the arm is behind the first one on their common seeds, times the
	// square root of the number of these.
	ahead float64
}

// standings returns the arms that further seeds may go to, the best first and of equals the
// earlier one: those of valid trials whose seeds did not fail, of copies the one with the
// most seeds.
//
// So that few seeds do not hold an arm back, all are charged as on the most seeds, with one
// variance of the lost accuracy over seeds, pooled over all trials on several.
func (v *view) standings(score objective.Score, most int) (list []standing, charge charging) {
	charge = charging{score: score, seeds: most}
	var squares, freedom float64
	order := interval(1, len(v.trials)+1)
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Compare(len(v.trials[b-1].measured), len(v.trials[a-1].measured))
	})
	distinct := make(originals)
	for _, n := range order {
		t := &v.trials[n-1]
		if t.invalid || t.stuck {
			continue
		}
		for _, a := range t.arms {
			if distinct.add(v, armKey{n, a.Round}) {
				list = append(list, standing{armKey: armKey{n, a.Round}, seeds: a.Seeds})
				squares += float64(a.DropSeedVariance * float64(a.Seeds-1))
				freedom += float64(a.Seeds - 1)
			}
		}
	}
	if freedom > 0 {
		charge.variance = squares / freedom
	}
	for i := range list {
		s := &list[i]
		s.value, s.slope = charge.of(v.trials[s.trial-1].arms[s.round-1])
	}
	slices.SortFunc(list, func(a, b standing) int {
		return cmp.Or(cmp.Compare(a.value, b.value), cmp.Compare(a.trial, b.trial), cmp.Compare(a.round, b.round))
	})
	return list, charge
}

// charging charges all arms for lost accuracy on a common basis.
type charging struct {
	score    objective.Score
	seeds    int
	variance float64 // of the lost accuracy over seeds
}

// of returns the score less the reference's of an arm, and what it rises with a further unit
// of lost accuracy.
func (c charging) of(a objective.Arm) (value, slope float64) {
	se := math.Sqrt(c.variance/float64(c.seeds) + a.DropImageVariance)
	return a.Change + c.score.Charge(a.Drop, se), float64(c.score.Penalty * c.score.LossProbability(a.Drop, se))
}

// contenders returns what a race gives: seeds to the trials of at most three arms that may be
// first, up to three seeds, or from there on to the most.
//
// The first arm f is the one of the best standing. With d an arm's value less that of f, both
// on their n common seeds, and s^2 the variance of one seed's part in such a difference, the
// probability that the arm is ahead of f is Phi(-d sqrt(n) / s); it may be first where that
// is more than .05. Those with the highest probability come first. s^2 is pooled over all
// arms; as it is estimated on few degrees of freedom at first, the distribution is
// Student's t with these. As long as no two arms have several seeds it is unknown, and the
// three trials of the best standings get seeds.
func (v *view) contenders(score objective.Score, most int) []grant {
	list, charge := v.standings(score, most)
	if len(list) == 0 {
		return nil
	}
	variance, freedom := v.pairVariance(list)
	if freedom > 0 {
		first := list[0]
		firstOn := map[int]float64{first.seeds: first.value}
		for i := range list[1:] {
			s := &list[i+1]
			n := min(s.seeds, first.seeds)
			if _, done := firstOn[n]; !done {
				firstOn[n] = v.valueOn(n, first, charge)
			}
			s.ahead = float64((v.valueOn(n, *s, charge) - firstOn[n]) * math.Sqrt(float64(n)))
		}
		limit := float64(quantile95(freedom) * math.Sqrt(variance))
		list = slices.DeleteFunc(list, func(s standing) bool { return s.armKey != first.armKey && s.ahead >= limit })
		slices.SortStableFunc(list[1:], func(a, b standing) int { return cmp.Compare(a.ahead, b.ahead) })
	}
	return v.grants(list, raceTrials, most)
}

// grants returns seeds for the trials of so many arms that lack some, in their order.
func (v *view) grants(list []standing, trials, most int) (grants []grant) {
	for _, s := range list {
		seeds := most
		if s.seeds < raceSeeds {
			seeds = min(raceSeeds, most)
		}
		if s.seeds < seeds && len(grants) < trials &&
			!slices.ContainsFunc(grants, func(g grant) bool { return g.trial == s.trial }) {
			grants = append(grants, grant{s.trial, seeds})
		}
	}
	return grants
}

// valueOn returns an arm's value on its first n seeds.
func (v *view) valueOn(n int, s standing, charge charging) float64 {
	if n == s.seeds {
		return s.value
	}
	value, _ := charge.of(charge.score.Ranked(v.trials[s.trial-1].measured[:n])[s.round-1])
	return value
}

// pairVariance returns the variance over seeds of the difference of two arms' values, to
// first order, pooled over the pairs of each arm with the best of those on the most seeds,
// and its degrees of freedom, 0 where no pair has several seeds in common.
func (v *view) pairVariance(list []standing) (variance, freedom float64) {
	base := list[0]
	for _, s := range list {
		if s.seeds > base.seeds {
			base = s
		}
	}
	of := v.parts(base)
	var squares float64
	for _, s := range list {
		if s.seeds < 2 || s.armKey == base.armKey {
			continue
		}
		parts := v.parts(s)
		var mean float64
		for i := range parts {
			parts[i] -= of[i]
			mean += parts[i] / float64(len(parts))
		}
		for _, x := range parts {
			squares += float64((x - mean) * (x - mean))
		}
		freedom += float64(len(parts) - 1)
	}
	if freedom == 0 {
		return 0, 0
	}
	return squares / freedom, freedom
}

// quantile95 returns the quantile of Student's t at .95, to second order in 1/freedom: with z
// that of the normal distribution,
//
//	z + (z^3 + z) / (4 freedom) + (5 z^5 + 16 z^3 + 3 z) / (96 freedom^2)
//
// It is within .01 of the exact one from 5 degrees of freedom on, and below it before; it
// has the same bits on every machine.
//
// Source: M. Abramowitz and I. Stegun, Handbook of Mathematical Functions (1964), 26.7.5.
func quantile95(freedom float64) float64 {
	const z = normal95
	return z + (z*z*z+z)/4/freedom + (5*z*z*z*z*z+16*z*z*z+3*z)/96/float64(freedom*freedom)
}

// parts returns what an arm's value is the mean of over its seeds, to first order and but for
// a constant: spread_s - reference_s + slope * drop_s.
func (v *view) parts(s standing) []float64 {
	measured := v.trials[s.trial-1].measured
	var own, reference float64
	for _, rep := range measured {
		own += rep.Rounds[0].BalancedAccuracy
		reference += rep.Reference.BalancedAccuracy
	}
	parts := make([]float64, len(measured))
	for i, rep := range measured {
		arm, baseline := rep.Rounds[s.round], rep.Reference
		if own > reference {
			baseline = rep.Rounds[0]
		}
		parts[i] = arm.Spread - rep.Reference.Spread + float64(s.slope*(baseline.BalancedAccuracy-arm.BalancedAccuracy))
	}
	return parts
}

// rest returns what is left of the budget of a space without further points, so many seeds:
// they go to the best trials that lack some.
func (v *view) rest(score objective.Score, c Config, left int) (grants []grant) {
	list, _ := v.standings(score, c.MaxReplicates)
	for _, g := range v.grants(list, len(list), c.MaxReplicates) {
		have := v.trials[g.trial-1].promised
		if g.seeds = min(g.seeds, have+left); g.seeds <= have {
			break
		}
		left -= g.seeds - have
		grants = append(grants, g)
	}
	return grants
}
