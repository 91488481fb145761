// Package objective measures one trial: it trains a model unweighted, derives
// class weights from what it measured, trains again, and reports after every
// round how uneven the per-class recalls are.
//
// It is not a search (package search decides which trials there are), not a
// formula (package schemes turns measurements into weights), not a training
// library (folders below implement [Trainer]), and it stores nothing (whoever
// runs it implements [Cache]).
//
// # Where to start
//
//   - [Confusion] is what every training run leaves behind: rows are true
//     classes, columns predicted classes. Recall, precision, F1 and both
//     accuracies follow from it, and from nothing else.
//   - [Spread] turns per-class recalls into one number, smaller is better. The
//     default, [StdDev], is their population standard deviation.
//   - [Trainer] performs a training run, which a [Spec] describes completely:
//     equal specs have equal results, so a run is computed once, whoever asks.
//   - [Plan] and [Replicate] are a trial before and after: a model, a recipe
//     and a number of rounds; and what one training seed measured in each. An
//     [Evaluator] goes from one to the other.
//
// # Symbols
//
//	K            number of classes
//	TP_c         examples of class c predicted as c
//	support_c    examples of class c (row sum)
//	predicted_c  examples predicted as class c (column sum)
//	r_c          recall of class c, TP_c / support_c
//
// A recall of a class without examples is NaN and is left out of every spread
// and of balanced accuracy.
//
// # Example
//
// How uneven is a classifier that confuses cats and dogs?
//
//	m, err := objective.ConfusionFromRows([][]int64{
//		{96, 2, 2},  // car
//		{1, 74, 25}, // dog
//		{1, 21, 78}, // cat
//	})
//	if err != nil {
//		return err
//	}
//	recall := m.Recall()                  // 0.96, 0.74, 0.78
//	spread := objective.StdDev.Of(recall) // 0.0957
package objective
