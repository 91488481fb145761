package process

import (
	"fmt"
	"io"
	"strings"
	"sync"

	"gopkg.in/natefinch/lumberjack.v2"
)

// tailLength is how much of a run's log is kept with the run, by the contract.
const tailLength = 64 << 10

// The log file is rotated: at most 30 MB on the disk, however much a program writes.
const (
	logFileMegabytes = 10
	logFileBackups   = 2
)

// logFile is the one log of all slots; nil keeps nothing.
type logFile struct {
	mu     sync.Mutex
	out    io.WriteCloser
	source string // whose text came last
	broken bool   // the text does not end with a newline
}

// openLogFile returns the log of the given name, which is made when something is
// logged; nil for "".
func openLogFile(name string) *logFile {
	if name == "" {
		return nil
	}
	return &logFile{out: &lumberjack.Logger{Filename: name, MaxSize: logFileMegabytes, MaxBackups: logFileBackups}}
}

// write appends what a source logged, under a line that names the source where it
// is another than before. A full disk must not stop a run, so faults are let pass.
func (l *logFile) write(source string, p []byte) {
	if l == nil || len(p) == 0 {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if source != l.source {
		head := fmt.Sprintf("[%s]\n", source)
		if l.broken {
			head = "\n" + head
		}
		_, _ = io.WriteString(l.out, head)
		l.source = source
	}
	_, _ = l.out.Write(p)
	l.broken = p[len(p)-1] != '\n'
}

func (l *logFile) close() error {
	if l == nil {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.out.Close()
}

// tail keeps the last tailLength bytes of what is written to it.
type tail struct {
	mu   sync.Mutex
	text []byte
}

func (t *tail) write(p []byte) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(p) >= tailLength {
		t.text = append(t.text[:0], p[len(p)-tailLength:]...)
		return
	}
	if t.text == nil {
		t.text = make([]byte, 0, 2*tailLength)
	}
	if len(t.text)+len(p) > 2*tailLength {
		kept := copy(t.text, t.text[len(t.text)-tailLength:])
		t.text = t.text[:kept]
	}
	t.text = append(t.text, p...)
}

func (t *tail) reset() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.text = t.text[:0]
}

// String returns what is kept, as text.
func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return strings.ToValidUTF8(string(t.text[max(0, len(t.text)-tailLength):]), "\uFFFD")
}
