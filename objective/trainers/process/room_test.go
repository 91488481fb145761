//go:build unix

package process

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"evenkeel/objective"
)

// counted is a fault that passes after so many attempts.
func counted(t *testing.T, tr *Trainer, name string, good int) objective.Job {
	t.Helper()
	return fault(tr, name, map[string]any{"counter": filepath.Join(t.TempDir(), "used"), "good": float64(good)})
}

// TestFolderIsMadeAnew: that somebody removes the scratch folder, between runs or in one, costs
// no run.
func TestFolderIsMadeAnew(t *testing.T) {
	o := options(t)
	tr := open(t, o, short)
	mustTrain(t, tr, job(tr, 1, nil))
	if err := os.RemoveAll(o.Scratch); err != nil {
		t.Fatal(err)
	}
	mustTrain(t, tr, job(tr, 1, nil))
	mustTrain(t, tr, counted(t, tr, "folder removed", maxAttempts-1))
	mustFail(t, tr, counted(t, tr, "folder removed", maxAttempts), "FileNotFoundError") // the program does it itself
	mustTrain(t, tr, job(tr, 1, nil))
}

// TestFullDiskPasses: a program that finds the disk full is asked again, and its process need
// not be new.
func TestFullDiskPasses(t *testing.T) {
	tr := open(t, options(t), short)
	for _, name := range []string{"full disk", "dies of a full disk"} {
		mustTrain(t, tr, counted(t, tr, name, len(short.lack)))
	}
}

// TestFullDiskEndsTheSearch: a disk that stays full is no failure of a run; the search ends and
// says what to do.
func TestFullDiskEndsTheSearch(t *testing.T) {
	for _, name := range []string{"full disk", "dies of a full disk"} {
		tr := open(t, options(t), short)
		_, err := tr.Train(t.Context(), counted(t, tr, name, len(short.lack)+1))
		if !errors.Is(err, objective.ErrTrainerBroken) || !strings.Contains(err.Error(), "make room in "+tr.scratch.path) {
			t.Errorf("%s: %v; want an ErrTrainerBroken that says where to make room", name, err)
		}
	}
}

// TestFolderThatCannotBeMade: a run that gets no folder is no failure either, also for root: a
// file is in the folder's place.
func TestFolderThatCannotBeMade(t *testing.T) {
	o := options(t)
	tr := open(t, o, short)
	if err := errors.Join(os.RemoveAll(o.Scratch), os.WriteFile(o.Scratch, nil, 0o666)); err != nil {
		t.Fatal(err)
	}
	_, err := tr.Train(t.Context(), job(tr, 1, nil))
	if !errors.Is(err, objective.ErrTrainerBroken) || !strings.Contains(err.Error(), "make room in "+o.Scratch) || !strings.Contains(err.Error(), "no trial failed") {
		t.Errorf("Train: %v; want an ErrTrainerBroken that says what to do", err)
	}
}
