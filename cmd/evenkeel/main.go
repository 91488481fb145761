package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"evenkeel/objective/trainers/all"
	"evenkeel/objective/trainers/process"
	"evenkeel/runs"
	"evenkeel/runs/report"
	"evenkeel/runs/session"
	"evenkeel/search"
)

// Exit statuses.
const (
	exitDone        = 0
	exitFailed      = 1
	exitUsage       = 2
	exitInterrupted = 130
)

func main() {
	process.Guard() // never returns in the process that watches over a trainer
	all.Child()     // nor this in one that trains
	os.Exit(run(context.Background(), os.Args[1:], os.Stdout, os.Stderr))
}

// run executes a command line and returns the exit status.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	root := newRoot()
	root.SetArgs(args)
	stderr = report.Printable(stderr)
	root.SetOut(report.Printable(stdout))
	root.SetErr(stderr)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return exitDone
	}
	for _, line := range strings.Split(err.Error(), "\n") {
		fmt.Fprintln(stderr, "evenkeel:", line)
	}
	switch {
	case errors.Is(err, session.ErrInterrupted):
		return exitInterrupted
	case wrongInput(err):
		return exitUsage
	}
	return exitFailed
}

// wrongInput reports whether an error says that something wrong was asked for: also a
// history, a study or a trial that does not exist.
func wrongInput(err error) bool {
	var input search.InputError
	var noStudy *runs.NoStudyError
	var noFile *runs.MissingError
	var exists *runs.ExistsError
	return errors.Is(err, runs.ErrEmpty) || errors.As(err, &input) || errors.As(err, &noStudy) || errors.As(err, &noFile) || errors.As(err, &exists)
}

// global are the flags of every command.
type global struct {
	db string
}

// databaseVariable is the environment variable that names the trial history.
const databaseVariable = "EVENKEEL_DB"

// newRoot returns the command line.
func newRoot() *cobra.Command {
	g := &global{}
	root := &cobra.Command{
		Use:   "evenkeel",
		Short: "Search for the class weights that even out a classifier's per-class recall",
		Long: `evenkeel searches for the class-weighting scheme that evens out a classifier's
per-class recall. Every trial is one or more full training runs, scored by the
spread of the recalls, and kept in a SQLite file.

Exit status: 0 done; 1 failed; 2 wrong usage, a wrong study file, or a trial history, study or
trial that does not exist, nothing was started; 130 interrupted, everything that has finished
is stored.`,
		Example: `  evenkeel search                 # the built-in study, 20 to 30 seconds
  evenkeel leaderboard            # what it found
  evenkeel search mine.yaml       # your own study`,
		SilenceErrors:     true,
		SilenceUsage:      true,
		CompletionOptions: cobra.CompletionOptions{DisableDescriptions: true},
		Args:              knownCommand,
		RunE:              func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	const usual = "evenkeel.db"
	root.PersistentFlags().StringVar(&g.db, "db", cmp.Or(os.Getenv(databaseVariable), usual),
		"trial history, a SQLite `file`; the environment variable "+databaseVariable+" names it for all commands")
	root.PersistentFlags().Lookup("db").DefValue = usual // the help is the same everywhere
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return search.Inputf("%w; see %s --help", flagFault(err), cmd.CommandPath())
	})
	root.AddCommand(
		newSearch(g), newResume(g), newCheck(g), newStudies(g), newStatus(g), newRecommend(g), newLeaderboard(g), newShow(g), newCompare(g), newExplain(g), newConfirm(g),
		newInvalidate(g), newBackup(g), newGC(g), newDoctor(g), newQuery(g), newSchema(g), newWeights(g), newOffsets(g), newSchemes(g), newData(g), newVersion(g),
	)
	for _, c := range append(root.Commands(), root) {
		c.Args = usageArgs(c.Args)
	}
	complete(root, g)
	layOut(root)
	return root
}

// flagFault says what a flag takes where its value cannot be read.
func flagFault(err error) error {
	var invalid *pflag.InvalidValueError
	var unread *strconv.NumError
	if !errors.As(err, &invalid) || !errors.As(err, &unread) {
		return err
	}
	want := map[string]string{"ParseBool": "true or false", "ParseInt": "a whole number", "ParseFloat": "a number"}[unread.Func]
	if want == "" {
		return err
	}
	return fmt.Errorf("--%s=%s: want %s", invalid.GetFlag().Name, invalid.GetValue(), want)
}

// knownCommand refuses an unknown command and names the nearest ones.
func knownCommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	cmd.SuggestionsMinimumDistance = 2
	if near := cmd.SuggestionsFor(args[0]); len(near) > 0 {
		return fmt.Errorf("there is no command %q; did you mean %s", args[0], strings.Join(near, " or "))
	}
	return fmt.Errorf("there is no command %q", args[0])
}

// usageArgs marks complaints about arguments as wrong usage, and says what is wanted
// where their number is wrong.
func usageArgs(check cobra.PositionalArgs) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		err := check(cmd, args)
		switch {
		case err == nil:
			return nil
		case cmd.HasSubCommands():
			return search.Inputf("%w; see %s --help", err, cmd.CommandPath())
		case len(args) == 0:
			return search.Inputf("an argument is missing; want %s, see %s --help", usageLine(cmd), cmd.CommandPath())
		case check(cmd, nil) == nil && check(cmd, args[:1]) != nil:
			return search.Inputf("argument %q; %s takes none, see %[2]s --help", args[0], cmd.CommandPath())
		}
		given := "1 argument"
		if len(args) > 1 {
			given = strconv.Itoa(len(args)) + " arguments"
		}
		return search.Inputf("%s; want %s, see %s --help", given, usageLine(cmd), cmd.CommandPath())
	}
}

// usageLine is how a command is called, without its flags.
func usageLine(cmd *cobra.Command) string { return strings.TrimSuffix(cmd.UseLine(), " [flags]") }

// formatFlag adds --format to a command, with further formats than every command
// has if there are any, and returns where its value will be.
func formatFlag(cmd *cobra.Command, further ...string) *string {
	known := slices.Concat(report.Formats(), further)
	f := cmd.Flags().String("format", "table", "`FORMAT`: "+strings.Join(known, ", "))
	run := cmd.RunE
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if !slices.Contains(known, *f) {
			return search.Inputf("--format %s is not known; want one of %s", *f, strings.Join(known, ", "))
		}
		return run(cmd, args)
	}
	return f
}

// page returns where a command prints its result.
func page(cmd *cobra.Command, format string) report.Out {
	return report.To(cmd.OutOrStdout(), format)
}
