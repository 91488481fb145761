//go:build unix

package process

import (
	"errors"
	"strings"
	"testing"
	"time"

	"evenkeel/objective"
)

// TestHostile sends a program a run in which it goes wrong, and then one in
// which it does not. The process is another one afterwards if it broke the
// protocol.
func TestHostile(t *testing.T) {
	for _, c := range []struct {
		fault string
		words []string // of the error; none: the run succeeds
		keeps bool     // the process stays
	}{
		{"exit at once", []string{"exited with status 3", "its log ends: giving up"}, false},
		{"exit mid-run", []string{"exited with status 0"}, false},
		{"exit in a line", []string{"exited with status 4"}, false},
		{"hang", []string{"no answer and no epoch for 400ms (silence)"}, false},
		{"flood stdout", []string{"more than 64 MiB without a newline", "it sent `xxxxx"}, false},
		{"text", []string{"not a message (JSON)", "it sent `epoch 1: loss 0.3`", "standard error"}, false},
		{"empty line", []string{"not a message (JSON)"}, false},
		{"not an object", []string{"not a message (JSON)", "[1, 2]"}, false},
		{"unknown type", []string{`type "progress"`}, false},
		{"other run", []string{`answered for run "0123456789abcdef"; it was asked for run`}, false},
		{"no run", []string{`answered for run ""`}, false},
		{"twice at once", []string{"went on after its result"}, false},
		{"no val", []string{"val.confusion is missing"}, false},
		{"no echo", []string{"class_weights is missing"}, false},
		{"wrong echo", []string{"class_weights of class 3 is 1.00001; want 1"}, false},
		{"short echo", []string{"class_weights has 3 entries; want the 4"}, false},
		{"text echo", []string{`class_weights of class 3 is "1"`}, false},
		{"close echo", nil, true},
		{"few rows", []string{"val.confusion has 3 rows; want 4"}, false},
		{"few columns", []string{"val.confusion row 1 has 3 columns; want 4"}, false},
		{"many rows", []string{"val.confusion has 5 rows; want 4"}, false},
		{"flat", []string{"val.confusion row 0 is 1; want 4 counts"}, false},
		{"negative", []string{"row 0, column 1 is -1; want a count"}, false},
		{"fractional", []string{"row 0, column 0 is 49.5; want an integer"}, false},
		{"all zero", []string{"empty row 0", "class 0"}, false},
		{"huge", []string{"is 9007199254740992; want a count from 0 below 2^53"}, false},
		{"astronomic", []string{"is 1e400; want a count from 0 below 2^53"}, false},
		{"text count", []string{`is "50"; want an integer`}, false},
		{"other data", []string{"val.confusion has 49 examples of class 0; an earlier run on the same data had 50"}, false},
		{"exponents", nil, true},
		{"NaN loss", []string{"the loss is not finite", "NaN"}, false},
		{"infinite loss", []string{"the loss is not finite", "1e999"}, false},
		{"text loss", []string{"the loss is not finite", `"nan"`}, false},
		{"epoch back", []string{"epoch is 2; want an integer above 2"}, false},
		{"epoch beyond", []string{"epoch is 4", "at most 3"}, false},
		{"epoch fraction", []string{"epoch is 1.5; want an integer"}, false},
		{"path up", []string{`"../val.npy" is not a path inside the run's folder`}, false},
		{"path absolute", []string{`"/etc/passwd" is not a path inside the run's folder`}, false},
		{"path missing", []string{"missing.npy", "no such file"}, false},
		{"path folder", []string{`"." is not a regular file`}, false},
		{"path link", []string{"out.npy", "escapes"}, false},
		{"path linked dir", []string{"etc/hostname", "escapes"}, false},
		{"path pipe", []string{"not a regular file"}, false},
		{"folder replaced", []string{"no such file"}, false},
		{"fork and answer", nil, true},
		{"fork and exit", []string{"exited with status 5"}, false},
		{"fork and hang", []string{"silence"}, false},
		{"close stdout", []string{"closed its standard output"}, false},
		{"killed", []string{"was killed by signal 9 (killed)"}, false},
		{"error", []string{"the training program reports: depth 9 is too deep"}, true},
		{"unasked test", nil, true},
		{"labels disagree", []string{"confusion has", "labels and predictions give"}, false},
		{"labels move", []string{"val.labels has class 3 for example 0; an earlier run on the same data had 0"}, false},
		{"predictions only", nil, true},
		{"scores only", nil, true},
		{"scores NaN", []string{"want finite scores"}, false},
		{"probabilities", []string{"val.npy has probabilities, not logits", "want the scores before the softmax, or the log"}, false},
		{"scores shape", []string{"val.npy has the shape (2,); want (200, 4)"}, false},
	} {
		t.Run(c.fault, func(t *testing.T) {
			t.Parallel()
			p := short
			if c.fault == "close stdout" {
				p.drain = 200 * time.Millisecond
			}
			tr := open(t, options(t), p)
			// What a good run says, a bad one must not contradict.
			want := mustTrain(t, tr, job(tr, 1, nil))
			before := pidOf(tr)
			if strings.Contains(c.fault, "hang") {
				tr.options.Silence = 400 * time.Millisecond
			}
			if c.words == nil {
				if r := mustTrain(t, tr, fault(tr, c.fault, nil)); r.Test != nil {
					t.Error("the test part was not asked for and is in the result")
				}
			} else if err := failure(t, tr, fault(tr, c.fault, nil), c.words...); errors.Is(err, objective.ErrTrainerBroken) {
				t.Errorf("one failure stopped everything: %v", err)
			}
			tr.options.Silence = time.Minute
			if got := mustTrain(t, tr, job(tr, 1, nil)); !got.Val.Equal(want.Val) {
				t.Errorf("the next run measured %v; want %v", got.Val.Rows(), want.Val.Rows())
			}
			if after := pidOf(tr); (after == before) != c.keeps {
				t.Errorf("the process was %d and is %d; want the same one: %v", before, after, c.keeps)
			}
		})
	}
}

