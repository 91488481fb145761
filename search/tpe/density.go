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

// smoothPart is one smooth axis: the position of its coordinate in a row, the
// candidate's place in bins, and 1/sigma per bin.
type smoothPart struct {
	at       int
	x, scale float64
}

// numberedPart is one axis of cells or choices: the position of its coordinate
// in a row, and K for each number that an observation may have.
type numberedPart struct {
	at     int
	column []float64
}

// farAway is the squared distance, in widths, up to which a kernel counts, with
// 4 more for each axis. Less than 1e-12 of a kernel lies further out.
const farAway = 50

// density returns f at a candidate or, once f is known to be above limit, any
// number above limit. A limit that is 0 or NaN is none.
func (m *mixture) density(c candidate, limit float64) float64 {
	q := m.ask(c)
	enough := math.Inf(1)
	if limit > 0 {
		enough = limit * m.total
	}
	sum, product := float64(priorWeight), 0.0
	for i, w := range m.weights {
		if !m.again[i] {
			product = m.kernel(i, &q)
		}
		if product == 0 {
			continue
		}
		k := product
		if q.byRounds != nil {
			if x := m.numbers[i*len(m.numbered)+m.rounds]; x >= 0 {
				k = float64(k * q.byRounds[int(x)])
			}
		}
		if sum += float64(w * k); sum > enough {
			break
		}
	}
	return sum / m.total
}

// kernel returns the product of K over all axes but that of rounds.
func (m *mixture) kernel(i int, q *question) float64 {
	places := m.places[i*len(m.smooth) : (i+1)*len(m.smooth)]
	square, asked := 0.0, 0
	for k := range q.smooth {
		p := &q.smooth[k]
		x := places[p.at]
		if x < 0 {
			continue
		}
		asked++
		z := (p.x - x) * p.scale
		if square += float64(z * z); square > q.far {
			return 0
		}
	}
	product := 1.0
	if asked > 0 {
		product = float64(exp(-square/2) * m.peak(i, asked, q))
	}
	numbers := m.numbers[i*len(m.numbered) : (i+1)*len(m.numbered)]
	for k := range q.numbered {
		p := &q.numbered[k]
		if x := numbers[p.at]; x >= 0 {
			product *= p.column[int(x)]
		}
	}
	return product
}

// peak returns the product of the row's heights on the smooth axes that are
// asked for. Where those are all it has, it is remembered.
func (m *mixture) peak(i, asked int, q *question) float64 {
	if m.peaks[i] != 0 && asked == len(m.smooth) {
		return m.peaks[i]
	}
	product := 1.0
	for k := range q.smooth {
		at := q.smooth[k].at
		if x := m.places[i*len(m.smooth)+at]; x >= 0 {
			product *= m.height(m.smooth[at], int(x))
		}
	}
	if asked == len(m.smooth) {
		m.peaks[i] = product
	}
	return product
}

// height returns the density at its mean of the kernel that stands at a bin of a
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
	var q question
	for at, j := range m.smooth {
		if x := c.coordinates[j]; x >= 0 {
			q.smooth = append(q.smooth, smoothPart{at: at, x: x * bins, scale: 1 / (m.width[j] * bins)})
		}
	}
	q.far = farAway + float64(4*len(q.smooth))
	for at, j := range m.numbered {
		x := c.coordinates[j]
		if x < 0 {
			continue
		}
		column := m.column(j, x)
		if at == m.rounds {
			q.byRounds = column
		} else {
			q.numbered = append(q.numbered, numberedPart{at: at, column: column})
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
