package process

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"syscall"
	"time"
)

// errClosedInput says that the program does not read its requests any more.
var errClosedInput = errors.New("the training program has closed its standard input; it must read requests until bye or the end of its input")

// send writes one message. It returns ctx.Err() if ctx ends before the program
// has taken it.
func (c *child) send(ctx context.Context, message any, limit time.Duration) error {
	line, err := json.Marshal(message)
	if err != nil {
		return fmt.Errorf("request to the training program: %w", err)
	}
	_ = c.in.SetWriteDeadline(time.Now().Add(limit))
	interrupted := make(chan struct{})
	release := context.AfterFunc(ctx, func() {
		defer close(interrupted)
		_ = c.in.SetWriteDeadline(time.Unix(1, 0)) // long past
	})
	_, err = c.in.Write(append(line, '\n'))
	if !release() {
		<-interrupted // or it could interrupt the next message
	}
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(err, os.ErrDeadlineExceeded):
		return fmt.Errorf("the training program has not read its standard input for %v", limit)
	case errors.Is(err, syscall.EPIPE):
		return errClosedInput
	}
	return fmt.Errorf("writing to the training program: %w", err)
}
