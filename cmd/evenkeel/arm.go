package main

import (
	"strconv"
	"strings"

	"evenkeel/runs/results"
	"evenkeel/search"

	"github.com/spf13/cobra"
)

// parseArm reads TRIAL or TRIAL/ROUND, as tables and confirmations print arms.
// Round 0 is the trial's unweighted model; round is results.BestRound if none is named.
func parseArm(text string) (trial, round int, err error) {
	number, rest, named := strings.Cut(text, "/")
	if trial, err = strconv.Atoi(number); err != nil || trial < 1 {
		return 0, 0, search.Inputf("%q is not a trial; want 1 or more, such as 7, or 7/2 for its round 2, see evenkeel leaderboard", text)
	}
	if !named {
		return trial, results.BestRound, nil
	}
	if round, err = strconv.Atoi(rest); err != nil || round < 0 {
		return 0, 0, search.Inputf("%q: %q is not a round; want %d/2, say, for round 2 of trial %d", text, rest, trial, trial)
	}
	return trial, round, nil
}

// weightedArm is parseArm where a round has weights and the flag --round may name it
// too: round is then 1 or more, or 0 for the best.
func weightedArm(cmd *cobra.Command, text string, flag int) (trial, round int, err error) {
	if trial, round, err = parseArm(text); err != nil {
		return 0, 0, err
	}
	given := cmd.Flags().Changed("round")
	switch {
	case given && flag < 1:
		return 0, 0, search.Inputf("--round %d: want 1 or more; round 0 is unweighted", flag)
	case round == 0:
		return 0, 0, search.Inputf("%s: want round 1 or more; round 0 is unweighted", text)
	case given && round != results.BestRound && round != flag:
		return 0, 0, search.Inputf("both %s and --round %d; want one round", text, flag)
	case given:
		return trial, flag, nil
	case round == results.BestRound:
		return trial, 0, nil
	}
	return trial, round, nil
}
