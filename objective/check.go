package objective

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// CheckFor reports what is wrong with s as a run of the trainer with the given info, or
// nil. Every [Trainer] asks it before it trains, so that no result is kept under the
// address of another run:
//
//   - trainer, version, numerics, data and split are those of the trainer;
//   - a parent only where the trainer supports [SupportsWarmStart];
//   - weights are positive and finite, one for each class, and act in a way and from a
//     share of the epochs, 0 to 1, that the trainer supports.
//
// What the model is, only the trainer knows.
func (s Spec) CheckFor(info Info) error {
	for _, f := range []struct{ name, got, want string }{
		{"trainer", s.Trainer, info.Trainer}, {"version", s.Version, info.Version},
		{"numerics", s.Numerics, info.Numerics}, {"data", s.Data, info.Data},
	} {
		if f.got != f.want {
			return fmt.Errorf("the run's %s is %q; this trainer has %q", f.name, f.got, f.want)
		}
	}
	if s.Parent != "" && !slices.Contains(info.Supports, SupportsWarmStart) {
		return fmt.Errorf("the run's parent is %q; this trainer starts from no other run", s.Parent)
	}
	if s.Split != info.Split {
		return fmt.Errorf("the run's split is %+v; this trainer has %+v", s.Split, info.Split)
	}
	if s.Weights == nil {
		return nil
	}
	if len(s.Weights) != len(info.Classes) {
		return fmt.Errorf("%d class weights for %d classes", len(s.Weights), len(info.Classes))
	}
	for c, w := range s.Weights {
		if !(w > 0) || math.IsInf(float64(w), 0) {
			return fmt.Errorf("the weight of class %d is %v; want a positive finite number", c, w)
		}
	}
	ways := slices.DeleteFunc(TrainedWays(), func(way string) bool { return !slices.Contains(info.Supports, way) })
	if !slices.Contains(ways, s.Apply) {
		return fmt.Errorf("weights are to be applied by %q; want one of %s", s.Apply, strings.Join(ways, ", "))
	}
	if !(s.WeightsFrom >= 0 && s.WeightsFrom <= 1) {
		return fmt.Errorf("weights_from is %v; want a share of the epochs from 0 to 1", s.WeightsFrom)
	}
	if s.WeightsFrom > 0 && !slices.Contains(info.Supports, SupportsWeightsFrom) {
		return fmt.Errorf("weights_from is %v; this trainer applies weights from the first epoch only, want 0", s.WeightsFrom)
	}
	return nil
}
