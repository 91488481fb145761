package explain

import "evenkeel/objective/evidence/interval"

// Explain says why the weights of an arm did, or did not, even the recalls out.
// The error says what is wrong with the case.
func Explain(c Case) (*Report, error) {
	if err := c.validate(); err != nil {
		return nil, err
	}
	f := compute(c)
	r := &Report{}
	for _, find := range []func() (Finding, bool){
		f.plumbing, f.overshoot, f.offsetsOf, f.strengthOf, f.pairsOf, f.margins, f.prediction,
		f.transmission, f.noiseOf, f.sample, f.floor, f.price,
		f.controlOf, f.sensitivity, f.expected, f.identifiable, f.tradeOf,
	} {
		if d, ok := find(); ok {
			r.Findings = append(r.Findings, d)
		}
	}
	d, ok, known := f.interpolation()
	if ok {
		r.Findings = append(r.Findings, d)
	}
	r.arrange()
	r.Missing = f.missing(known)
	f.judge(r)
	r.Next = f.remedies(r)
	return r, nil
}

// missing says what could not be looked at; train reports whether the training
// part was measured.
func (f *figures) missing(train bool) []string {
	var all []string
	switch {
	case f.paper.seeds == 0:
		all = append(all, "No logits of an unweighted model are stored: margins, prediction, transmission and the floor need them.")
	case f.paper.seeds < f.seeds:
		all = append(all, "Logits are stored for "+plural(f.paper.seeds, "seed")+" only: margins, prediction, transmission and the floor rest on these.")
	}
	if f.offsets == nil {
		all = append(all, "No fitted offsets are stored: what needs no training cannot be compared.")
	}
	if !train {
		all = append(all, "No training matrices are stored: whether the training part is recognised without error is not known.")
	}
	if f.seeds < interval.EnoughSeeds {
		all = append(all, "With "+plural(f.seeds, "seed")+" the change has no interval: it takes three.")
	}
	if r := f.response; r != nil && r.seeds < 2 {
		all = append(all, "With one seed probed its own noise cannot be told from what the weights do: whether weights can work here, which classes' weights are identifiable and which pairs can only trade takes two seeds or more, as search.replicates gives them.")
	}
	if r := f.response; r != nil && !r.paired {
		all = append(all, "No predictions of the probes with their labels are known: the images' part of their standard errors is an upper bound.")
	}
	return all
}
