package explain

import (
	"fmt"
	"math"
	"strings"

	"evenkeel/objective"
)

const (
	// tied is the condition number from which on two classes can only trade, and
	// opposed how far the strong direction must point apart in the two: a product of
	// its entries of -1/2 is one up and one down alike. Our choices.
	tied, opposed = 3, -0.25
	// strongEnough is the strength from which on stronger weights are not the advice.
	strongEnough = 3.0
)

// trade is two classes with the singular values of J restricted to them.
type trade struct {
	i, j int // entries of response.Classes
	// large and small are the singular values, with their standard errors.
	large, largeSE, small, smallSE float64
	// apart reports whether the strong direction raises one and lowers the other.
	apart bool
}

// only reports whether the two can only trade, beyond noise, which takes that many
// standard errors.
func (t trade) only(clear float64) bool {
	return t.apart && t.large > clear*t.largeSE && t.large > tied*(t.small+clear*t.smallSE)
}

// trades returns the pairs of probed classes that can only trade.
func (f *figures) trades() []trade {
	r := f.response
	if r == nil || r.seeds < 2 {
		return nil
	}
	var all []trade
	for i := range r.Classes {
		for j := i + 1; j < len(r.Classes); j++ {
			if t := r.trade(i, j); t.only(r.clear()) {
				all = append(all, t)
			}
		}
	}
	return all
}

// trade decomposes the sensitivities of two probed classes. Standard errors are of
// first order, with the four entries independent.
func (r *response) trade(i, j int) trade {
	a, b := r.Classes[i], r.Classes[j]
	m := [2][2]float64{{r.slope[i][a], r.slope[j][a]}, {r.slope[i][b], r.slope[j][b]}}
	se := [2][2]float64{{r.slopeSE[i][a], r.slopeSE[j][a]}, {r.slopeSE[i][b], r.slopeSE[j][b]}}
	t := trade{i: i, j: j}
	u, s, v := decompose(m)
	t.large, t.small = s[0], s[1]
	errors := [2]float64{}
	for k := range errors {
		for x := range 2 {
			for y := range 2 {
				e := u[k][x] * v[k][y] * se[x][y]
				errors[k] += float64(e * e)
			}
		}
	}
	t.largeSE, t.smallSE = math.Sqrt(errors[0]), math.Sqrt(errors[1])
	t.apart = u[0][0]*u[0][1] < opposed && v[0][0]*v[0][1] < opposed
	return t
}

// decompose returns the singular value decomposition of a 2 x 2 matrix: m is the
// sum over k of s[k] u[k] v[k]', the larger value first.
//
// The angles follow from m applied to a rotating unit vector: with
// e = (m00 + m11)/2, f = (m00 - m11)/2, g = (m10 + m01)/2, h = (m10 - m01)/2 the
// values are |(e, h)| + |(f, g)| and the absolute difference of the two.
//
// Source: J. Blinn, Consider the lowly 2x2 matrix, IEEE Computer Graphics and
// Applications 16 (2), 1996.
func decompose(m [2][2]float64) (u [2][2]float64, s [2]float64, v [2][2]float64) {
	e, f := (m[0][0]+m[1][1])/2, (m[0][0]-m[1][1])/2
	g, h := (m[1][0]+m[0][1])/2, (m[1][0]-m[0][1])/2
	p, q := math.Hypot(e, h), math.Hypot(f, g)
	s = [2]float64{p + q, math.Abs(p - q)}
	turn, flip := math.Atan2(h, e), math.Atan2(g, f)
	left, right := (flip+turn)/2, (flip-turn)/2
	u = [2][2]float64{{math.Cos(left), math.Sin(left)}, {-math.Sin(left), math.Cos(left)}}
	v = [2][2]float64{{math.Cos(right), math.Sin(right)}, {-math.Sin(right), math.Cos(right)}}
	if p < q {
		u[1] = [2]float64{-u[1][0], -u[1][1]}
	}
	return u, s, v
}

// tradeOf names the pairs that can only trade.
func (f *figures) tradeOf() (Finding, bool) {
	all := f.trades()
	if len(all) == 0 {
		return Finding{}, false
	}
	r := f.response
	d := Finding{
		Name: "trade", Try: "data",
		Threshold: "a condition number of 3, the small singular value at the upper end of its 95 % interval", Source: "our choice; singular values of the sensitivities of the pair",
	}
	var parts []string
	for _, t := range all {
		i, j := f.Classes[r.Classes[t.i]], f.Classes[r.Classes[t.j]]
		parts = append(parts, fmt.Sprintf("%s and %s, whose recalls move apart by %.1f +- %.1f points with a weight 2.7 times as large, and up together by %.1f +- %.1f",
			objective.InSentence(i), objective.InSentence(j), 100*t.large, 100*t.largeSE, 100*t.small, 100*t.smallSE))
		key := i + " and " + j
		d.Figures = append(d.Figures, Figure{key + " large", t.large}, Figure{key + " large se", t.largeSE}, Figure{key + " small", t.small}, Figure{key + " small se", t.smallSE})
		d.Reason = d.Reason || r.Classes[t.i] == r.Worst || r.Classes[t.j] == r.Worst
	}
	d.Text = fmt.Sprintf("One of these classes gains only what the other loses: %s (+- one standard error).", strings.Join(parts, "; "))
	if d.Reason {
		d.Text += fmt.Sprintf(" %s, the worst class, is one of them.", f.class(r.Worst))
	}
	return d, true
}
