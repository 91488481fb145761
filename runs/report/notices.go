package report

import (
	"fmt"
	"strings"

	"evenkeel/objective/evidence/trained"
	"evenkeel/runs/notice"
	"evenkeel/search"
)

// noticeLine returns the line for a notice, "" where it has none.
func noticeLine(n notice.Notice) string {
	switch n := n.(type) {
	case notice.ProgramStarting:
		return "starting " + n.Program
	case notice.ProgramNotNeeded:
		return fmt.Sprintf("study %s is complete; its program was not started", n.Study)
	case notice.StudyOpened, notice.SearchBegan, notice.SearchEvent:
		return "" // what the log shows of these depends on where it is shown
	case notice.ModelJudged:
		model := "the unweighted model"
		if n.Weighted {
			model = "a model trained with weights"
		}
		return "WARNING: " + n.Judgement.Text(model, n.Classes) + ". " + n.Judgement.Advice()
	case notice.TrialsLifted:
		return fmt.Sprintf("a limit of time without --trials: the %s of the study file are no limit, trials are made until the time is over", count(n.Trials, "trial"))
	case notice.TimeShort:
		return timeShort(n)
	case notice.NotTrained:
		return "WARNING: " + notTrained(n.Judgement, n.OwnProgram)
	case notice.SearchEnded:
		return endLine(n)
	case notice.LongerBegan:
		return fmt.Sprintf("%s more, for comparison: the unweighted model with %d epochs", count(n.Seeds, "training"), n.Epochs)
	case notice.LongerFailed:
		return n.Err.Error()
	case notice.SeedMeasured:
		if n.Fresh {
			return fmt.Sprintf("%d of %s measured", n.Done, count(n.Total, "fresh seed"))
		}
		return fmt.Sprintf("%d of %s measured", n.Done, count(n.Total, "seed"))
	case notice.RunFailed:
		return fmt.Sprintf("run %.8s failed: %v", n.Run, n.Err)
	case notice.CheckBegan:
		return fmt.Sprintf("about 15 trainings, %d at once", n.Parallel)
	case notice.OnFinishFailed:
		return fmt.Sprintf("search.on_finish, %s: %v", strings.Join(n.Words, " "), n.Err)
	case notice.TrainerNotClosed:
		return fmt.Sprintf("WARNING: look for processes and files that the training program has left (evenkeel doctor): %v. What was recorded is complete", n.Err)
	}
	return followUpLine(n)
}

// notTrained says that the unweighted model is not trained, and what to do.
func notTrained(j trained.Judgement, ownProgram bool) string {
	return j.Text("the unweighted model") + ". " + j.Advice(ownProgram)
}

// followUpLine is noticeLine of what a confirmation or probes say.
func followUpLine(n notice.Notice) string {
	switch n := n.(type) {
	case notice.WillNotConfirm:
		return fmt.Sprintf("the leader will not be confirmed: %v", n.Err)
	case notice.NothingToConfirm:
		if n.Why == "" && n.None != "" {
			return "nothing to confirm: " + string(n.None)
		}
		if n.Why == "" {
			return "nothing to confirm: no option is better than the unweighted model in the search"
		}
		return "nothing to confirm: no leader, " + NoLeader(n.Why)
	case notice.ConfirmationTooDear:
		study := ""
		if n.Several {
			study = " --study " + ShellWord(n.Study)
		}
		return fmt.Sprintf("not confirmed: that would take at most %s, and the search took %d; evenkeel confirm%s does it, and search --confirm would have",
			takes(n.Trainings, n.Seconds), n.Searched, study)
	case notice.LeaderNotConfirmed:
		return n.Err.Error()
	case notice.AlreadyConfirmed:
		return fmt.Sprintf("%s of study %s: already confirmed on %s, nothing to train", armName(n.Trial, n.Round), n.Study, count(n.Seeds, "fresh seed"))
	case notice.LargerKept:
		return fmt.Sprintf("%s: kept the larger confirmation, on %s where %d were asked for", armName(n.Trial, n.Round), count(n.Seeds, "fresh seed"), n.Asked)
	case notice.ConfirmingBegan:
		return fmt.Sprintf("confirming %s of study %s on %s%s: at most %s", armName(n.Trial, n.Round), n.Study,
			count(n.Seeds, "fresh seed"), ownParts(n.Resplit), takes(n.Trainings, n.Seconds))
	case notice.ConfirmingCutShort:
		command := fmt.Sprintf("evenkeel confirm %d/%d --study %s --seeds %d", n.Trial, n.Round, ShellWord(n.Study), n.Asked)
		if n.Resplit {
			command += " --resplit"
		}
		return fmt.Sprintf("time limit: %s is confirmed on %d of %s; to measure the rest: %s",
			armName(n.Trial, n.Round), n.Seeds, count(n.Asked, "fresh seed"), command)
	case notice.FreshSeedsLeftOut:
		return fmt.Sprintf("%s of study %s is confirmed on %s; %d of %d failed and are left out: %s",
			armName(n.Trial, n.Round), n.Study, count(n.Seeds, "fresh seed"), n.Failed, n.Asked, cause(n.Cause))
	case notice.MeasuringBegan:
		work := "all trainings are stored"
		if n.Trainings > 0 {
			work = "at most " + takes(n.Trainings, n.Seconds)
		}
		return fmt.Sprintf("measuring trial %d of study %s on %s: %s", n.Trial, n.Study, count(n.Seeds, "seed"), work)
	case notice.ConfirmingInterrupted:
		return "interrupted; nothing is claimed before all seeds are measured; the same command continues"
	case notice.MeasuringInterrupted:
		return "interrupted; nothing is said before all trainings are done; the same command continues"
	}
	return ""
}

