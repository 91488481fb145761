// Package confirm says by how much two training procedures differ on the test
// part, and how sure that is: an interval that answers for other training seeds
// and for other test images at once.
//
// It is pure arithmetic on predictions. It trains nothing, reads and stores
// nothing, and does not choose what to confirm: whoever runs it retrains one fixed
// arm, the unweighted reference and what else there is on the same fresh seeds and
// hands over what each run predicted.
//
// # Where to start
//
//   - [NewSample] takes the labels of the test part, [Sample.Measure] the
//     predictions of one procedure, one slice per seed.
//   - [Compare] takes two procedures and returns a [Comparison]: the
//     [Difference] of their spreads and of their balanced accuracies, and of each
//     class's recall.
//   - [Difference.Verdict], [Comparison.Tolerance], [Comparison.Gained] and
//     [Comparison.Lost] put the figures into words; [interval.Holm] corrects for
//     confirming several arms.
//   - [GeometricMean] makes one weight vector of those of several seeds.
//
// # What is estimated
//
// A trained model m has a true recall R_c(m) of each class c: the share that it
// would recognise of infinitely many images of that class. A procedure P turns a
// seed into a model. The estimand is
//
//	E_seed[ f(R(P_A(seed))) ] - E_seed[ f(R(P_B(seed))) ]
//
// the expected spread f of the true recalls, of A minus of B; over seeds and training
// data where each seed was given training data of its own. It is not the spread
// of the expected recalls, which would be smaller, nor the expected spread on this
// test part, which would be larger (see below).
//
// # How
//
// With d_s the difference on seed s, and z_si by how much test image i moves d_s
// (delta method),
//
//	estimate = mean_s d_s
//	se^2     = var_s(d_s) / S + mean over pairs of seeds s != t of sum_i z_si z_ti
//
// The first term is the variance over seeds with these images, on S - 1 degrees of
// freedom. It already holds the share of the image noise that is each seed's own,
// since d_s is measured on images. So the second term is only the noise that all
// seeds share because they are measured on the same images; the image variance of
// the mean over seeds, taken whole, would count the former twice. Degrees of
// freedom are Satterthwaite's, the interval Student's.
//
// The sums over images are what a paired, class-stratified bootstrap (images drawn
// again within each class, the same for A, B and all seeds) comes to with
// infinitely many resamples, as far as d_s is linear in the recalls; a test holds
// one against the other. They need no generator and no resamples.
//
// Recalls on few images look more uneven than they are, the more the more even
// they truly are, so that the difference of two measured spreads understates a gain.
// Therefore d_s is a difference of corrected spreads, see [Difference].
//
// Sources: N. A. Obuchowski and H. E. Rockette, Hypothesis testing of diagnostic
// accuracy for multiple readers and multiple tests, Communications in Statistics -
// Simulation and Computation 24 (2), 1995 (readers are seeds here, cases images);
// B. D. Gallas, One-shot estimate of MRMC variance: AUC, Academic Radiology 13 (3),
// 2006; B. Efron, The jackknife, the bootstrap and other resampling plans, 1982;
// F. E. Satterthwaite, An approximate distribution of estimates of variance
// components, Biometrics Bulletin 2 (6), 1946.
//
// # How well
//
// BenchmarkCoverage simulates confirmations with known truth; docs/statistics.md
// has its table. Intervals are not to be relied on for classes of fewer than
// twenty images ([Sample.Thin]).
//
// # Example
//
//	sample, err := confirm.NewSample(classes, labels)
//	...
//	a, err := sample.Measure(weighted)   // predictions[seed][image]
//	b, err := sample.Measure(unweighted) // on the same seeds
//	c, err := confirm.Compare(a, b, objective.StdDev)
//	fmt.Printf("%.3f -> %.3f, 95 %% %.3f to %.3f: %s\n",
//		c.Spread.B, c.Spread.A, c.Spread.Low, c.Spread.High, c.Spread.Verdict(c.Spread.PValue))
package confirm
