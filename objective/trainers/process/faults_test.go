//go:build unix

package process

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// faults are the ways in which the program of the tests can go wrong in a run.
var faults = map[string]func(p *peer, q asked){
	"exit at once":   func(*peer, asked) { fmt.Fprintln(os.Stderr, "giving up"); os.Exit(3) },
	"exit mid-run":   func(p *peer, q asked) { p.epoch(q, 1, "1.5"); os.Exit(0) },
	"exit in a line": func(_ *peer, q asked) { fmt.Printf(`{"type":"result","run":%q`, q.Run); os.Exit(4) },
	"hang":           func(*peer, asked) { forever() },
	"endless":        (*peer).endless,
	"flood stderr": func(p *peer, q asked) {
		flood(os.Stderr, int(q.Params["megabytes"].(float64)), '\n')
		p.say(p.answer(q))
	},
	"flood epochs": func(_ *peer, q asked) {
		out := bufio.NewWriter(os.Stdout)
		for n := 1; ; n++ {
			if n == 100_000 {
				n = int(q.Epochs) + 1
			}
			if _, err := fmt.Fprintf(out, `{"type":"epoch","run":%q,"epoch":%d,"loss":1}`+"\n", q.Run, n); err != nil {
				os.Exit(1)
			}
		}
	},
	"flood stdout":  func(*peer, asked) { flood(os.Stdout, 1<<20, 'x') },
	"text":          func(p *peer, q asked) { fmt.Println("epoch 1: loss 0.3"); p.say(p.answer(q)) },
	"empty line":    func(p *peer, q asked) { fmt.Println(); p.say(p.answer(q)) },
	"not an object": func(*peer, asked) { fmt.Println("[1, 2]") },
	"unknown type":  func(p *peer, q asked) { p.say(message{"type": "progress", "run": q.Run}) },
	"other run":     change(func(m message) { m["run"] = "0123456789abcdef" }),
	"no run":        change(func(m message) { delete(m, "run") }),
	"twice":         func(p *peer, q asked) { a := p.answer(q); p.say(a); p.say(a) },
	"wrong and twice": func(p *peer, q asked) {
		m := p.answer(q)
		delete(m, "train")
		m["val"] = message{"confusion": [][]int{{9, 0, 0, 0}, {0, 9, 0, 0}, {0, 0, 9, 0}, {0, 0, 0, 9}}}
		b := encode(m)
		_, _ = os.Stdout.Write(append(b, b...))
	},
	"epoch beyond":    func(p *peer, q asked) { p.epoch(q, 4, "1"); p.say(p.answer(q)) },
	"twice at once":   func(p *peer, q asked) { b := encode(p.answer(q)); _, _ = os.Stdout.Write(append(b, b...)) },
	"text after":      func(p *peer, q asked) { p.say(p.answer(q)); fmt.Println("done") },
	"no val":          change(func(m message) { delete(m, "val") }),
	"no echo":         change(func(m message) { delete(m, "class_weights") }),
	"wrong echo":      change(func(m message) { m["class_weights"] = []float64{1, 1, 1, 1.00001} }),
	"short echo":      change(func(m message) { m["class_weights"] = []float64{1, 1, 1} }),
	"text echo":       change(func(m message) { m["class_weights"] = []any{1, 1, 1, "1"} }),
	"close echo":      change(func(m message) { m["class_weights"] = []float64{1, 1, 1, 1.0000009} }),
	"few rows":        confusion(`[[1,0,0,0],[0,1,0,0],[0,0,1,0]]`),
	"few columns":     confusion(`[[50,0,0,0],[0,50,0],[0,0,50,0],[0,0,0,50]]`),
	"many rows":       confusion(`[[1,0,0,0],[0,1,0,0],[0,0,1,0],[0,0,0,1],[0,0,0,1]]`),
	"flat":            confusion(`[1,2,3,4]`),
	"negative":        confusion(`[[51,-1,0,0],[0,50,0,0],[0,0,50,0],[0,0,0,50]]`),
	"fractional":      confusion(`[[49.5,0.5,0,0],[0,50,0,0],[0,0,50,0],[0,0,0,50]]`),
	"all zero":        confusion(`[[0,0,0,0],[0,0,0,0],[0,0,0,0],[0,0,0,0]]`),
	"huge":            confusion(`[[9007199254740992,0,0,0],[0,50,0,0],[0,0,50,0],[0,0,0,50]]`),
	"astronomic":      confusion(`[[1e400,0,0,0],[0,50,0,0],[0,0,50,0],[0,0,0,50]]`),
	"text count":      confusion(`[["50",0,0,0],[0,50,0,0],[0,0,50,0],[0,0,0,50]]`),
	"other data":      confusion(`[[49,0,0,0],[0,50,0,0],[0,0,50,0],[0,0,0,50]]`),
	"exponents":       confusion(`[[5e1,0,0,0],[0,5.0e+1,0,0],[0,0,50.0,-0],[0,0,0,500e-1]]`),
	"NaN loss":        func(p *peer, q asked) { p.epoch(q, 1, "NaN"); p.say(p.answer(q)) },
	"infinite loss":   func(p *peer, q asked) { p.epoch(q, 1, "1e999"); p.say(p.answer(q)) },
	"text loss":       func(p *peer, q asked) { p.epoch(q, 1, `"nan"`); p.say(p.answer(q)) },
	"epoch back":      func(p *peer, q asked) { p.epoch(q, 2, "1"); p.epoch(q, 2, "1"); p.say(p.answer(q)) },
	"epoch fraction":  func(p *peer, q asked) { p.epoch(q, 1, "1,\"epoch\":1.5"); p.say(p.answer(q)) },
	"path up":         path("../val.npy"),
	"path absolute":   path("/etc/passwd"),
	"path missing":    path("missing.npy"),
	"path folder":     path("."),
	"path link":       linked(func(dir string) error { return os.Symlink("/etc/hostname", filepath.Join(dir, "out.npy")) }, "out.npy"),
	"path linked dir": linked(func(dir string) error { return os.Symlink("/etc", filepath.Join(dir, "etc")) }, "etc/hostname"),
	"path pipe":       linked(func(dir string) error { return syscall.Mkfifo(filepath.Join(dir, "pipe.npy"), 0o666) }, "pipe.npy"),
	"folder replaced": linked(func(dir string) error {
		if err := os.Rename(dir, dir+".moved"); err != nil {
			return err
		}
		return os.Symlink("/etc", dir)
	}, "hostname"),
	"ignore everything": func(p *peer, q asked) {
		signal.Ignore(syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP)
		p.epoch(q, 1, "1")
		forever()
	},
	"endless and linger": func(p *peer, q asked) { p.endless(q); forever() },
	"fork and answer":    func(p *peer, q asked) { fork(); p.say(p.answer(q)) },
	"fork and exit":      func(*peer, asked) { fork(); os.Exit(5) },
	"fork and hang":      func(*peer, asked) { fork(); forever() },
	"close stdin":        func(p *peer, q asked) { _ = os.Stdin.Close(); p.say(p.answer(q)); forever() },
	"close stdout":       func(*peer, asked) { _ = os.Stdout.Close(); forever() },
	"killed": func(*peer, asked) {
		_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
		forever()
	},
	"fork and train": func(p *peer, q asked) {
		fork()
		if used(q) == 0 {
			p.epoch(q, 1, "1")
			forever()
		}
		p.say(p.answer(q))
	},
	"kill the guard": func(*peer, asked) {
		fork()
		_ = syscall.Kill(os.Getppid(), syscall.SIGKILL)
		forever()
	},
	"stop the guard": func(p *peer, q asked) {
		stopGuard()
		p.goOn(q)
	},
	"keep the guard stopped": func(p *peer, q asked) {
		stopGuard()
		go func() {
			for {
				stopGuard()
			}
		}()
		p.goOn(q)
	},
	"full disk": func(p *peer, q asked) { // as Python says it
		if n := used(q); n < int(q.Params["good"].(float64)) {
			p.say(message{"type": "error", "run": q.Run, "message": "OSError: [Errno 28] No space left on device: 'val.npy'"})
			return
		}
		p.say(p.answer(q))
	},
	"dies of a full disk": func(p *peer, q asked) {
		if n := used(q); n < int(q.Params["good"].(float64)) {
			fmt.Fprintln(os.Stderr, "OSError: [Errno 122] Disk quota exceeded\nand a last line")
			os.Exit(1)
		}
		p.say(p.answer(q))
	},
	"folder removed": func(p *peer, q asked) { // with all that is around it, as a cleaner of temporary files does
		if n := used(q); n < int(q.Params["good"].(float64)) {
			if err := os.RemoveAll(filepath.Dir(q.Dir)); err != nil {
				panic(err)
			}
			p.say(message{"type": "error", "run": q.Run, "message": "FileNotFoundError: val.npy"})
			return
		}
		p.say(p.answer(q))
	},
	"answer and exit": func(p *peer, q asked) { p.say(p.answer(q)); os.Exit(0) },
	"answer and linger": func(p *peer, q asked) { // and read no more
		p.say(p.answer(q))
		_, _ = unix.Poll([]unix.PollFd{{Fd: 0, Events: unix.POLLIN}}, -1) // the next request is on its way
		os.Exit(0)
	},
	"error": func(p *peer, q asked) {
		p.say(message{"type": "error", "run": q.Run, "message": "depth 9 is too deep"})
	},
	"retry": func(p *peer, q asked) {
		if q.Attempt < int(q.Params["good"].(float64)) {
			p.say(message{"type": "error", "run": q.Run, "message": fmt.Sprintf("CUDA out of memory, attempt %d, process %d", q.Attempt, os.Getpid()), "retry": true})
			return
		}
		p.say(p.answer(q))
	},
	"retry elsewhere": func(p *peer, q asked) { // as an exception in a loop does, which ends the program
		if q.Attempt == 1 {
			p.say(message{"type": "error", "run": q.Run, "message": "out of memory", "retry": true, "exiting": true})
			_, _ = io.Copy(io.Discard, os.Stdin) // it runs until it is stopped
			os.Exit(1)
		}
		p.say(p.answer(q))
	},
	"unasked test": change(func(m message) { m["test"] = message{"confusion": "never looked at"} }),
	"stopped":      change(func(m message) { m["stopped"] = true }),
	"wrong test":   change(func(m message) { m["test"] = message{"confusion": []int{}} }),
	"labels disagree": files(func(p *peer, q asked) {
		labels := p.model.Info().ValLabels
		labels[0], labels[50] = labels[50], labels[0]
		write(q.Dir, "val_labels.npy", npyFile("<u2", []int{200}, labels))
	}),
	"labels move": files(func(p *peer, q asked) {
		// The same labels in another order, with the predictions: the matrix fits.
		labels, predicted := p.model.Info().ValLabels, make([]uint16, 200)
		b, _ := os.ReadFile(filepath.Join(q.Dir, "val_pred.npy"))
		for i := range predicted {
			predicted[i] = uint16(b[len(b)-400+2*i])
		}
		labels[0], labels[199] = labels[199], labels[0]
		predicted[0], predicted[199] = predicted[199], predicted[0]
		write(q.Dir, "val_labels.npy", npyFile("<u2", []int{200}, labels))
		write(q.Dir, "val_pred.npy", npyFile("<u2", []int{200}, predicted))
	}),
	"predictions only": change(func(m message) { delete(m["val"].(message), "scores") }),
	"scores only":      change(func(m message) { delete(m["val"].(message), "predictions") }),
	"scores NaN": files(func(_ *peer, q asked) {
		b, _ := os.ReadFile(filepath.Join(q.Dir, "val.npy"))
		copy(b[len(b)-4:], "\x00\x00\xc0\x7f")
		write(q.Dir, "val.npy", b)
	}),
	"probabilities": files(func(_ *peer, q asked) {
		write(q.Dir, "val.npy", npyFile("<f4", []int{200, 4}, slices.Repeat([]float32{.1, .2, .3, .4}, 200)))
	}),
	"scores shape": files(func(_ *peer, q asked) { write(q.Dir, "val.npy", npyFile("<f4", []int{2}, []float32{1, 2})) }),
}

