//go:build linux

package main

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// behaviours are the ways in which a trainer misbehaves, by name. Each gets the request, which for
// hello has no run, and reports whether it has answered; otherwise the honest answer follows.
var behaviours = map[string]func(*peer, request) bool{
	// How it ends.
	"exits with 0":           func(*peer, request) bool { os.Exit(0); return true },
	"exits with 3":           func(*peer, request) bool { fmt.Fprintln(os.Stderr, "giving up"); os.Exit(3); return true },
	"exits in a line":        func(p *peer, _ request) bool { p.write([]byte(`{"type":"result","run":"`)); os.Exit(4); return true },
	"exits after its answer": func(p *peer, q request) bool { return onlyRuns(p, q, func() { p.say(p.result(q)); os.Exit(0) }) },
	"kills itself":           func(*peer, request) bool { return send(os.Getpid(), syscall.SIGKILL) },
	"dies of SIGSEGV":        func(*peer, request) bool { return send(os.Getpid(), syscall.SIGSEGV) },
	"stops itself":           func(*peer, request) bool { return send(os.Getpid(), syscall.SIGSTOP) },
	"hangs":                  func(*peer, request) bool { time.Sleep(time.Hour); return true },
	"hangs, deaf to SIGTERM": func(*peer, request) bool {
		signal.Ignore(syscall.SIGTERM, syscall.SIGINT)
		time.Sleep(time.Hour)
		return true
	},
	"trickles":          trickle,
	"closes its output": func(*peer, request) bool { _ = os.Stdout.Close(); time.Sleep(time.Hour); return true },
	"closes its input":  func(*peer, request) bool { _ = os.Stdin.Close(); time.Sleep(time.Hour); return true },
	"closes all": func(*peer, request) bool {
		_, _, _ = os.Stdin.Close(), os.Stdout.Close(), os.Stderr.Close()
		time.Sleep(time.Hour)
		return true
	},

	// What it does to others.
	"kills its guard":           func(*peer, request) bool { return send(os.Getppid(), syscall.SIGKILL) },
	"stops its guard":           func(*peer, request) bool { return send(os.Getppid(), syscall.SIGSTOP) },
	"kills its group":           func(*peer, request) bool { return send(0, syscall.SIGKILL) },
	"leaves a child":            func(*peer, request) bool { return leave(false, nil) },
	"leaves a child elsewhere":  func(*peer, request) bool { return leave(true, nil) },
	"leaves a child and exits":  func(*peer, request) bool { leave(true, nil); os.Exit(5); return true },
	"leaves a child that talks": func(*peer, request) bool { return leave(true, os.Stdout) },
	"leaves many children":      func(*peer, request) bool { return manyChildren() },
	"removes its folder": func(p *peer, q request) bool {
		return onlyRuns(p, q, func() { _ = os.RemoveAll(q.Dir); p.say(p.dry(q)) })
	},
	"removes all folders": func(p *peer, q request) bool {
		return onlyRuns(p, q, func() { _ = os.RemoveAll(filepath.Dir(q.Dir)); p.say(p.dry(q)) })
	},
	"fills its folder": fillFolder,
	"makes its folder unusable": func(p *peer, q request) bool {
		return onlyRuns(p, q, func() { _ = os.Chmod(q.Dir, 0); p.say(p.dry(q)) })
	},

	// What is no message.
	"floods its output": func(*peer, request) bool { flood(os.Stdout, "epoch 1 of 20: loss 0.3\n"); return true },
	"an endless line":   func(*peer, request) bool { flood(os.Stdout, "x"); return true },
	"an endless text": func(p *peer, _ request) bool {
		p.write([]byte(`{"type":"result","run":"`))
		flood(os.Stdout, "y")
		return true
	},
	"an endless list": func(p *peer, _ request) bool {
		p.write([]byte(`{"type":"result","class_weights":[1`))
		flood(os.Stdout, ",1")
		return true
	},
	"endless depth":         func(*peer, request) bool { flood(os.Stdout, "["); return true },
	"floods its log":        func(*peer, request) bool { flood(os.Stderr, "warning: \x1b[31mred\x1b[0m\n"); return true },
	"floods its log, bytes": func(*peer, request) bool { flood(os.Stderr, "\x00\xff\x1b"); return true },
	"endless epochs":        endlessEpochs,
	"plain text":            func(p *peer, _ request) bool { p.write([]byte("hello, loss is 0.3\n")); return false },
	"binary":                func(p *peer, _ request) bool { p.write([]byte{0, 1, 2, 255, 254, '\n'}); return false },
	"empty lines":           func(p *peer, _ request) bool { p.write([]byte("\n\n\n")); return false },
	"deep JSON": func(p *peer, _ request) bool {
		p.write([]byte(strings.Repeat(`{"a":`, 100_000) + "1" + strings.Repeat("}", 100_000) + "\n"))
		return false
	},
	"a list": func(p *peer, _ request) bool { p.write([]byte("[1,2,3]\n")); return false },
	"null":   func(p *peer, _ request) bool { p.write([]byte("null\n")); return false },
	"the same key twice": func(p *peer, q request) bool {
		p.write(fmt.Appendf(nil, `{"type":"ready","type":"result","run":%q}`+"\n", q.Run))
		return false
	},
	"escapes in its error": func(p *peer, q request) bool {
		p.say(message{"type": "error", "run": q.Run, "message": "\x1b]0;owned\x07\x1b[2J\u202egone\r\nline"})
		return true
	},
	"escapes in its text": func(p *peer, _ request) bool { p.write([]byte("\x1b[2J\x1b[31m\u202e\u009b0m\r oh\n")); return false },
	"a long error": func(p *peer, q request) bool {
		p.say(message{"type": "error", "run": q.Run, "message": strings.Repeat("no ", 1<<20)})
		return true
	},
	"always retry": func(p *peer, q request) bool {
		p.say(message{"type": "error", "run": q.Run, "message": "busy", "retry": true})
		return true
	},

	// What is a wrong message.
	"unknown type":     changed("type", "progress"),
	"type is a number": changed("type", 7),
	"another run":      changed("run", "0123456789abcdef"),
	"no run":           changed("run", nil),
	"answers twice": func(p *peer, q request) bool {
		return onlyRuns(p, q, func() { p.say(p.result(q)); p.say(p.result(q)) })
	},
	"protocol 2":            changed("protocol", 2),
	"no classes":            changed("classes", []string{}),
	"one class":             changed("classes", []string{"a"}),
	"equal classes":         changed("classes", []string{"a", "a", "a"}),
	"many classes":          changed("classes", manyNames(100_000)),
	"classes with escapes":  changed("classes", []string{"\x1b[31mred", "a\nb", "\u202egone"}),
	"long classes":          changed("classes", []string{strings.Repeat("a", 1<<20), "b", "c"}),
	"other classes":         onlyLater(changed("classes", []string{"x", "y", "z"})),
	"long data":             changed("data", strings.Repeat("d", 1<<20)),
	"another version":       everyProcess,
	"no echo":               changed("class_weights", nil),
	"other echo":            changed("class_weights", []float64{1, 1.001, 1}),
	"long echo":             changed("class_weights", make([]float64, 1000)),
	"text as echo":          changed("class_weights", "1, 1, 1"),
	"no part":               changed("val", nil),
	"part is a list":        changed("val", []int{1}),
	"few rows":              matrix([][]any{{30, 0, 0}, {0, 30, 0}}),
	"ragged rows":           matrix([][]any{{30, 0, 0}, {30}, {0, 0, 30}}),
	"many rows":             matrix(manyRows(5000)),
	"empty class":           matrix([][]any{{0, 0, 0}, {0, 30, 0}, {0, 0, 30}}),
	"negative count":        matrix([][]any{{31, -1, 0}, {0, 30, 0}, {0, 0, 30}}),
	"half a count":          matrix([][]any{{29.5, 0.5, 0}, {0, 30, 0}, {0, 0, 30}}),
	"huge count":            matrix([][]any{{1e300, 0, 0}, {0, 30, 0}, {0, 0, 30}}),
	"count beyond float":    matrix([][]any{{json.RawMessage("1e999"), 0, 0}, {0, 30, 0}, {0, 0, 30}}),
	"text as count":         matrix([][]any{{"30", 0, 0}, {0, 30, 0}, {0, 0, 30}}),
	"other counts":          notFirst(matrix([][]any{{20, 0, 0}, {0, 30, 0}, {0, 0, 30}})),
	"NaN as loss":           epoch(`"loss":NaN`),
	"infinite loss":         epoch(`"loss":1e999`),
	"text as loss":          epoch(`"loss":"nan"`),
	"epoch 0":               epoch(`"epoch":0`),
	"epoch 1e18":            epoch(`"epoch":1000000000000000000`),
	"epoch 1.5":             epoch(`"epoch":1.5`),
	"file outside":          scores("../../../../etc/passwd"),
	"absolute file":         scores("/etc/passwd"),
	"device":                linked("/dev/zero"),
	"link outside":          linked("/etc/passwd"),
	"link to itself":        linked("val.npy"),
	"pipe":                  pipe,
	"folder as file":        scores("."),
	"no such file":          scores("missing.npy"),
	"name with NUL":         scores("a\x00b"),
	"scores cut":            array(npyFile("<f4", "(90, 3)", make([]float32, 20))),
	"scores too long":       array(npyFile("<f4", "(90, 3)", make([]float32, 1<<20))),
	"scores of 1e18 rows":   array(npyFile("<f4", "(1000000000000000000, 3)", nil)),
	"negative shape":        array(npyFile("<f4", "(-90, 3)", make([]float32, 270))),
	"shape beyond integers": array(npyFile("<f4", "(99999999999999999999999, 3)", nil)),
	"scores of objects":     array(npyFile("|O", "(90, 3)", make([]float32, 270))),
	"no NumPy file":         array([]byte("hello")),
	"empty file":            array(nil),
	"scores are NaN":        array(npyFile("<f4", "(90, 3)", filled(float32(math.NaN())))),
	"scores are infinite":   array(npyFile("<f4", "(90, 3)", filled(float32(math.Inf(1))))),
	"scores disagree":       array(npyFile("<f4", "(90, 3)", filled(0.25))),
}

