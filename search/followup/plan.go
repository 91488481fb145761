package followup

import (
	"slices"
	"time"

	"evenkeel/objective"
	"evenkeel/objective/evidence/confirm"
	"evenkeel/objective/evidence/posthoc"
	"evenkeel/search"
)

// Length returns how long confirming an arm of so many rounds takes on one fresh seed,
// in trainings of the usual length; see [SharesOf].
func Length(d *search.Definition, round int) float64 { return float64(SharesOf(d, round).Length()) }

// SharesOf returns what confirming an arm of so many rounds takes on one fresh seed. Where the
// model is searched, the arm is taken to have another one than the reference.
func SharesOf(d *search.Definition, round int) Shares {
	s := typical(d, round).shares(d)
	if d.SearchesModel() {
		s.Own = 1
	}
	return s
}

// typical is an arm of so many rounds that applies its weights in the way of the study that
// takes the most.
func typical(d *search.Definition, round int) Arm {
	ways := d.Ways()
	arm := Arm{Round: round, Plan: objective.Plan{Model: d.ReferenceModel(), Apply: ways[0]}}
	if i := slices.IndexFunc(ways, objective.Trained); i >= 0 {
		arm.Plan.Apply = ways[i]
	}
	return arm
}

// Needs is what a search takes at least that comes to a conclusion: a leader with an interval,
// the options that are measured when it ends, and its confirmation on the fewest seeds. All but
// the fits are in trainings of the usual length.
type Needs struct {
	// Reference and Trials are those of [search.Definition.Fewest], Longer trains the reference
	// longer, and Confirming confirms the leader; 0 where that is not done.
	Reference, Trials, Longer, Confirming float64
	// SearchFits, LongerFits and ConfirmFits are how often offsets are fitted to a model in the
	// search, in Longer and in Confirming, in turns of [posthoc.Folds.FitAll].
	SearchFits, LongerFits, ConfirmFits float64
}

// NeedsOf returns what a study needs; confirms says that its leader is confirmed.
func NeedsOf(d *search.Definition, confirms bool) Needs {
	var n Needs
	n.Reference, n.Trials = d.Fewest()
	n.SearchFits = n.Reference / posthoc.FitAllShare
	n.LongerFits = n.Reference / posthoc.FitAllShare // one fixed set for the reference
	if _, reason := longerModel(d, false, objective.LongerFactor); reason == "" {
		n.Longer = objective.LongerFactor * n.Reference
		n.LongerFits += mostSets * n.Reference / posthoc.FitAllShare
	}
	if confirms {
		n.Confirming = confirm.FewestSeeds * Length(d, 1)
		n.ConfirmFits = float64(confirm.FewestSeeds * typical(d, 1).Fits())
	}
	return n
}

// Trainings returns how many trainings of the usual length it takes, without the fits.
func (n Needs) Trainings() float64 { return n.Reference + n.Trials + n.Longer + n.Confirming }

// FitTrainings returns how many trainings of so many seconds, with so many at once, take as long
// as so many fits of offsets.
func FitTrainings(fits float64, each time.Duration, training float64, parallel int) float64 {
	return fits * each.Seconds() / float64(fitsAtOnce(parallel)) / training * float64(parallel)
}

// LongerLength returns how long training the reference longer takes at most, at the end of a
// search whose leader has all the seeds that it may have, in trainings of the usual length.
func LongerLength(d *search.Definition) float64 {
	if _, reason := longerModel(d, false, objective.LongerFactor); reason != "" {
		return 0
	}
	seeds := d.Search.Replicates
	if d.Search.Racing {
		seeds = d.Search.MaxReplicates
	}
	return float64(objective.LongerFactor * seeds)
}

// Seconds returns how long a confirmation on so many seeds takes, given how long one
// seed does, where so many are at work at once: in turns of that many, each seed with
// its trainings one after the other.
func Seconds(seeds, atOnce int, each float64) float64 { return each * float64(turns(seeds, atOnce)) }

// turns returns how many turns seeds take where so many are at work at once.
func turns(seeds, atOnce int) int { return (seeds + atOnce - 1) / atOnce }

// Fit returns how many of the wanted seeds are expected to be measured in the seconds
// that are left, each of them taking a time, with so many at work at once. Seeds that
// are known already take no time. It is no more than what is wanted, and may be less
// than [confirm.FewestSeeds], with which nothing can be said.
func Fit(wanted, known, atOnce int, each, left float64) int {
	return min(wanted, max(known, atOnce*turnsThatFit(left, each, turns(wanted, atOnce))))
}

// nearly is the share of a turn by which it may be too late to begin it: what is
// complete when time is over counts, and most trainings are not the slowest. Our choice.
const nearly = 0.1

// turnsThatFit returns how many turns of so many seconds fit, at most as many as are
// wanted.
func turnsThatFit(left, each float64, most int) int {
	if left <= 0 {
		return 0
	}
	if fit := left/each + nearly; fit < float64(most) {
		return int(fit)
	}
	return most
}
