package search

// Budget is how much a whole study trains. The numbers of evaluations and trainings are 0
// where nothing but the time bounds the trials.
type Budget struct {
	// Trials is [Definition.MostTrials].
	Trials int
	// Evaluations is about how many times a trial is evaluated on a seed until the study is
	// complete, MostEvaluations the most: how many seeds races give depends on what they find.
	Evaluations, MostEvaluations int
	// Reference is the trainings of the reference, one a seed, at most.
	Reference int
	// Trainings and MostTrainings are those of trials. Every evaluation trains the trial's
	// rounds, and its own unweighted round where the model is searched. Rounds count with
	// their mean over the space in Trainings, with their largest number in MostTrainings.
	// What trials happen to share is not taken off.
	Trainings, MostTrainings float64
}

// All returns about how many trainings the whole study takes.
func (b Budget) All() float64 { return float64(b.Reference) + b.Trainings }

// Budget returns how much the study trains.
func (d *Definition) Budget() Budget {
	b := Budget{Trials: d.MostTrials(), Reference: d.Search.seeds()}
	b.Evaluations, b.MostEvaluations = d.Search.evaluations(b.Trials)
	each, most := d.meanRounds(), float64(d.MaxRounds())
	if d.SearchesModel() {
		each, most = each+1, most+1
	}
	b.Trainings, b.MostTrainings = float64(each*float64(b.Evaluations)), float64(most*float64(b.MostEvaluations))
	return b
}

// Fewest returns the trainings without which a search concludes nothing: those of the
// reference and of two trials on the seeds that their race gives them.
func (d *Definition) Fewest() (reference, trials float64) {
	seeds := max(d.Search.Replicates, min(raceSeeds, d.Search.seeds()))
	each := d.meanRounds()
	if d.SearchesModel() {
		each++
	}
	return float64(seeds), float64(each * float64(2*seeds))
}

// evaluations returns about how many times so many trials are evaluated on a seed, and the
// most. About all get raceSeeds and half of them the most: races give so many where the arms
// differ by about one seed's noise, fewer where they differ more, and all where they are
// alike. Where the space has no more points the rest of the budget is evaluations too.
func (c Config) evaluations(trials int) (about, most int) {
	first := trials * c.Replicates
	if !c.Racing {
		return first, first
	}
	rung := max(c.Replicates, min(raceSeeds, c.MaxReplicates))
	about = trials*(rung-c.Replicates) + (trials+1)/2*(c.MaxReplicates-rung)
	return first + max(about, c.leftover(trials)), trials * c.MaxReplicates
}

// seeds returns the most training seeds that any trial gets.
func (c Config) seeds() int {
	if c.Racing {
		return c.MaxReplicates
	}
	return c.Replicates
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
