package objective

import "context"

// isolating is the key of [Isolate].
type isolating struct{}

// Isolate returns a context whose runs ask the trainer for a process of their own
// ([Job.Isolated]), because they may end the one that they are in.
func Isolate(ctx context.Context) context.Context { return context.WithValue(ctx, isolating{}, true) }

// isolated reports whether [Isolate] made the context.
func isolated(ctx context.Context) bool { return ctx.Value(isolating{}) != nil }
