package followup

import (
	"context"
	"fmt"
	"slices"

	"evenkeel/objective"
	"evenkeel/objective/evidence/confirm"
	"evenkeel/objective/evidence/posthoc"
)

// joint applies a fixed set of offsets to the models with the fixed vector, which no search
// has trained. There is one set for all seeds, the mean of what was fitted to the validation
// logits of each, and seed s is measured with the mean over the others,
//
//	offsets_s = mean over seeds t != s of fitted_t,
//
// so that neither its model nor the test part had a share in what it is measured with.
// Nothing is trained: the runs are those of the store.
func (p *confirming) joint(ctx context.Context) error {
	const model, option = objective.OptionWeightsFixed, objective.OptionWeightsThenOffsets
	fitted := p.fitted(model)
	if fitted == nil {
		return nil
	}
	return inTurn(len(p.seeds), p.Parallel, p.runner, func(i int) error {
		others := slices.Delete(slices.Clone(fitted), i, i+1)
		return p.shifted(ctx, p.seeds[i], model, option, posthoc.MeanOffsets(others))
	})
}

// fitted returns the offsets that were fitted to a model on every seed, nil if on one they
// were not.
func (p *confirming) fitted(model objective.Option) (all [][]float64) {
	for _, s := range p.seeds {
		if s.fitted[model] == nil {
			return nil
		}
		all = append(all, s.fitted[model])
	}
	return all
}

// shifted predicts the test part with offsets on the stored run of a seed.
func (p *confirming) shifted(ctx context.Context, s *freshSeed, model, option objective.Option, offsets []float64) error {
	i := slices.IndexFunc(s.runs, func(r Run) bool { return r.What == model })
	r, found, err := p.Store.Find(ctx, s.runs[i].Run)
	if err == nil && !found {
		err = fmt.Errorf("run %.8s is not there any more", s.runs[i].Run)
	}
	if err != nil {
		return fmt.Errorf("%w: %w", objective.ErrStorage, err)
	}
	s.test[option], err = posthoc.TestPredictions(r, offsets)
	return err
}

// handedOver returns the fixed weights and offsets of an option, nil where it has none.
func (p *confirming) handedOver(option objective.Option) (weights, offsets []float64) {
	switch option {
	case objective.OptionOffsetsFixed:
		return nil, p.arm.Offsets
	case objective.OptionWeightsFixed:
		return p.vector, nil
	case objective.OptionWeightsThenOffsets:
		if p.arm.WeightsOffsets != nil {
			return p.vector, p.arm.WeightsOffsets
		}
		return p.vector, posthoc.MeanOffsets(p.fitted(objective.OptionWeightsFixed))
	case objective.OptionLongerThenOffsets:
		return nil, p.arm.LongerOffsets
	}
	return nil, nil
}

// measuredOption is an option with the recalls that its comparisons need.
type measuredOption struct {
	Measured
	on *confirm.Measured // nil where it was not measured
}

// compare measures the options and makes the comparisons.
func (p *confirming) compare() (*Confirmation, error) {
	out := &Confirmation{Reading: p.reading, Images: make([]int64, len(p.eval.Info.Classes))}
	out.Seeds = len(p.seeds)
	labels := p.seeds[0].labels
	for _, c := range labels {
		out.Images[c]++
	}
	sample, err := confirm.NewSample(len(out.Images), labels)
	if err != nil {
		return nil, err
	}
	for _, s := range p.seeds {
		if !slices.Equal(s.labels, labels) {
			return nil, fmt.Errorf("the test labels differ from seed to seed; a trainer must keep its test examples and their order")
		}
		out.Runs = append(out.Runs, s.runs...)
	}
	var all []measuredOption
	for _, option := range append(objective.Options(), EqualCost) {
		m, err := p.measure(sample, option)
		if err != nil {
			return nil, err
		}
		all = append(all, m)
	}
	if err := p.pairs(all, out); err != nil {
		return nil, err
	}
	for i := range all {
		out.Options = append(out.Options, all[i].Measured)
	}
	return out, nil
}

// measure measures an option, where every seed has it.
func (p *confirming) measure(sample *confirm.Sample, option objective.Option) (measuredOption, error) {
	m := measuredOption{Measured: Measured{Option: option}}
	var predictions [][]uint16
	missing := false
	for _, s := range p.seeds {
		if s.test[option] != nil {
			predictions = append(predictions, s.test[option])
			continue
		}
		missing = true
		if m.Reason == "" {
			m.Reason = s.reasons[option] // a seed may only lack offsets, for the want of another's
		}
	}
	if missing && m.Reason == "" {
		m.Reason = ReasonNoLogits // fitted on some seeds only
	}
	if missing {
		return m, nil
	}
	var err error
	if m.on, err = sample.Measure(predictions); err != nil {
		return m, err
	}
	m.Spread, m.PlainSpread = m.on.Spread(p.Definition.Objective.Spread)
	m.BalancedAccuracy, m.Recalls = m.on.BalancedAccuracy(), m.on.Recalls()
	m.Weights, m.Offsets = p.handedOver(option)
	return m, nil
}

// pairs compares every two options, the one that costs more with the cheaper one, and the
// control with nothing and the recipe with it.
func (p *confirming) pairs(all []measuredOption, out *Confirmation) error {
	control := len(all) - 1
	for i := range all {
		for j := range i {
			a, b := all[i], all[j]
			if i == control {
				switch b.Option {
				case objective.OptionNothing:
				case objective.OptionWeightsRemeasured:
					a, b = b, a
				default:
					continue
				}
			}
			if a.on == nil || b.on == nil {
				continue
			}
			c, err := p.comparison(a, b, all[0].on)
			if err != nil {
				return err
			}
			out.Comparisons = append(out.Comparisons, c)
		}
	}
	return nil
}

// comparison compares two measured options, given the unweighted model.
func (p *confirming) comparison(a, b measuredOption, nothing *confirm.Measured) (Comparison, error) {
	score := p.Definition.Objective
	x := Comparison{What: a.Option, Against: b.Option}
	var err error
	if x.Comparison, err = confirm.Compare(a.on, b.on, score.Spread); err != nil {
		return x, err
	}
	x.Drop, x.Over = x.Tolerance(score.Tolerance), x.Comparison.Over(score.Tolerance)
	x.Score, err = confirm.CompareScores(a.on, b.on, nothing, score)
	return x, err
}
