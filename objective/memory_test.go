package objective_test

import (
	"errors"
	"testing"

	"evenkeel/objective"
)

// TestExactBytes: what a study file has comes back in the shortest exact form, and every unit
// is known by its name.
func TestExactBytes(t *testing.T) {
	for n, want := range map[int64]string{
		0: "0", 1: "1B", 999: "999B", 1000: "1kB", 1024: "1KiB", 1500: "1500B", 8e9: "8GB", 8 << 30: "8GiB", 8_000_000_001: "8000000001B",
		1e12: "1TB", 1 << 40: "1TiB", 1_500_000_000: "1500MB", 1024e9: "1024GB",
	} {
		if got := objective.ExactBytes(n); got != want {
			t.Errorf("%d bytes are written %q; want %q", n, got, want)
		}
	}
	if size, ok := objective.UnitOf("MiB"); !ok || size != 1<<20 {
		t.Errorf("a MiB is %d bytes, known %v", size, ok)
	}
	if _, ok := objective.UnitOf("gb"); ok {
		t.Error("the unit gb is known")
	}
}

// TestMemoryError: it has the figures, ends a search, and is no failure of a run.
func TestMemoryError(t *testing.T) {
	var err error = &objective.MemoryError{Need: 14_250_000_000, Have: 350_999_999, Bound: "available memory"}
	const want = "a training needs about 14.2 GB of memory, and here is 350 MB (available memory); it was not started"
	if err.Error() != want {
		t.Errorf("error %q; want %q", err, want)
	}
	if !errors.Is(err, objective.ErrNoRoom) || !errors.Is(err, objective.ErrTrainerBroken) || objective.IsInterruption(err) {
		t.Error("it is not the end of a search that says why")
	}
}
