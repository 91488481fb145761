// Package posthoc works on the logits of one trained model, without training another:
// what class weights would do, which offsets are best, and what no shift of the logits
// can reach.
//
// It is not a trainer (nothing is trained) and not a search (package search decides what
// is screened and whether predictions are used), and it reads and stores nothing. Everything is
// deterministic: equal logits and labels give equal figures, and the few random
// numbers come from generators with fixed seeds.
//
// # Where to start
//
//   - [Logits] are those of a part of the data, with labels. [Logits.Count] and
//     [Logits.Predict] measure it under a shift, and [FromWeights] is the shift that
//     class weights correspond to.
//   - [Chain] is the reweighting loop of a trial on shifted logits: a prediction of
//     what training with these weights does; where weights are applied post hoc, the
//     result itself.
//   - [Logits.Fit] fits offsets to a study's score, the result that every weighting
//     must beat.
//   - [Folds] cuts a part in three, so that [Chain.CrossFit] and [Folds.Fit]
//     measure shifts on examples that were not used to make them; [CrossFitted] has the
//     figures to report, and says why its spread is not that of its matrix.
//   - [EstimateFixed] judges one set of offsets, to paste: what it does on other examples
//     and other models, with intervals.
//   - [Transmit] says how much of the predicted changes training delivered.
//   - [Logits.Margins], [Logits.PairFloor] and [EvenSpread] say what shifts cannot do.
//
// # Symbols
//
//	K      number of classes
//	z      logits of an example, K numbers; natural logarithms, so in nats
//	b      a shift, one number per class: an example is predicted as the first
//	       class with the largest z_c + b_c; only differences of b matter
//	w_c    weight of class c, positive
//	r_c    recall of class c
//	m_c    examples of class c in the part
//
// # Example
//
// What would these weights do to a model whose logits are known?
//
//	part, err := posthoc.NewLogits(3, logits, labels)
//	if err != nil {
//		return err
//	}
//	m := part.Confusion(posthoc.FromWeights([]float64{0.744, 1.253, 1.115}))
//	spread := objective.StdDev.Of(m.Recall())
package posthoc
