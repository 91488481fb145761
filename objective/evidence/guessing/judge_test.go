package guessing_test

import (
	"math"
	"strings"
	"testing"

	"evenkeel/objective"
	"evenkeel/objective/evidence/guessing"
)

// run is a run with the given confusion matrix.
func run(t *testing.T, rows ...[]int64) guessing.Run {
	t.Helper()
	m, err := objective.ConfusionFromRows(rows)
	if err != nil {
		t.Fatal(err)
	}
	return guessing.Run{Val: m}
}

var classes = []string{"ant", "bee", "cow"}

func TestJudge(t *testing.T) {
	good := run(t, []int64{90, 5, 5}, []int64{10, 80, 10}, []int64{5, 5, 90})
	for _, c := range []struct {
		name   string
		runs   []guessing.Run
		kind   guessing.Kind
		blocks bool
		text   string
	}{
		{"a good model", []guessing.Run{good, good}, guessing.Fine, false, ""},
		{"slightly better than guessing", []guessing.Run{run(t, []int64{450, 300, 250}, []int64{300, 450, 250}, []int64{300, 250, 450})}, guessing.Fine, false, ""},
		{"chance", []guessing.Run{run(t, []int64{40, 30, 30}, []int64{35, 30, 35}, []int64{33, 33, 34}), run(t, []int64{30, 35, 35}, []int64{33, 34, 33}, []int64{30, 36, 34})},
			guessing.Guessing, true, "the model is no better than guessing: balanced accuracy 33."},
		{"classes in another order", []guessing.Run{run(t, []int64{5, 90, 5}, []int64{80, 10, 10}, []int64{90, 5, 5})},
			guessing.Guessing, true, "the model is worse than guessing: balanced accuracy 6.7 %"},
		{"one class", []guessing.Run{run(t, []int64{0, 100, 0}, []int64{0, 100, 0}, []int64{0, 100, 0})},
			guessing.OneClass, true, "the model predicts bee for everything: balanced accuracy 33.3 %"},
		{"one class but for a few", []guessing.Run{run(t, []int64{3, 97, 0}, []int64{0, 100, 0}, []int64{0, 97, 3})},
			guessing.OneClass, true, "the model predicts bee for nearly everything (98.0 % of the predictions)"},
		{"another class on every seed", []guessing.Run{run(t, []int64{0, 100, 0}, []int64{0, 100, 0}, []int64{0, 100, 0}), run(t, []int64{0, 0, 100}, []int64{0, 0, 100}, []int64{0, 0, 100})},
			guessing.OneClass, true, "one class for everything, not the same on every seed"},
		{"one class on one seed of two", []guessing.Run{good, run(t, []int64{0, 100, 0}, []int64{0, 100, 0}, []int64{0, 100, 0})}, guessing.Fine, false, ""},
		{"a frequent class, predicted rightly", []guessing.Run{run(t, []int64{9800, 10, 10}, []int64{10, 30, 0}, []int64{10, 0, 30})}, guessing.Fine, false, ""},
		{"a frequent class for everything", []guessing.Run{run(t, []int64{0, 0, 10}, []int64{0, 0, 20}, []int64{0, 0, 900})},
			guessing.OneClass, false, "the model predicts cow for everything"},
	} {
		j := guessing.Judge(c.runs)
		if text := j.Text("the model", classes); j.Kind != c.kind || j.Blocks() != c.blocks || !strings.Contains(text, c.text) || (text == "") != (c.text == "") {
			t.Errorf("%s: %q, blocks %v, %q; want %q, %v, %q", c.name, j.Kind, j.Blocks(), text, c.kind, c.blocks, c.text)
		}
		if (j.Advice() == "") != (c.kind == guessing.Fine) {
			t.Errorf("%s: advice %q", c.name, j.Advice())
		}
	}
}

// TestNaN: argmax of NaN is class 0, which logits that are known confirm or rule out.
func TestNaN(t *testing.T) {
	zero := run(t, []int64{10, 0, 0}, []int64{10, 0, 0}, []int64{10, 0, 0})
	one := run(t, []int64{0, 10, 0}, []int64{0, 10, 0}, []int64{0, 10, 0})
	known, not := zero, zero
	known.Logits = make([]float32, 90)
	not.Logits = make([]float32, 90)
	not.Logits[7] = float32(math.NaN())
	for _, c := range []struct {
		run  guessing.Run
		want guessing.NaN
		text string
	}{
		{zero, guessing.Possible, "is what argmax makes of NaN"},
		{one, guessing.Numbers, "guessing gives 33.3 %"},
		{known, guessing.Numbers, "guessing gives 33.3 %"},
		{not, guessing.Seen, "Its logits are NaN or infinite"},
	} {
		j := guessing.Judge([]guessing.Run{c.run})
		if text := j.Text("The model", classes); j.NaN != c.want || !strings.Contains(text, c.text) {
			t.Errorf("NaN %q, %q; want %q, %q", j.NaN, text, c.want, c.text)
		}
	}
}