// epoch sends an epoch whose loss is written as it stands.
func (p *peer) epoch(q asked, n int, loss string) {
	fmt.Printf("{\"type\":\"epoch\",\"run\":%q,\"epoch\":%d,\"loss\":%s}\n", q.Run, n, loss)
}

// endless trains until it is asked to stop, and then answers.
func (p *peer) endless(q asked) {
	stopped := make(chan struct{})
	go func() {
		if p.lines.Scan() && strings.Contains(p.lines.Text(), `"stop"`) {
			close(stopped)
		}
	}()
	for n := 1; ; n++ {
		select {
		case <-stopped:
			m := p.answer(asked{Run: q.Run, Seed: q.Seed, ClassWeights: q.ClassWeights, Dir: q.Dir})
			m["stopped"] = true
			p.say(m)
			return
		case <-time.After(10 * time.Millisecond):
			p.epoch(q, n, "1")
		}
	}
}

// change answers with a result that was changed.
func change(by func(m message)) func(p *peer, q asked) {
	return func(p *peer, q asked) {
		m := p.answer(q)
		by(m)
		p.say(m)
	}
}

// files answers with files that were changed.
func files(by func(p *peer, q asked)) func(p *peer, q asked) {
	return func(p *peer, q asked) {
		m := p.answer(q)
		by(p, q)
		p.say(m)
	}
}

