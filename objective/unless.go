package objective

import "context"

// Unless returns what f returns, or as soon as ctx ends an interruption ([IsInterruption])
// that wraps its error. It is for what takes long and cannot be ended: a computation, or
// reading a file that comes slowly. f then goes on by itself and what it returns is dropped,
// so it must change nothing that anybody else still uses, and hold nothing that others wait for.
func Unless[T any](ctx context.Context, f func() (T, error)) (T, error) {
	type answer struct {
		value T
		err   error
	}
	var none T
	if err := ctx.Err(); err != nil {
		return none, interrupted(err)
	}
	done := make(chan answer, 1)
	go func() {
		value, err := f()
		done <- answer{value, err}
	}()
	select {
	case a := <-done:
		return a.value, a.err
	case <-ctx.Done():
		return none, interrupted(ctx.Err())
	}
}
