//go:build unix

package process

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"evenkeel/objective"
)

func TestStopsAfterThreeQuickFailures(t *testing.T) {
	tr := open(t, options(t), short)
	for range 2 { // a success between them starts the count again
		for range 2 {
			if err := failure(t, tr, fault(tr, "exit at once", nil)); errors.Is(err, objective.ErrTrainerBroken) {
				t.Fatalf("stopped too early: %v", err)
			}
		}
		mustTrain(t, tr, job(tr, 1, nil))
	}
	mustFail(t, tr, fault(tr, "exit at once", nil))
	mustFail(t, tr, fault(tr, "error", nil))
	for range 2 {
		err := failure(t, tr, fault(tr, "exit at once", nil), "3 runs in a row failed", "exited with status 3")
		if !errors.Is(err, objective.ErrTrainerBroken) {
			t.Errorf("%v does not wrap objective.ErrTrainerBroken", err)
		}
	}
	if _, err := tr.Train(t.Context(), job(tr, 1, nil)); !errors.Is(err, objective.ErrTrainerBroken) {
		t.Errorf("a good run after the stop: %v; want objective.ErrTrainerBroken", err)
	}
}

// TestPersists: failures that the caller counts stop nothing.
func TestPersists(t *testing.T) {
	tr := open(t, options(t), short)
	j := fault(tr, "exit at once", nil)
	j.Persist = true
	for range 2 * maxQuickFailures {
		if err := failure(t, tr, j); errors.Is(err, objective.ErrTrainerBroken) {
			t.Fatalf("stopped: %v", err)
		}
	}
	mustTrain(t, tr, job(tr, 1, nil))
}

// TestStopsWhereTheStartIsSlow: what counts is the time from the request on. A
// program that loads its data for longer than that, and then fails every run at
// once, is stopped too; and so is one that does not start at all.
func TestStopsWhereTheStartIsSlow(t *testing.T) {
	for name, c := range map[string]struct {
		before string // what the shell does before it becomes the program
		words  []string
	}{
		"loads":        {"sleep 1.2", []string{"3 runs in a row failed", "exited with status 3"}},
		"never starts": {"exec sleep 1000", []string{"3 runs in a row failed", "was not ready within 1.2s (start_timeout)"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := short
			p.quick = time.Second
			o := options(t)
			before := filepath.Join(o.Dir, "before")
			o.Command = append([]string{"sh", "-c", `. ./before; exec "$0" "$@"`}, o.Command...)
			write(o.Dir, "before", nil)
			tr := open(t, o, p)
			if err := os.WriteFile(before, []byte(c.before+"\n"), 0o666); err != nil {
				t.Fatal(err)
			}
			if name == "never starts" {
				tr.options.StartTimeout = 1200 * time.Millisecond
			}
			for range 2 {
				if err := failure(t, tr, fault(tr, "exit at once", nil)); errors.Is(err, objective.ErrTrainerBroken) {
					t.Fatalf("stopped too early: %v", err)
				}
			}
			if err := failure(t, tr, fault(tr, "exit at once", nil), c.words...); !errors.Is(err, objective.ErrTrainerBroken) {
				t.Errorf("after three quick failures: %v; want objective.ErrTrainerBroken", err)
			}
		})
	}
}
