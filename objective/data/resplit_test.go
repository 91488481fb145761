package data

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"evenkeel/objective"
)

// TestResplitKeepsTheTestPart over random datasets and settings: drawn again by a
// split's settings or by Redraw, the test part is the same to the last number, the
// parts are as large, and nothing of the test part is trained or validated on.
func TestResplitKeepsTheTestPart(t *testing.T) {
	t.Logf("-split.seed=%d", *splitSeed)
	rng := rand.New(rand.NewPCG(*splitSeed, 1))
	differ := 0
	for range 200 {
		ds := numbered(2+rng.IntN(4), nil, nil)
		classes := len(ds.Classes)
		var own []uint16
		if rng.IntN(2) == 0 {
			own = randomLabels(rng, classes, 1)
		}
		ds = numbered(classes, randomLabels(rng, classes, 6), own)
		how := objective.Split{
			Validation: 0.1 + 0.8*rng.Float64(), Test: 0.05 + 0.5*rng.Float64(),
			Limit: rng.IntN(2) * (2 + rng.IntN(20)), Seed: rng.Int64N(1000),
		}
		before, err := Deal(ds, how)
		if err != nil {
			t.Fatalf("%+v: %v", how, err)
		}
		first := before.Splits()
		seed := 1000 + rng.Int64N(1000)
		redrawn, err := before.Redraw(seed)
		if err != nil {
			t.Fatalf("%+v, redrawn with %d: %v", how, seed, err)
		}
		how.Resplit = seed
		asked, err := Split(ds, how)
		if err != nil {
			t.Fatalf("%+v: %v", how, err)
		}
		roles := roleText(t, asked, ds.Train) // no example in two parts
		if got := roleText(t, redrawn.Splits(), ds.Train); got != roles || redrawn.How() != asked.How {
			t.Fatalf("%+v: Redraw gives\n%s %+v, and Split\n%s %+v", how, got, redrawn.How(), roles, asked.How)
		}
		if want := first.OpenTest("this test"); !cmp.Equal(want, asked.OpenTest("this test")) || !cmp.Equal(want, redrawn.Splits().OpenTest("this test")) {
			t.Fatalf("%+v: the test part is another one", how)
		}
		if diff := cmp.Diff(before.Counts(), redrawn.Counts()); diff != "" {
			t.Fatalf("%+v: other sizes (-before +redrawn):\n%s", how, diff)
		}
		if !slices.Equal(redrawn.ValLabels(), asked.Val.Y) || !slices.Equal(before.ValLabels(), first.Val.Y) {
			t.Fatalf("%+v: ValLabels are not those of the validation part", how)
		}
		if roles != roleText(t, first, ds.Train) {
			differ++
		}
	}
	// Two examples a class can be drawn in two ways only.
	if differ < 180 {
		t.Errorf("%d of 200 were drawn again; want nearly all", differ)
	}
}

// TestResplitOfEqualPartsIsEqual: where no test part is drawn the seed has nothing
// else to do, so redrawing is another seed; and redrawing with the seed itself is
// nothing.
func TestResplitOfEqualPartsIsEqual(t *testing.T) {
	for name, c := range map[string]struct {
		test      []uint16
		how, want objective.Split
	}{
		"own test part": {[]uint16{0, 1}, objective.Split{Validation: 0.2, Test: 0.2, Seed: 1, Resplit: 5}, objective.Split{Validation: 0.2, Seed: 5}},
		"no test part":  {nil, objective.Split{Validation: 0.2, Seed: 1, Resplit: 5}, objective.Split{Validation: 0.2, Seed: 5}},
		"held out":      {nil, objective.Split{Validation: 0.2, Test: 0.2, Seed: 1, Resplit: 5}, objective.Split{Validation: 0.2, Test: 0.2, Seed: 1, Resplit: 5}},
		"its own seed":  {nil, objective.Split{Validation: 0.2, Test: 0.2, Seed: 1, Resplit: 1}, objective.Split{Validation: 0.2, Test: 0.2, Seed: 1}},
	} {
		ds := numbered(2, cycle(2, 40), c.test)
		a, err := Split(ds, c.how)
		if err != nil {
			t.Fatal(err)
		}
		b, err := Split(ds, c.want)
		if err != nil {
			t.Fatal(err)
		}
		if a.How != c.want || b.How != c.want {
			t.Errorf("%s: %+v and %+v; want %+v", name, a.How, b.How, c.want)
		}
		if x, y := roleText(t, a, ds.Train), roleText(t, b, ds.Train); x != y || !strings.Contains(x, "v") {
			t.Errorf("%s: equal settings, but roles\n%s and\n%s", name, x, y)
		}
	}
}
