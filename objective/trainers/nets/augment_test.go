package nets

import (
	"fmt"
	"math"
	"testing"

	"evenkeel/objective"
	"evenkeel/objective/models"
)

// By hand, on a plane of 3 lines of 4.
func TestMirrorAndMove(t *testing.T) {
	plane := func() []float32 { return []float32{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12} }
	p := plane()
	mirror(p, 4)
	if got := fmt.Sprint(p); got != "[4 3 2 1 8 7 6 5 12 11 10 9]" {
		t.Errorf("mirrored: %v", got)
	}
	for _, c := range []struct {
		down, right int
		want        string
	}{
		{0, 0, "[1 2 3 4 5 6 7 8 9 10 11 12]"},
		{1, 0, "[0 0 0 0 1 2 3 4 5 6 7 8]"},
		{-1, 0, "[5 6 7 8 9 10 11 12 0 0 0 0]"},
		{0, 1, "[0 1 2 3 0 5 6 7 0 9 10 11]"},
		{0, -2, "[3 4 0 0 7 8 0 0 11 12 0 0]"},
		{2, -1, "[0 0 0 0 0 0 0 0 2 3 4 0]"},
		{-2, 3, "[0 0 0 9 0 0 0 0 0 0 0 0]"},
	} {
		p := plane()
		move(p, 4, c.down, c.right)
		if got := fmt.Sprint(p); got != c.want {
			t.Errorf("moved %d down, %d right: %v; want %v", c.down, c.right, got, c.want)
		}
	}
}

// Over 9,000 examples half are mirrored and each of the 81 moves of a 32 x 32 image
// comes 111 times, within five standard deviations; another epoch, seed or example
// draws anew, the same draws the same.
func TestAugmenterDraws(t *testing.T) {
	a := newAugmenter(models.AugmentFlipCrop, []int{3, 32, 32})
	a.begin(1, 1)
	const n = 9000
	flips, moves := 0.0, map[[2]int]float64{}
	for i := range n {
		flip, down, right := a.draw(i)
		if flip {
			flips++
		}
		moves[[2]int{down, right}]++
	}
	if math.Abs(flips-n/2) > 5*math.Sqrt(n/4) {
		t.Errorf("%v of %d were mirrored", flips, n)
	}
	for down := -4; down <= 4; down++ {
		for right := -4; right <= 4; right++ {
			if got := moves[[2]int{down, right}]; math.Abs(got-n/81.0) > 5*math.Sqrt(n/81.0) {
				t.Errorf("moved by %d, %d %v times; want about %d", down, right, got, n/81)
			}
		}
	}
	if len(moves) != 81 {
		t.Errorf("%d different moves; want 81", len(moves))
	}
	draws := func(seed int64, epoch int) (s string) {
		a.begin(seed, epoch)
		for i := range 50 {
			flip, down, right := a.draw(i)
			s += fmt.Sprint(flip, down, right, " ")
		}
		return s
	}
	first, again := draws(1, 2), draws(1, 2)
	if first != again {
		t.Error("the same seed and epoch drew differently")
	}
	if draws(1, 2) == draws(1, 3) || draws(1, 2) == draws(2, 2) {
		t.Error("another epoch or seed drew the same")
	}
}

func TestAugmenterKinds(t *testing.T) {
	if newAugmenter(models.AugmentNone, []int{1, 28, 28}) != nil {
		t.Error("none changes images")
	}
	for kind, want := range map[string]int{models.AugmentFlip: 0, models.AugmentFlipCrop: 4} {
		if a := newAugmenter(kind, []int{1, 28, 28}); a.most != want {
			t.Errorf("%s moves 28 x 28 pixels by up to %d; want %d", kind, a.most, want)
		}
	}
}

// Augmentation changes a run, each kind in its own way, and not the same way in each
// epoch; it is the same on any number of threads.
func TestAugmentedRuns(t *testing.T) {
	processors(t, 3)
	for _, kind := range []string{"cnn", "resnet8"} {
		seen := map[string]string{}
		for _, augment := range []string{models.AugmentNone, models.AugmentFlip, models.AugmentFlipCrop} {
			for _, threads := range []int{1, 3} {
				tr, err := New(imageSplits(), Options{Threads: threads})
				if err != nil {
					t.Fatal(err)
				}
				r := tinyTrain(t, tr, tinyModel(kind, "augment", augment), 1)
				if threads == 1 {
					if other, ok := seen[r.Parameters]; ok {
						t.Errorf("%s with %s trains what it trains with %s", kind, augment, other)
					}
					seen[r.Parameters] = augment
				}
				if seen[r.Parameters] != augment {
					t.Errorf("%s with %s on %d threads differs from one thread", kind, augment, threads)
				}
			}
		}
	}
}

// A batch holds the images that the augmenter makes of the examples in it.
func TestLoaderAugments(t *testing.T) {
	tr := imageTrainer(t, "")
	model := tinyModel("cnn", "augment", models.AugmentFlipCrop)
	r, err := newRun(t.Context(), tr, objective.Job{Spec: tinySpec(t, tr, model, 1)}, mustParse(t, model))
	if err != nil {
		t.Fatal(err)
	}
	defer r.close()
	for epoch := 1; epoch <= 2; epoch++ {
		r.loader.shuffle(epoch)
		r.loader.load(1, nil)
		a := newAugmenter(models.AugmentFlipCrop, []int{2, 9, 8})
		a.begin(1, epoch)
		want := make([]float32, 144)
		for row, id := range r.loader.ids {
			tr.input.apply(tr.level, want, tr.splits.Train.X[id*144:(id+1)*144])
			a.apply(want, id)
			if got := floats(r.net.x)[row*144 : (row+1)*144]; fmt.Sprint(got) != fmt.Sprint(want) {
				t.Fatalf("epoch %d, row %d is not what the augmenter makes of example %d", epoch, row, id)
			}
		}
	}
}
