package main

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"evenkeel/objective"
	"evenkeel/runs"
	"evenkeel/runs/report"
	"evenkeel/schemes"
	"evenkeel/search/samplers"
)

// complete fills in what the shell can offer for arguments and flags of cmd and
// the commands below it.
func complete(cmd *cobra.Command, g *global) {
	for _, c := range cmd.Commands() {
		complete(c, g)
	}
	offer := func(flag string, f cobra.CompletionFunc) {
		if cmd.Flags().Lookup(flag) != nil {
			// It fails only for a flag that is not there.
			_ = cmd.RegisterFlagCompletionFunc(flag, f)
		}
	}
	known := report.Formats()
	if cmd.Name() == "weights" || cmd.Name() == "offsets" {
		known = slices.Concat(report.Formats(), report.PasteFormats())
	}
	offer("format", fixed(known))
	offer("study", g.studyNames)
	offer("spread", fixed(strings.Split(spreadNames(), ", ")))
	offer("sampler", fixed(samplers.Names()))
	offer("scheme", fixed(schemeNames()))
	switch use := cmd.Use; {
	case cmd.ValidArgsFunction != nil: // the command knows best
	case strings.Contains(use, "[STUDY.yaml]"):
		cmd.ValidArgsFunction = files("yaml", "yml")
	case strings.Contains(use, "[STUDY]"):
		cmd.ValidArgsFunction = first(g.studyNames)
	default:
		cmd.ValidArgsFunction = cobra.NoFileCompletions
	}
}

// fixed offers words.
func fixed(words []string) cobra.CompletionFunc {
	return func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return words, cobra.ShellCompDirectiveNoFileComp
	}
}

// files offers files with one of the extensions.
func files(extensions ...string) cobra.CompletionFunc {
	return func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return extensions, cobra.ShellCompDirectiveFilterFileExt
	}
}

// first offers something for the first argument only.
func first(f cobra.CompletionFunc) cobra.CompletionFunc {
	return func(cmd *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
		if len(args) > 0 {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return f(cmd, args, typed)
	}
}

// studyNames offers the studies of the trial history.
func (g *global) studyNames(cmd *cobra.Command, _ []string, _ string) ([]string, cobra.ShellCompDirective) {
	db, err := runs.Open(cmd.Context(), g.db, runs.Options{ReadOnly: true})
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	defer db.Close()
	list, err := db.Studies(cmd.Context())
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var names []string
	for _, s := range list {
		if objective.Printable(s.Name) == s.Name { // else a shell would run what it says
			names = append(names, s.Name)
		}
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}

func schemeNames() []string {
	var names []string
	for _, s := range schemes.All() {
		names = append(append(names, s.Name), s.Aliases...)
	}
	return names
}