// takes says how much is trained, and how long it takes where that is known.
func takes(trainings int, seconds float64) string {
	text := count(trainings, "training")
	if seconds > 0 {
		text += ", about " + Duration(seconds)
	}
	return text
}

// timeShort says what does not fit into the time of a search, and what that means.
func timeShort(n notice.TimeShort) string {
	if n.Interval && n.Confirmed {
		return fmt.Sprintf("short of time: training the unweighted model longer and fixed offsets take as long as about %s of %s, and get a quarter of the time at most. "+
			"They will not be measured on all seeds: give it more time to compare with them", count(int(n.Others), "training"), Duration(n.Each))
	}
	text := fmt.Sprintf("short of time: %s of %s each fit; a conclusion needs about %.0f more: %.0f for the unweighted model, %.0f for two trials on several seeds",
		count(int(n.Fit), "training"), Duration(n.Each), n.Reference+n.Trials+n.Longer+n.Confirming+n.Offsets-1-n.Fit, n.Reference, n.Trials)
	if n.Longer > 0 {
		text += fmt.Sprintf(", %.0f to train the unweighted model longer", n.Longer)
	}
	if n.Confirming > 0 {
		text += fmt.Sprintf(", %.0f to confirm the leader", n.Confirming)
	}
	if n.Offsets > 0 {
		text += fmt.Sprintf(", and fitting offsets takes as long as %.0f", n.Offsets)
	}
	if !n.Interval {
		return text + ". The leader will have no interval: give it more time"
	}
	return text + ". The leader will not be confirmed: its figures are for choosing, not for quoting"
}

// endLine says how a search ended, "" if it failed: the error says that.
func endLine(n notice.SearchEnded) string {
	line := ended(n)
	if line != "" && n.Summary.FailedSeeds > 0 {
		line += "; " + furtherSeeds(n.Summary.FailedSeeds) + ": " + cause(n.Summary.SeedFailure)
	}
	return line
}

// notRepeated says how many more trainings a search needed than it made.
func notRepeated(n int) string {
	return fmt.Sprintf("%d more had been made for another trial, or before, and were not repeated", n)
}

// ended is endLine without what failed.
func ended(n notice.SearchEnded) string {
	trained := count(n.Summary.Trained, "training")
	switch {
	case n.Failed:
		return ""
	case n.Summary.End == search.EndStopped:
		return fmt.Sprintf("interrupted after %s and %s; the same command continues", count(n.Summary.Trials, "trial"), trained)
	case n.Summary.End == search.EndTime:
		if n.Summary.Shared > 0 {
			trained += "; " + notRepeated(n.Summary.Shared)
		}
		return fmt.Sprintf("time limit reached after %s; resume with a later --until or a longer --time: evenkeel resume %s", trained, ShellWord(n.Study))
	}
	line := fmt.Sprintf("complete: %s, %s; %s", count(n.Summary.Trials, "trial"), trained, notRepeated(n.Summary.Shared))
	if p := n.Summary.Exhausted; p > 0 {
		line += fmt.Sprintf("; the space has %s, and more trials would be copies: widen a range or add a choice to search on", count(p, "point"))
	}
	return line
}
