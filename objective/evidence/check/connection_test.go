package check_test

import (
	"slices"
	"strings"
	"testing"

	"evenkeel/objective"
	"evenkeel/objective/evidence/check"
)

func TestPlumbing(t *testing.T) {
	good := objective.Info{Trainer: "command", Version: "sha256:12", Numerics: "external", Data: "cifar10/v1",
		Classes: []string{"car", "cat", "dog"}, TrainCounts: []int{5, 6, 7}, Supports: []string{"loss", "warm_start", "weights_from"}}
	for _, c := range []struct {
		change func(*objective.Info)
		says   []string // one for each finding
	}{
		{func(*objective.Info) {}, []string{"ok: connection: the trainer names 3 classes (car, cat, dog), identifies its data as cifar10/v1, and can apply weights in these ways (weighting.apply): loss"}},
		{func(i *objective.Info) { i.TrainCounts = nil }, []string{"3 classes"}},
		{func(i *objective.Info) { i.Classes, i.TrainCounts = strings.Split("a b c d e", " "), nil }, []string{"5 classes (a, b, ..., e)"}},
		{func(i *objective.Info) { i.Data = "" }, []string{"states no data"}},
		{func(i *objective.Info) { i.Version = "" }, []string{"states no version"}},
		{func(i *objective.Info) { i.Classes, i.TrainCounts = []string{"car"}, nil }, []string{"names 1 of the classes"}},
		{func(i *objective.Info) { i.Classes = []string{"car", "", "car"} }, []string{"class 1 has an empty name", "classes 0 and 2 are both called car"}},
		{func(i *objective.Info) { i.TrainCounts = []int{1, 2} }, []string{"counts of 2 classes, but names 3"}},
		{func(i *objective.Info) { i.TrainCounts[1] = 0 }, []string{"0 examples of cat"}},
		{func(i *objective.Info) { i.Supports = []string{"logit", "sampling"} }, []string{"applies weights in the way loss (weighting.apply); the trainer supports logit, sampling"}},
		{func(i *objective.Info) { i.Supports = []string{"warm_start"} }, []string{"the trainer supports no way of applying weights"}},
	} {
		info := good
		info.Classes, info.TrainCounts = slices.Clone(good.Classes), slices.Clone(good.TrainCounts)
		c.change(&info)
		found := check.Plumbing(info, []string{"loss"}, false)
		if len(found) != len(c.says) {
			t.Errorf("want %d findings, got%s", len(c.says), text(found))
			continue
		}
		for i, f := range found {
			if !strings.Contains(f.String(), c.says[i]) || (f.State == check.OK) != (f.Advice == "") {
				t.Errorf("%v; want one that says %q, with advice if it is a fault", f, c.says[i])
			}
		}
	}
}

// What the trainer cannot do is not trained with.
func TestNoTrainingWithoutPlumbing(t *testing.T) {
	trainer := settings{}.on(1)
	found := run(t, trainer, func(c *check.Config) { c.Apply = []string{"sampling"} })
	if check.Worst(found) != check.Fault || trainer.count.Load() != 0 {
		t.Errorf("%d trainings; want none, and a fault:%s", trainer.count.Load(), text(found))
	}
}
