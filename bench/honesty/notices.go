package main

import (
	"context"
	"fmt"
	"io"
	"strings"
)

// write prints the comparison of two searches as Markdown.
func (c comparison) write(w io.Writer) error {
	var b strings.Builder
	b.WriteString("| search | repetitions | trainings | without a leader | true score, median |\n| --- | ---: | ---: | ---: | ---: |\n")
	if c.n > 0 {
		for i, side := range sides {
			fmt.Fprintf(&b, "| %s | %d | %.0f | %d | %+.4f |\n", side, c.n, c.trainings[i], c.leaderless[i], c.medians[i])
		}
		fmt.Fprintf(&b, "\nB trains %.2f of what A trains. B minus A, paired: mean %+.4f +- %.4f (standard error), median %+.4f; "+
			"B is better in %d, A in %d of %d.\n", c.trainings[1]/c.trainings[0], c.paired, c.pairedSE, c.median, c.better, c.worse, c.n)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// watchNotices searches in a world where screening must not trust its predictions,
// and prints what the driver has to say.
func (e *experiment) watchNotices(ctx context.Context) error {
	for _, number := range e.numbers() {
		if err := e.watch(ctx, number); err != nil {
			return fmt.Errorf("repetition %d: %w", number, err)
		}
	}
	return nil
}

// watch performs one search.
func (e *experiment) watch(ctx context.Context, number int) (err error) {
	def, err := e.define(number)
	if err != nil {
		return err
	}
	t, err := e.draw(number, def.Data.Split)
	if err != nil {
		return err
	}
	s, err := openStudy(ctx, def, t.sample, t.title)
	if err != nil {
		return err
	}
	defer func() {
		if closing := s.close(); err == nil {
			err = closing
		}
	}()
	found, err := s.search(ctx, e.workers)
	if err != nil {
		return err
	}
	leader := "no leader"
	if a := found.arm; a != nil {
		leader = fmt.Sprintf("leader trial %d round %d", a.Trial, a.Round)
	}
	fmt.Fprintf(e.out, "repetition %d: %d trainings, %s, %d notices\n", number, found.trainings, leader, len(found.notices))
	for _, n := range found.notices {
		fmt.Fprintf(e.out, "  %s\n", n)
	}
	return nil
}
