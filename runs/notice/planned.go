package notice

import (
	"time"

	"evenkeel/objective"
	"evenkeel/search"
	"evenkeel/search/followup"
)

// Planned is what a search would take and begin with, as far as that is known without
// training.
type Planned struct {
	Definition *search.Definition
	// Title names the data and Info describes it; both are empty where the study's own
	// program, which is not started, would say it.
	Title string
	Info  objective.Info
	// Parallel is the number of trainings at once.
	Parallel int
	// Until is the clock time at which the search must have ended, zero if there is none.
	Until time.Time
	// Budget is how much is trained for trials. Longer is how long training the reference
	// longer takes at most, and Confirming confirming the leader, both in trainings of the usual
	// epochs; PerSeed
	// is what confirming it takes on each of ConfirmSeeds fresh seeds.
	Budget             search.Budget
	Longer, Confirming float64
	PerSeed            followup.Shares
	ConfirmSeeds       int
	// PerhapsConfirming is how many trainings confirming a leader of one round takes, where the
	// search confirms one that is cheap enough, and not one of the most rounds; else 0.
	PerhapsConfirming int
	// Spent are the seconds that the study has taken, Left what its limits leave.
	Spent float64
	Left  search.TimeLeft
	// Each is the mean duration in seconds of the Known stored runs of the reference's
	// model, Fit how many trainings of that duration fit into what is left. Known is 0
	// where nothing limits the time.
	Each  float64
	Known int
	Fit   float64
	// First is the first step, as the sampler alone would have it, and Plan its trial's.
	First search.Step
	Plan  objective.Plan
}

// Trainings returns about how many trainings there are in all.
func (p *Planned) Trainings() float64 { return p.Budget.All() + p.Longer + p.Confirming }

// Models is how many trainings a search takes that makes all its trials, however long each.
func (p *Planned) Models() float64 {
	return p.Budget.All() + p.LongerModels() + p.ConfirmingModels()
}

// LongerModels is how many trainings Longer consists of.
func (p *Planned) LongerModels() float64 { return p.Longer / objective.LongerFactor }

// ConfirmingModels is how many trainings Confirming consists of.
func (p *Planned) ConfirmingModels() float64 {
	if p.Confirming == 0 {
		return 0
	}
	return float64(p.ConfirmSeeds * p.PerSeed.Trainings())
}
