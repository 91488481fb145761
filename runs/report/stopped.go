package report

import (
	"strings"

	"evenkeel/runs/results"
)

// stopped says why a study has no arm to recommend although trainings worked, and what
// makes it go on.
func (p answerPage) stopped() string {
	resume := "evenkeel resume " + ShellWord(p.Definition.Name)
	if p.r.Why == results.SearchFailed {
		return "The search failed: " + strings.TrimRight(p.Failure, ".") + ". When that is repaired: " + whole(resume) + p.otherProgram()
	}
	h := p.Board.Study
	text := capitalised(string(p.r.Why))
	if h.Failed == 0 {
		text = "All " + count(h.Invalid, "trial") + " are declared invalid"
	}
	if h.Invalid == 1 {
		text = "The only trial that ended well is declared invalid"
	}
	return text + ". To make one valid again: " + whole("evenkeel invalidate TRIAL --undo"+p.study())
}

// otherProgram says how to go on where a program of the user's own was changed, whose earlier
// runs no longer count.
func (p answerPage) otherProgram() string {
	if !p.Definition.Model.Trainer.Transport().OwnData {
		return ""
	}
	return "; if your program has changed: " + whole("evenkeel search STUDY.yaml --set study="+ShellWord(p.Definition.Name+"-2"))
}

// WhyNone says in a clause why nothing can be recommended of a study.
func WhyNone(o *results.Overview) string {
	p := answerPage{Overview: o, r: o.Recommendation}
	switch o.Recommendation.Why {
	case results.NotTrained:
		return o.Training.Text("the unweighted model")
	case results.NoBetterThanGuessing:
		return o.Judgement.Text("the unweighted model", p.classNames())
	case results.SearchFailed:
		return "the search failed: " + o.Failure
	}
	return string(o.Recommendation.Why)
}

// classNames are the names of all classes.
func (p answerPage) classNames() []string {
	names := make([]string, len(p.Board.Reference.Recall))
	for k := range names {
		names[k] = p.Board.Study.Class(k)
	}
	return names
}
