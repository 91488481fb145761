package followup

import (
	"math"
	"testing"
	"time"

	"evenkeel/objective"
	"evenkeel/search"
	"evenkeel/search/studyfile"
)

// TestReserved: with a tenth in reserve a seed of nine minutes takes ten. One
// after the other, ten seeds take 100 minutes and six take 60; four at once take three
// turns and two; with twenty at once all of them take one.
func TestReserved(t *testing.T) {
	const minute = time.Minute
	for _, c := range []struct {
		seed              time.Duration
		parallel          int
		whole, left, want time.Duration
	}{
		{9 * minute, 1, 200 * minute, 200 * minute, 100 * minute}, // ten seeds are just half of it
		{9 * minute, 1, 199 * minute, 199 * minute, 90 * minute},  // nine
		{9 * minute, 1, 120 * minute, 120 * minute, 60 * minute},  // six are half
		{9 * minute, 1, 80 * minute, 80 * minute, 60 * minute},    // six are three quarters
		{9 * minute, 1, 79 * minute, 79 * minute, 0},              // no time to say anything
		{9 * minute, 1, 200 * minute, 59 * minute, 0},             // it is too late for six
		{9 * minute, 4, 200 * minute, 200 * minute, 30 * minute},
		{9 * minute, 4, 59 * minute, 59 * minute, 20 * minute}, // eight take two turns
		{9 * minute, 20, 200 * minute, 200 * minute, 10 * minute},
		{0, 1, 10 * minute, 10 * minute, 0}, // not known yet
	} {
		if got := reserved(c.seed, c.parallel, c.whole, c.left); got != c.want {
			t.Errorf("seeds of %v, %d at once, within %v of which %v are left: %v, want %v", c.seed, c.parallel, c.whole, c.left, got, c.want)
		}
	}
}

// TestReserveKnowsOffsets: what is kept free counts fitting offsets, by the quickest so
// far, and nothing is kept before there is a trial to confirm.
func TestReserveKnowsOffsets(t *testing.T) {
	const study = "study: s\nmodel: {kind: softmax, epochs: 2}\nweighting: {scheme: [{name: error-power}]}\nsearch: {trials: 3}\n"
	def, err := studyfile.Parse("s.yaml", []byte(study), t.TempDir(), nil)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 1, 1, 23, 0, 0, 0, time.UTC)
	l := Reserve{Confirms: true}
	reserve, after := l.Before(def, 1, 0, now.Add(24*time.Hour), func() time.Time { return now })
	l.Observe(search.Event{Kind: search.EventReference, Offsets: 3 * time.Minute})
	if got := reserve(time.Minute); got != 0 {
		t.Errorf("without a trial: %v; want nothing", got)
	}
	l.Observe(search.Event{Arms: []objective.Arm{{Round: 1, Seeds: 3}}})
	for _, fits := range []time.Duration{3 * time.Minute, 6 * time.Minute} {
		l.Observe(search.Event{Kind: search.EventReference, Offsets: fits})
		// Measured as well, offsets of a model take seven thirds as long: one set for three
		// seeds, and up to three sets for as many models that are trained longer.
		if got, want := reserve(0), time.Duration((10*2*3+3*7+3*3*7)/inTime*float64(time.Minute)); (got - want).Abs() > time.Second {
			t.Errorf("after fits of %v: %v; want ten seeds of two fits each and twelve of seven minutes, %v", fits, got, want)
		}
	}
	confirmation := 10 * (Length(def, 1) + 6) / inTime * float64(time.Minute)
	longer := (3*2 + 3*3*7) / inTime * float64(time.Minute) // three seeds, twice as long, and the offsets
	plain := 3 * 7 / inTime * float64(time.Minute)
	for _, c := range []struct {
		what      string
		got, want float64
	}{
		{"longer training", float64(after(time.Minute, true)), confirmation},
		{"fixed offsets", float64(after(time.Minute, false)), confirmation + longer},
		{"the search", float64(reserve(time.Minute)), confirmation + longer + plain},
	} {
		if math.Abs(c.got-c.want) > float64(time.Second) {
			t.Errorf("%s leaves %v, with trainings of a minute; want %v", c.what, time.Duration(c.got), time.Duration(c.want))
		}
	}
}

// TestReserveIsAnEighth: fixed offsets that take longer get an eighth of the time, and longer
// training whose offsets take longer is not begun, so that nothing is kept for it.
func TestReserveIsAnEighth(t *testing.T) {
	const study = "study: s\nmodel: {kind: softmax, epochs: 2}\nweighting: {scheme: [{name: error-power}]}\nsearch: {trials: 3}\n"
	def, err := studyfile.Parse("s.yaml", []byte(study), t.TempDir(), nil)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 1, 1, 23, 0, 0, 0, time.UTC)
	l := Reserve{}
	reserve, after := l.Before(def, 1, 0, now.Add(80*time.Second), func() time.Time { return now })
	l.Observe(search.Event{Kind: search.EventReference, Offsets: 3 * time.Second, Arms: []objective.Arm{{Round: 1, Seeds: 3}}})
	if got := reserve(0); got != 10*time.Second {
		t.Errorf("the search leaves %v; want an eighth of 80 s", got)
	}
	if got := after(0, true); got != 80*time.Second {
		t.Errorf("longer training leaves %v; want all", got)
	}
	if got := after(0, false); got != 0 {
		t.Errorf("fixed offsets leave %v; want nothing, since nothing is confirmed", got)
	}
}

// TestReserveKnowsTheLeader: more seeds first, then the lower score.
func TestReserveKnowsTheLeader(t *testing.T) {
	var l Reserve
	for i, a := range []objective.Arm{
		{Round: 1, Seeds: 1, Difference: -0.5},
		{Round: 2, Seeds: 3, Difference: -0.05},
		{Round: 3, Seeds: 3, Difference: -0.06},
	} {
		l.Observe(search.Event{Arms: []objective.Arm{a}})
		if l.best.Round != i+1 {
			t.Errorf("after round %d the leader is %+v", i+1, l.best)
		}
	}
	l.Observe(search.Event{Arms: []objective.Arm{{Round: 5, Seeds: 1, Difference: -9}, {Round: 6, Seeds: 3, Difference: -0.05}}})
	if l.best.Round != 3 {
		t.Errorf("the leader is %+v; want round 3", l.best)
	}
}
