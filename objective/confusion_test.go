package objective_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"evenkeel/objective"
)

func confusionOf(t *testing.T, rows [][]int64) *objective.Confusion {
	t.Helper()
	c, err := objective.ConfusionFromRows(rows)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// randomMatrix may have empty rows and columns.
func randomMatrix(rng *rand.Rand) *objective.Confusion {
	c := objective.NewConfusion(1 + rng.IntN(12))
	for range rng.IntN(100) {
		c.Add(rng.IntN(c.Classes()), rng.IntN(c.Classes()), rng.Int64N(1000))
	}
	return c
}

// refused asserts that an error was returned and says the given thing.
func refused(t *testing.T, err error, want string) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("error %v; want one that says %q", err, want)
	}
}

// The wanted values were counted by hand.
func TestConfusionCounts(t *testing.T) {
	t.Parallel()
	c, err := objective.ConfusionFromLabels(3,
		[]uint16{0, 0, 0, 1, 1, 2, 2, 2, 2},
		[]uint16{0, 0, 1, 1, 2, 2, 2, 0, 2})
	if err != nil {
		t.Fatal(err)
	}
	want := [][]int64{{2, 1, 0}, {0, 1, 1}, {1, 0, 3}}
	if !c.Equal(confusionOf(t, want)) || fmt.Sprint(c.Rows()) != fmt.Sprint(want) {
		t.Errorf("rows %v; want %v", c.Rows(), want)
	}
	if c.Classes() != 3 || c.Total() != 9 || c.At(2, 0) != 1 || c.At(0, 2) != 0 {
		t.Errorf("classes %d, total %d, (2,0) %d, (0,2) %d; want 3, 9, 1, 0", c.Classes(), c.Total(), c.At(2, 0), c.At(0, 2))
	}
	for what, pair := range map[string][2][]int64{
		"support":        {c.Support(), {3, 2, 4}},
		"predicted":      {c.Predicted(), {3, 2, 4}},
		"true positives": {c.TruePositives(), {2, 1, 3}},
	} {
		if !slices.Equal(pair[0], pair[1]) {
			t.Errorf("%s %v; want %v", what, pair[0], pair[1])
		}
	}
	if got := c.Accuracy(); got != 6./9 {
		t.Errorf("accuracy %v; want 6/9", got)
	}
}

func TestConfusionHandsOutCopies(t *testing.T) {
	t.Parallel()
	rows := [][]int64{{1, 2}, {3, 4}}
	c := confusionOf(t, rows)
	rows[0][0] = 99
	c.Rows()[1][1] = 99
	c.Support()[0] = 99
	c.TruePositives()[0] = 99
	if want := confusionOf(t, [][]int64{{1, 2}, {3, 4}}); !c.Equal(want) {
		t.Errorf("%v; want %v: a caller's slice reaches the matrix", c.Rows(), want.Rows())
	}
}

func TestConfusionEqual(t *testing.T) {
	t.Parallel()
	var none *objective.Confusion
	a := confusionOf(t, [][]int64{{1, 2}, {3, 4}})
	for _, c := range []struct {
		x, y *objective.Confusion
		want bool
	}{
		{a, confusionOf(t, a.Rows()), true},
		{a, confusionOf(t, [][]int64{{1, 2}, {4, 3}}), false},
		{objective.NewConfusion(2), objective.NewConfusion(3), false},
		{a, none, false}, {none, a, false}, {none, none, true},
	} {
		if got := c.x.Equal(c.y); got != c.want {
			t.Errorf("Equal = %v; want %v", got, c.want)
		}
	}
}

func TestConfusionFromRowsSaysWhere(t *testing.T) {
	t.Parallel()
	const limit = int64(1) << 53
	for _, c := range []struct {
		rows [][]int64
		want string
	}{
		{nil, "no rows; want at least 1 class"},
		{[][]int64{{1, 2}}, "row 0 has 2 columns; want 1"},
		{[][]int64{{1, 2}, {3}}, "row 1 has 1 columns; want 2"},
		{[][]int64{{1, 2}, nil}, "row 1 has 0 columns; want 2"},
		{[][]int64{{1, 2}, {-3, 4}}, "row 1, column 0 is -3; want a count from 0 below 2^53"},
		{[][]int64{{1, limit}, {3, 4}}, "row 0, column 1 is 9007199254740992; want"},
		{[][]int64{{1, math.MaxInt64}, {3, 4}}, "row 0, column 1 is"},
		{[][]int64{{limit - 1, 0}, {0, 1}}, "up to row 1, column 1 sum to 9007199254740992; want a sum below 2^53"},
	} {
		_, err := objective.ConfusionFromRows(c.rows)
		refused(t, err, c.want)
	}
	if c := confusionOf(t, [][]int64{{limit - 1}}); c.Total() != limit-1 {
		t.Errorf("total %d; want 2^53 - 1", c.Total())
	}
}

func TestConfusionFromLabelsSaysWhere(t *testing.T) {
	t.Parallel()
	_, err := objective.ConfusionFromLabels(0, nil, nil)
	refused(t, err, "0 classes; want at least 1")
	_, err = objective.ConfusionFromLabels(2, []uint16{0, 1}, []uint16{0})
	refused(t, err, "2 true and 1 predicted labels")
	_, err = objective.ConfusionFromLabels(2, []uint16{0, 2}, []uint16{0, 0})
	refused(t, err, "example 1 has true label 2")
	_, err = objective.ConfusionFromLabels(2, []uint16{0, 1}, []uint16{7, 0})
	refused(t, err, "example 0 has true label 0 and predicted label 7; want labels below 2")
}

func TestMisuseOfConfusionPanics(t *testing.T) {
	t.Parallel()
	c := objective.NewConfusion(2)
	c.Add(0, 0, 1<<53-2)
	for what, f := range map[string]func(){
		"no classes":      func() { objective.NewConfusion(0) },
		"row too large":   func() { c.Add(2, 0, 1) },
		"column negative": func() { c.At(0, -1) },
		"column in next":  func() { c.At(0, 2) },
		"negative count":  func() { c.Add(0, 0, -1) },
		"sum too large":   func() { c.Add(1, 1, 2) },
		"count too large": func() { c.Add(1, 1, math.MaxInt64) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: no panic", what)
				}
			}()
			f()
		}()
	}
	if c.Add(1, 1, 1); c.Total() != 1<<53-1 {
		t.Errorf("total %d; want 2^53 - 1", c.Total())
	}
}

func TestConfusionOfNothing(t *testing.T) {
	t.Parallel()
	c := objective.NewConfusion(2)
	if a, b := c.Accuracy(), c.BalancedAccuracy(); !math.IsNaN(a) || !math.IsNaN(b) {
		t.Errorf("accuracies of no example %v and %v; want NaN", a, b)
	}
	if r := c.Recall(); !math.IsNaN(r[0]) || !math.IsNaN(r[1]) {
		t.Errorf("recalls %v; want NaN for both classes", r)
	}
}