// TestLateWords looks at a program that says more than its answer, but later.
// The run after it fails at most, and the one after that has a new process.
func TestLateWords(t *testing.T) {
	for _, name := range []string{"twice", "text after"} {
		t.Run(name, func(t *testing.T) {
			tr := open(t, options(t), short)
			_, first := tr.Train(t.Context(), fault(tr, name, nil))
			if first == nil {
				// The words are on their way, if not here yet.
				eventually(t, "there is something to read", func() bool { return tr.free[0].child.dead() || tr.free[0].child.out.ahead != nil })
				mustFail(t, tr, job(tr, 1, nil), "when nothing was asked of it")
			}
			mustTrain(t, tr, job(tr, 1, nil))
		})
	}
}

// TestRefusedRunLeavesNoMark: what a run says that is not accepted binds no later
// one.
func TestRefusedRunLeavesNoMark(t *testing.T) {
	tr := open(t, options(t), short)
	mustFail(t, tr, fault(tr, "wrong and twice", nil), "went on after its result")
	mustTrain(t, tr, job(tr, 1, nil))
}

// TestClosedInput: the run that is under way has its answer; the next one finds
// nobody who listens, and goes to a new process. One that is new and does not
// listen fails its run.
func TestClosedInput(t *testing.T) {
	p := short
	p.drain = 200 * time.Millisecond
	tr := open(t, options(t), p)
	mustTrain(t, tr, fault(tr, "close stdin", nil))
	mustTrain(t, tr, job(tr, 1, nil))
	tr.options.Command = command(t, "deaf")
	mustTrain(t, tr, fault(tr, "close stdin", nil))
	mustFail(t, tr, job(tr, 1, nil), "closed its standard input")
}

// TestEndsBetweenRuns: no run was on a process that ended by itself after its
// answer, so none fails.
func TestEndsBetweenRuns(t *testing.T) {
	tr := open(t, options(t), short)
	for range 3 {
		mustTrain(t, tr, fault(tr, "answer and exit", nil))
		c := tr.free[0].child
		eventually(t, "the process has ended", func() bool { return within(c.exited, 0) })
		mustTrain(t, tr, job(tr, 1, nil))
	}
}
