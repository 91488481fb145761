package main

import (
	"runtime"
	"time"

	"github.com/spf13/cobra"

	"evenkeel/objective/trainers/nets/kernels"
	"evenkeel/runs/doctor"
	"evenkeel/runs/report"
)

// newDoctor returns the command that looks for what is wrong.
func newDoctor(g *global) *cobra.Command {
	var fix bool
	var format *string
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Look for what is wrong with the history and with this machine",
		Long: `Looks at the trial history (is every page and reference sound, is its version this
program's, was a study killed), at what killed programs have left (temporary folders,
unfinished copies, locks, stopped guards of training programs), at the room on the
disks against what the studies still need, at the clock, and at how this processor
computes. Every line is ok, a WARNING or a PROBLEM, and says first what to do. Nothing is
changed, also during a search; --fix removes what is left over, lets stopped guards go
on, and says so. Exit status 1 if there is a problem.`,
		Example: `  evenkeel doctor
  evenkeel doctor --fix
  evenkeel doctor --db mine.db --format json`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			lines := doctor.Examine(cmd.Context(), doctor.Request{DB: g.db, Machine: machine(), Fix: fix, Now: time.Now()})
			if err := report.Examined(page(cmd, *format), lines); err != nil {
				return err
			}
			if doctor.Worst(lines) == doctor.Problem {
				return doctor.ErrProblem
			}
			return nil
		},
	}
	cmd.Flags().BoolVar(&fix, "fix", false, "remove what killed programs have left, and let stopped guards go on")
	format = formatFlag(cmd)
	return cmd
}

// machine is what this program knows of itself.
func machine() doctor.Machine {
	m := doctor.Machine{Program: programVersion(), Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH}
	for _, l := range kernels.Levels() {
		m.Supported = append(m.Supported, l.String())
	}
	level, err := kernels.Active()
	if err != nil {
		m.Fault = err
		return m
	}
	m.Kernels, m.Numerics = level.String(), level.NumericsID()
	return m
}