// send sends a signal.
func send(pid int, s syscall.Signal) bool {
	_ = syscall.Kill(pid, s)           // an error shows in what follows
	time.Sleep(100 * time.Millisecond) // signals to oneself may take a moment
	return false
}

// onlyRuns answers runs in a way of its own, and hello honestly.
func onlyRuns(_ *peer, q request, answer func()) bool {
	if q.Run == "" {
		return false
	}
	answer()
	return true
}

// dry is an answer without files.
func (p *peer) dry(q request) message {
	m := p.result(q)
	m["val"] = message{"confusion": [][]int{{30, 0, 0}, {0, 30, 0}, {0, 0, 30}}, "scores": "val.npy"}
	return m
}

// trickle sends a byte now and then, and never a whole line.
func trickle(p *peer, _ request) bool {
	for {
		p.write([]byte(" "))
		time.Sleep(200 * time.Millisecond)
	}
}

// leave leaves a child that runs for long, if asked in a session of its own.
func leave(elsewhere bool, out *os.File) bool {
	cmd := exec.Command("sh", "-c", "trap '' TERM INT HUP; sleep 1000; sleep 1000")
	if out != nil {
		cmd = exec.Command("sh", "-c", "while sleep 0.3; do echo later; done")
	}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: elsewhere}
	cmd.Stdout, cmd.Stderr = out, out
	_ = cmd.Start() // without the child it is an honest trainer
	return false
}

