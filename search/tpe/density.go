package tpe

import "math"

// question is a candidate as the kernels of a density are asked about it.
type question struct {
	smooth   []smoothPart
	numbered []numberedPart
	// byRounds is the column of the axis of rounds, if the candidate has it.
	byRounds []float64
	// far is the squared distance beyond which a kernel counts as 0.
	far float64
}

// smoothPart is one smooth axis: its position among them, the candidate's place
// in bins, and 1/sigma per bin.
type smoothPart struct {
	at       int
	x, scale float64
}

// numberedPart is one axis of cells or choices: its position among them, and K
// for each number that an observation may have.
type numberedPart struct {
	at     int
	column []float64
}

// farAway is the squared distance, in widths, up to which a kernel counts, with
// 4 more for each axis. Less than 1e-12 of a kernel lies further out.
const farAway = 50

// block is the number of points whose distances are taken at a time: axis by
// axis, which is quick, and no more than are needed once f is known well enough.
const block = 128

// density returns f at a candidate or, once f is known to be above limit, any
// number above limit. A limit that is 0 or NaN is none.
func (m *mixture) density(c candidate, limit float64) float64 {
	q := m.ask(c)
	enough := math.Inf(1)
	if limit > 0 {
		enough = limit * m.total
	}
	sum, arm := float64(priorWeight), 0
	var squares [block]float64
	for first := 0; first < m.points && sum <= enough; first += block {
		last := min(first+block, m.points)
		m.distances(&q, first, squares[:last-first])
		for i := first; i < last; i++ {
			square, end := squares[i-first], m.ends[i]
			if square > q.far {
				arm = end
				continue
			}
			product := m.kernel(i, square, &q)
			for ; arm < end; arm++ {
				k := product
				if q.byRounds != nil {
					if x := m.byRounds[arm]; x >= 0 {
						k = float64(k * q.byRounds[int(x)])
					}
				}
				sum += float64(m.weights[arm] * k)
			}
		}
	}
	return sum / m.total
}

// distances sets squares to the squared distances, in widths, of the candidate
// from the points that begin at first, over the smooth axes that both have.
func (m *mixture) distances(q *question, first int, squares []float64) {
	clear(squares)
	for _, p := range q.smooth {
		places := m.places[p.at][first:][:len(squares)]
		for i, x := range places {
			z := (p.x - x) * p.scale
			if m.gaps[p.at] && x < 0 {
				z = 0
			}
			squares[i] += float64(z * z)
		}
	}
}

// kernel returns the product of K over all axes but that of rounds, for a point
// at a squared distance.
func (m *mixture) kernel(i int, square float64, q *question) float64 {
	product := float64(exp(-square/2) * m.peak(i, q))
	for _, p := range q.numbered {
		if x := m.numbers[p.at][i]; x >= 0 {
			product *= p.column[int(x)]
		}
	}
	return product
}

// peak returns the product of a point's heights on the smooth axes that are
// asked for. Where those are all there are, it is remembered.
func (m *mixture) peak(i int, q *question) float64 {
	all := len(q.smooth) == len(m.smooth)
	if all && m.peaks[i] != 0 {
		return m.peaks[i]
	}
	product := 1.0
	for _, p := range q.smooth {
		if x := m.places[p.at][i]; x >= 0 {
			product *= m.height(m.smooth[p.at], int(x))
		}
	}
	if all {
		m.peaks[i] = product
	}
	return product
}

// height returns the density at its mean of the kernel at a bin of a
// smooth axis.
func (m *mixture) height(j, bin int) float64 {
	if m.heights[j] == nil {
		m.heights[j] = make([]float64, bins+1)
	}
	h := &m.heights[j][bin]
	if *h == 0 {
		*h = invSqrt2Pi / float64(m.width[j]*m.mass(j, float64(float64(bin)/bins)))
	}
	return *h
}

// mass returns how much of the normal around a mean lies within the axis.
func (m *mixture) mass(j int, mean float64) float64 {
	return between(-mean/m.width[j], (1-mean)/m.width[j])
}

// ask makes the question for a candidate.
func (m *mixture) ask(c candidate) question {
	q := question{smooth: make([]smoothPart, 0, len(m.smooth)), numbered: make([]numberedPart, 0, len(m.numbered))}
	for at, j := range m.smooth {
		if x := c.coordinates[j]; x >= 0 {
			q.smooth = append(q.smooth, smoothPart{at: at, x: x * bins, scale: 1 / (m.width[j] * bins)})
		}
	}
	q.far = farAway + float64(4*len(q.smooth))
	for at, j := range m.numbered {
		if x := c.coordinates[j]; x >= 0 {
			q.numbered = append(q.numbered, numberedPart{at: at, column: m.column(j, x)})
		}
	}
	if m.rounds >= 0 {
		if x := c.coordinates[m.rounds]; x >= 0 {
			q.byRounds = m.column(m.rounds, x)
		}
	}
	return q
}

// column returns K of the candidate's number on an axis of cells or choices, for
// observations of every number.
func (m *mixture) column(j int, x float64) []float64 {
	a := &m.axes[j]
	if m.columns[j] == nil {
		m.columns[j] = make([][]float64, int(a.count))
	}
	column := &m.columns[j][int(x)]
	switch {
	case *column != nil:
	case a.kind == choices:
		*column = m.choiceColumn(j, int(x))
	default:
		*column = m.cellColumn(j, x)
	}
	return *column
}

// choiceColumn makes a column of an axis of choices.
func (m *mixture) choiceColumn(j, x int) []float64 {
	column := make([]float64, len(m.columns[j]))
	for i := range column {
		column[i] = m.other[j]
	}
	column[x] = m.own[j]
	return column
}

// cellColumn makes a column of an axis of cells.
func (m *mixture) cellColumn(j int, x float64) []float64 {
	a, sigma := &m.axes[j], m.width[j]
	low, _, high := a.cell(x)
	column := make([]float64, len(m.columns[j]))
	for i := range column {
		_, mean, _ := a.cell(float64(i))
		column[i] = between((low-mean)/sigma, (high-mean)/sigma) / (m.mass(j, mean) * (high - low))
	}
	return column
}
