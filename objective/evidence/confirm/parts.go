package confirm

import (
	"math"
	"slices"

	"evenkeel/objective"
	"evenkeel/objective/evidence/interval"
)

// unlikeLevel is the probability with which two parts of the same population are called
// unlike. It is small since the question is put to every study. Our choice.
const unlikeLevel = 0.01

// leastPartSeeds is the number of seeds of the validation part below which the two parts are
// not compared.
const leastPartSeeds = 2

// Parts compares one model on the validation part and on the test part. Balanced accuracies
// and recalls are means over seeds, from 0 to 1, over the classes that both parts have.
type Parts struct {
	// Validation and Test are the balanced accuracies, Low and High the 95 % interval of Test
	// minus Validation.
	Validation, Test, Low, High float64
	// Balanced says that these differ beyond noise, Classes are the classes whose recalls do,
	// the largest difference first. ValidationRecall and TestRecall are the recalls of all
	// classes.
	Balanced                     bool
	Classes                      []int
	ValidationRecall, TestRecall []float64
}

// Unlike reports whether the two parts differ beyond noise.
func (p *Parts) Unlike() bool { return p != nil && (p.Balanced || len(p.Classes) > 0) }

// CompareParts compares a model's rounds on the validation part, one a seed, with its recalls
// on the test part, of so many other seeds and so many examples of each class. Their difference
// has the half width
//
//	sqrt(t^2 s^2 (1 / S + 1 / T) + z^2 v + z^2 w)
//
// with the variance s^2 over the S seeds and v over the images of validation
// ([objective.ImageVariances]), and w = (h / z.975)^2 of half the width h of the recall's 95 %
// interval on the test part. For a recall that contains the noise of the T seeds of the test
// part too, and 1 / T is left out. Each of v and w is at least p (1 - p) / m for m examples and
// the recall p of both parts together, since a recall of 0 or 1 shows none. For the balanced
// accuracy v and w are those of a mean of K independent recalls. Its seeds are not, since a good
// one raises all classes: their noise on the test part is taken to be that on validation, 1 / T.
// t and z are the quantiles of Student's t on S - 1 degrees of
// freedom and of the normal distribution: half of the level of 1 % is spent on the balanced
// accuracy, half on the K recalls together (Bonferroni). It returns nil for fewer than two
// seeds of validation or none of the test part, and where the two parts have no class in common.
func CompareParts(validation []objective.Round, test []Recall, examples []int64, testSeeds int) *Parts {
	if len(validation) < leastPartSeeds || testSeeds < 1 || len(test) != validation[0].Val.Classes() || len(examples) != len(test) {
		return nil
	}
	seeds, support := len(validation), validation[0].Val.Support()
	p := &Parts{ValidationRecall: make([]float64, len(test)), TestRecall: make([]float64, len(test))}
	var classes []int
	for c, r := range test {
		if p.TestRecall[c] = r.Mean; support[c] > 0 && examples[c] > 0 && !math.IsNaN(r.Mean) {
			classes = append(classes, c)
		}
	}
	if len(classes) == 0 {
		return nil
	}
	k, usual := float64(len(classes)), interval.Quantile(interval.TwoSided, math.Inf(1))
	single, balanced := make([][]float64, len(test)), make([]float64, seeds)
	parts := objective.Linear{Rounds: validation}
	for s, round := range validation {
		recall := round.Val.Recall()
		slopes := make([]float64, len(test))
		for _, c := range classes {
			single[c] = append(single[c], recall[c])
			p.ValidationRecall[c] += recall[c] / float64(seeds)
			balanced[s] += recall[c] / k
			slopes[c] = 1 / float64(seeds)
		}
		parts.Slopes = append(parts.Slopes, slopes)
	}
	images := objective.ImageVariances(parts)
	var image, ofTest float64
	differs := func(c int) float64 { return math.Abs(p.TestRecall[c] - p.ValidationRecall[c]) }
	for _, c := range classes {
		m, n := float64(support[c]), float64(examples[c])
		both := (float64(m*p.ValidationRecall[c]) + float64(n*p.TestRecall[c])) / (m + n)
		noise := both * (1 - both)
		h := max(test[c].Mean-test[c].Low, test[c].High-test[c].Mean) / usual // the interval is cut at 0 and 1
		here, there := max(images[c], noise/m), max(float64(h*h), noise/n)
		p.Validation += p.ValidationRecall[c] / k
		p.Test += test[c].Mean / k
		image += here / float64(k*k)
		ofTest += there / float64(k*k)
		if differs(c) > partsWidth(single[c], 0, here+there, 1-unlikeLevel/float64(4*k)) {
			p.Classes = append(p.Classes, c)
		}
	}
	slices.SortStableFunc(p.Classes, func(a, b int) int {
		switch x, y := differs(a), differs(b); {
		case x > y:
			return -1
		case x < y:
			return 1
		}
		return 0
	})
	difference := p.Test - p.Validation
	p.Balanced = math.Abs(difference) > partsWidth(balanced, 1/float64(testSeeds), image+ofTest, 1-unlikeLevel/4)
	half := partsWidth(balanced, 1/float64(testSeeds), image+ofTest, interval.TwoSided)
	p.Low, p.High = difference-half, difference+half
	return p
}

// partsWidth returns half the width of the interval whose upper end has the given level, from
// the values on the seeds of validation, the share of their variance that the seeds of the test
// part add, and the variance of everything else.
func partsWidth(values []float64, share, rest, level float64) float64 {
	n := len(values)
	half := interval.Quantile(level, float64(n-1)) * math.Sqrt(interval.SumSquares(values)/float64(n-1)*(1/float64(n)+share))
	return interval.Cochran(half, interval.Quantile(level, math.Inf(1)), rest)
}
