package followup

import (
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
		if got, want := reserve(0), 100*time.Minute; got != want {
			t.Errorf("after fits of %v: %v; want ten seeds of three fits each, ten minutes, %v", fits, got, want)
		}
	}
	confirmation := 10 * (Length(def, 1) + 9) / inTime * float64(time.Minute)
	if got := after(time.Minute); (got - time.Duration(confirmation)).Abs() > time.Second {
		t.Errorf("after the search, with trainings of a minute: %v; want %v", got, time.Duration(confirmation))
	}
	longer := 3 * 2 / inTime * float64(time.Minute) // three seeds, twice as long
	if got, want := reserve(time.Minute), time.Duration(confirmation+longer); (got - want).Abs() > time.Second {
		t.Errorf("with trainings of a minute: %v; want %v", got, want)
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
