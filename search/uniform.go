package search

import "math/rand/v2"

// Share returns a uniform number from 0 to 1, both included, in steps of
// 1/(2^53 - 1): the highest 53 bits of one draw over the largest number they can
// hold.
func Share(rng *rand.Rand) float64 {
	return float64(rng.Uint64()>>11) / (1<<53 - 1)
}

// Uniform returns a uniform point; see [Param.At] for what uniform means on each
// scale. It takes exactly one 64-bit number from rng for every parameter, also for
// those that do not exist in the point.
func (s Space) Uniform(rng *rand.Rand) Point {
	point := make(Point, len(s.Params))
	for _, p := range s.Params {
		if u := Share(rng); Active(point, p) {
			point[p.Name] = p.At(u)
		}
	}
	return point
}
