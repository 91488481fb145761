package explain

import (
	"fmt"
	"math"

	"evenkeel/objective"
	"evenkeel/objective/evidence/interval"
)

// fittedOffsets compares the arm with fitted offsets, over the seeds where these are
// known.
type fittedOffsets struct {
	seeds                int
	spread, change, drop float64
	armSpread, armDrop   float64
	// image is the variance that the validation images leave in the difference of the
	// two spreads, NaN where it is not known.
	image float64
	// suffice says that the arm's score is not better than theirs beyond noise.
	suffice bool
	// better says that theirs is better than the arm's beyond noise.
	better bool
	// costly says that they probably lose more accuracy than the study allows, and more than
	// the arm.
	costly bool
}

// compareOffsets compares the arm with fitted offsets; nil if there are none.
func (f *figures) compareOffsets() *fittedOffsets {
	var o fittedOffsets
	var theirs, own []float64
	var reps []objective.Replicate
	var seeds []int
	var reference float64
	for i, rep := range f.Replicates {
		fitted := f.outputs(i).Offsets
		if fitted == nil {
			continue
		}
		theirs, own = append(theirs, fitted.Spread), append(own, rep.Rounds[f.Round].Spread)
		reps, seeds = append(reps, rep), append(seeds, i)
		reference += rep.Reference.Spread
		o.drop += fitted.Drop
	}
	if o.seeds = len(reps); o.seeds == 0 {
		return nil
	}
	o.drop /= float64(o.seeds)
	arm := f.Score.Ranked(reps)[f.Round-1]
	o.spread, o.armSpread, o.armDrop = interval.Mean(theirs), interval.Mean(own), arm.Drop
	o.change = o.spread - reference/float64(o.seeds)
	charges := f.Score.Charge(arm.Drop, arm.DropSE) - f.Score.Charge(o.drop, arm.DropSE) // both on the same images
	o.costly = f.Score.LossProbability(o.drop, arm.DropSE) > 0.5 && o.drop > arm.Drop
	better := interval.Mean(own) - interval.Mean(theirs) + charges + f.Optimism
	o.image = f.offsetsImage(seeds)
	o.suffice, o.better = better >= 0, better > 0
	if o.seeds >= interval.EnoughSeeds {
		d := interval.PairedDifference(theirs, own)
		image := o.image
		if math.IsNaN(image) {
			image = 0
		}
		width := interval.Cochran(d.High-d.Mean, interval.Quantile(interval.TwoSided, math.Inf(1)), image)
		o.suffice, o.better = better+width >= 0, better-width > 0
	}
	if t := f.TestOffsets; t != nil {
		o.suffice, o.better = !t.Better, t.Worse
	}
	return &o
}

// offsetsImage returns the variance over validation examples of the arm's spread minus
// that of the offsets: the mean over the given seeds, linearised. Both were measured on
// the same examples. Which of them are right under the offsets is taken from the
// reference's logits, shifted by the offsets that all examples give; a few cross-fitted
// predictions differ from these. Where logits or predictions are not known the two spreads
// count as independent, which makes the variance larger; without matrices it is NaN.
func (f *figures) offsetsImage(seeds []int) float64 {
	var arm, offsets, offsetsHit []objective.Round
	for _, i := range seeds {
		o, rep := f.outputs(i), f.Replicates[i]
		a := rep.Rounds[f.Round]
		a.Hits = objective.NewHits(a.Val, o.Labels, o.After)
		arm = append(arm, a)
		if o.Plain != nil && len(o.Offsets.Values) == len(f.Classes) && o.Plain.Confusion(make([]float64, len(f.Classes))).Equal(rep.Reference.Val) {
			m := o.Plain.Confusion(o.Offsets.Values)
			if h := objective.NewHits(m, o.Labels, o.Plain.Predict(o.Offsets.Values, nil)); h != nil && a.Hits != nil {
				offsetsHit = append(offsetsHit, objective.Round{Val: m, Hits: h})
			}
		}
		if m := o.Offsets.Val; m != nil {
			offsets = append(offsets, objective.Round{Val: m})
		}
	}
	switch {
	case len(offsetsHit) == len(seeds):
		offsets = offsetsHit
	case len(offsets) < len(seeds):
		return math.NaN()
	}
	return objective.ImageVariance(f.Score.Spread.Linear(arm, 1), f.Score.Spread.Linear(offsets, -1))
}

// helpful reports whether fitted offsets make the recalls more even, at a cost of accuracy
// that is within the study's limit or below that of the arm.
func (o *fittedOffsets) helpful() bool { return o != nil && o.change < 0 && !o.costly }

// offsetsOf compares the arm with fitted offsets.
func (f *figures) offsetsOf() (Finding, bool) {
	o := f.offsets
	if o == nil {
		return Finding{}, false
	}
	d := Finding{
		Name: "offsets", Reason: o.suffice && o.helpful(), Try: "offsets",
		Threshold: "the study's score, paired by seed, 95 %", Source: "Student's t over seeds, linearised over examples",
		Figures: []Figure{
			{"offsets_spread", o.spread}, {"offsets_change", o.change}, {"offsets_drop", o.drop}, {"spread", o.armSpread}, {"drop", o.armDrop},
			{"difference_image_se", math.Sqrt(o.image)},
		},
		Text: fmt.Sprintf("Offsets fitted to the logits of %s on every seed, without any training, reach a spread of %s at %s points of balanced accuracy on validation; the weights reach %s at %s.",
			f.reference(), small(o.spread), points(-o.drop), small(o.armSpread), points(-o.armDrop)),
	}
	if o.costly {
		d.Text += fmt.Sprintf(" The offsets probably lose more than your limit of %s points.", unsigned(f.Score.Tolerance))
	}
	if t := f.TestOffsets; t != nil {
		d.Threshold, d.Source = "the interval of the spreads on the test part", "the confirmation"
		d.Figures = append(d.Figures, Figure{"test_difference", t.Difference}, Figure{"test_low", t.Low}, Figure{"test_high", t.High})
		d.Text += fmt.Sprintf(" On the test part the spread of the recipe minus that of the offsets is %s", t.changed())
		switch {
		case t.Better:
			d.Text += ": the recipe is better."
		case t.Worse:
			d.Text += ": the offsets are better."
		default:
			d.Text += ": neither is better beyond noise."
		}
		return d, true
	}
	if taken := small(f.Optimism); taken != small(0) {
		d.Text += fmt.Sprintf(" %s of what the weights gain is not expected on other examples than those that they were measured on, and is taken off here.", taken)
	}
	known, where := !math.IsNaN(o.image), "beyond the noise of seeds and examples"
	if !known {
		d.Source, where = "Student's t over seeds, on these examples", "beyond the noise of seeds, on these examples"
	}
	switch {
	case d.Reason && (!o.better || o.seeds < interval.EnoughSeeds):
		d.Text += " Counting spread and accuracy loss together, the weights are not measurably better than these offsets."
	case o.seeds < interval.EnoughSeeds:
		d.Text += fmt.Sprintf(" With %s it cannot be said which is better.", plural(o.seeds, "seed"))
	case o.better:
		d.Text += " Counting spread and accuracy loss together, the offsets are better " + where + "."
	case o.suffice:
		d.Text += " Counting spread and accuracy loss together, neither is better " + where + "."
	case !known:
		d.Text += " Counting spread and accuracy loss together, the weights are better " + where + "; for other examples that is not known."
	default:
		d.Text += " Counting spread and accuracy loss together, the weights are better " + where + "."
	}
	return d, true
}
