package child

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"sync"
)

// process is a started process. Its methods are called from one goroutine at a time.
type process struct {
	cmd     *exec.Cmd
	in, out *os.File
	wire    *wire
	log     beginning
	// exited is closed when the process is gone, and then its state is known.
	exited chan struct{}
}

// start starts a process and sends it the setup.
func start(setup []byte) (*process, error) {
	path, err := executable()
	if err != nil {
		return nil, fmt.Errorf("a process for a training: %w", err)
	}
	theirIn, in, err := os.Pipe()
	if err != nil {
		return nil, fmt.Errorf("a process for a training: %w", err)
	}
	out, theirOut, err := os.Pipe()
	if err != nil {
		_, _ = theirIn.Close(), in.Close()
		return nil, fmt.Errorf("a process for a training: %w", err)
	}
	p := &process{in: in, out: out, wire: newWire(out, in), exited: make(chan struct{})}
	p.cmd = &exec.Cmd{Path: path, Args: []string{title}, Stdin: theirIn, Stdout: theirOut, Stderr: &p.log, SysProcAttr: attributes()}
	started := make(chan error)
	go func() {
		runtime.LockOSThread() // where the process ends with the thread that started it
		defer runtime.UnlockOSThread()
		err := p.cmd.Start()
		_, _ = theirIn.Close(), theirOut.Close()
		started <- err
		if err == nil {
			_ = p.cmd.Wait() // its state says how it ended
			close(p.exited)
		}
	}()
	if err := <-started; err != nil {
		_, _ = in.Close(), out.Close()
		return nil, fmt.Errorf("a process for a training: %w", err)
	}
	_ = p.wire.out.Encode(setup) // if it has ended already, the first run learns of it
	return p, nil
}

// ended reports whether the process is gone.
func (p *process) ended() bool {
	select {
	case <-p.exited:
		return true
	default:
		return false
	}
}

// dead says how a process ended that sends no more answers.
func (p *process) dead() *DeadError {
	_ = p.in.Close() // one that has closed its output only ends now
	<-p.exited
	first, _, _ := strings.Cut(p.log.String(), "\n")
	return &DeadError{How: how(p.cmd.ProcessState), Peak: peak(p.cmd.ProcessState), Last: first}
}

// end kills the process, if it has not ended, and returns what it wrote to its standard error.
func (p *process) end() (log string) {
	_ = p.cmd.Process.Kill() // it may be gone
	<-p.exited
	_, _ = p.in.Close(), p.out.Close()
	return p.log.String()
}

// beginning keeps the beginning of what is written to it.
type beginning struct {
	mu   sync.Mutex
	text []byte
}

// kept is how much of a process's standard error is kept: a crash says why at the beginning.
const kept = 16 << 10

// Write never fails.
func (t *beginning) Write(b []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.text = append(t.text, b[:min(len(b), kept-len(t.text))]...)
	return len(b), nil
}

func (t *beginning) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return string(t.text)
}
