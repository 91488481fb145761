package objective

import "math"

// Linear is a weighted sum of the recalls of one model on several training seeds,
//
//	sum over seeds s and classes c of Slopes[s][c] * recall_c of Rounds[s],
//
// which a spread or a balanced accuracy is to first order.
type Linear struct {
	// Rounds are the model's runs, one a seed, and Slopes their factors by class.
	Rounds []Round
	Slopes [][]float64
}

// Linear returns scale times the mean over runs of the spread, to first order about
// what each of them measured.
func (s Spread) Linear(rounds []Round, scale float64) Linear {
	l := Linear{Rounds: rounds, Slopes: make([][]float64, len(rounds))}
	for i, r := range rounds {
		l.Slopes[i] = s.Gradient(r.Val.Recall())
		for c := range l.Slopes[i] {
			l.Slopes[i][c] *= scale / float64(len(rounds))
		}
	}
	return l
}

// addBalanced adds scale times the mean over runs of the balanced accuracy.
func (l Linear) addBalanced(scale float64) {
	for i, r := range l.Rounds {
		recall := r.Val.Recall()
		present := 0
		for _, v := range recall {
			if !math.IsNaN(v) {
				present++
			}
		}
		for c, v := range recall {
			if !math.IsNaN(v) {
				l.Slopes[i][c] += scale / float64(present*len(l.Rounds))
			}
		}
	}
}

// ImageVariances returns the variance that drawing other validation images of the
// same classes would give a sum of parts, by class: images are drawn within
// classes, so the variance of the whole is the sum. All parts are measured on the
// same images. For class c with m_c images,
//
//	var_c(d) / (m_c - 1),  d_e = sum over parts and seeds of slope_sc [e right on seed s]
//
// where var_c divides by m_c. This is not divided by the seeds, since all seeds see
// the same images. Where the hits of a run are not known, a class counts for what can
// be said from the matrices: as if runs whose slopes have the same sign erred on the
// same images, and those of different signs independently of each other,
//
//	(sum over runs with slope_sc > 0 of slope_sc sqrt(r_sc (1 - r_sc)))^2 / (m_c - 1)
//
// and the same of those with slope_sc < 0. That is never less than the variance as long
// as no two runs err on different images more often than independent ones would. A
// class near the mean, whose slope changes its sign from seed to seed, does not cancel.
//
// Classes of fewer than two images have 0.
//
// Source: the infinitesimal jackknife, B. Efron, The jackknife, the bootstrap and
// other resampling plans, 1982, section 6, within strata.
func ImageVariances(parts ...Linear) []float64 {
	var support []int64
	known := true
	for _, p := range parts {
		for _, r := range p.Rounds {
			if support == nil {
				support = r.Val.Support()
			}
			known = known && r.Hits != nil && len(r.Hits) == len(parts[0].Rounds[0].Hits)
		}
	}
	var recalls [][][]float64
	if !known {
		recalls = recallsOf(parts)
	}
	v := make([]float64, len(support))
	at := 0
	for c, n := range support {
		from := at
		at += int(n)
		switch {
		case n < 2:
		case known:
			v[c] = pairedVariance(parts, c, from, at)
		default:
			v[c] = boundedVariance(parts, recalls, c) / float64(n-1)
		}
	}
	return v
}

// ImageVariance returns the variance of a sum of parts over validation images: the sum
// of its [ImageVariances] over classes.
func ImageVariance(parts ...Linear) float64 {
	var total float64
	for _, v := range ImageVariances(parts...) {
		total += v
	}
	return total
}

// recallsOf returns the recalls of every run of every part.
func recallsOf(parts []Linear) [][][]float64 {
	all := make([][][]float64, len(parts))
	for p := range parts {
		for _, r := range parts[p].Rounds {
			all[p] = append(all[p], r.Val.Recall())
		}
	}
	return all
}

// term is one run in a sum, for one class.
type term struct {
	slope float64
	hits  Hits
	right float64
}

// pairedVariance is the variance of class c, whose examples are from .. to-1. With
// n_tu the examples that runs t and u both predict rightly it is that of a quadratic
// form, so counting bits is all there is to do.
func pairedVariance(parts []Linear, c, from, to int) float64 {
	var terms []term
	for _, p := range parts {
		for s, r := range p.Rounds {
			if slope := p.Slopes[s][c]; slope != 0 {
				terms = append(terms, term{slope, r.Hits, float64(r.Hits.both(r.Hits, from, to))})
			}
		}
	}
	m := float64(to - from)
	var variance float64
	for i, t := range terms {
		variance += float64(t.slope * t.slope * covariance(t.right, t.right, t.right, m))
		for _, u := range terms[:i] {
			n := float64(t.hits.both(u.hits, from, to))
			variance += float64(2 * t.slope * u.slope * covariance(n, t.right, u.right, m))
		}
	}
	return max(0, variance) / (m - 1)
}

// covariance is that of two indicators over m examples; a and b of these have one
// each and n both.
func covariance(n, a, b, m float64) float64 { return (float64(n*m) - float64(a*b)) / (m * m) }

// boundedVariance is the variance of one image of class c as far as matrices know.
func boundedVariance(parts []Linear, recalls [][][]float64, c int) float64 {
	var up, down float64
	for p := range parts {
		for s, recall := range recalls[p] {
			sd := float64(parts[p].Slopes[s][c] * math.Sqrt(recall[c]*(1-recall[c])))
			if sd > 0 {
				up += sd
			} else {
				down += sd
			}
		}
	}
	return float64(up*up) + float64(down*down)
}

// BalancedVariance returns the variance, over images, of the balanced accuracy of
// predictions a minus that of predictions b on the same images,
//
//	1/K^2 * sum over classes c of var_c(d) / (m_c - 1),
//
// where d_i = [a_i right] - [b_i right], var_c divides by the number m_c of
// images of class c and K is the number of classes with at least two images.
// truth, a and b hold a class per image and have equal lengths.
func BalancedVariance(classes int, truth, a, b []uint16) float64 {
	count, sum, squares := make([]float64, classes), make([]float64, classes), make([]float64, classes)
	for i, c := range truth {
		var d float64
		if a[i] == c {
			d++
		}
		if b[i] == c {
			d--
		}
		count[c]++
		sum[c] += d
		squares[c] += d * d // exact: d is -1, 0 or 1
	}
	var total, k float64
	for c := range count {
		if count[c] < 2 {
			continue
		}
		m := sum[c] / count[c]
		total += (squares[c]/count[c] - float64(m*m)) / (count[c] - 1)
		k++
	}
	if k == 0 {
		return 0
	}
	return total / float64(k*k)
}

// unpairedVariance bounds [BalancedVariance] from the confusion matrices alone: the
// binomial variances of both balanced accuracies added up, as if the errors of
// the two runs were independent.
func unpairedVariance(a, b *Confusion) float64 {
	var total, k float64
	support := a.Support()
	ra, rb := a.Recall(), b.Recall()
	for c, m := range support {
		if m == 0 {
			continue
		}
		va, vb := float64(ra[c]*(1-ra[c])), float64(rb[c]*(1-rb[c]))
		total += (va + vb) / float64(m)
		k++
	}
	if k == 0 {
		return 0
	}
	return total / float64(k*k)
}
