package main

import (
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// layOut prepares the help of a command and of those below it: lines of flags have at most
// 100 columns, and a word in backquotes at the start of a flag's text is the name of its
// value only, not part of the text.
func layOut(cmd *cobra.Command) {
	if !cmd.HasParent() {
		cmd.SetUsageTemplate(strings.ReplaceAll(cmd.UsageTemplate(), ".FlagUsages", ".FlagUsagesWrapped 100"))
	}
	cmd.Flags().VisitAll(nameValue)
	for _, c := range cmd.Commands() {
		layOut(c)
	}
}

// nameValue takes the name of a flag's value out of its text, as in "`N`: number of trials".
func nameValue(f *pflag.Flag) {
	rest, ok := strings.CutPrefix(f.Usage, "`")
	name, text, closed := strings.Cut(rest, "`")
	if !ok || !closed {
		return
	}
	value := named{f.Value, name}
	if list, repeated := f.Value.(pflag.SliceValue); repeated {
		f.Value = namedList{value, list}
	} else {
		f.Value = value
	}
	f.Usage = strings.TrimPrefix(strings.TrimPrefix(text, ":"), " ")
	if f.DefValue == "[]" || f.DefValue == "0s" {
		f.DefValue = "" // else help would print it as a default
	}
}

// named is the value of a flag with a name of its own, which help prints.
type named struct {
	pflag.Value
	name string
}

// Type returns the name.
func (n named) Type() string { return n.name }

// namedList is named for a flag that may be repeated, which completion offers again.
type namedList struct {
	named
	pflag.SliceValue
}

// optionsHelp explains the table of options.
const optionsHelp = `OPTIONS is what a confirmation measured of every option on the test part; * marks what
is recommended. Offsets and weights are "one fixed set" to paste, "fitted to each model"
by its validation logits, or "measured anew": the recipe computes them for each model
from its own recalls, round by round.

  spread       how uneven the recalls are, corrected for the noise of the test examples;
               under SEARCH (leaderboard), on validation, it is not corrected and so higher
  change, 95 % against nothing, with an interval over seeds and test examples
  worst class  the lowest recall, in percent
  bal.acc      balanced accuracy in points: of nothing itself, below it the change;
               ! = probably more lost than objective.accuracy_tolerance
  cost         of training one model: how many times the usual epochs (in JSON, trainings)`

// accumulateHelp explains a word of recipes.
const accumulateHelp = `accumulate, in a recipe: each round multiplies the weights of the round before by those
that its recalls give; otherwise these replace them.`
