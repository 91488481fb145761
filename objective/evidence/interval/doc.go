// Package interval has the statistics that every interval in this program is made of.
// It knows nothing of trainers, rounds or images: callers say which figures vary, for
// what reason, and over how many seeds.
//
// # Where to start
//
//   - [Quantile] and [PValue] are those of Student's t, [Satterthwaite] gives the
//     degrees of freedom of a sum of two variances.
//   - [Bonferroni] is the level of intervals that hold together, [Holm] corrects
//     p-values of several tests.
//   - [NewPool] estimates a common variance of groups of few seeds each;
//     [Pool.HalfWidth] is the half width of one group's interval. [Cochran] adds
//     a second variance to a half width.
//   - [PairedDifference] is the mean of differences measured in pairs.
//   - [Detectable] is the smallest difference that would probably be found.
//   - [Mean], [SumSquares], [ShiftedMean] and [Variance] are what all of these are made
//     of.
//
// # Who uses what
//
//	leaderboard    a Pool of all arms of a study, each with its image variance
//	confirm        Satterthwaite's freedom for a difference, a Pool of classes, Holm
//	explain        the Pool of the leaderboard, and one of probed classes
//	compare        PairedDifference
//	transmission   Quantile, on effects
//	check          Quantile, on a multiple of the binomial variance
package interval
