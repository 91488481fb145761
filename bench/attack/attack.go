//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
)

// bench is what all trials share.
type bench struct {
	options
	ctx           context.Context
	folder        string // of everything that is written
	program, self string // evenkeel, and this program
	log           io.Writer
	began         time.Time

	mu     sync.Mutex
	stages map[stageKey]func() (*stage, error)
}

// attack is one kind of attack.
type attack struct {
	name, promise string
	short, long   int // trials of the two forms
	// idle says that its trials mostly wait, so that four times as many are performed at once.
	idle bool
	// do performs a trial. The error says what did not hold.
	do func(*trial) error
}

// trial is one trial of an attack.
type trial struct {
	*bench
	attack *attack
	number int // from 1
	folder string
	mark   string
	rng    *rand.Rand
	kills  int // by SIGKILL, of a program that was running
}

// tally is what became of an attack.
type tally struct {
	attack      *attack
	tried, held int
	kills       int
	first       string // example of what did not hold
}

// attack performs the attacks and prints the table.
func (b *bench) attack(ctx context.Context, stdout io.Writer) (held bool, err error) {
	attacks := catalogue()
	attacks = slices.DeleteFunc(attacks, func(a attack) bool { return b.trials(&a) == 0 || !b.only.MatchString(a.name) })
	if len(attacks) == 0 {
		return false, fmt.Errorf("-only %q matches no attack of this form", b.only)
	}
	var tallies []tally
	for i := range attacks {
		y, err := b.perform(ctx, &attacks[i])
		if err != nil {
			return false, err
		}
		tallies = append(tallies, y)
		fmt.Fprintf(b.log, "%4.0f s  %s: %d of %d held\n", time.Since(b.began).Seconds(), y.attack.name, y.held, y.tried)
	}
	return b.print(stdout, tallies), nil
}

// trials returns how often an attack is tried.
func (b *bench) trials(a *attack) int {
	if b.long {
		return a.long
	}
	return a.short
}

// perform performs all trials of an attack.
func (b *bench) perform(ctx context.Context, a *attack) (tally, error) {
	y := tally{attack: a}
	parallel := b.parallel
	if a.idle {
		parallel *= 4
	}
	var mu sync.Mutex
	var all sync.WaitGroup
	numbers := make(chan int)
	for range parallel {
		all.Go(func() {
			for n := range numbers {
				kills, err := b.try(a, n)
				mu.Lock()
				y.tried++
				y.kills += kills
				if err == nil {
					y.held++
				} else {
					fmt.Fprintf(b.log, "%s, trial %d: %s\n", a.name, n, indented(err.Error()))
					if y.first == "" {
						y.first = fmt.Sprintf("trial %d: %v", n, err)
					}
				}
				mu.Unlock()
			}
		})
	}
	for n := 1; n <= b.trials(a) && ctx.Err() == nil; n++ {
		if b.number == 0 || b.number == n {
			numbers <- n
		}
	}
	close(numbers)
	all.Wait()
	return y, ctx.Err()
}

// try performs one trial.
func (b *bench) try(a *attack, number int) (kills int, err error) {
	name := fmt.Sprintf("%s-%d", strings.ReplaceAll(a.name, " ", "-"), number)
	hash := fnv.New64a()
	_, _ = io.WriteString(hash, name)
	t := &trial{
		bench: b, attack: a, number: number, mark: fmt.Sprintf("%d-%s", os.Getpid(), name),
		folder: filepath.Join(b.folder, name), rng: rand.New(rand.NewPCG(b.seed, hash.Sum64())),
	}
	if err := os.MkdirAll(filepath.Join(t.folder, "tmp"), 0o755); err != nil {
		return 0, err
	}
	err = a.do(t)
	t.killMarked()
	if err == nil || !b.keep {
		err = errors.Join(err, os.RemoveAll(t.folder))
	}
	return t.kills, err
}

// print prints the table. It reports whether everything held.
func (b *bench) print(w io.Writer, tallies []tally) bool {
	form := "short form"
	if b.long {
		form = "long form"
	}
	held, kills, tried, good := true, 0, 0, 0
	rows := [][4]string{{"attack", "what has to hold", "trials", "held"}, {"---", "---", "---:", "---:"}}
	for _, y := range tallies {
		rows = append(rows, [4]string{y.attack.name, y.attack.promise, fmt.Sprint(y.tried), fmt.Sprint(y.held)})
		held = held && y.held == y.tried
		kills, tried, good = kills+y.kills, tried+y.tried, good+y.held
	}
	rows = append(rows, [4]string{"all", fmt.Sprintf("%d kills by SIGKILL", kills), fmt.Sprint(tried), fmt.Sprint(good)})
	for _, r := range rows {
		fmt.Fprintf(w, "| %-26s | %-66s | %6s | %5s |\n", r[0], r[1], r[2], r[3])
	}
	fmt.Fprintf(w, "\n%s, seed %d, %.0f s\n", form, b.seed, time.Since(b.began).Seconds())
	for _, y := range tallies {
		if y.held < y.tried {
			fmt.Fprintf(w, "\n%s did not hold %d times, the first in %s\n", y.attack.name, y.tried-y.held, y.first)
		}
	}
	return held
}

// indented puts the further lines of a text below its first.
func indented(text string) string {
	return strings.ReplaceAll(strings.TrimRight(text, "\n"), "\n", "\n        ")
}
