package nets

import (
	"context"
	"errors"
	"runtime"
	"strings"
	"testing"

	"evenkeel/objective"
	"evenkeel/objective/data"
	"evenkeel/objective/models"
	"evenkeel/objective/trainers"
)

// As many trainings go on at once as there are processors that Go may use; with fewer,
// each gets the threads that are left over.
func TestThreadsOfTrainings(t *testing.T) {
	before := runtime.GOMAXPROCS(6)
	defer runtime.GOMAXPROCS(before)
	settings := trainers.Nets.NewSettings(nil)
	for _, c := range []struct{ parallel, trainings, threads int }{{0, 6, 1}, {6, 6, 1}, {4, 4, 1}, {3, 3, 2}, {1, 1, 6}} {
		if n := settings.Parallel(c.parallel); n != c.trainings || options(n).Threads != c.threads {
			t.Errorf("parallel %d: %d trainings on %d threads each; want %d on %d", c.parallel, n, options(n).Threads, c.trainings, c.threads)
		}
	}
}

// TestOpenEndsWithItsContext: that is no fault of the study file.
func TestOpenEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := Opener.Open(ctx, trainers.Setup{Settings: trainers.Nets.NewSettings(nil), Source: data.Source{Kind: "embedded"}})
	if !errors.Is(err, context.Canceled) || errors.As(err, new(*trainers.StudyError)) {
		t.Errorf("error %v; want context.Canceled", err)
	}
}

// TestOpen opens every kind on the embedded images, with and without parts to draw anew.
func TestOpen(t *testing.T) {
	setup := trainers.Setup{
		Settings: trainers.Nets.NewSettings(nil), Source: data.Source{Kind: "embedded"},
		Split: objective.Split{Validation: 0.2, Test: 0.2, Limit: 20, Seed: 1}, Parallel: 2,
	}
	for _, kind := range models.Names(models.TrainedBy(models.TrainerNets)) {
		for _, redraw := range []bool{false, true} {
			s := setup
			s.Kinds, s.Model, s.Redraw = []string{kind}, tinyModel(kind), redraw
			o, err := Opener.Open(t.Context(), s)
			if err != nil {
				t.Errorf("%s: %v", kind, err)
				continue
			}
			if o.Info().Trainer != Opener.Transport.Name || o.Title == "" || o.Parallel != 2 || (o.Redraw != nil) != redraw {
				t.Errorf("%s: trainer %q, title %q, %d at once, to be drawn again %v; want %q, a title, 2, %v",
					kind, o.Info().Trainer, o.Title, o.Parallel, o.Redraw != nil, Opener.Transport.Name, redraw)
			}
			if err := o.Close(); err != nil {
				t.Error(err)
			}
		}
	}
	for want, change := range map[string]func(*trainers.Setup){
		"data.source: ": func(s *trainers.Setup) { s.Source = data.Source{Kind: "csv", Path: "none.csv"} },
		"data: ":        func(s *trainers.Setup) { s.Split.Validation = 2 },
		"model: ":       func(s *trainers.Setup) { s.Model = tinyModel(models.MLP, "epochs", int64(0)) },
		"model.memory allows 1MB, and a training of this model needs about ": func(s *trainers.Setup) { s.Settings = trainers.NetsSettings{Memory: 1e6} },
		"model.kind with data.source embedded: model.kind is rnn":            func(s *trainers.Setup) { s.Kinds = []string{"rnn"} },
	} {
		s := setup
		s.Kinds, s.Model = []string{models.MLP}, tinyModel(models.MLP)
		change(&s)
		_, err := Opener.Open(t.Context(), s)
		if wrong := (*trainers.StudyError)(nil); !errors.As(err, &wrong) || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("error %v; want a StudyError that begins with %q", err, want)
		}
	}
}
