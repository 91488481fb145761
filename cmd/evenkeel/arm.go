package main

import (
	"strconv"
	"strings"

	"evenkeel/runs/results"
	"evenkeel/search"

	"github.com/spf13/cobra"
)

// parseArm reads TRIAL or TRIAL/ROUND, such as 5/2 for trial 5 round 2. The round is
// results.BestRound if none is named.
func parseArm(text string) (a results.Arm, err error) {
	number, rest, named := strings.Cut(text, "/")
	if a.Trial, err = strconv.Atoi(number); err != nil || a.Trial < 1 {
		return a, search.Inputf("%q is not a trial; want 1 or more, such as 7, or 7/2 for its round 2, see evenkeel leaderboard", text)
	}
	if !named {
		a.Round = results.BestRound
		return a, nil
	}
	if a.Round, err = strconv.Atoi(rest); err != nil || a.Round < 0 {
		return a, search.Inputf("%q: %q is not a round; want %d/2, say, for round 2 of trial %d", text, rest, a.Trial, a.Trial)
	}
	return a, nil
}

// weightedArm is parseArm where a round has weights, so is from 1, and the flag --round
// may name it too.
func weightedArm(cmd *cobra.Command, text string, flag int) (results.Arm, error) {
	a, err := parseArm(text)
	given := cmd.Flags().Changed("round")
	switch {
	case err != nil:
		return a, err
	case given && flag < 1:
		return a, search.Inputf("--round %d: want 1 or more; round 0 is unweighted", flag)
	case a.Round == 0:
		return a, search.Inputf("%s: want round 1 or more; round 0 is unweighted", text)
	case given && a.Round != results.BestRound && a.Round != flag:
		return a, search.Inputf("both %s and --round %d; want one round", text, flag)
	case given:
		a.Round = flag
	}
	return a, nil
}
