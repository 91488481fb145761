// Package search decides which trials a study makes and spends its budget on
// them.
//
// It holds the vocabulary of a study and the driver; it trains nothing (that is
// package objective), stores nothing (package runs implements [Store]) and
// prints nothing (package runs/report does).
//
// # Words
//
//	study      one search: data, model, space, objective, budget
//	trial      one point of the space and everything measured at it; numbered from 1
//	step       one entry of a study's sequence: a new trial, or more seeds for one
//	replicate  one training seed of a trial, by index from 0; the same index means
//	           the same seed in every trial, so that comparisons are paired
//	round      one full training run in the reweighting loop; round 0 is unweighted
//	arm        a (trial, round >= 1): what is ranked
//	sampler    proposes points
//	screen     predicts what points would measure, without training them
//	window     W: step n is decided from the outcomes of the steps up to n - W
//
// # Where to start
//
// [Definition] is what a study file says (package studyfile reads it), [Space]
// what it leaves open. [Policy] is a pure function from a prefix of the history
// to the next step; [Screen] predicts from the reference's logits which of many
// points would lead, and the policy takes that one. [Driver] executes the steps:
//
//	driver := search.Driver{
//		Definition: definition, Store: store, Trainer: trainer,
//		Sampler: random.New(), Parallel: 2, Clock: time.Now,
//	}
//	summary, err := driver.Run(ctx, stop)
//
// Trainings that belong to no trial (confirming an arm, probing whether weights act)
// are package followup's. [Definition.Trainings] and [TimeLeft] plan the time.
//
// # What is promised
//
// The steps of a study and their outcomes depend on its definition and on
// nothing else: not on the number of workers, not on the order in which they
// finish, not on how often the study was interrupted or killed. Therefore a
// decision never looks at an outcome merely because it is there: step n looks
// at exactly the outcomes up to [Step.Conditioned].
package search
