package report

import (
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"evenkeel/runs/notice"
	"evenkeel/runs/results"
	"evenkeel/search"
)

// TestEveryNoticeHasWords: whoever adds a notice must say what is printed of it.
func TestEveryNoticeHasWords(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), filepath.Join("..", "notice", "notice.go"), nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	words, err := os.ReadFile("notices.go")
	if err != nil {
		t.Fatal(err)
	}
	notices := 0
	for _, d := range file.Decls {
		f, ok := d.(*ast.FuncDecl)
		if !ok || f.Name.Name != "notice" {
			continue
		}
		notices++
		name := f.Recv.List[0].Type.(*ast.Ident).Name
		if !strings.Contains(string(words), "notice."+name+":") && !strings.Contains(string(words), "notice."+name+",") {
			t.Errorf("notice %s has no case in notices.go", name)
		}
	}
	if notices < 15 {
		t.Errorf("only %d notices were found; the test misses most of them", notices)
	}
}

// TestNoticeLines: with and without what may be unknown, one and several.
func TestNoticeLines(t *testing.T) {
	for want, n := range map[string]notice.Notice{
		"time limit: trial 3 round 2 is confirmed on 7 of 10 fresh seeds; to measure the rest: evenkeel confirm 3/2 --study s --seeds 10 --resplit": notice.ConfirmingCutShort{
			Study: "s", Trial: 3, Round: 2, Seeds: 7, Asked: 10, Resplit: true,
		},
		"confirming trial 3 round 2 of study s on 6 fresh seeds: at most 24 trainings, about 2 min 5 s": notice.ConfirmingBegan{
			Study: "s", Trial: 3, Round: 2, Seeds: 6, Trainings: 24, Seconds: 125,
		},
		"confirming trial 3 round 2 of study s on 6 fresh seeds, each on its own training and validation parts: at most 24 trainings": notice.ConfirmingBegan{
			Study: "s", Trial: 3, Round: 2, Seeds: 6, Trainings: 24, Resplit: true,
		},
		"measuring trial 1 of study s on 1 seed: at most 1 training":                      notice.MeasuringBegan{Study: "s", Trial: 1, Seeds: 1, Trainings: 1},
		"measuring trial 1 of study s on 3 seeds: all trainings are stored":               notice.MeasuringBegan{Study: "s", Trial: 1, Seeds: 3},
		"1 of 6 fresh seeds measured":                                                     notice.SeedMeasured{Done: 1, Total: 6, Fresh: true},
		"nothing to confirm: no leader, no trial is complete yet":                         notice.NothingToConfirm{Why: results.NoneComplete},
		"nothing to confirm: no option is better than the unweighted model in the search": notice.NothingToConfirm{},
		"not confirmed: that would take at most 40 trainings, about 26 min 0 s, and the search took 27; evenkeel confirm --study s does it, and search --confirm would have": notice.ConfirmationTooDear{
			Study: "s", Several: true, Trainings: 40, Searched: 27, Seconds: 1560,
		},
		"WARNING: look for processes and files that the training program has left (evenkeel doctor): boom. What was recorded is complete": notice.TrainerNotClosed{Err: errors.New("boom")},
		"the leader is not confirmed: boom": notice.LeaderNotConfirmed{Err: errors.New("the leader is not confirmed: boom")},
		"time limit reached after 1 training; resume with a later --until or a longer --time: evenkeel resume 'a b'": notice.SearchEnded{
			Study: "a b", Summary: search.Summary{End: search.EndTime, Trained: 1},
		},
		"complete: 4 trials, 7 trainings; 3 more had been made for another trial, or before, and were not repeated; 2 further seeds failed: val.labels has class 1": notice.SearchEnded{
			Summary: search.Summary{End: search.EndComplete, Trained: 7, Shared: 3, Trials: 4, FailedSeeds: 2, SeedFailure: "val.labels has class 1; it sent `{}`"},
		},
		"time limit reached after 0 trainings; 7 more had been made for another trial, or before, and were not repeated; resume with a later --until or a longer --time: evenkeel resume s": notice.SearchEnded{
			Study: "s", Summary: search.Summary{End: search.EndTime, Shared: 7},
		},
		"": notice.SearchEnded{Failed: true},
	} {
		if got := noticeLine(n); got != want {
			t.Errorf("%+v: %q; want %q", n, got, want)
		}
	}
}