// confusion answers with another matrix and no files.
func confusion(rows string) func(p *peer, q asked) {
	return func(_ *peer, q asked) {
		weights := strings.Trim(strings.ReplaceAll(fmt.Sprint(q.ClassWeights), " ", ","), "[]")
		fmt.Printf(`{"type":"result","run":%q,"class_weights":[%s],"val":{"confusion":%s}}`+"\n", q.Run, weights, rows)
	}
}

// path answers with the given path for the scores.
func path(name string) func(p *peer, q asked) {
	return change(func(m message) { m["val"].(message)["scores"] = name })
}

// linked answers with a path that something was done for.
func linked(prepare func(dir string) error, name string) func(p *peer, q asked) {
	return func(p *peer, q asked) {
		m := p.answer(q)
		if err := prepare(q.Dir); err != nil {
			panic(err)
		}
		m["val"].(message)["scores"] = name
		p.say(m)
	}
}

// used returns how often it was called for a run, in any process: the parameter `counter` names a
// file that counts.
func used(q asked) int {
	file, err := os.OpenFile(q.Params["counter"].(string), os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o666)
	if err != nil {
		panic(err)
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		panic(err)
	}
	if _, err := file.Write([]byte{'x'}); err != nil {
		panic(err)
	}
	return int(info.Size())
}

// stopGuard stops the process that watches over the program.
func stopGuard() { _ = syscall.Kill(os.Getppid(), syscall.SIGSTOP) }

// goOn answers where the run asks for that, and else ignores what it may ignore.
func (p *peer) goOn(q asked) {
	if q.Params["then"] == "answer" {
		p.say(p.answer(q))
		return
	}
	signal.Ignore(syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP)
	p.epoch(q, 1, "1")
	forever()
}

// flood writes so many MiB of c.
func flood(to *os.File, megabytes int, c byte) {
	block := bytes.Repeat([]byte{'x'}, 1<<20)
	block[len(block)-1] = c
	for range megabytes {
		if _, err := to.Write(block); err != nil {
			os.Exit(1)
		}
	}
}

// fork starts a process in a session of its own that keeps the pipes open.
func fork() {
	c := exec.Command("sleep", "1000")
	c.Stdout, c.Stderr = os.Stdout, os.Stderr
	c.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := c.Start(); err != nil {
		panic(err)
	}
}
