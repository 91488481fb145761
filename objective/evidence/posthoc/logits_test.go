package posthoc_test

import (
	"math"
	"slices"
	"strings"
	"testing"

	"evenkeel/objective/evidence/posthoc"
)

func TestNewLogitsRefuses(t *testing.T) {
	t.Parallel()
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	for _, c := range []struct {
		classes int
		logits  []float32
		labels  []uint16
		want    string
	}{
		{0, nil, nil, "logits of 0 classes; want from 1"},
		{2, nil, nil, "0 logits and 0 labels; want 2 logits for each of at least 1 label"},
		{2, []float32{1, 2, 3}, []uint16{0}, "3 logits and 1 labels"},
		{2, []float32{1, 2, 3, 4}, []uint16{0}, "4 logits and 1 labels"},
		{2, []float32{1, 2, 3, 4}, []uint16{0, 2}, "label 1 is class 2; want one below 2"},
		{2, []float32{1, 2, 3, 4}, []uint16{1, 1}, "no example of class 0"},
		{2, []float32{1, 2, 3, nan}, []uint16{0, 1}, "the logit of example 1 for class 1 is NaN"},
		{2, []float32{inf, 2, 3, 4}, []uint16{0, 1}, "the logit of example 0 for class 0 is +Inf"},
	} {
		if _, err := posthoc.NewLogits(c.classes, c.logits, c.labels); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%d classes, %v, %v: error %v; want %q", c.classes, c.logits, c.labels, err, c.want)
		}
	}
}

func TestNewFoldsRefusesALoneExample(t *testing.T) {
	t.Parallel()
	p := part(t, 2, make([]float32, 6), []uint16{0, 1, 0})
	if _, err := posthoc.NewFolds(p); err == nil || !strings.Contains(err.Error(), "class 1 has 1 example") {
		t.Errorf("error %v; want that class 1 has 1 example", err)
	}
}

// TestPredictIsThePlainArgmax compares the search among sorted logits with a
// loop over all classes, with ties, for few and for many classes.
func TestPredictIsThePlainArgmax(t *testing.T) {
	t.Parallel()
	for _, classes := range []int{1, 2, 3, 10, 16, 17, 60} {
		rng := generator(uint64(classes))
		var logits []float32
		var labels []uint16
		for i := range 300 + classes {
			labels = append(labels, uint16(i%classes))
			for range classes {
				logits = append(logits, float32(rng.IntN(9))/2) // many ties
			}
		}
		p := part(t, classes, logits, labels)
		for range 20 {
			b := make([]float64, classes)
			for c := range b {
				b[c] = float64(rng.IntN(13))/2 - 3
			}
			got, counts := p.Predict(b, nil), make([]int64, classes*classes)
			for i, truth := range labels {
				want := 0
				for c := range classes {
					if float64(logits[i*classes+c])+b[c] > float64(logits[i*classes+want])+b[want] {
						want = c
					}
				}
				if int(got[i]) != want {
					t.Fatalf("%d classes, example %d: predicted %d, want %d", classes, i, got[i], want)
				}
				counts[int(truth)*classes+want]++
			}
			m := p.Confusion(b)
			for k, n := range counts {
				if m.At(k/classes, k%classes) != n {
					t.Fatalf("%d classes: count %d is %d, want %d", classes, k, m.At(k/classes, k%classes), n)
				}
			}
		}
	}
}

// TestCountAllocatesNothing: thousands of points are screened with it.
func TestCountAllocatesNothing(t *testing.T) {
	p := uneven(10, generator(1)).draw(t, generator(2), 50)
	b, counts, recall := []float64{1, 0, 0, -1, 0, 0, 0, .5, 0, 0}, p.NewCounts(), make([]float64, 10)
	if n := testing.AllocsPerRun(20, func() { p.Count(b, counts); counts.Recall(recall) }); n != 0 {
		t.Errorf("%v allocations; want 0", n)
	}
	if want := p.Confusion(b).Recall(); !slices.Equal(recall, want) {
		t.Errorf("recalls %v; want %v", recall, want)
	}
}

func TestShiftsThatCannotBe(t *testing.T) {
	t.Parallel()
	p := part(t, 2, make([]float32, 4), []uint16{0, 1})
	for name, f := range map[string]func(){
		"short":  func() { p.Predict([]float64{0}, nil) },
		"NaN":    func() { p.Confusion([]float64{0, math.NaN()}) },
		"weight": func() { posthoc.FromWeights([]float64{1, 0}) },
		"counts": func() { p.Count([]float64{0, 0}, part(t, 1, make([]float32, 1), make([]uint16, 1)).NewCounts()) },
		"pair":   func() { p.Margins(1, 1) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: no panic", name)
				}
			}()
			f()
		}()
	}
}
