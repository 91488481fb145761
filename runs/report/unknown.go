package report

import (
	"evenkeel/objective"
	"evenkeel/objective/evidence/confirm"
	"evenkeel/runs"
	"evenkeel/runs/results"
	"fmt"
	"math"
	"strings"
	"time"
)

// unknown says what is not known.
func (p answerPage) unknown() []string {
	if p.r.State == results.Provisional {
		return p.unconfirmed()
	}
	var lines []string
	c := p.r.Confirmed
	if !math.IsNaN(p.r.Undetectable) {
		lines = append(lines, fmt.Sprintf("  Not known: changes of the spread below %s, too small for %s and %s.", decimals(p.r.Undetectable, 3),
			count(c.Seeds, "seed"), count(int(total(c.Images)), "test example")))
	}
	for _, failed := range p.failedSeeds(c) {
		lines = append(lines, indented(capitalised(failed), pageWidth)...)
	}
	switch few := c.FewImages(); {
	case few > 0:
		lines = append(lines, fmt.Sprintf("  Do not rely on the intervals: %s of fewer than %d test examples.", count(few, "class"), results.FewTest))
	case p.r.NewLeader:
		lines = append(lines, "  Another arm leads the search by now and is not confirmed: evenkeel confirm"+p.study())
	case p.r.Searching:
		lines = append(lines, "  The search is still under way.")
	}
	return lines
}

// unlike says that the test part differs from validation beyond noise; "" where it does not.
func (p answerPage) unlike() string {
	parts := p.r.Parts
	if !parts.Unlike() {
		return ""
	}
	const text = "  The test part is unlike validation: unweighted "
	what, validation, test := "balanced accuracy", parts.Validation, parts.Test
	if !parts.Balanced {
		c := parts.Classes[0]
		what, validation, test = "recall of "+objective.InSentence(p.Board.Study.Class(c)), parts.ValidationRecall[c], parts.TestRecall[c]
	}
	figures := fmt.Sprintf(" %s, on validation %s.", objective.Percent(test), objective.Percent(validation))
	return text + cut(what, pageWidth-len(text)-len(figures)) + figures
}

// unconfirmed says what is missing before the figures can be quoted.
func (p answerPage) unconfirmed() []string {
	switch {
	case p.r.Searching:
		return withCommand("The search is still under way; when it has ended", "evenkeel confirm"+p.study())
	case p.NoTestPart:
		return []string{"  It cannot be confirmed: the study has no test part (data.test holds none out)."}
	}
	switch {
	case p.r.Use == objective.OptionNothing || p.r.Arm.Trial == 0:
		return nil
	case p.OnlyFirstSeeds():
		return []string{"  Further seeds fail, so it cannot be confirmed; find out why: evenkeel check STUDY.yaml"}
	}
	if failed := p.failures(); failed.Of("").Seeds > 0 {
		f := failed.Of("")
		return indented(fmt.Sprintf("It is not confirmed: %d of %d fresh seeds failed%s, and %d have to work: %s. When that is repaired: %s",
			f.Seeds, failed.Asked, notTried(failed), confirm.FewestSeeds, strings.TrimRight(cause(f.Cause), "."), whole("evenkeel confirm"+p.study())), pageWidth)
	}
	if old := results.OfEarlierVersion(p.Confirmed); old != nil && old.Trial == p.r.Arm.Trial && old.Round == p.r.Arm.Round {
		return withCommand("It was confirmed by an earlier version, which did not measure every option. Measure all", "evenkeel confirm"+p.study())
	}
	return withCommand("What it gains on data the search never saw is not known. Confirm it", "evenkeel confirm"+p.study())
}

// failures returns what failed in the last confirmation of the leader, of which nothing is
// recorded; nil where nothing did.
func (p answerPage) failures() *runs.FreshFailures {
	if own := p.FailedIn(p.r.Arm, false, true); own != nil {
		return own
	}
	return p.FailedIn(p.r.Arm, true, true)
}

// more names the commands that go on from here.
func (p answerPage) more() []string {
	var list []string
	if p.Unfinished {
		resume := "evenkeel resume " + ShellWord(p.Definition.Name)
		if limit := p.Definition.Search.Time; p.TimeOver && limit > 0 {
			resume += " --time " + flagTime(p.moreTime(limit))
		}
		list = append(list, resume)
	}
	return append(list, "evenkeel explain"+p.study(), "evenkeel leaderboard --all"+p.study())
}

// moreTime is a limit of time with which a search goes on that used up another one: the limit
// is over all starts, so without more time it would end at once. It is twice as long, and longer
// where a conclusion takes more, rounded up to a time that somebody would choose.
func (p answerPage) moreTime(limit time.Duration) time.Duration {
	if p.Enough <= 2*limit {
		return 2 * limit
	}
	for _, s := range []struct{ below, step time.Duration }{{time.Minute, 10 * time.Second}, {10 * time.Minute, time.Minute}, {2 * time.Hour, 10 * time.Minute}} {
		if p.Enough <= s.below {
			return (p.Enough + s.step - 1) / s.step * s.step
		}
	}
	return (p.Enough + time.Hour - 1) / time.Hour * time.Hour
}

// total sums counts.
func total(counts []int64) (n int64) {
	for _, c := range counts {
		n += c
	}
	return n
}
