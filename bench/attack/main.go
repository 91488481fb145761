//go:build linux

package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"runtime"
	"syscall"
	"time"
)

// asTrainer as the only argument makes this program the trainer of the studies.
const asTrainer = "trainer"

func main() {
	if len(os.Args) == 2 && os.Args[1] == asTrainer {
		os.Exit(serve())
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	held, err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	if err != nil {
		fmt.Fprintf(os.Stderr, "attack: %v\n", err)
		os.Exit(2)
	}
	if !held {
		os.Exit(1)
	}
}

// options are the command line.
type options struct {
	long     bool
	seed     uint64
	only     *regexp.Regexp
	number   int
	parallel int
	keep     bool
	program  string
	soak     string
	limit    time.Duration
	ledger   string
}

// parse reads the command line.
func parse(args []string, stderr io.Writer) (o options, err error) {
	f := flag.NewFlagSet("attack", flag.ContinueOnError)
	f.SetOutput(stderr)
	only := ""
	f.BoolVar(&o.long, "long", false, "the long form: more trials, and the attacks that need root")
	f.Uint64Var(&o.seed, "seed", 1, "`N`: seed of the random numbers")
	f.StringVar(&only, "only", "", "`REGEXP`: only the attacks whose name matches")
	f.IntVar(&o.number, "number", 0, "`K`: only the trial of this number; 0 is all")
	f.IntVar(&o.parallel, "parallel", runtime.GOMAXPROCS(0), "`N` trials at once")
	f.BoolVar(&o.keep, "keep", false, "keep the folders of trials in which something did not hold")
	f.StringVar(&o.program, "evenkeel", "", "`FILE`: the program to attack (default: built from ./cmd/evenkeel)")
	f.StringVar(&o.soak, "soak", "", "`KIND`: no attack, but long use: "+soakKinds())
	f.DurationVar(&o.limit, "limit", 10*time.Minute, "with -soak: `DURATION` of this sitting")
	f.StringVar(&o.ledger, "ledger", filepath.Join("bench", "attack", "soak.csv"), "with -soak: `FILE` (CSV) to add the sitting to")
	if err := f.Parse(args); err != nil {
		return o, err
	}
	if f.NArg() > 0 {
		return o, fmt.Errorf("unexpected argument %q; want flags only", f.Arg(0))
	}
	if o.number < 0 || o.parallel < 1 || o.limit <= 0 {
		return o, fmt.Errorf("-number %d, -parallel %d, -limit %v; want at least 0, at least 1, and more than 0", o.number, o.parallel, o.limit)
	}
	if o.only, err = regexp.Compile(only); err != nil {
		return o, fmt.Errorf("-only: %w", err)
	}
	return o, nil
}

// run is the program. It reports whether everything held.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) (held bool, err error) {
	o, err := parse(args, stderr)
	if err != nil {
		return false, err
	}
	b, err := newBench(ctx, o, stderr)
	if err != nil {
		return false, err
	}
	defer func() {
		if !o.keep {
			_ = os.RemoveAll(b.folder) // what is left of a temporary folder does no harm
		}
	}()
	if o.soak != "" {
		return true, b.soak(ctx, stdout)
	}
	return b.attack(ctx, stdout)
}

// newBench builds the program and writes the studies.
func newBench(ctx context.Context, o options, log io.Writer) (*bench, error) {
	folder, err := os.MkdirTemp("", "attack-")
	if err != nil {
		return nil, err
	}
	// Symbolic links in TMPDIR would give the files other names than the program prints.
	if folder, err = filepath.EvalSymlinks(folder); err != nil {
		return nil, err
	}
	b := &bench{options: o, ctx: ctx, folder: folder, log: log, began: time.Now()}
	if b.self, err = os.Executable(); err != nil {
		return nil, err
	}
	if b.program, err = filepath.Abs(o.program); err != nil {
		return nil, err
	}
	if o.program == "" {
		b.program = filepath.Join(folder, "evenkeel")
		build := exec.CommandContext(ctx, "go", "build", "-o", b.program, "./cmd/evenkeel")
		build.Stderr = log
		if err := build.Run(); err != nil {
			return nil, fmt.Errorf("building the program (run from the root of the module, or give -evenkeel): %w", err)
		}
	}
	return b, b.writeStudies()
}
