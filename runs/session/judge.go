package session

import (
	"sync"

	"evenkeel/objective/evidence/guessing"
	"evenkeel/runs/notice"
	"evenkeel/search"
)

// modelJudge finds out from the events of a search whether its models are better than
// guessing. It is safe for concurrent use.
type modelJudge struct {
	// seeds is the number of training seeds of a trial.
	seeds int

	mu        sync.Mutex
	reference []guessing.Run
	// plain and weighted say that the unweighted model, or one with weights, was reported.
	plain, weighted bool
}

// observe takes in an event, and returns what is to be said; nil if nothing is. The unweighted
// model is judged once, when it is measured on as many seeds as a trial has. Of models with
// weights only those are reported, once a search, whose predictions look like NaN.
func (m *modelJudge) observe(e search.Event, classes []string) notice.Notice {
	m.mu.Lock()
	defer m.mu.Unlock()
	switch {
	case e.Kind == search.EventReference && len(m.reference) < m.seeds:
		m.reference = append(m.reference, guessing.Run{Val: e.Reference.Val, Logits: e.Logits})
		if len(m.reference) < m.seeds {
			return nil
		}
		if j := guessing.Judge(m.reference); j.Kind != guessing.Fine {
			m.plain = true
			return notice.ModelJudged{Judgement: j, Classes: classes}
		}
	case e.Kind == search.EventOutcome && len(e.Outcome.Replicates) > 0 && !m.plain && !m.weighted:
		var runs []guessing.Run
		for _, rep := range e.Outcome.Replicates {
			runs = append(runs, guessing.Run{Val: rep.Rounds[len(rep.Rounds)-1].Val, Logits: m.logits()})
		}
		if j := guessing.Judge(runs); j.Kind == guessing.OneClass && j.NaN != guessing.Numbers {
			m.weighted = true
			return notice.ModelJudged{Judgement: j, Classes: classes, Weighted: true}
		}
	}
	return nil
}

// logits stands for those of a model with weights: they are known where the unweighted
// model's are, and then they are finite, or the run would have been refused.
func (m *modelJudge) logits() []float32 {
	if len(m.reference) > 0 && m.reference[0].Logits != nil {
		return []float32{}
	}
	return nil
}
