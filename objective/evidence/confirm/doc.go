// Package confirm says by how much two training procedures differ on the test
// part, with an interval that is valid for other training seeds and for other test
// examples at once.
//
// It is pure arithmetic on predictions. It trains nothing, reads and stores nothing, and
// does not choose what to confirm: the caller trains one fixed arm, the unweighted
// reference and other procedures on the same fresh seeds, and passes the predictions of
// each run.
//
// # Where to start
//
//   - [NewSample] takes the labels of the test part, [Sample.Measure] the
//     predictions of one procedure, one slice per seed.
//   - [Compare] takes two procedures and returns a [Comparison]: the
//     [Difference] of their spreads and of their balanced accuracies, and of each
//     class's recall.
//   - [Difference.Verdict], [Comparison.Tolerance], [Comparison.Gained] and
//     [Comparison.Lost] interpret the figures; [interval.Holm] corrects for
//     confirming several arms.
//   - [CompareParts] says whether the test part is unlike validation.
//   - [GeometricMean] makes one weight vector of those of several seeds.
//
// # What is estimated
//
// A trained model m has a true recall R_c(m) of each class c: the share that it
// would recognise of infinitely many examples of that class. A procedure P turns a
// seed into a model. The estimand is
//
//	E_seed[ f(R(P_A(seed))) ] - E_seed[ f(R(P_B(seed))) ]
//
// the expected spread f of the true recalls, of A minus that of B. The expectation is over
// seeds, and over training data where each seed had training data of its own. It is not
// the spread of the expected recalls, which would be smaller, nor the expected spread on
// this test part, which would be larger (see below).
//
// # How
//
// With d_s the difference on seed s, and z_si by how much test example i moves d_s
// (delta method),
//
//	estimate = mean_s d_s
//	se^2     = var_s(d_s) / S + mean over pairs of seeds s != t of sum_i z_si z_ti
//
// The first term is the variance over seeds with these examples, on S - 1 degrees of
// freedom. It includes each seed's own noise of the examples, since d_s is measured on
// examples. So the second term is only the noise that all seeds share because they are
// measured on the same examples. The full variance over examples of the mean over seeds
// would count each seed's own noise twice. Degrees of
// freedom are Satterthwaite's, the interval Student's.
//
// The sums over examples are what a paired, class-stratified bootstrap (examples drawn
// again within each class, the same for A, B and all seeds) comes to with
// infinitely many resamples, as far as d_s is linear in the recalls; a test compares
// the two. They need no generator and no resamples.
//
// Recalls on few examples look more uneven than they are, most of all where they are
// nearly even. The difference of two measured spreads therefore understates a gain.
// So d_s is a difference of corrected spreads, see [Difference].
//
// Sources: N. A. Obuchowski and H. E. Rockette, Hypothesis testing of diagnostic
// accuracy for multiple readers and multiple tests, Communications in Statistics -
// Simulation and Computation 24 (2), 1995 (readers are seeds here, cases examples);
// B. D. Gallas, One-shot estimate of MRMC variance: AUC, Academic Radiology 13 (3),
// 2006; B. Efron, The jackknife, the bootstrap and other resampling plans, 1982;
// F. E. Satterthwaite, An approximate distribution of estimates of variance
// components, Biometrics Bulletin 2 (6), 1946.
//
// # How well
//
// BenchmarkCoverage simulates confirmations with known truth; docs/statistics.md has its
// table. Intervals are not reliable for classes of fewer than twenty examples.
//
// # Example
//
//	sample, err := confirm.NewSample(classes, labels)
//	...
//	a, err := sample.Measure(weighted)   // predictions[seed][example]
//	b, err := sample.Measure(unweighted) // on the same seeds
//	c, err := confirm.Compare(a, b, objective.StdDev)
//	fmt.Printf("%.3f -> %.3f, 95 %% %.3f to %.3f: %s\n",
//		c.Spread.B, c.Spread.A, c.Spread.Low, c.Spread.High, c.Spread.Verdict(c.Spread.PValue))
package confirm