// manyChildren leaves some in sessions of their own, at most ten a run.
func manyChildren() bool {
	for range 10 {
		leave(true, nil)
	}
	return false
}

// fillFolder writes 64 MiB of files, then answers honestly.
func fillFolder(_ *peer, q request) bool {
	for i := 0; i < 64 && q.Run != ""; i++ {
		_ = os.WriteFile(filepath.Join(q.Dir, fmt.Sprint(i)), make([]byte, 1<<20), 0o600) // or fails, which is as well
	}
	return false
}

// endlessEpochs reports epochs as fast as it can.
func endlessEpochs(p *peer, q request) bool {
	for n := 1; q.Run != ""; n++ {
		p.say(message{"type": "epoch", "run": q.Run, "epoch": min(n, 4), "loss": 0.5})
	}
	return false
}

// changed answers honestly but for one field, in the message that has it.
func changed(key string, value any) func(*peer, request) bool {
	return func(p *peer, q request) bool {
		m := p.ready()
		if q.Run != "" {
			m = p.result(q)
		}
		if _, has := m[key]; has {
			m[key] = value
			if value == nil {
				delete(m, key)
			}
		}
		p.say(m)
		return true
	}
}

// onlyLater misbehaves in every process but the first of a search, which leaves a file as a sign.
func onlyLater(do func(*peer, request) bool) func(*peer, request) bool {
	return func(p *peer, q request) bool {
		sign := filepath.Join(filepath.Dir(filepath.Clean(os.Getenv("TMPDIR"))), "was-here")
		if q.Run != "" {
			os.Exit(3) // so that there is another process
		}
		if exists(sign) {
			return do(p, q)
		}
		_ = os.WriteFile(sign, nil, 0o600) // without it, it goes on as the first one
		return false
	}
}

