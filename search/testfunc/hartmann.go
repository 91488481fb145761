package testfunc

import (
	"math"
	"strconv"

	"evenkeel/search"
)

// hartmannA, hartmannP and hartmannAlpha are the constants of [Hartmann6].
var (
	hartmannAlpha = [4]float64{1.0, 1.2, 3.0, 3.2}
	hartmannA     = [4][6]float64{
		{10, 3, 17, 3.5, 1.7, 8},
		{0.05, 10, 17, 0.1, 8, 14},
		{3, 3.5, 1.7, 10, 17, 8},
		{17, 8, 0.05, 10, 0.1, 14},
	}
	hartmannP = [4][6]float64{
		{0.1312, 0.1696, 0.5569, 0.0124, 0.8283, 0.5886},
		{0.2329, 0.4135, 0.8307, 0.3736, 0.1004, 0.9991},
		{0.2348, 0.1451, 0.3522, 0.2883, 0.3047, 0.6650},
		{0.4047, 0.8828, 0.8732, 0.5743, 0.1091, 0.0381},
	}
)

// Hartmann6 returns Hartmann's function on six reals from 0 to 1,
//
//	f(x) = - sum_i alpha_i exp(- sum_j A_ij (x_j - P_ij)^2),  i = 1..4, j = 1..6
//
// Its minimum is -3.32237 at (0.20169, 0.150011, 0.476874, 0.275332, 0.311652,
// 0.6573); there are six local ones.
//
// Source: L. C. W. Dixon and G. P. Szegö, Towards Global Optimisation 2 (1978),
// table of the Hartman family; J. K. Hartman, "Some experiments in global
// optimization", Naval Research Logistics Quarterly 20 (1973).
func Hartmann6() Function {
	f := Function{Name: "hartmann6", Minimum: -3.3223680114155148, Minimizers: []search.Point{{}}}
	var names [6]string
	for j, x := range [6]float64{0.201689511007, 0.150010691823, 0.476873974222, 0.275332430494, 0.311651616600, 0.657300534066} {
		names[j] = "x" + strconv.Itoa(j+1)
		f.Space.Params = append(f.Space.Params, search.Param{Name: names[j], Kind: search.Real, Low: 0, High: 1})
		f.Minimizers[0][names[j]] = x
	}
	f.Value = func(p search.Point) float64 {
		sum := 0.0
		for i, alpha := range hartmannAlpha {
			exponent := 0.0
			for j, name := range names {
				d := p[name] - hartmannP[i][j]
				exponent += float64(hartmannA[i][j] * d * d)
			}
			sum += float64(alpha * math.Exp(-exponent))
		}
		return -sum
	}
	return f
}
