package explain

import (
	"math"

	"evenkeel/objective"
	"evenkeel/objective/evidence/interval"
)

// response is how recalls respond to weights in the probes; see the package comment. Slices
// of classes have one entry for every class, columns one for every probed class.
type response struct {
	*Probed
	seeds   int
	support []int64
	// plain are the mean recalls without weights, changed those of every change.
	plain   []float64
	changed [][]float64
	// runs are the trainings with every change, paired that their predictions are known.
	runs   [][]objective.Round
	paired bool
	// slope[d][c] is J_cd of the probed class d, slopeSE its standard error.
	slope, slopeSE [][]float64
	// seedSD[c] is the standard deviation of the difference between two trainings on
	// one seed; NaN with one seed.
	seedSD []float64
}

// respond computes the response; nil without probes.
func respond(p *Probed) *response {
	if p == nil {
		return nil
	}
	r := &response{Probed: p, seeds: len(p.Seeds), support: p.Seeds[0].Plain.Val.Support()}
	k, changes := len(r.support), len(p.Changes())
	r.plain = make([]float64, k)
	for range changes {
		r.changed = append(r.changed, make([]float64, k))
	}
	for _, s := range p.Seeds {
		add(r.plain, s.Plain.Val.Recall(), r.seeds)
		for i, t := range s.Changed {
			add(r.changed[i], t.Val.Recall(), r.seeds)
		}
	}
	r.paired = true
	for i := range changes {
		r.runs = append(r.runs, r.rounds(i))
		for _, run := range r.runs[i] {
			r.paired = r.paired && run.Hits != nil
		}
	}
	r.seedSD = make([]float64, k)
	for c := range r.seedSD {
		r.seedSD[c] = math.Sqrt(r.scatter(only(c, k)))
	}
	for d := range p.Classes {
		slope, se := make([]float64, k), make([]float64, k)
		image := r.image(r.column(d, 1))
		for c := range slope {
			slope[c] = (r.changed[2+2*d][c] - r.changed[3+2*d][c]) / (2 * probeStep)
			se[c] = r.error(r.seedSD[c]*r.seedSD[c], image[c])
		}
		r.slope, r.slopeSE = append(r.slope, slope), append(r.slopeSE, se)
	}
	return r
}

// only is 1 for class c.
func only(c, classes int) []float64 {
	g := make([]float64, classes)
	g[c] = 1
	return g
}

// error returns the standard error of a mean over the seeds, given the variances of
// one seed and over examples. With one seed it is that over examples alone.
func (r *response) error(seed, image float64) float64 {
	if r.seeds > 1 {
		image += seed / float64(r.seeds)
	}
	return math.Sqrt(image)
}

// clear returns how many standard errors make a slope differ from 0 with 95 %: the
// quantile of Student's t with the degrees of freedom of the pooled variance of a seed,
// of the normal distribution with one seed, where only the examples' noise is known.
func (r *response) clear() float64 {
	if r.seeds < 2 {
		return interval.Quantile(interval.TwoSided, math.Inf(1))
	}
	return interval.Quantile(interval.TwoSided, float64((r.seeds-1)*len(r.Classes)))
}

// rounds returns the trainings with one change, one a seed, with their hits as far
// as predictions are known.
func (r *response) rounds(change int) []objective.Round {
	list := make([]objective.Round, r.seeds)
	for i, s := range r.Seeds {
		t := s.Changed[change]
		list[i] = objective.Round{Val: t.Val, Hits: objective.NewHits(t.Val, s.Labels, t.Predictions)}
	}
	return list
}

// unweighted returns the trainings without weights in the same way.
func (r *response) unweighted() []objective.Round {
	list := make([]objective.Round, r.seeds)
	for i, s := range r.Seeds {
		list[i] = objective.Round{Val: s.Plain.Val, Hits: objective.NewHits(s.Plain.Val, s.Labels, s.Plain.Predictions)}
	}
	return list
}

// column returns a factor for every change: the recalls times these, added up, are the
// slope by the weight of probed class d, times a number.
func (r *response) column(d int, times float64) []float64 {
	k := make([]float64, len(r.changed))
	k[2+2*d], k[3+2*d] = times/(2*probeStep), -times/(2*probeStep)
	return k
}

// image returns the variance over examples of a sum of changed recalls, by class.
func (r *response) image(factors []float64) []float64 {
	var parts []objective.Linear
	for i, k := range factors {
		if k != 0 {
			parts = append(parts, recalls(r.runs[i], k))
		}
	}
	return objective.ImageVariances(parts...)
}

// of returns on every seed the sum of the changed recalls, times factors for the changes
// and g for the classes.
func (r *response) of(factors, g []float64) []float64 {
	values := make([]float64, r.seeds)
	for s, seed := range r.Seeds {
		for i, k := range factors {
			if k == 0 {
				continue
			}
			recall := seed.Changed[i].Val.Recall()
			for c, x := range g {
				if x != 0 {
					values[s] += float64(k * x * recall[c])
				}
			}
		}
	}
	return values
}

// scatter returns the variance, over seeds, of the slope of a sum of recalls by one
// weight, pooled over the probed classes; NaN with one seed.
func (r *response) scatter(g []float64) float64 {
	if r.seeds < 2 {
		return math.NaN()
	}
	var sum float64
	for d := range r.Classes {
		sum += interval.SumSquares(r.of(r.column(d, 1), g))
	}
	return sum / float64((r.seeds-1)*len(r.Classes))
}
