package tpe

import (
	"math"
	"sort"
	"sync"

	"evenkeel/objective"
)

// The standard normal distribution. Notation:
//
//	phi(z) = exp(-z^2/2) / sqrt(2 pi)   its density
//	Phi(z)                              its distribution function
//	Q(z) = 1 - Phi(z)                   its upper tail
//
// Differences are taken between tails on the side where those are small, so
// that they keep their relative precision far out.

// invSqrt2Pi is 1/sqrt(2 pi), the density's largest value.
const invSqrt2Pi = 0.3989422804014326779399460599343819

// tailEnd is the largest z that differs from infinity: Q(37) = 6e-300.
const (
	tailEnd   = 37
	tailSteps = 32 // table entries per unit of z
)

// tail is Q and phi at one point of the table.
type tail struct{ upper, density float64 }

// tails is the table of Q and phi at 0, 1/tailSteps, ..., tailEnd.
var tails = sync.OnceValue(func() *[tailEnd*tailSteps + 1]tail {
	var table [tailEnd*tailSteps + 1]tail
	for i := range table {
		z := float64(i) / tailSteps
		density := invSqrt2Pi * exp(-z*z/2)
		table[i] = tail{objective.NormalTail(z, density), density}
	}
	return &table
})

// reciprocals[n] is 1/n.
var reciprocals = func() (r [24]float64) {
	for n := range r {
		r[n] = 1 / float64(n)
	}
	return r
}()

// upper returns Q(z) for z >= 0, with a relative error below 1e-13, and 0 beyond
// tailEnd. It expands Q around the nearest point z0 of the table: with
// t = z - z0 and Hermite's polynomials He,
//
//	Q(z) = Q(z0) - phi(z0) t sum_n a_n / (n+1),  a_n = (-t)^n He_n(z0) / n!
//	a_(n+1) = -(t z0 a_n + t^2 a_(n-1)) / (n+1)
func upper(z float64) float64 {
	if !(z <= tailEnd) {
		return 0
	}
	i := int(float64(z*tailSteps) + 0.5)
	z0 := float64(float64(i) / tailSteps)
	t := z - z0
	terms := 11 // abs(t z0) <= 0.14 up to z = 9
	if z0 > 9 {
		terms = 20
	}
	tz, tt := float64(t*z0), float64(t*t)
	before, a, sum := 0.0, 1.0, 1.0
	for n := 1; n < terms; n++ {
		before, a = a, -(float64(tz*a)+float64(tt*before))*reciprocals[n]
		sum += float64(a * reciprocals[n+1])
	}
	at := tails()[i]
	return at.upper - float64(at.density*t*sum)
}

// between returns Phi(b) - Phi(a) for a <= b. Its absolute error is below 1e-15
// and, where both have the same sign, its relative error below 1e-13 of the
// larger tail.
func between(a, b float64) float64 {
	switch {
	case a >= 0:
		return upper(a) - upper(b)
	case b <= 0:
		return upper(-b) - upper(-a)
	}
	return 1 - (nearUpper(-a) + nearUpper(b))
}

// nearUpper returns Q(z) for z >= 0 where only its absolute error matters: 0 for
// less than 1e-17.
func nearUpper(z float64) float64 {
	if z > 8.5 {
		return 0
	}
	return upper(z)
}

// quantileBetween returns the z from a to b below which the share u of the
// normal distribution between a and b lies:
//
//	Phi(z) = Phi(a) + u (Phi(b) - Phi(a)), 0 <= u <= 1, a <= b
//
// Its error is below 1e-12. Where all of a to b lies beyond tailEnd there is
// nothing to share, and it returns the end nearer to 0.
func quantileBetween(a, b, u float64) float64 {
	if b <= 0 {
		return -quantileBetween(-b, -a, 1-u)
	}
	share := 1 - u
	var z float64
	switch mass := between(a, b); {
	case a >= 0:
		z = inverseUpper(upper(b) + float64(share*mass))
	default:
		if lower := upper(-a) + float64(u*mass); lower < 0.5 {
			z = -inverseUpper(lower)
		} else {
			z = inverseUpper(upper(b) + float64(share*mass))
		}
	}
	return min(max(z, a), b)
}

// inverseUpper returns the z >= 0 with Q(z) = q, for q up to 1/2; 0 above, and
// tailEnd where q is less than Q(tailEnd). It starts at the table and refines
// by Halley's method, whose steps triple the number of right digits.
func inverseUpper(q float64) float64 {
	table := tails()
	if q >= 0.5 {
		return 0
	}
	i := sort.Search(len(table), func(i int) bool { return table[i].upper < q })
	if i == len(table) {
		return tailEnd
	}
	z := float64(i) / tailSteps
	for range 4 {
		step := (upper(z) - q) / float64(invSqrt2Pi*exp(-float64(z*z)/2))
		step /= 1 - float64(z*step/2)
		z += step
		if math.Abs(step) < 1e-9 { // what the next step would leave is far below 1e-16
			break
		}
	}
	return max(z, 0)
}
