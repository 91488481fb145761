package session

import (
	"sync"

	"evenkeel/objective/evidence/guessing"
	"evenkeel/objective/evidence/trained"
	"evenkeel/runs/notice"
	"evenkeel/search"
)

// modelJudge finds out from the events of a search whether its models are trained, and better
// than guessing. It is safe for concurrent use.
type modelJudge struct {
	// seeds is the number of training seeds of a trial.
	seeds int
	// ownProgram says that the user's own program trains.
	ownProgram bool
	// classes are the names of the classes, steps the optimiser steps of so many epochs, 0
	// where that is not known. They are set before the first event.
	classes []string
	steps   func(epochs int) int

	mu        sync.Mutex
	reference []guessing.Run
	trained   []trained.Run
	// plain and weighted say that the unweighted model, or one with weights, was reported.
	plain, weighted bool
}

// observe takes in an event, and returns what is to be said. The unweighted
// model is judged once, when it is measured on as many seeds as a trial has. Of models with
// weights only those are reported, once a search, whose predictions look like NaN.
func (m *modelJudge) observe(e search.Event) (said []notice.Notice) {
	m.mu.Lock()
	defer m.mu.Unlock()
	switch {
	case e.Kind == search.EventReference && len(m.reference) < m.seeds:
		m.reference = append(m.reference, guessing.Run{Val: e.Reference.Val, Logits: e.Logits})
		m.trained = append(m.trained, trained.Run{
			Val: e.Reference.Val, Train: e.Reference.Train, Epochs: e.Epochs, Stopped: e.Stopped, Steps: m.steps(len(e.Epochs)),
		})
		if len(m.reference) < m.seeds {
			return nil
		}
		if j := trained.Judge(m.trained); j.Short {
			m.plain = true
			said = append(said, notice.NotTrained{Judgement: j, OwnProgram: m.ownProgram})
		}
		if j := guessing.Judge(m.reference); j.Kind != guessing.Fine {
			m.plain = true
			said = append(said, notice.ModelJudged{Judgement: j, Classes: m.classes})
		}
	case e.Kind == search.EventOutcome && len(e.Outcome.Replicates) > 0 && !m.plain && !m.weighted:
		var runs []guessing.Run
		for _, rep := range e.Outcome.Replicates {
			runs = append(runs, guessing.Run{Val: rep.Rounds[len(rep.Rounds)-1].Val, Logits: m.logits()})
		}
		if j := guessing.Judge(runs); j.Kind == guessing.OneClass && j.NaN != guessing.Numbers {
			m.weighted = true
			said = append(said, notice.ModelJudged{Judgement: j, Classes: m.classes, Weighted: true})
		}
	}
	return said
}

// logits stands for those of a model with weights: they are known where the unweighted
// model's are, and then they are finite, or the run would have been refused.
func (m *modelJudge) logits() []float32 {
	if len(m.reference) > 0 && m.reference[0].Logits != nil {
		return []float32{}
	}
	return nil
}
