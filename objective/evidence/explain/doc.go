// Package explain says why a class weighting did, or did not, even the recalls
// out: in plain sentences, with the figures, the thresholds they are compared
// with, and what to try next.
//
// It is pure: it trains, stores and prints nothing, and draws no random number.
// [Probe] says which trainings would show more. It works on what a search records
// anyway: matrices, weights, and, where they were kept, predictions and logits. What
// was not recorded is left out or named in one sentence ([Report.Missing]).
//
// # What counts for more
//
//  1. what a confirmation measured on the test part ([Case.Test], [Case.TestOffsets])
//  2. what the search measured on validation: the arm's stored score with its interval
//     ([Case.Stored]), and what all arms of the study say ([Case.Together])
//  3. predictions from logits
//  4. fixed thresholds of weights and recalls
//
// A finding whose condition is a threshold is no reason, or is left out, where something
// above it says otherwise. Estimate and interval of an arm are the stored ones; this
// package computes none of its own for them.
//
// # Where to start
//
//   - [Case] is the record of one arm over its seeds, [Explain] gives the answer.
//   - [Recalls] are recalls and weights alone, for somebody without a study.
//   - [Report] has the verdict, the [Finding]s in the order of their importance, of which at
//     most three are shown where nobody asks for all, and the [Remedy]s to try. Where the
//     recommendation names a search, other searches are for later ([Remedy.Later]).
//
// # Symbols
//
//	r_c     recall of class c
//	w_c     weight of class c
//	s_ij    ln(w_i / w_j), the shift between classes i and j in nats
//	z_c     logit of class c for an example
//	change  the arm's score minus the reference's on the same seeds, as it is stored
//	half    half the width of its interval, see below
//	tau     share of the predicted changes of the recalls that training delivered
//
// # Findings
//
//	guessing       the unweighted model is no better than guessing, or the weighted one
//	               predicts class 0 for everything as argmax of NaN; all other findings
//	               are left out then, unless a class is so frequent that it may be why
//	ignored        a program of the user's own predicts the same with weights as without,
//	               in all runs of the study
//	longer         what longer training gains, where it is recommended
//	parts          the unweighted model on validation and on the test part; a reason where
//	               they differ beyond noise ([confirm.CompareParts])
//	inverted       tau of the study, else of the arm, is below 0 with its whole interval
//	failing        trainings on further seeds failed
//	strength       ln(max w / min w) < 0.7, where nothing shows more than a small effect
//	pairs          |s_ij| < 0.35 for one of the three most confused pairs
//	margins        share of examples of these pairs with |z_i - z_j| < |s_ij|; 2 % and
//	               |s_ij| of 0.7 are enough for an effect
//	prediction     spread of argmax z + ln w on the unweighted model's logits
//	transmission   tau; below 0.3 training followed the weights only little, and ended as
//	               if there were none where the recalls on the training part show why
//	interpolation  recall of the worst class on the training part > 0.995
//	overshoot      the recalls are less even than without weights
//	offsets        what fitted offsets reach without training
//	noise          half, and the smallest effect that is detected in 80 % of cases
//	sample         the spread that perfectly even classes would show
//	floor          the best equal recall of the hardest pair; a reason only where it limits
//	               the trial's own model
//	price          which classes gained and paid, the largest change first, those within
//	               noise marked (Student's t over seeds, and examples, 95 % for each class);
//	               accuracy lost per point of spread
//
// and with the trainings that [Probe] asks for ([Case.Probed]), see below:
//
//	control        recall of the worst class times 20 and divided by 20
//	sensitivity    J_cd, the points that a nat on class d moves class c
//	expected       the spread that J times ln w predicts, against the noise of a seed
//	identifiable   classes with |J_cc| ln(max w / min w) < the noise of a seed
//	trade          pairs that can only trade: the singular values of J for the two
//
// A finding that keeps the weights from working, or says that something else would do
// better, is a [Finding.Reason]; the others only describe.
//
// # Uncertainty
//
// Change and half are those of the leaderboard. The variance of change has a part of the seeds and one of the validation examples,
//
//	V = s^2 / S + v
//
// where s^2 is the variance of the per-seed changes, drawn towards that of all arms
// ([interval.Pool]), and v the variance over validation examples of the linearised
// change ([objective.Arm.ImageVariance]). It is not divided by the number of seeds, since all seeds
// are measured on the same examples. Without predictions v comes from the matrices and is
// larger. half is that of the leaderboard ([interval.Pool.HalfWidth]), for all arms of the
// study together, since the arm was chosen among them,
//
//	sqrt(t^2 s^2 / S + z^2 v)
//
// with quantiles of Student's t and of the normal distribution. With fewer than three
// seeds there is none.
//
// In 400 simulated studies each, of one arm whose weights change nothing, a change was
// beyond noise in 2.5, 1.0 and 2.5 % on 3, 5 and 8 seeds.
//
// The arm's spread minus that of fitted offsets is compared with the same two parts, with
// Student's t for these seeds alone. Where the part of the examples is not known, the
// finding says that it holds for these examples only.
//
// The smallest effect that is detected with a probability of 80 % is half plus t_.8
// sqrt(V), with degrees of freedom after Satterthwaite; for a single arm and many seeds
// that is 2.8 standard errors (J. Cohen, Statistical Power Analysis for the Behavioral
// Sciences, 1988).
//
// # Probes
//
// From trainings with equal weights but for one class,
//
//	J_cd = d r_c / d ln w_d = r_c(ln w_d = +1/2) - r_c(ln w_d = -1/2)
//
// Its standard error has the two parts above: the variance over seeds divided by S, and
// the variance over examples, example by example where predictions are known. The former
// is that of differences paired by seed, pooled over the probed classes d; its root is
// called the noise of a seed. The control uses its own variance where that is larger, and
// has a 95 % interval of Student's t, computed like half above.
//
// The control says that no loss weighting can work only where that interval ends below 5
// points of recall between times 20 and divided by 20, and both recalls are within 5
// points of the one without weights. A difference within noise is not enough, since few
// seeds hide much. Of 180 simulated studies on two seeds in which training delivers 30 %
// of ln w it said so in none, with noisy seeds included. Where training delivers nothing
// it said so in 37 of 100 on two seeds with little noise and in 52 of 100 on three seeds,
// with 400 examples a class. Where weights change nothing it said that they affect
// training in 0.3 % of studies, and in 2.7 % where trainings with weights far from 1 vary
// more (300 studies each).
//
// Adding a constant to ln w changes nothing, so the rows of J sum to about 0. Two
// classes can only trade where J, restricted to them, has a large singular value that
// raises one and lowers the other, at least three times the small one at the upper end of
// its 95 % interval. With one seed nothing is judged.
//
// # Example
//
//	r, err := explain.Recalls{
//		Classes: []string{"car", "dog", "cat"},
//		Recall:  []float64{.956, .737, .781},
//		Weights: []float64{.744, 1.253, 1.115},
//	}.Explain()
//	if err != nil {
//		return err
//	}
//	fmt.Println(r.Verdict, r.Text) // too-weak: The weights are too weak to matter: ...
package explain