// notFirst answers the first run of a process honestly, so that there is something to compare with.
func notFirst(do func(*peer, request) bool) func(*peer, request) bool {
	return func(p *peer, q request) bool { return p.answered > 0 && do(p, q) }
}

// everyProcess has a version of its own.
func everyProcess(p *peer, q request) bool {
	if q.Run != "" {
		os.Exit(3)
	}
	m := p.ready()
	m["version"] = fmt.Sprint(os.Getpid())
	p.say(m)
	return true
}

// matrix answers with another confusion matrix and no files.
func matrix(rows [][]any) func(*peer, request) bool {
	return changed("val", message{"confusion": rows})
}

// epoch sends an epoch with one field as it is given.
func epoch(field string) func(*peer, request) bool {
	return func(p *peer, q request) bool {
		if q.Run == "" {
			return false
		}
		rest := `"epoch":1`
		if strings.HasPrefix(field, `"epoch"`) {
			rest = `"loss":0.5`
		}
		p.write(fmt.Appendf(nil, `{"type":"epoch","run":%q,%s,%s}`+"\n", q.Run, field, rest))
		return false
	}
}

// scores names another file.
func scores(name string) func(*peer, request) bool {
	return func(p *peer, q request) bool {
		return onlyRuns(p, q, func() {
			m := p.result(q)
			m["val"].(message)["scores"] = name
			p.say(m)
		})
	}
}

// array has another file in the place of its scores.
func array(text []byte) func(*peer, request) bool {
	return func(p *peer, q request) bool {
		return onlyRuns(p, q, func() {
			m := p.result(q)
			_ = os.WriteFile(filepath.Join(q.Dir, "val.npy"), text, 0o600) // or the answer is honest
			p.say(m)
		})
	}
}

// linked has a symbolic link in the place of its scores.
func linked(to string) func(*peer, request) bool {
	return func(p *peer, q request) bool {
		return onlyRuns(p, q, func() {
			m := p.result(q)
			path := filepath.Join(q.Dir, "val.npy")
			_, _ = os.Remove(path), os.Symlink(to, path) // or the answer is honest
			p.say(m)
		})
	}
}

// pipe has a pipe in the place of its scores, into which nobody writes.
func pipe(p *peer, q request) bool {
	return onlyRuns(p, q, func() {
		m := p.result(q)
		path := filepath.Join(q.Dir, "val.npy")
		_, _ = os.Remove(path), syscall.Mkfifo(path, 0o600) // or the answer is honest
		p.say(m)
	})
}

// filled is scores that are all the same.
func filled(x float32) []float32 {
	all := make([]float32, peerClasses*peerClasses*valOfClass)
	for i := range all {
		all[i] = x
	}
	return all
}

// manyNames are that many different classes.
func manyNames(n int) []string {
	all := make([]string, n)
	for i := range all {
		all[i] = fmt.Sprint("class ", i)
	}
	return all
}

// manyRows is a matrix with that many rows.
func manyRows(n int) [][]any {
	all := make([][]any, n)
	for i := range all {
		all[i] = []any{1, 1, 1}
	}
	return all
}
