//go:build unix

package process

import (
	"path/filepath"
	"strings"
	"testing"
)

// TestLogsAreKept: the run's own lines go with the run, whether it succeeds or
// not, and all of them go to the file under the name of slot and run.
func TestLogsAreKept(t *testing.T) {
	o := options(t)
	o.LogFile = filepath.Join(t.TempDir(), "train.log")
	tr := open(t, o, short)
	want := map[string]string{}
	for seed := range int64(3) {
		j := job(tr, seed, nil)
		id, err := j.Spec.ID()
		if err != nil {
			t.Fatal(err)
		}
		name := string(id[:runNameLength])
		want[name] = "trained run " + name + ", attempt 1\n"
		if r := mustTrain(t, tr, j); r.Log != want[name] {
			t.Errorf("the log of run %s is %q; want %q", name, r.Log, want[name])
		}
	}
	mustFail(t, tr, fault(tr, "exit at once", nil), "giving up")
	all := contents(t, o.LogFile)
	for name, text := range want {
		if head := "[slot 0, run " + name + "]\n"; !strings.Contains(all, head+text) {
			t.Errorf("the log file has no %q:\n%s", head+text, all)
		}
	}
	if !strings.Contains(all, "giving up\n") {
		t.Errorf("the log file lacks the failed run:\n%s", all)
	}
}

func TestTail(t *testing.T) {
	var k tail
	var all strings.Builder
	for i, length := range []int{10, tailLength - 5, 1, tailLength, 3, 2*tailLength + 7, 100, tailLength / 2, tailLength / 2, tailLength / 2} {
		piece := strings.Repeat(string(rune('a'+i)), length)
		k.write([]byte(piece))
		all.WriteString(piece)
		want := all.String()[max(0, all.Len()-tailLength):]
		if got := k.String(); got != want {
			t.Fatalf("after piece %d of %d bytes the tail has %d bytes; want the last %d of what was written", i, length, len(got), len(want))
		}
	}
	k.reset()
	k.write([]byte("\xff!"))
	if got := k.String(); got != "\uFFFD!" {
		t.Errorf("tail is %q; want text", got)
	}
}

// nowhere is a log file that counts what is written to it.
type nowhere struct{ strings.Builder }

func (*nowhere) Close() error { return nil }

func TestLogNamesItsSources(t *testing.T) {
	out := &nowhere{}
	l := &logFile{out: out}
	l.write("slot 0, run a", []byte("one\n"))
	l.write("slot 0, run a", []byte("tw"))
	l.write("slot 1, run b", []byte("three\n"))
	l.write("slot 0, run a", []byte("o\n"))
	want := "[slot 0, run a]\none\ntw\n[slot 1, run b]\nthree\n[slot 0, run a]\no\n"
	if out.String() != want {
		t.Errorf("the log is %q; want %q", out.String(), want)
	}
}
