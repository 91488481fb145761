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
