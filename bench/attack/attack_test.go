//go:build linux

package main

import (
	"bytes"
	"errors"
	"io"
	"regexp"
	"strings"
	"testing"
)

// TestTableCountsWhatHeld: what does not hold is counted, named with its trial, and changes the
// verdict; the same seed draws the same numbers.
func TestTableCountsWhatHeld(t *testing.T) {
	var drawn [2]uint64
	b := &bench{options: options{seed: 7, only: regexp.MustCompile(""), parallel: 2}, folder: t.TempDir(), log: io.Discard}
	for i := range drawn {
		a := attack{name: "second fails", promise: "holds", short: 3, do: func(t *trial) error {
			t.kills++
			if t.number == 1 {
				drawn[i] = t.rng.Uint64()
			}
			if t.number == 2 {
				return errors.New("it broke\nin two lines")
			}
			return nil
		}}
		y, err := b.perform(t.Context(), &a)
		if err != nil || y.tried != 3 || y.held != 2 || y.kills != 3 || !strings.HasPrefix(y.first, "trial 2: it broke") {
			t.Fatalf("%+v, %v", y, err)
		}
		var out bytes.Buffer
		if b.print(&out, []tally{y}) || !strings.Contains(out.String(), "did not hold 1 times, the first in trial 2") {
			t.Errorf("it counts as held:\n%s", out.String())
		}
		y.held, y.first = 3, ""
		if !b.print(&out, []tally{y}) {
			t.Error("what held counts as broken")
		}
	}
	if drawn[0] != drawn[1] {
		t.Errorf("the same seed drew %d and %d", drawn[0], drawn[1])
	}
}

// TestCatalogue: names are unique, since trials are repeated by them, and the long form has every
// attack and 200 kills at least.
func TestCatalogue(t *testing.T) {
	seen, kills := make(map[string]bool), 0
	for _, a := range catalogue() {
		if seen[a.name] || a.long < max(1, a.short) || a.promise == "" || a.do == nil {
			t.Errorf("attack %q: %d trials, long %d, promise %q", a.name, a.short, a.long, a.promise)
		}
		seen[a.name] = true
		if strings.HasPrefix(a.name, "kill ") {
			kills += a.long
		}
	}
	if kills < 200 {
		t.Errorf("%d kills in the long form; want at least 200", kills)
	}
}

// TestHonestPeer: the trainer's answers follow from the request alone, and weights act.
func TestHonestPeer(t *testing.T) {
	p := &peer{}
	answer := func(weights ...float64) any {
		return p.part(request{Dir: t.TempDir(), Seed: 3, Epochs: 4, ClassWeights: weights}, "val", valOfClass)["confusion"]
	}
	if a, b := answer(1, 1, 1), answer(1, 1, 1); a != b {
		t.Errorf("one request has the answers %v and %v", a, b)
	}
	if a, b := answer(1, 1, 1), answer(0.5, 0.5, 2); a == b {
		t.Errorf("weights do nothing: %v", a)
	}
}

// TestCaptureIsBounded: of endless output only the beginning is kept.
func TestCaptureIsBounded(t *testing.T) {
	var c capture
	for range 3 {
		if n, err := c.Write(make([]byte, mostKept)); n != mostKept || err != nil {
			t.Fatal(n, err)
		}
	}
	if len(c.String()) != mostKept || c.total != 3*mostKept {
		t.Errorf("%d bytes kept of %d", len(c.String()), c.total)
	}
}

// TestParse: wrong flags are refused.
func TestParse(t *testing.T) {
	for _, args := range [][]string{{"x"}, {"-only", "("}, {"-parallel", "0"}, {"-number", "-1"}, {"-limit", "0s"}, {"-nothing"}} {
		if _, err := parse(args, io.Discard); err == nil {
			t.Errorf("%q is accepted", args)
		}
	}
}
