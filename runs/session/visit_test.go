package session

import (
	"context"
	"errors"
	"testing"

	"evenkeel/search"
)

// TestTrainerNotClosed: what a trainer leaves behind is said, and fails no work that is
// recorded.
func TestTrainerNotClosed(t *testing.T) {
	t.Parallel()
	def := define(t, small)
	c, notices := heard(t)
	if _, err := Search(t.Context(), nil, c, SearchRequest{Definition: def}); err != nil {
		t.Fatal(err)
	}
	notices()
	v := visit{
		Config: c, def: def, ready: func(*opened) error { return nil },
		open: func(ctx context.Context, def *search.Definition, db string) (*opened, error) {
			o, err := openTrainer(ctx, def, db)
			if err == nil {
				closing := o.close
				o.close = func() error { return errors.Join(errors.New("a process is left"), closing()) }
			}
			return o, err
		},
	}
	if err := v.run(t.Context(), nil, func(context.Context, visited) error { return nil }); err != nil {
		t.Errorf("work whose trainer cannot be closed: %v", err)
	}
	if got := notices(); got != "TrainerNotClosed" {
		t.Errorf("the notices are %q; want TrainerNotClosed", got)
	}
}
