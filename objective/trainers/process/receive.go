package process

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"runtime"
	"slices"
	"sync"
	"time"
)

// maxLine is the longest line that a program may send, by the contract.
const maxLine = 64 << 20

// line is what a program sent up to a newline, or the beginning of what is not a
// line. Its data are good until the reader is asked for another one.
type line struct {
	data []byte
	// more says that something else was there at the same time.
	more bool
	// tooLong says that there was no newline within maxLine; data is the beginning.
	tooLong bool
}

// reader reads a program's standard output, one line ahead of whoever asks; what
// nobody asks for stays in the pipe. All lines share their memory, since a
// program may send many and each may be as long as maxLine.
type reader struct {
	file  *os.File
	lines chan line     // closed at the end of the output
	done  chan struct{} // closed when nobody will ask any more
	once  sync.Once
	spent chan struct{} // the line that was handed out is not needed any more
	held  bool          // it is needed still
	ahead *line         // received by ended, not asked for yet
}

func newReader(f *os.File) *reader {
	return &reader{file: f, lines: make(chan line), done: make(chan struct{}), spent: make(chan struct{}, 1)}
}

// release lets the reader go on to the next line.
func (r *reader) release() {
	if r.held {
		r.held = false
		r.spent <- struct{}{}
	}
}

// loop reads until the end of the output; after done it throws away what comes.
func (r *reader) loop() {
	defer close(r.lines)
	in := bufio.NewReaderSize(r.file, 64<<10)
	var memory []byte
	for {
		l, err := readLine(in, memory)
		memory = l.data[:0]
		if err != nil && !json.Valid(l.data) {
			return // the process ended within a line, which is not its fault
		}
		select {
		case r.lines <- l:
		case <-r.done:
			_, _ = io.Copy(io.Discard, in)
			return
		}
		if err != nil {
			return
		}
		select {
		case <-r.spent:
		case <-r.done:
		}
		if l.tooLong {
			<-r.done
			_, _ = io.Copy(io.Discard, in)
			return
		}
	}
}

// readLine reads up to the next newline, and no more than maxLine, into memory
// if there is enough. The error is that of the end of the output; data is what
// came before it then. What does not fit into the largest of the usual sizes is
// kept in pieces until the line is whole: an endless one never is.
func readLine(in *bufio.Reader, memory []byte) (line, error) {
	l := line{data: memory}
	var rest [][]byte
	length := 0
	for {
		piece, err := in.ReadSlice('\n')
		if length += len(piece); length > maxLine {
			l.data, l.tooLong = l.data[:excerptLength], true
			return l, nil
		}
		if rest != nil || length > max(cap(l.data), steps[len(steps)-1]) {
			rest = append(rest, slices.Clone(piece))
		} else {
			before := cap(l.data)
			l.data = extend(l.data, piece)
			if cap(l.data) > max(before, steps[0]) {
				runtime.GC() // the smaller memory goes at once; once in a process's life at most
			}
		}
		if errors.Is(err, bufio.ErrBufferFull) {
			continue
		}
		if rest != nil {
			l.data = slices.Concat(append([][]byte{l.data}, rest...)...)
			runtime.GC() // and so do the pieces
		}
		l.more = in.Buffered() > 0
		return l, err
	}
}

// steps are the sizes of memory for lines beyond a megabyte. They are far apart,
// as the old memory and the new are there at the same time. The larger holds two
// matrices of maxClasses with counts of ten digits.
var steps = [...]int{8 << 20, 22 << 20}

// extend appends to the memory for lines.
func extend(data, piece []byte) []byte {
	need := len(data) + len(piece)
	if need <= cap(data) {
		return append(data, piece...)
	}
	grown := max(2*cap(data), need)
	if need > 1<<20 {
		for _, size := range slices.Backward(steps[:]) {
			if need <= size {
				grown = size
			}
		}
	}
	return append(append(make([]byte, 0, grown), data...), piece...)
}

// discard stops reading for anybody: what is still to come is read and thrown away
// if the program may finish writing, and refused otherwise.
func (r *reader) discard(listen bool) {
	r.once.Do(func() { close(r.done) })
	if !listen {
		_ = r.file.Close()
	}
}

// close ends the reader for good.
func (r *reader) close() {
	r.discard(false)
	for range r.lines { // until loop has ended
	}
}

// ended reports whether the output is at its end.
func (r *reader) ended() bool {
	if r.ahead != nil {
		return false
	}
	r.release()
	select {
	case l, ok := <-r.lines:
		if !ok {
			return true
		}
		r.ahead, r.held = &l, true
	default:
	}
	return false
}

// more reports whether anything came after a line that was handed out: in our
// hands already, or still in the pipe.
func (r *reader) more(after line) bool {
	if after.more {
		return true
	}
	there := false
	if raw, err := r.file.SyscallConn(); err == nil {
		_ = raw.Control(func(fd uintptr) { there = readable(fd) }) // closed: nothing is there
	}
	return there
}

// pending returns a line that is there already, if any.
func (r *reader) pending() (line, bool) {
	if r.ahead == nil {
		r.ended()
	}
	l := r.ahead
	r.ahead = nil
	if l == nil {
		return line{}, false
	}
	return *l, true
}

// errTimeUp says that nothing came in time.
var errTimeUp = errors.New("time is up")

// next returns the next line that the program sends, ctx.Err() or errTimeUp, or
// says how the program ended.
func (c *child) next(ctx context.Context, limit time.Duration) (line, error) {
	if err := ctx.Err(); err != nil {
		return line{}, err
	}
	if l, ok := c.out.pending(); ok {
		return l, nil
	}
	timer := time.NewTimer(limit)
	defer timer.Stop()
	exited := c.exited
	for {
		select {
		case l, ok := <-c.out.lines:
			if !ok {
				return line{}, c.silenced()
			}
			c.out.held = true
			return l, nil
		case <-exited: // what it wrote before is still on its way
			exited = nil
			timer.Reset(c.waits.drain)
		case <-ctx.Done():
			return line{}, ctx.Err()
		case <-timer.C:
			if exited == nil {
				return line{}, c.silenced()
			}
			return line{}, errTimeUp
		}
	}
}

// endedError says that nothing more can come.
type endedError struct{ how string }

func (e *endedError) Error() string { return "the training program " + e.how }

// silenced says why nothing more can come.
func (c *child) silenced() error {
	if c.hasExited(c.waits.drain) {
		return &endedError{c.status}
	}
	return &endedError{"has closed its standard output"}
}
