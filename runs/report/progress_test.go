package report

import (
	"io"
	"strings"
	"testing"
	"time"

	"evenkeel/objective"
	"evenkeel/search"
	"evenkeel/search/studyfile"
)

// TestProgressSaysHowFarItIs feeds the live line the events of a search and
// reads it: 12 trials race to about 12 + 12*2 + 6*2 = 48 evaluations, 5 of which
// an earlier invocation made; two more take 20 s, so 41 more take 410 s.
func TestProgressSaysHowFarItIs(t *testing.T) {
	def, err := studyfile.Parse("s.yaml", []byte("weighting: {scheme: [{name: mean-ratio, exponent: {low: 1, high: 2}}]}\nsearch: {trials: 12}\n"), "/", nil)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 1, 1, 23, 0, 0, 0, time.UTC)
	p := newProgress(io.Discard, def, now.Add(time.Hour), func() time.Time { return now })
	step := search.Step{Kind: search.NewTrial, Trial: 6, Replicates: []int{0}}
	p.observe(search.Event{Kind: search.EventLoaded, Evaluations: 5, Open: 1, Arms: []objective.Arm{{Seeds: 1, Difference: -0.02}}})
	p.observe(search.Event{Kind: search.EventReference, Reference: objective.Round{Run: "a", Spread: 0.2}})
	for range 2 { // and one that the earlier invocation left open
		p.observe(search.Event{Kind: search.EventStep, Step: step})
	}
	p.observe(search.Event{Kind: search.EventRun, Run: objective.RunEvent{Kind: objective.RunTrained}})
	p.observe(search.Event{Kind: search.EventRun, Run: objective.RunEvent{Kind: objective.RunShared}})
	for _, difference := range []float64{-0.05, 0.3} {
		p.observe(search.Event{Kind: search.EventOutcome, Step: step, Arms: []objective.Arm{{Seeds: 1, Difference: difference}}})
	}
	now = now.Add(20 * time.Second)
	want := "7 of about 48, 6 min 50 s left | best change -.050, unweighted .200 | 1 trial running, 1 training, 1 shared"
	if got := p.text(); got != want {
		t.Errorf("live line\n got %s\nwant %s", got, want)
	}
	// More seeds outrank a luckier arm with fewer.
	p.observe(search.Event{Kind: search.EventOutcome, Step: step, Arms: []objective.Arm{{Seeds: 3, Difference: -0.01}}})
	if got := p.text(); !strings.Contains(got, "best change -.010") {
		t.Errorf("live line %q does not show the arm with most seeds", got)
	}
	now = now.Add(59 * time.Minute)
	if got := p.text(); !strings.Contains(got, ", 40 s left") {
		t.Errorf("live line %q does not end with the deadline", got)
	}
	if n, err := p.Write([]byte("a line\n")); err != nil || n != 7 {
		t.Errorf("Write = %d, %v", n, err)
	}
	p.close()
}
