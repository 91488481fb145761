package search

// Trainings returns about how many training runs the whole study takes: every
// evaluation of a trial on a seed trains its rounds, and its own unweighted
// round where the model is searched; the reference is trained on every seed.
// Rounds count with their mean over the space. What trials happen to share is
// not taken off.
func (d *Definition) Trainings() float64 {
	reference, trials := d.Budget()
	return float64(reference) + trials
}

// Budget returns what [Definition.Trainings] is made of: the trainings of the
// reference, one a seed, and those of trials.
func (d *Definition) Budget() (reference int, trials float64) {
	each := d.meanRounds()
	if d.SearchesModel() {
		each++
	}
	return d.Search.seeds(), float64(each * float64(d.Search.Evaluations()))
}

// seeds returns the number of training seeds that any trial gets.
func (c Config) seeds() int {
	seeds := c.Replicates
	for _, r := range c.rungs(c.Trials) {
		seeds = r.seeds
	}
	return seeds
}

// meanRounds returns the mean number of rounds of a uniform point.
func (d *Definition) meanRounds() float64 {
	const shares = 1000 // our choice: far more than there are usually rounds
	p, searched := d.Space.param(KeyRounds)
	if !searched {
		return number(d.Weighting.Fixed["rounds"])
	}
	sum := 0.0
	for i := range shares {
		v := p.At((float64(i) + 0.5) / shares)
		if p.Kind == Categorical {
			v = number(p.Choices[int(v)])
		}
		sum += v
	}
	return sum / shares
}

// MaxRounds returns the largest number of rounds that a trial can have.
func (d *Definition) MaxRounds() int {
	most := 1
	for _, v := range d.Values(KeyRounds) {
		most = max(most, int(number(v)))
	}
	return most
}
