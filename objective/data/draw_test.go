package data

import (
	"slices"
	"strings"
	"testing"

	"evenkeel/objective"
)

// A draw deals every example out exactly once, in the wanted numbers, keeps its
// numbers with its label, and depends on the seed alone.
func TestDraw(t *testing.T) {
	// Three classes of 20 + 5 examples; the first number of an example is its place.
	d := numbered(3, cycle(3, 60), cycle(3, 15))
	drawn, err := d.Draw(7, 4, 6)
	if err != nil {
		t.Fatal(err)
	}
	train, test, outside := wholeOf(drawn.Sample.Train), wholeOf(drawn.Sample.Test), wholeOf(drawn.Outside.Test)
	seen := make(map[float32]bool)
	for _, p := range []struct {
		name     string
		part     Part
		perClass int
	}{{"training", train, 4}, {"test", test, 6}, {"outside", outside, 15}} {
		if got := p.part.Counts(3); !slices.Equal(got, []int{p.perClass, p.perClass, p.perClass}) {
			t.Errorf("%s part has %v examples a class; want %d", p.name, got, p.perClass)
		}
		last := float32(-1)
		for i, y := range p.part.Y {
			row := rowOf(p.part, i)
			if seen[row[0]] {
				t.Errorf("example %v is dealt twice", row[0])
			}
			seen[row[0]] = true
			if int(row[0])%3 != int(y) || row[1] != -row[0]-1 {
				t.Errorf("%s example %d has label %d and the numbers %v", p.name, i, y, row)
			}
			if row[0] <= last {
				t.Errorf("%s part does not keep the source's order: %v after %v", p.name, row[0], last)
			}
			last = row[0]
		}
	}
	if len(seen) != 75 {
		t.Errorf("%d examples were dealt; want all 75", len(seen))
	}
	if !slices.Equal(train.X, wholeOf(drawn.Outside.Train).X) {
		t.Error("sample and outside have other training parts")
	}
	fromTest := 0
	for _, x := range append(train.X, test.X...) {
		if x >= 60 {
			fromTest++
		}
	}
	if fromTest == 0 {
		t.Error("no example of the source's test part was drawn")
	}

	again, err := d.Draw(7, 4, 6)
	if err != nil {
		t.Fatal(err)
	}
	other, err := d.Draw(8, 4, 6)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(wholeOf(again.Sample.Train).X, train.X) || again.Sample.Fingerprint != drawn.Sample.Fingerprint {
		t.Error("the same seed draws another sample")
	}
	if slices.Equal(wholeOf(other.Sample.Train).X, train.X) || other.Sample.Fingerprint == drawn.Sample.Fingerprint {
		t.Error("another seed draws the same sample")
	}
	if drawn.Sample.Fingerprint == drawn.Outside.Fingerprint {
		t.Error("sample and outside have one fingerprint; their test parts differ")
	}
}

// What is split from sample and outside trains the same model.
func TestDrawSplitsAlike(t *testing.T) {
	images := &Dataset{Classes: []string{"a", "b"}, Shape: []int{1, 1, 1}, Fingerprint: "f"}
	images.Train = Examples{Y: cycle(2, 40), levels: pixelLevels}
	for i := range 40 {
		images.Train.bytes = append(images.Train.bytes, byte(i))
	}
	drawn, err := images.Draw(1, 10, 5)
	if err != nil {
		t.Fatal(err)
	}
	how := objective.Split{Validation: 0.3, Seed: 2}
	a, err := Split(drawn.Sample, how)
	if err != nil {
		t.Fatal(err)
	}
	b, err := Split(drawn.Outside, how)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(a.Train.X, b.Train.X) || !slices.Equal(a.Val.X, b.Val.X) {
		t.Error("training or validation parts differ")
	}
	if x, y := a.OpenTest("a test").Len(), b.OpenTest("a test").Len(); x != 10 || y != 10 {
		t.Errorf("test parts of %d and %d examples; want 10 and 10", x, y)
	}
	if x := a.Train.X[0]; x < 0 || x > 39.0/255 {
		t.Errorf("a pixel of %v; want what its byte stands for", x)
	}
}

func TestDrawFaults(t *testing.T) {
	d := numbered(2, cycle(2, 20), nil)
	for _, c := range []struct {
		train, test int
		want        string
	}{
		{0, 1, "draw 0 training and 1 test examples a class; want at least 1 of each"},
		{5, 5, `class "class-0": 10 examples; want at least 11 to draw 5 and 5 and leave one outside`},
	} {
		if _, err := d.Draw(1, c.train, c.test); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("error %v; want %q", err, c.want)
		}
	}
}

// The first examples of each class of either part, in the wanted numbers; all others are
// outside. Of the official files this is the embedded sample.
func TestFirst(t *testing.T) {
	d := numbered(3, cycle(3, 60), cycle(3, 15))
	drawn, err := d.First(4, 2)
	if err != nil {
		t.Fatal(err)
	}
	numbers := func(p Part) (all []float32) {
		for i := range p.Y {
			all = append(all, rowOf(p, i)[0])
		}
		return all
	}
	interval := func(from, to int) (all []float32) {
		for i := from; i < to; i++ {
			all = append(all, float32(i))
		}
		return all
	}
	if got := numbers(wholeOf(drawn.Sample.Train)); !slices.Equal(got, interval(0, 12)) {
		t.Errorf("training part %v; want 0 to 11", got)
	}
	if got := numbers(wholeOf(drawn.Sample.Test)); !slices.Equal(got, interval(60, 66)) {
		t.Errorf("test part %v; want 60 to 65", got)
	}
	if got := numbers(wholeOf(drawn.Outside.Test)); !slices.Equal(got, append(interval(12, 60), interval(66, 75)...)) {
		t.Errorf("outside %v; want 12 to 59 and 66 to 74", got)
	}
	for _, n := range [][2]int{{0, 1}, {1, 0}, {21, 1}, {1, 6}} {
		if _, err := d.First(n[0], n[1]); err == nil {
			t.Errorf("%v of 20 and 5 examples a class: no error", n)
		}
	}
}
