package results

import (
	"math"
	"slices"

	"evenkeel/objective"
	"evenkeel/objective/evidence/confirm"
	"evenkeel/schemes"
)

// Vector is one vector of class weights for all seeds of an arm.
type Vector struct {
	// Weights are the geometric means over the seeds, at mean 1 ([confirm.GeometricMean]);
	// Lowest and Highest are those of single seeds, one entry per class.
	Weights, Lowest, Highest []float64
	// Typical and Most are the factors by which the weights of single seeds differ from
	// Weights,
	//
	//	exp(sqrt(mean over seeds and classes of d^2))  and  exp(max d)
	//	with d = |ln w - ln Weights|,
	//
	// at least 1, and 1 for one seed.
	Typical, Most float64
}

// VectorOf returns the vector of a round from 1 of a trial's replicates, of which there
// must be at least one. The error is that of [confirm.GeometricMean].
func VectorOf(replicates []objective.Replicate, round int) (Vector, error) {
	var all [][]float64
	for _, rep := range replicates {
		all = append(all, rep.Rounds[round].Weights)
	}
	weights, err := confirm.GeometricMean(all)
	if err != nil {
		return Vector{}, err
	}
	v := Vector{Weights: weights, Lowest: slices.Clone(all[0]), Highest: slices.Clone(all[0])}
	var squares, most float64
	for _, w := range all {
		for c, x := range w {
			v.Lowest[c], v.Highest[c] = min(v.Lowest[c], x), max(v.Highest[c], x)
			d := math.Abs(schemes.Log(x) - schemes.Log(v.Weights[c]))
			squares, most = squares+float64(d*d), max(most, d)
		}
	}
	v.Typical = schemes.Exp(math.Sqrt(squares / float64(len(all)*len(v.Weights))))
	v.Most = schemes.Exp(most)
	return v, nil
}
