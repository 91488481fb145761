package session

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"evenkeel/search"
)

// never is an [opener] whose data do not come.
func never(ctx context.Context, _ *search.Definition, _ string) (*opened, error) {
	<-ctx.Done()
	return nil, ctx.Err()
}

// TestTimeIsOverWhileReading: a search whose data do not come ends with its time and says so,
// whichever limit that is; Ctrl-C ends it as an interruption.
func TestTimeIsOverWhileReading(t *testing.T) {
	began := time.Now().Add(-time.Hour)
	for _, c := range []struct {
		name, setting string
		clock         time.Time
		stopped       bool
	}{
		{"time", "search.time=1s", time.Time{}, false},
		{"until", "search.until=07:00", began.Add(time.Second), false},
		{"Ctrl-C", "search.time=9h", time.Time{}, true},
	} {
		stop := make(chan struct{})
		if c.stopped {
			close(stop)
		}
		s := searching{def: define(t, small, c.setting), began: began, clock: c.clock}
		err := s.start(t.Context(), stop, never)
		switch over := err != nil && strings.Contains(err.Error(), "the time was over before the data were read"); {
		case c.stopped && !errors.Is(err, ErrInterrupted):
			t.Errorf("%s: error %v; want %v", c.name, err, ErrInterrupted)
		case !c.stopped && (!over || errors.Is(err, ErrInterrupted)):
			t.Errorf("%s: error %v; want it to say that the time was over before the data were read", c.name, err)
		}
	}
}
