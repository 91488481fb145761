// Package explain says why a class weighting did, or did not, even the recalls
// out: in plain sentences, with the figures, the thresholds they are held
// against, and what to try next.
//
// It is pure: it trains, stores and prints nothing, and draws no random number;
// which trainings would tell more, [Probe] says. It works on what a search recorded
// anyway: matrices, weights, and, where they were kept, predictions and logits. What
// was not recorded is left out or named in one sentence ([Report.Missing]). It is no
// confirmation either: everything is measured on the validation part, which chose
// the arm.
//
// # Where to start
//
//   - [Case] is what was recorded of one arm over its seeds, [Explain] the answer.
//   - [Recalls] is all that somebody without a study has: recalls and weights.
//   - [Report] has the verdict, the [Finding]s in order of promise and the
//     [Step]s to try.
//
// # Symbols
//
//	r_c     recall of class c
//	w_c     weight of class c
//	s_ij    ln(w_i / w_j), the shift between classes i and j in nats
//	z_c     logit of class c for an example
//	change  spread with the weights minus the own unweighted model's, mean over seeds
//	half    half the width of the 95 % interval of change, see below
//	tau     share of the predicted changes of the recalls that training brought
//
// # Findings
//
//	plumbing       every matrix is the same with weights as without
//	strength       ln(max w / min w) < 0.7
//	pairs          |s_ij| < 0.35 for one of the three most confused pairs
//	margins        share of examples of these pairs with |z_i - z_j| < |s_ij|
//	prediction     spread of argmax z + ln w on the unweighted model's logits
//	transmission   tau, absorbed below 0.3
//	interpolation  recall of the worst class on the training part > 0.995
//	overshoot      the recalls are less even than without weights
//	offsets        what fitted offsets reach without training
//	noise          half, and the smallest change that so many seeds would find
//	sample         the spread that perfectly even classes would read
//	floor          the best equal recall of the hardest pair
//	price          who gained, who paid, accuracy lost for each point of spread
//
// and with the trainings that [Probe] asks for ([Case.Probed]), see below:
//
//	control        recall of the worst class times 20 and divided by 20
//	sensitivity    J_cd, the points that a nat on class d moves class c
//	expected       the spread that J times ln w predicts, against a seed's scatter
//	identifiable   classes with |J_cc| ln(max w / min w) < a seed's scatter
//	trade          pairs that can only trade: the singular values of J for the two
//
// A finding that stands in the way, or that calls for something else than what was
// done, is a [Finding.Reason]; the others say how things are.
//
// # Uncertainty
//
// The variance of change has a part of the seeds and one of the validation images,
//
//	V = s^2 / S + v
//
// where s^2 is the variance of the per-seed changes, drawn towards that of all arms
// ([interval.Pool]), and v the variance over images of the linearised
// change,
//
//	v = sum over classes c of var_c(d) / (m_c - 1)
//	d_e = mean over seeds of g_sc [right with weights] - h_sc [right without]
//
// g_s and h_s being the gradients of the spread at what seed s measured, of which
// [objective.ImageVariance] makes v. It is not divided by the seeds, since all see
// the same images. Without predictions v comes from the matrices and is larger. half is that of the leaderboard
// ([interval.Pool.HalfWidth]), for all arms of the study together, since the arm is
// there because it did well,
//
//	sqrt(t^2 s^2 / S + z^2 v)
//
// with quantiles of Student's t and of the normal distribution. With fewer than three
// seeds there is none.
//
// On 400 made-up studies each of one arm whose weights change nothing, a change stood
// out in 2.5, 1.0 and 2.5 % on 3, 5 and 8 seeds.
//
// The arm's spread minus that of fitted offsets is held against the same two parts,
// seeds with Student's t of their own and images; where nothing is known of the images,
// what is said holds for these alone.
//
// The smallest change that would be found with 80 % probability is half plus t_.8
// sqrt(V), with degrees of freedom after Satterthwaite; for a single arm and many seeds that is 2.8 standard errors (J. Cohen,
// Statistical Power Analysis for the Behavioral Sciences, 1988).
//
// # Probes
//
// From trainings with equal weights but for one class,
//
//	J_cd = d r_c / d ln w_d = r_c(ln w_d = +1/2) - r_c(ln w_d = -1/2)
//
// Its standard error has the two parts above: the variance of one seed, pooled over
// the probed classes d (paired by seed, and called a seed's scatter), over S, and the
// one over images, image by image where predictions are known. The control takes its
// own variance where that is larger, and has a 95 % interval of Student's t, made as
// half above. It closes the case only where that interval ends below 5 points of
// recall between times 20 and divided by 20, and neither is 5 points from the recall
// without weights: a difference that does not stand out of noise says nothing, since few
// seeds hide much. In 180 made-up studies on two seeds where 30 % of ln w arrive it never
// did, on noisy seeds either; where nothing arrives it did in 37 and 52 of 100, on two
// quiet and on three seeds with 400 images a class. Of studies whose weights change
// nothing it said that they do in 0.3 %, and in 2.7 % where trainings with weights far
// from 1 scatter more (300 studies each).
//
// Adding a constant to ln w changes nothing, so the rows of J sum to about 0. Two
// classes can only trade where J, restricted to them, has a large singular value that
// pushes them apart, at least three times the small one at the upper end of its 95 %
// interval. With one seed nothing is judged.
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
