package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"

	"evenkeel/objective/data"
	"evenkeel/objective/evidence/confirm"
	"evenkeel/search/studyfile"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintf(os.Stderr, "honesty: %v\n", err)
		os.Exit(1)
	}
}

// options are the command line.
type options struct {
	repetitions           int
	only                  numbers
	file, study, images   string
	set, screened         overrides
	train, test, outside  int
	seeds, truth, workers int
	points, trials        int
	null, shuffled        bool
	screening, table      bool
	regret, embedded      bool
	// withArms measures the fixed arms of -regret.
	withArms, exchangeable bool
}

// parse reads the command line.
func parse(args []string, stderr io.Writer) (o options, err error) {
	f := flag.NewFlagSet("honesty", flag.ContinueOnError)
	f.SetOutput(stderr)
	f.IntVar(&o.repetitions, "n", 0, "`N` repetitions, numbered from 1; 0 means 40, with -screening and -regret 20, with -shuffled 3, with -exchangeable 200")
	f.Var(&o.only, "only", "`K`: only this repetition (may be repeated)")
	f.StringVar(&o.file, "o", "", "`FILE` (CSV) to add results to; repetitions in it are not repeated")
	f.StringVar(&o.study, "study", "", "`FILE`: the study; its data are replaced by the drawn sample (default "+builtIn+", with -exchangeable "+exchangeableStudy+")")
	f.StringVar(&o.images, "data", data.FashionDir, "`DIR` with the official files of Fashion-MNIST")
	f.Var(&o.set, "set", "`KEY=VALUE` of the study (may be repeated)")
	f.IntVar(&o.train, "train", 0, "`N` examples a class drawn to train on, validation included; 0 means 600, with -exchangeable 2000")
	f.IntVar(&o.test, "test", 0, "`N` examples a class drawn to test on; 0 means 400, with -exchangeable 2000")
	f.IntVar(&o.outside, "outside", 20000, "with -exchangeable: `N` examples a class on which the truth is measured")
	f.IntVar(&o.seeds, "seeds", confirm.Seeds, "`N` fresh seeds of a confirmation")
	f.IntVar(&o.truth, "truth", 30, "`N` further seeds for the truth")
	f.IntVar(&o.workers, "workers", runtime.GOMAXPROCS(0), "`N` trainings at once; changes no figure")
	f.BoolVar(&o.null, "null", false, "weights do nothing: count the gains claimed all the same")
	f.BoolVar(&o.shuffled, "shuffled", false, "weights act on other classes: search only, print the notices")
	f.BoolVar(&o.screening, "screening", false, "compare a search that trains all points with one that screens them")
	f.IntVar(&o.points, "points", 96, "with -screening: `N` random points that search A trains")
	f.IntVar(&o.trials, "trials", 0, "with -screening: `N` trials of search B; 0 means a quarter of -points")
	f.Var(&o.screened, "b", "with -screening: `KEY=VALUE` of search B alone, such as search.max_replicates=4 (may be repeated)")
	f.BoolVar(&o.regret, "regret", false, "compare leader and recommendation with all options and with arms fixed beforehand")
	f.BoolVar(&o.embedded, "embedded", false, "with -regret: the embedded sample, repetition K with study seed K-1, instead of drawn samples")
	f.BoolVar(&o.withArms, "arms", true, "with -regret: measure the arms that were fixed beforehand too")
	f.BoolVar(&o.exchangeable, "exchangeable", false, "count what is recommended in vain where all classes are alike")
	f.BoolVar(&o.table, "table", false, "train nothing: print the table of the results in -o as Markdown")
	if err := f.Parse(args); err != nil {
		return o, err
	}
	return o, o.check(f.Args())
}

