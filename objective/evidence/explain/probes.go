package explain

import (
	"fmt"
	"slices"

	"evenkeel/objective"
	"evenkeel/schemes"
)

const (
	// mostProbedSeeds is the largest number of seeds that are probed. Our choice.
	mostProbedSeeds = 3
	// mostProbed is the largest number of classes whose weights are probed. Our choice.
	mostProbed = 6
	// partners is the number of classes that the worst one is confused with and that
	// are probed before others.
	partners = 3
	// probeStep is what is added to ln w and taken from it to measure a sensitivity.
	probeStep = 0.5
)

// Probes are the trainings that show whether weights affect training: on every seed one
// without weights and those of [Probes.Changes].
type Probes struct {
	// Worst is the class of the control.
	Worst int
	// Classes are those whose weights are moved by half a nat, the worst first.
	Classes []int
	// Replicates are those of the case that are probed, its first ones.
	Replicates []objective.Replicate
}

// Change is a training in which the weight of one class is Factor times that of all
// others, which weigh the same.
type Change struct {
	Class  int
	Factor float64
}

// Weights returns the weights of all classes.
func (c Change) Weights(classes int) []float64 {
	w := make([]float64, classes)
	for k := range w {
		w[k] = 1
	}
	w[c.Class] = c.Factor
	return w
}

// Changes returns the worst class times 20 and divided by 20, then every class with
// half a nat more and with half a nat less.
func (p Probes) Changes() []Change {
	all := []Change{{p.Worst, objective.ProbeFactor}, {p.Worst, 1 / objective.ProbeFactor}}
	for _, c := range p.Classes {
		all = append(all, Change{c, schemes.Exp(probeStep)}, Change{c, schemes.Exp(-probeStep)})
	}
	return all
}

// Probed are the results of the probes.
type Probed struct {
	Probes
	// Seeds are aligned with Replicates.
	Seeds []ProbedSeed
}

// ProbedSeed are the results of the probes on one training seed.
type ProbedSeed struct {
	// Labels are the true classes of the validation examples, nil if unknown.
	Labels []uint16
	// Plain is the training without weights, Changed those of [Probes.Changes].
	Plain   Trained
	Changed []Trained
}

// Trained are the results of one training on validation. Predictions may be nil.
type Trained struct {
	Val         *objective.Confusion
	Predictions []uint16
}

// Probe says which trainings would show more of a case. They depend on the case alone: the
// class with the lowest recall without weights, the three that it is most confused with,
// those of the largest and the smallest weight, and those of the most confused pairs, six
// at most. The error says what is wrong with the case.
func Probe(c Case) (Probes, error) {
	if err := c.validate(); err != nil {
		return Probes{}, err
	}
	if c.Posthoc {
		return Probes{}, fmt.Errorf("its weights shift logits and nothing is trained with them, so there is nothing to measure by training")
	}
	f := compute(c)
	p := Probes{Worst: lowest(f.before), Replicates: c.Replicates[:min(len(c.Replicates), mostProbedSeeds)]}
	wanted := append([]int{p.Worst}, f.partners(p.Worst)...)
	if f.strength > 0 {
		wanted = append(wanted, highest(f.shift), lowest(f.shift))
	}
	for _, q := range f.pairs {
		wanted = append(wanted, q.i, q.j)
	}
	for _, k := range wanted {
		if len(p.Classes) < mostProbed && !slices.Contains(p.Classes, k) {
			p.Classes = append(p.Classes, k)
		}
	}
	return p, nil
}

// partners returns the classes that the unweighted models confuse most with class w.
func (f *figures) partners(w int) []int {
	errors := make([]int64, len(f.Classes))
	var all []int
	for k := range f.Classes {
		if k == w {
			continue
		}
		for _, rep := range f.Replicates {
			errors[k] += rep.Rounds[0].Val.At(w, k) + rep.Rounds[0].Val.At(k, w)
		}
		if errors[k] > 0 {
			all = append(all, k)
		}
	}
	slices.SortStableFunc(all, func(a, b int) int {
		switch {
		case errors[a] > errors[b]:
			return -1
		case errors[a] < errors[b]:
			return 1
		}
		return 0
	})
	return all[:min(len(all), partners)]
}

// validate says what is wrong with the results of the probes, for a number of classes.
func (p *Probed) validate(classes int) error {
	outside := func(c int) bool { return c < 0 || c >= classes }
	if outside(p.Worst) || len(p.Classes) == 0 || slices.ContainsFunc(p.Classes, outside) {
		return fmt.Errorf("probes of the classes %d and %v; want classes from 0 to %d", p.Worst, p.Classes, classes-1)
	}
	if len(p.Seeds) == 0 {
		return fmt.Errorf("probes on no seed; want at least one")
	}
	want := len(p.Changes())
	for i, s := range p.Seeds {
		if len(s.Changed) != want {
			return fmt.Errorf("probes, seed %d: %d trainings; want %d", i+1, len(s.Changed), want)
		}
		for _, t := range append([]Trained{s.Plain}, s.Changed...) {
			if t.Val == nil || t.Val.Classes() != classes {
				return fmt.Errorf("probes, seed %d: want validation matrices of %d classes", i+1, classes)
			}
		}
	}
	return nil
}
