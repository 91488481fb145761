package explain_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"evenkeel/objective/evidence/explain"
)

// question has the numbers of the question that this program began with.
func question() explain.Recalls {
	return explain.Recalls{
		Classes: []string{"car", "dog", "cat"},
		Recall:  []float64{.956, .737, .781},
		Weights: []float64{.744, 1.253, 1.115},
	}
}

// TestQuestion: ln(1.253/.744) is .5213, ln(1.253/1.115) is .1167.
func TestQuestion(t *testing.T) {
	r, err := question().Explain()
	if err != nil {
		t.Fatal(err)
	}
	if r.Verdict != explain.TooWeak || !strings.Contains(r.Text, "more than a factor of 1.68 (car and dog), and those of the lowest recalls, dog and cat, by 1.12") {
		t.Errorf("%s: %s", r.Verdict, r.Text)
	}
	for name, want := range map[string]float64{"strength": 0.52125, "pairs": 0.11669} {
		d, ok := finding(r, name)
		if !ok || !d.Reason {
			t.Errorf("%s is missing", name)
			continue
		}
		if got := d.Figures[0].Value; math.Abs(got-want) > 1e-4 {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
	for _, name := range []string{"offsets", "stronger", "data"} {
		if !step(r, name) {
			t.Errorf("%s is not to be tried: %+v", name, r.Next)
		}
	}
}

// TestRecalls: support, strong weights and even classes.
func TestRecalls(t *testing.T) {
	c := question()
	c.Support = []int64{501, 520, 479}
	r, err := c.Explain()
	if err != nil {
		t.Fatal(err)
	}
	if d, ok := finding(r, "sample"); !ok || d.Reason || !strings.Contains(d.Text, "479 to 520 validation examples a class") {
		t.Errorf("sample: %+v", d)
	}
	c.Support = []int64{10, 10, 10}
	if r, err = c.Explain(); err != nil || r.Verdict != explain.Even {
		t.Errorf("ten examples a class: %+v, %v", r, err)
	}
	c = question()
	c.Classes, c.Weights = nil, []float64{.2, 1.5, .9}
	if r, err = c.Explain(); err != nil || r.Verdict != explain.Strong || len(r.Findings) != 0 || !strings.Contains(r.Text, "that of class 1 is 7.5 times that of class 0") {
		t.Errorf("strong weights: %+v, %v", r, err)
	}
	c.Weights = []float64{1.5, .2, .9}
	if r, err = c.Explain(); err != nil || r.Verdict != explain.Inverted || !step(r, "turn") || !strings.Contains(r.Text, "class 1 has the lowest recall and a smaller weight than class 0") {
		t.Errorf("weights upside down: %+v, %v", r, err)
	}
}

// TestRecallsRejected: what is wrong is named.
func TestRecallsRejected(t *testing.T) {
	for want, change := range map[string]func(*explain.Recalls){
		"at least two":           func(c *explain.Recalls) { c.Recall = c.Recall[:1] },
		"2 weights":              func(c *explain.Recalls) { c.Weights = c.Weights[:2] },
		"2 names":                func(c *explain.Recalls) { c.Classes = c.Classes[:2] },
		"1 supports":             func(c *explain.Recalls) { c.Support = []int64{1} },
		"weight 2 is 0":          func(c *explain.Recalls) { c.Weights[1] = 0 },
		"recall 3 is 1.5":        func(c *explain.Recalls) { c.Recall[2] = 1.5 },
		"support 1 is 0; want a": func(c *explain.Recalls) { c.Support = []int64{0, 1, 1} },
	} {
		c := question()
		change(&c)
		if _, err := c.Explain(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
}

// The original question: why did these weights make almost no difference?
func ExampleRecalls() {
	r, err := explain.Recalls{
		Classes: []string{"car", "dog", "cat"},
		Recall:  []float64{.956, .737, .781},
		Weights: []float64{.744, 1.253, 1.115},
	}.Explain()
	if err != nil {
		panic(err)
	}
	fmt.Println(r.Verdict)
	fmt.Println(r.Text)
	// Output:
	// too-weak
	// The weights are too weak to matter: no two of them differ by more than a factor of 1.68 (car and dog), and those of the lowest recalls, dog and cat, by 1.12.
}
