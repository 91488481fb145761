//go:build unix

package process

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestEndsAfterItsAnswer: a program that ends a moment after its answer takes the
// next request with it; that run goes to a new process.
func TestEndsAfterItsAnswer(t *testing.T) {
	tr := open(t, options(t), short)
	for _, name := range []string{"answer and exit", "answer and linger"} {
		mustTrain(t, tr, fault(tr, name, nil))
		before := pidOf(tr)
		mustTrain(t, tr, job(tr, 1, nil))
		if pidOf(tr) == before {
			t.Errorf("%s: process %d is still there", name, before)
		}
	}
}

// TestEndsEveryProcess: a run that ends every process that gets it is tried on the
// one that was there and on a new one, and no more.
func TestEndsEveryProcess(t *testing.T) {
	o := options(t)
	o.LogFile = filepath.Join(t.TempDir(), "train.log")
	tr := open(t, o, short)
	mustTrain(t, tr, job(tr, 1, nil))
	mustFail(t, tr, fault(tr, "exit at once", nil), "exited with status 3", "giving up")
	if n := strings.Count(contents(t, o.LogFile), "giving up"); n != 2 {
		t.Errorf("%d processes had the run; want 2", n)
	}
	mustFail(t, tr, fault(tr, "exit at once", nil), "exited with status 3", "giving up")
	if n := strings.Count(contents(t, o.LogFile), "giving up"); n != 3 {
		t.Errorf("%d processes had the runs; want 3, as the last was new", n)
	}
}

func TestRetriesTwiceWithTheSameSeed(t *testing.T) {
	tr := open(t, options(t), short)
	before := pidOf(tr)
	for good := range 3 {
		mustTrain(t, tr, fault(tr, "retry", map[string]any{"good": float64(good + 1)}))
	}
	mustFail(t, tr, fault(tr, "retry", map[string]any{"good": 4.0}), "CUDA out of memory, attempt 3")
	if after := pidOf(tr); after != before {
		t.Errorf("the process was %d and is %d; an answer of the program is no reason to replace it", before, after)
	}
}

// TestRetriesWhereTheProgramEnds: a program that says it ends is given time to,
// and the next attempt goes to a new process.
func TestRetriesWhereTheProgramEnds(t *testing.T) {
	tr := open(t, options(t), short)
	before := pidOf(tr)
	mustTrain(t, tr, fault(tr, "retry elsewhere", nil))
	if after := pidOf(tr); after == before {
		t.Errorf("process %d is still there; it said that it ends", before)
	}
}

// TestRetriesWait: there is time for what was in the way to pass, and whoever
// breaks off does not wait for it.
func TestRetriesWait(t *testing.T) {
	p := short
	p.retry = [...]time.Duration{time.Millisecond, time.Hour}
	tr := open(t, options(t), p)
	mustTrain(t, tr, fault(tr, "retry", map[string]any{"good": 2.0}))
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	if _, err := tr.Train(ctx, fault(tr, "retry", map[string]any{"good": 3.0})); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Train while it waits to try again: %v; want context.DeadlineExceeded", err)
	}
	mustTrain(t, tr, job(tr, 1, nil))
}
