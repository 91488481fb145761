package followup

import (
	"slices"

	"evenkeel/objective"
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
