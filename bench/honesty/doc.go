// Command honesty compares what `evenkeel confirm` claims with the truth:
//
//	go run ./bench/honesty -n 40 -o honesty.csv
//	go run ./bench/honesty -o honesty.csv -table
//
// It needs the official files of Fashion-MNIST (Debian: dataset-fashion-mnist), but for
// -exchangeable. A repetition takes about a minute on two cores; what is in the file already is not
// repeated, so the command can be interrupted and given again.
//
// # One repetition
//
// From the 70,000 images, reduced as those of the embedded sample are, a sample of
// the same size is drawn: 600 images a class to train on and 400 to test on. The
// other 60,000 are outside; nothing below sees them but the truth. Every number is
// derived from the repetition's, so that a repetition can be made again alone.
//
// On the sample the built-in study is searched with its own policy, driver and
// history, the leader is confirmed on 10 fresh seeds and the test part, and what the
// confirmation promises is taken down: the estimates and 95 % intervals of recipe,
// vector and longer training against the reference, and of recipe against fitted
// offsets. A search without a leader promises nothing and has one line that says so.
//
// # The truth
//
// The same arm, with the same vector, is then trained on 30 further seeds, which
// neither search nor confirmation used, with the same training and validation part,
// and measured on the 60,000 images outside. A confirmation estimates exactly the
// expectation of this, E_seed[f(R(A)) - f(R(B))] for the given training and
// validation part (docs/statistics.md); the mean over these seeds, spreads corrected
// for what 6,000 images a class still add, is known with the standard error true_se,
// which holds both kinds of noise.
//
// A promise is kept if its interval holds the true difference. Since that has an
// error of its own, intervals of exactly 95 % would hold it somewhat less often: the
// column "allowing for true_se" widens each by sqrt(1 + true_se^2/se^2). A promise is
// honest on average if promised minus true has a mean within two of its standard
// errors over repetitions. Shares carry 95 % intervals after Wilson (1927); the pooled
// line has none, since the comparisons of a repetition are not independent.
//
// # Other worlds
//
// With -null, weights do nothing: a weighted run is an unweighted one on another
// seed, derived from seed and weights. Whatever leads there leads by chance, the true
// differences of recipe and vector are 0, and 2.5 % of confirmations should claim a
// gain. Nothing is trained for the truth then.
//
// With -shuffled, weights act on other classes than they were meant for. It searches
// only and prints the notices, to see that screening finds out.
//
// With -regret, the whole study is compared with what it could have answered: the true
// score of its leader with that of ten arms fixed beforehand, and the true score of what it
// recommends with those of all options and of these arms. See regret.go. A second table is
// about honesty, for every option and for what is recommended: how much too kind the
// search's figures and the confirmation's are, and how often the quoted intervals hold the
// true change. The interval of what is recommended is the printed one, which is wider where
// the option was picked on the test part. The comparisons of options with each other are
// the business of the mode without a flag.
//
// With -embedded the sample is the embedded one and repetitions differ in the seed of the
// study. They share test images and the seeds of the truth, so that only drawn samples
// judge whether figures are right on average. ledger/regret-embedded.csv has study seeds
// 100 to 119, ledger/regret-drawn.csv the first drawn samples; the first command goes on with
// these. Where only honesty is asked for, the fixed
// arms can stay out, which leaves some 40 s of one core for a repetition; the second command
// measures the truth on 15 seeds instead of 30, whose noise true_se holds:
//
//	go run ./bench/honesty -regret -n 20 -o bench/honesty/ledger/regret-drawn.csv
//	go run ./bench/honesty -regret -arms=false -truth 15 -n 80 -o bench/honesty/ledger/options.csv
//
// With -exchangeable, all classes are alike: normal distributions with the same covariance
// and the same distance from each other, with so many examples and such a training that
// nothing has much to gain. The whole study is searched and confirmed, and a recommendation
// of anything but nothing is false if it truly gains less than .002. See exchangeable.go and
// exchangeable.yaml. A repetition takes some 4 s of one core:
//
//	go run ./bench/honesty -exchangeable -n 200 -o bench/honesty/ledger/exchangeable.csv
//
// With -screening, two searches on the same draw are compared by what their leaders
// truly score: A trains all of -points random points, B trains a quarter of them after
// screening. See screening.go.
package main
