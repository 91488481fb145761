package objective_test

import (
	"slices"
	"testing"

	"evenkeel/objective"
)

// TestOptionsCheapestFirst: no option is named twice, and trainings never fall along the
// list.
func TestOptionsCheapestFirst(t *testing.T) {
	all := objective.Options()
	for i, o := range all {
		if slices.Index(all, o) != i {
			t.Errorf("%s is there twice", o)
		}
		if i > 0 && o.Trainings(2) < all[i-1].Trainings(2) {
			t.Errorf("%s takes %d trainings, %s before it %d", o, o.Trainings(2), all[i-1], all[i-1].Trainings(2))
		}
	}
	if n := len(all); n != 8 || all[0] != objective.OptionNothing {
		t.Errorf("%d options, the first %s; want 8, beginning with nothing", n, all[0])
	}
}
