package main

import (
	_ "embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"evenkeel/objective/trainers"
	"evenkeel/runs/report"
	"evenkeel/runs/session"
	"evenkeel/search"
	"evenkeel/search/samplers"
	"evenkeel/search/studyfile"
)

// defaultStudy is the study that is searched when no file is given.
//
//go:embed default.yaml
var defaultStudy []byte

// defaultName is what faults of overrides to the default study refer to.
const defaultName = "default.yaml"

// searchFlags are the flags of search.
type searchFlags struct {
	set                  []string
	printDefault, dryRun bool
}

// budgetFlags are flags that stand for keys of the study file. Without --trials, those that
// lift it take the file's number of trials out.
var budgetFlags = []struct {
	flag, key, value, doc string
	lifts                 bool
}{
	{"trials", "search.trials", "N", "number of trials; a larger number extends the study", false},
	{"time", "search.time", "DURATION", "total time over all starts, such as 8h; without --trials, as many trials as fit", true},
	{"until", "search.until", "CLOCK", "when the search must have ended, such as 07:00 or 2026-03-01T07:00:00Z; without --trials, as many trials as fit", true},
	{"parallel", "search.parallel", "N", "trainings at once; 0 is one for each processor that the program may use", false},
	{"replicates", "search.replicates", "N", "training seeds of every trial; with racing those that may lead get up to search.max_replicates", false},
	{"sampler", "search.sampler", "NAME", "how the parameters of trials are chosen: " + strings.Join(samplers.Names(), ", "), false},
	{"seed", "search.seed", "N", "seed of the search", false},
}

// newSearch returns the command that runs or continues a study.
func newSearch(g *global) *cobra.Command {
	var f searchFlags
	var flags sessionFlags
	var format *string
	cmd := &cobra.Command{
		Use:   "search [STUDY.yaml]",
		Short: "Run or continue a study",
		Long: `Runs a study, or continues it where it was stopped; without a file, the built-in
study. After Ctrl-C no training is started, and those that finish within a few
seconds are kept; a second Ctrl-C stops at once. Either way everything that has
finished is stored, and the same command continues.`,
		Example: `  evenkeel search
  evenkeel search mine.yaml --until 07:00
  evenkeel search mine.yaml --set model.epochs=30 --set study=longer
  evenkeel search mine.yaml --dry-run`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if f.printDefault {
				if len(args) > 0 {
					return search.Inputf("--print-default takes no study file")
				}
				_, err := cmd.OutOrStdout().Write(defaultStudy)
				return err
			}
			def, err := f.definition(cmd, args)
			if err != nil {
				return search.InputError{Err: err}
			}
			flags.format = *format
			if f.dryRun {
				return f.place(cmd, args, dryRun(cmd, g, def, flags))
			}
			return f.place(cmd, args, runStudy(cmd, g, def, flags))
		},
	}
	for _, b := range budgetFlags {
		cmd.Flags().String(b.flag, "", "`"+b.value+"`: "+b.doc)
	}
	cmd.Flags().StringArrayVar(&f.set, "set", nil, "`KEY=VALUE`: sets a key of the study file, such as model.epochs; the value as YAML; may be repeated")
	cmd.Flags().BoolVar(&f.dryRun, "dry-run", false, "print the space that is searched and an example of a trial, train nothing")
	cmd.Flags().BoolVar(&f.printDefault, "print-default", false, "print the built-in study file")
	acceptCodeFlag(cmd, &flags)
	confirmFlag(cmd, &flags)
	keepGoingFlag(cmd, &flags)
	format = formatFlag(cmd)
	return cmd
}

// sessionFlags are what a search is given beside its definition.
type sessionFlags struct {
	format     string
	acceptCode bool
	confirm    bool
	keepGoing  bool
}

// keepGoingFlag adds --keep-going to a command that searches.
func keepGoingFlag(cmd *cobra.Command, f *sessionFlags) {
	cmd.Flags().BoolVar(&f.keepGoing, "keep-going", false, "go on although the training ignores its class weights")
}

// acceptCodeFlag adds --accept-code to a command.
func acceptCodeFlag(cmd *cobra.Command, f *sessionFlags) {
	cmd.Flags().BoolVar(&f.acceptCode, "accept-code", false, "go on although the trainer's code has changed since the study began")
}

