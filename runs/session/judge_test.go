package session

import (
	"testing"

	"evenkeel/objective"
	"evenkeel/objective/evidence/guessing"
	"evenkeel/runs/notice"
	"evenkeel/search"
)

// untrained stands for [notice.NotTrained] among the kinds.
const untrained = guessing.Kind("not trained")

// TestModelJudge: the unweighted model is judged once, on as many seeds as a trial has; a
// training with weights that broke down is reported once.
func TestModelJudge(t *testing.T) {
	matrix := func(rows ...[]int64) *objective.Confusion {
		m, err := objective.ConfusionFromRows(rows)
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	good, zero := matrix([]int64{90, 10}, []int64{20, 80}), matrix([]int64{100, 0}, []int64{100, 0})
	reference := func(m *objective.Confusion, logits []float32) search.Event {
		return search.Event{Kind: search.EventReference, Reference: objective.Round{Val: m}, Logits: logits}
	}
	outcome := func(m *objective.Confusion) search.Event {
		return search.Event{Kind: search.EventOutcome, Outcome: search.Outcome{Replicates: []objective.Replicate{{Rounds: []objective.Round{{Val: good}, {Val: m}}}}}}
	}
	logits := []float32{1, 2}
	wrong := matrix([]int64{50, 50}, []int64{45, 55})
	short := search.Event{Kind: search.EventReference, Reference: objective.Round{Val: wrong, Train: wrong}, Epochs: []objective.Epoch{{Loss: .7}, {Loss: .6}, {Loss: .5}}}
	for _, c := range []struct {
		name   string
		events []search.Event
		said   []guessing.Kind
		weighs bool
	}{
		{"good", []search.Event{reference(good, nil), reference(good, nil), outcome(good)}, nil, false},
		{"one seed of two", []search.Event{reference(zero, nil)}, nil, false},
		{"constant", []search.Event{reference(zero, nil), reference(zero, nil), reference(zero, nil), outcome(zero)}, []guessing.Kind{guessing.OneClass}, false},
		{"broken with weights", []search.Event{reference(good, nil), reference(good, nil), outcome(zero), outcome(zero)}, []guessing.Kind{guessing.OneClass}, true},
		{"not trained", []search.Event{short, short, outcome(zero)}, []guessing.Kind{untrained, guessing.Guessing}, false},
		{"logits are known", []search.Event{reference(good, logits), reference(good, logits), outcome(zero)}, nil, false},
	} {
		m := modelJudge{seeds: 2, classes: []string{"a", "b"}, steps: func(epochs int) int { return 2 * epochs }}
		var said []notice.ModelJudged
		for _, e := range c.events {
			for _, n := range m.observe(e) {
				switch n := n.(type) {
				case notice.ModelJudged:
					said = append(said, n)
				case notice.NotTrained:
					if n.Judgement.Steps != 6 || n.Judgement.Seeds != 2 {
						t.Errorf("%s: %+v; want 6 steps on 2 seeds", c.name, n)
					}
					said = append(said, notice.ModelJudged{Judgement: guessing.Judgement{Kind: untrained}})
				}
			}
		}
		if len(said) != len(c.said) {
			t.Errorf("%s: said %+v", c.name, said)
			continue
		}
		for i, n := range said {
			if n.Judgement.Kind != c.said[i] || n.Weighted != c.weighs {
				t.Errorf("%s: said %+v", c.name, n)
			}
		}
	}
}
