package process

import (
	"context"
	"fmt"

	"evenkeel/objective/trainers"
)

// Opener starts the user's own program.
var Opener = trainers.Opener{Transport: trainers.Command, Open: openStudy}

func openStudy(ctx context.Context, s trainers.Setup) (*trainers.Opened, error) {
	c, ok := s.Settings.(*trainers.CommandSettings)
	if !ok {
		return nil, fmt.Errorf("settings %T; want those of a command", s.Settings)
	}
	t, err := Start(ctx, Options{
		Command: c.Words, Dir: s.Folder, Slots: c.Slots,
		Timeout: c.Timeout, Silence: c.Silence, StartTimeout: c.StartTimeout,
		RunsPerProcess: c.RunsPerProcess, LogFile: s.Log,
	})
	if err != nil {
		return nil, fmt.Errorf("model.command: %w", err)
	}
	return &trainers.Opened{Trainer: t, Title: t.Info().Data, Parallel: c.Parallel(s.Parallel), Close: t.Close}, nil
}
