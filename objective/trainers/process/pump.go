package process

import (
	"errors"
	"os"
	"sync"
	"time"
)

// pump moves a process's standard error into the tail of the run's log and into
// the log file, as it comes, so that a talkative program never waits.
type pump struct {
	tail   tail
	file   *logFile
	from   *os.File
	caught chan struct{} // answers catchUp
	ended  chan struct{} // closed at the end of the log

	mu     sync.Mutex
	source string // who is logging: the slot and the run
}

func newPump(file *logFile, source string) *pump {
	return &pump{file: file, source: source, caught: make(chan struct{}), ended: make(chan struct{})}
}

// loop reads until the end of the log.
func (p *pump) loop() {
	defer close(p.ended)
	buffer := make([]byte, 32<<10)
	for {
		n, err := p.from.Read(buffer)
		p.write(buffer[:n])
		if errors.Is(err, os.ErrDeadlineExceeded) { // somebody waits in catchUp
			_ = p.from.SetReadDeadline(time.Time{})
			p.readRest(buffer)
			p.caught <- struct{}{}
			continue
		}
		if err != nil {
			return
		}
	}
}

// readRest reads what is in the pipe now, or as much as a pipe may hold where
// more keeps coming.
func (p *pump) readRest(buffer []byte) {
	const most = 1 << 20 // the largest pipe that Linux lets a user have
	raw, err := p.from.SyscallConn()
	if err != nil {
		return
	}
	for total := 0; total < most; {
		n := 0
		err := raw.Read(func(fd uintptr) bool {
			n = readAvailable(fd, buffer)
			return true
		})
		if err != nil || n <= 0 {
			return
		}
		p.write(buffer[:n])
		total += n
	}
}

// catchUp returns when everything that is in the pipe now has been read.
func (p *pump) catchUp() {
	if p.from.SetReadDeadline(time.Unix(1, 0)) != nil { // long past
		return // closed, or not a file that can be interrupted
	}
	select {
	case <-p.caught:
	case <-p.ended:
	}
}

// begin starts the log of a run.
func (p *pump) begin(source string) {
	p.catchUp()
	p.mu.Lock()
	p.source = source
	p.mu.Unlock()
	p.tail.reset()
}

func (p *pump) write(b []byte) {
	p.tail.write(b)
	p.mu.Lock()
	source := p.source
	p.mu.Unlock()
	p.file.write(source, b)
}

// close ends the pump, even if another process still holds the other end.
func (p *pump) close() {
	_ = p.from.Close()
	<-p.ended
}
