package session

import (
	"strings"
	"testing"

	"evenkeel/runs/notice"
	"evenkeel/search"
	"evenkeel/search/followup"
)

// TestMeasured: seeds that failed and seeds for which there was no time are both named, each as
// what they are; where an earlier confirmation stays, the error says why.
func TestMeasured(t *testing.T) {
	failed := []followup.Failure{{Seeds: 2, Cause: "no images"}}
	for name, c := range map[string]struct {
		seeds, asked, wanted int
		failures             []followup.Failure
		had                  recorded
		leftOut, cutShort    bool
		err                  string
	}{
		"all":                        {10, 10, 10, nil, recorded{}, false, false, ""},
		"failed":                     {8, 10, 10, failed, recorded{}, true, false, ""},
		"no time":                    {8, 10, 10, nil, recorded{}, false, true, ""},
		"failed, and no time":        {6, 10, 10, failed, recorded{}, true, true, ""},
		"failed, of those that fit":  {6, 8, 10, failed, recorded{}, true, true, ""},
		"fewer than before":          {6, 10, 10, failed, recorded{seeds: 8}, false, false, "2 of 10 fresh seeds failed and 2 were not measured before the time limit, and the earlier confirmation on 8 stays, since 6 are complete: no images"},
		"as many as before, all":     {8, 10, 10, failed, recorded{seeds: 8}, false, false, "2 of 10 fresh seeds failed, and the earlier confirmation on 8 stays, since 8 are complete: no images"},
		"as many as before, not all": {8, 10, 10, failed, recorded{seeds: 8, leftOut: 1}, true, false, ""},
		"fewer than before, no time": {7, 10, 10, nil, recorded{seeds: 8}, false, false, "time limit reached with fewer than 8 seeds complete"},
	} {
		var leftOut, cutShort bool
		w := &confirming{def: &search.Definition{}, Config: Config{Observe: func(n notice.Notice) {
			switch n := n.(type) {
			case notice.FreshSeedsLeftOut:
				leftOut = n.Seeds == c.seeds && n.Failed == 2 && n.Asked == c.asked
			case notice.ConfirmingCutShort:
				cutShort = n.Seeds == c.seeds && n.Asked == c.wanted
			}
		}}}
		err := w.measured(&followup.Confirmation{Reading: followup.Reading{Seeds: c.seeds}, Asked: c.asked, Failures: c.failures}, c.had, c.wanted)
		if leftOut != c.leftOut || cutShort != c.cutShort || (err != nil) != (c.err != "") || err != nil && !strings.HasPrefix(err.Error(), c.err) {
			t.Errorf("%s: left out %v, cut short %v, %v", name, leftOut, cutShort, err)
		}
	}
}