// confirmFlag adds --confirm to a command that searches.
func confirmFlag(cmd *cobra.Command, f *sessionFlags) {
	cmd.Flags().BoolVar(&f.confirm, "confirm", false,
		"confirm the leader at the end, as evenkeel confirm does. Without this flag: in the built-in study, with a limit of time (which includes it), and where it takes no more trainings than the search did")
}

// request joins the flags with the definition.
func (f sessionFlags) request(cmd *cobra.Command, def *search.Definition) session.SearchRequest {
	r := session.SearchRequest{Definition: def, BuiltIn: isBuiltIn(def), Commit: gitCommit, KeepGoing: f.keepGoing}
	if cmd.Flags().Changed("confirm") {
		r.Confirm = &f.confirm
	}
	r.UntilGiven = cmd.Flags().Changed("until")
	return r
}

// isBuiltIn reports whether a study is the built-in one but for its budget.
func isBuiltIn(def *search.Definition) bool {
	own, err := studyfile.Parse(defaultName, defaultStudy, def.Folder, nil)
	return err == nil && search.BudgetOnly(search.Diff(own, def))
}

// runStudy runs or continues a study and prints its leaderboard.
func runStudy(cmd *cobra.Command, g *global, def *search.Definition, f sessionFlags) error {
	w := begin(cmd, g, f.acceptCode)
	defer w.release()
	outcome, err := session.Search(w.ctx, w.stop, w.Config, f.request(cmd, def))
	w.done()
	if !outcome.Leaderboard {
		return err
	}
	db, opening := openReading(cmd, g)
	if opening != nil {
		return errors.Join(err, opening)
	}
	return errors.Join(err, printLeaderboard(cmd, db, def.Name, f.format, report.BoardOptions{}), db.Close())
}

// definition reads the study file with the overrides of the command line.
func (f searchFlags) definition(cmd *cobra.Command, args []string) (*search.Definition, error) {
	overrides, err := f.overrides(cmd)
	if err != nil {
		return nil, err
	}
	name, text, err := readStudy(args)
	if err != nil {
		return nil, err
	}
	folder, err := filepath.Abs(filepath.Dir(name))
	if err != nil {
		return nil, fmt.Errorf("study file %s: %w", name, err)
	}
	return studyfile.Parse(name, text, folder, overrides)
}

// readStudy reads the study file, or returns the built-in one.
func readStudy(args []string) (name string, text []byte, err error) {
	if len(args) == 0 {
		return defaultName, defaultStudy, nil
	}
	text, err = os.ReadFile(args[0])
	if err != nil {
		var path *fs.PathError
		if errors.As(err, &path) {
			err = path.Err
		}
		return "", nil, fmt.Errorf("study file %s cannot be read: %w; want a YAML file, see evenkeel search --print-default", args[0], err)
	}
	return args[0], text, nil
}

// place says where in the study file an error is that opening the trainer found.
func (f searchFlags) place(cmd *cobra.Command, args []string, err error) error {
	var wrong *trainers.StudyError
	if !errors.As(err, &wrong) {
		return err
	}
	overrides, failed := f.overrides(cmd)
	if failed != nil {
		return err
	}
	name, text, failed := readStudy(args)
	if failed != nil {
		return err
	}
	return search.InputError{Err: studyfile.Place(wrong, name, text, overrides)}
}

// overrides returns --set and the budget flags, in this order.
func (f searchFlags) overrides(cmd *cobra.Command) ([]studyfile.Override, error) {
	var list []studyfile.Override
	for _, text := range f.set {
		o, ok := studyfile.SplitOverride(text)
		if !ok {
			return nil, fmt.Errorf("--set %s: want KEY=VALUE, such as search.trials=60", text)
		}
		list = append(list, o)
	}
	return append(list, flagOverrides(cmd)...), nil
}

// flagOverrides returns the budget flags that were given.
func flagOverrides(cmd *cobra.Command) []studyfile.Override {
	var list []studyfile.Override
	for _, b := range budgetFlags {
		if flag := cmd.Flags().Lookup(b.flag); flag != nil && flag.Changed {
			value := flag.Value.String()
			if b.key == "search.until" {
				value = strconv.Quote(value) // a clock time is text
			}
			list = append(list, studyfile.Override{Key: b.key, Value: value, Flag: "--" + b.flag, Lifts: b.lifts})
		}
	}
	return list
}
