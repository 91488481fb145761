package main

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"evenkeel/objective/trainers/nets/kernels"
	"evenkeel/runs/report"
	"evenkeel/search"
)

// version is the program's version between releases.
const version = "0.1.0-dev"

// programVersion returns the version with the commit it was built from, if the
// build recorded one.
func programVersion() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return version
	}
	var commit, modified string
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			commit = s.Value
		case "vcs.modified":
			if s.Value == "true" {
				modified = " modified"
			}
		}
	}
	if commit == "" {
		return version
	}
	return fmt.Sprintf("%s (%.12s%s)", version, commit, modified)
}

// newVersion returns the command that says what this program is.
func newVersion(*global) *cobra.Command {
	var format *string
	cmd := &cobra.Command{
		Use:   "version",
		Short: "Print the version, and how this machine computes",
		Long: `Prints the version of the program, and two facts about trainings on this machine:

  kernels    processor instructions in use
  numerics   machines with the same id give the same bits`,
		Example: "  evenkeel version --format json",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			level, err := kernels.Active()
			if err != nil {
				return search.InputError{Err: err}
			}
			return report.ProgramVersion(page(cmd, *format), report.Version{
				Program: "evenkeel", Version: programVersion(), Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH,
				Kernels: level.String(), Numerics: level.NumericsID(),
			})
		},
	}
	format = formatFlag(cmd)
	return cmd
}
