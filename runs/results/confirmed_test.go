package results

import (
	"fmt"
	"testing"

	"evenkeel/runs"
)

// TestJudged: the verdict is about the leader, on the study's own split, and never
// about an invalid trial.
func TestJudged(t *testing.T) {
	arm := func(trial, round int, resplit, invalid bool) runs.ConfirmedArm {
		return runs.ConfirmedArm{Trial: trial, Round: round, Resplit: resplit, Invalid: invalid}
	}
	led := &runs.Board{Rows: []runs.Row{{Trial: 2, Round: 1, Seeds: 3}}}
	for _, c := range []struct {
		board *runs.Board
		arms  []runs.ConfirmedArm
		want  string
	}{
		{led, nil, ""},
		{led, []runs.ConfirmedArm{arm(1, 1, false, false), arm(2, 1, false, false), arm(3, 1, false, false)}, "2/1 false"},
		{led, []runs.ConfirmedArm{arm(2, 1, true, false), arm(2, 1, false, false)}, "2/1 false"},
		{led, []runs.ConfirmedArm{arm(2, 1, false, false), arm(2, 1, true, false)}, "2/1 false"},
		{led, []runs.ConfirmedArm{arm(2, 1, true, false), arm(3, 1, false, false)}, "2/1 true"},
		{led, []runs.ConfirmedArm{arm(1, 1, false, false), arm(3, 1, false, true)}, "1/1 false"},
		{&runs.Board{}, []runs.ConfirmedArm{arm(1, 1, false, false), arm(3, 1, false, false)}, "3/1 false"},
	} {
		got := ""
		if a := Judged(Judge(c.arms), c.board); a != nil {
			got = fmt.Sprintf("%d/%d %v", a.Trial, a.Round, a.Resplit)
		}
		if got != c.want {
			t.Errorf("%+v: the verdict is about %q, want %q", c.arms, got, c.want)
		}
	}
}
