package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"time"

	"github.com/spf13/cobra"

	"evenkeel/objective"
	"evenkeel/objective/evidence/confirm"
	"evenkeel/runs"
	"evenkeel/search"
	"evenkeel/search/followup"
)

// printBudget says how many trainings a study takes and, where its time is
// limited, how many of them fit as far as the history knows what one takes.
func printBudget(cmd *cobra.Command, path string, def *search.Definition, info objective.Info, deadline time.Time, confirmed bool) error {
	w := cmd.OutOrStdout()
	reference, trials := def.Budget()
	whole, parts := float64(reference)+trials, fmt.Sprintf("%d reference, %.0f of trials", reference, trials)
	if confirmed {
		// The leader's rounds are not known yet; its trainings count by their length.
		confirming := confirm.Seeds * followup.Length(def, maxRounds(def))
		whole, parts = whole+confirming, fmt.Sprintf("%s, at most %.0f to confirm the leader", parts, confirming)
	}
	fmt.Fprintf(w, "about %s: %s\n", count(int(math.Round(whole)), "training"), parts)
	if def.Search.Time == 0 && deadline.IsZero() {
		return nil
	}
	h, err := readHistory(cmd.Context(), path, def, info)
	if err != nil {
		return err
	}
	left, until := h.left(def, deadline, time.Now())
	if h.runs == 0 {
		fmt.Fprintf(w, "how many fit %s is unknown until a training has run\n", until)
		return nil
	}
	slots := slotsOf(def)
	fit := math.Floor(math.Max(0, left.Seconds()) / h.seconds * float64(slots))
	text := fmt.Sprintf("about %.0f fit", fit)
	if fit >= whole {
		text = "all of them fit"
	}
	fmt.Fprintf(w, "%s %s, at %s each (mean of %s of the reference's model) and %d at once\n",
		text, until, duration(h.seconds), count(h.runs, "stored run"), slots)
	return nil
}

// slotsOf returns the number of trainings at once.
func slotsOf(def *search.Definition) int {
	c := def.Model.Command
	switch {
	case c == nil:
		return parallelism(def)
	case def.Search.Parallel > 0:
		return min(len(c.Slots), def.Search.Parallel)
	}
	return len(c.Slots)
}

// history is what the trial history knows of a study before it goes on.
type history struct {
	// seconds is the mean duration of stored runs, runs how many they are.
	seconds float64
	runs    int
	// spent are the seconds that the study has taken.
	spent float64
}

// readHistory looks into the trial history, if there is one that can be read.
func readHistory(ctx context.Context, path string, def *search.Definition, info objective.Info) (h history, err error) {
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return h, nil
	}
	db, err := runs.Open(ctx, path, runs.Options{ReadOnly: true})
	if err != nil {
		return h, err
	}
	defer db.Close()
	spec := objective.Spec{Data: info.Data, Split: info.Split, Model: def.ReferenceModel()}
	if h.seconds, h.runs, err = db.RunSeconds(ctx, spec); err != nil {
		return h, err
	}
	_, h.spent, err = db.Effort(ctx, def.Name)
	var none *runs.NoStudyError
	if errors.As(err, &none) {
		err = nil
	}
	return h, err
}

// left returns how long the study may still go on, and until when in words.
func (h history) left(def *search.Definition, deadline, now time.Time) (time.Duration, string) {
	spent := time.Duration(h.spent * float64(time.Second))
	left := def.Search.Time - spent
	words := "within " + duration(math.Max(0, left.Seconds()))
	if spent > 0 {
		words += " that are left"
	}
	if def.Search.Time == 0 || !deadline.IsZero() && deadline.Sub(now) < left {
		return deadline.Sub(now), "before " + deadline.Local().Format("2006-01-02 15:04")
	}
	return left, words
}
