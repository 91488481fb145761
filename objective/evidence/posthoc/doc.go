// Package posthoc says what can be said from the logits of one trained model
// without training another: what class weights would do, which offsets are the
// best, and what no shift of the logits can reach.
//
// It is not a trainer (nothing is trained), not a search (package search decides
// what is screened and believed), and it reads and stores nothing. Everything is
// deterministic: equal logits and labels give equal figures, and the few random
// numbers come from generators with fixed seeds.
//
// # Where to start
//
//   - [Logits] are those of a part of the data, with labels. [Logits.Count] and [Logits.Predict] measure it
//     under a shift, and [FromWeights] says which shift class weights aim at.
//   - [Chain] is the reweighting loop of a trial on shifted logits: a prediction
//     of what training with these weights does, and where weights are applied
//     post hoc the thing itself.
//   - [Logits.Fit] fits offsets to a study's score: what every weighting must beat.
//   - [Folds] cuts a part in three, so that [Chain.CrossFit] and [Folds.Fit]
//     measure shifts on examples that had no part in them; [CrossFitted] has the
//     figures to report, and says why its added-up matrix is not all of them.
//   - [Transmit] compares predicted changes with those that training brought.
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
// What would these weights do to a model whose logits are at hand?
//
//	part, err := posthoc.NewLogits(3, logits, labels)
//	if err != nil {
//		return err
//	}
//	m := part.Confusion(posthoc.FromWeights([]float64{0.744, 1.253, 1.115}))
//	spread := objective.StdDev.Of(m.Recall())
package posthoc