// check reports what is wrong with the options.
func (o *options) check(rest []string) error {
	modes := 0
	for _, on := range []bool{o.null, o.shuffled, o.screening, o.regret, o.exchangeable} {
		if on {
			modes++
		}
	}
	switch {
	case len(rest) > 0:
		return fmt.Errorf("unexpected argument %q; want flags only", rest[0])
	case modes > 1:
		return fmt.Errorf("want one of -null, -shuffled, -screening, -regret and -exchangeable")
	case o.embedded && !o.regret:
		return fmt.Errorf("-embedded belongs to -regret")
	case !o.withArms && !o.regret:
		return fmt.Errorf("-arms belongs to -regret")
	case o.table && o.file == "":
		return fmt.Errorf("-table reads the file of -o; want one")
	case o.seeds < confirm.FewestSeeds || o.truth < confirm.FewestSeeds:
		return fmt.Errorf("%d fresh seeds and %d for the truth; want at least %d of each", o.seeds, o.truth, confirm.FewestSeeds)
	case o.workers < 1 || o.repetitions < 0 || o.points < 4 || o.trials < 0 || o.train < 0 || o.test < 0 || o.outside < 1:
		return fmt.Errorf("-workers %d, -n %d, -points %d, -trials %d, -train %d, -test %d, -outside %d; want at least 1, 0, 4, 0, 0, 0 and 1",
			o.workers, o.repetitions, o.points, o.trials, o.train, o.test, o.outside)
	}
	o.fill()
	return nil
}

// The studies where -study names none.
const builtIn, exchangeableStudy = "cmd/evenkeel/default.yaml", "bench/honesty/exchangeable.yaml"

// fill puts the defaults of a mode where nothing is given.
func (o *options) fill() {
	study, repetitions, train, test := builtIn, 40, 600, 400
	switch {
	case o.screening || o.regret:
		repetitions = 20
	case o.shuffled:
		repetitions = 3
	case o.exchangeable:
		study, repetitions, train, test = exchangeableStudy, 200, 2000, 2000
	}
	o.study = cmp.Or(o.study, study)
	o.repetitions, o.train, o.test = cmp.Or(o.repetitions, repetitions), cmp.Or(o.train, train), cmp.Or(o.test, test)
	o.trials = cmp.Or(o.trials, o.points/4)
}

// run is the program.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	o, err := parse(args, stderr)
	if err != nil {
		return err
	}
	e, err := newExperiment(o, stdout, stderr)
	if err != nil {
		return err
	}
	if !o.table && !o.exchangeable {
		if e.pool, err = data.WholeFashion(o.images); err != nil {
			return err
		}
	}
	switch {
	case o.screening:
		return e.compareSearches(ctx)
	case o.shuffled:
		return e.watchNotices(ctx)
	case o.regret:
		return e.regrets(ctx)
	case o.exchangeable:
		return e.decisions(ctx)
	default:
		return e.holdPromises(ctx)
	}
}

// newExperiment reads the study. The images are still to come.
func newExperiment(o options, stdout, stderr io.Writer) (*experiment, error) {
	text, err := os.ReadFile(o.study)
	if err != nil {
		return nil, fmt.Errorf("the study (-study; run from the root of the module for the built-in one): %w", err)
	}
	folder, err := filepath.Abs(filepath.Dir(o.study))
	if err != nil {
		return nil, err
	}
	e := &experiment{options: o, text: text, folder: folder, out: stdout, log: stderr, wrap: unchanged}
	switch {
	case o.null:
		e.wrap = withoutEffect
	case o.shuffled:
		e.wrap = onOtherClasses
	}
	_, err = e.define(1)
	return e, err
}

// numbers is a flag that may be repeated.
type numbers []int

func (n *numbers) String() string { return fmt.Sprint(*n) }

// Set adds a repetition's number.
func (n *numbers) Set(text string) error {
	k, err := strconv.Atoi(text)
	if err != nil || k < 1 {
		return fmt.Errorf("%q; want the number of a repetition, from 1", text)
	}
	*n = append(*n, k)
	return nil
}

// overrides is a flag that may be repeated.
type overrides []studyfile.Override

func (o *overrides) String() string {
	var all []string
	for _, v := range *o {
		all = append(all, v.Key+"="+v.Value)
	}
	return strings.Join(all, " ")
}

// Set adds KEY=VALUE.
func (o *overrides) Set(text string) error {
	v, ok := studyfile.SplitOverride(text)
	if !ok {
		return fmt.Errorf("%q; want KEY=VALUE, such as search.trials=12", text)
	}
	*o = append(*o, v)
	return nil
}
