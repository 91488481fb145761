package posthoc

import (
	"cmp"
	"math"
	"slices"
)

// move adds to the classes i and j of b (which may be one class) the number that
// makes the cost smallest, if that is below low, and returns the cost.
func (d *descent) move(b []float64, low float64, i, j int) float64 {
	d.inside[i], d.inside[j] = true, true
	by, moves := d.best(b, low, i, j)
	defer func() { d.inside[i], d.inside[j] = false, false }()
	if !moves {
		return low
	}
	old := slices.Clone(b)
	for c := range b {
		if d.inside[c] {
			b[c] += by
		}
	}
	centre(b)
	if now := d.cost(b); now < low { // measured, not derived
		return now
	}
	copy(b, old)
	return low
}

// best returns the number to add to the moving classes, and whether it lowers
// the cost. It goes through the events in order and keeps the recalls up to date.
func (d *descent) best(b []float64, low float64, i, j int) (by float64, lowers bool) {
	d.collect(b, i, j)
	for c, n := range d.part.support {
		d.recall[c] = float64(d.hits[c]) / float64(n)
	}
	// The squared norm of b + x on the moving classes, centred, is
	// |b|^2 + 2 x moved + size x^2 - (size x)^2 / K, since b sums to 0.
	var norm, moved, size float64
	for c, v := range b {
		norm += float64(v * v)
		if d.inside[c] {
			moved += v
			size++
		}
	}
	curve := size - size*size/float64(len(b))
	for e, v := range d.events {
		d.count(v.gain, 1)
		d.count(v.lose, -1)
		if e+1 == len(d.events) || d.events[e+1].at-v.at < clearance*d.margin {
			continue
		}
		x := v.at + (d.events[e+1].at-v.at)/2
		charged := d.charged(norm + float64(2*x*moved) + float64(curve*x*x))
		if charged >= low {
			continue
		}
		if cost := d.of(d.recall, low-charged) + charged; cost < low {
			low, by, lowers = cost, x, true
		}
	}
	return by, lowers
}

// count adds n to the hits of a class and keeps its recall.
func (d *descent) count(class int32, n int64) {
	if class >= 0 {
		d.hits[class] += n
		d.recall[class] = float64(d.hits[class]) / float64(d.part.support[class])
	}
}

// collect fills events, in order, with those within reach, and hits as they are
// before the first.
func (d *descent) collect(b []float64, i, j int) {
	p := d.part
	highest := slices.Max(b)
	d.events = d.events[:0]
	clear(d.hits)
	for e, truth := range p.labels {
		row := p.row(e)
		in, at := float64(row[i])+b[i], i
		if s := float64(row[j]) + b[j]; s > in {
			in, at = s, j
		}
		out, rival := d.outside(e, b, highest)
		v := event{at: out - in, gain: -1, lose: -1}
		switch int(truth) {
		case at:
			v.gain = int32(at)
		case rival:
			v.lose = int32(rival)
		default:
			continue // wrong on either side
		}
		// Within reach the rival has it first; before that the moving classes do.
		before := v.lose
		if v.at < -d.reach {
			before = v.gain
		}
		if before >= 0 {
			d.hits[before]++
		}
		if math.Abs(v.at) <= d.reach {
			d.events = append(d.events, v)
		}
	}
	slices.SortFunc(d.events, func(x, y event) int { return cmp.Compare(x.at, y.at) })
}

// outside returns the largest sum of logit and offset outside of the moving
// classes, and its class.
func (d *descent) outside(e int, b []float64, highest float64) (float64, int) {
	p := d.part
	best, at := math.Inf(-1), -1
	for k := e * p.kept; k < (e+1)*p.kept; k++ {
		z, c := float64(p.value[k]), int(p.class[k])
		if z+highest < best {
			return best, at
		}
		if s := z + b[c]; !d.inside[c] && (s > best || s == best && c < at) {
			best, at = s, c
		}
	}
	if p.kept == p.classes {
		return best, at
	}
	best, at = math.Inf(-1), -1
	for c, z := range p.row(e) {
		if s := float64(z) + b[c]; !d.inside[c] && s > best {
			best, at = s, c
		}
	}
	return best, at
}
