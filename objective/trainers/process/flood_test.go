//go:build unix

package process

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"runtime/metrics"
	"strings"
	"sync"
	"testing"
	"time"
)

// memoryLimit is what the issue allows a hostile program to cost the driver.
const memoryLimit = 100 << 20

// floodMegabytes is the gigabyte of log that the issue speaks of.
const floodMegabytes = 1024

// peak returns the most memory that the test binary had from the system while do
// was running.
func peak(do func()) uint64 {
	debug.FreeOSMemory()
	sample := []metrics.Sample{{Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/released:bytes"}}
	done := make(chan struct{})
	var most uint64
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			metrics.Read(sample)
			most = max(most, sample[0].Value.Uint64()-sample[1].Value.Uint64())
			select {
			case <-done:
				return
			case <-time.After(time.Millisecond):
			}
		}
	})
	do()
	close(done)
	wg.Wait()
	return most
}

func TestFloodOfLog(t *testing.T) {
	o := options(t)
	o.LogFile = filepath.Join(t.TempDir(), "logs", "train.log")
	tr := open(t, o, short)
	most := peak(func() {
		r := mustTrain(t, tr, fault(tr, "flood stderr", map[string]any{"megabytes": float64(floodMegabytes)}))
		if len(r.Log) != tailLength || !strings.Contains(r.Log, "trained run") || !strings.HasPrefix(r.Log, "xxx") {
			t.Errorf("the run's log has %d bytes; want the last %d", len(r.Log), tailLength)
		}
	})
	if most > memoryLimit {
		t.Errorf("the driver took %d MiB; want at most %d", most>>20, memoryLimit>>20)
	}
	t.Logf("%d MiB of log cost the driver %d MiB", floodMegabytes, most>>20)
	mustTrain(t, tr, job(tr, 1, nil))
	// Old files are removed in the background.
	eventually(t, "the log files take at most 30 MB", func() bool {
		var size int64
		files, _ := filepath.Glob(filepath.Join(filepath.Dir(o.LogFile), "*"))
		for _, f := range files {
			if s, err := os.Stat(f); err == nil {
				size += s.Size()
			}
		}
		return len(files) <= 1+logFileBackups && size <= (1+logFileBackups)*logFileMegabytes<<20
	})
}

func TestFloodOfOutput(t *testing.T) {
	tr := open(t, options(t), short)
	most := peak(func() { mustFail(t, tr, fault(tr, "flood stdout", nil), "64 MiB") })
	if most > memoryLimit {
		t.Errorf("the driver took %d MiB; want at most %d", most>>20, memoryLimit>>20)
	}
	t.Logf("an endless line cost the driver %d MiB", most>>20)
	mustTrain(t, tr, job(tr, 1, nil))
}

// wideMode is a program with the most classes that are allowed, whose counts
// have five digits, and which sends a matrix with every epoch.
func wideMode([]string) {
	p := &peer{}
	classes, supports := make([]string, maxClasses), []string{"loss"}
	for c := range classes {
		classes[c] = fmt.Sprint("class ", c)
	}
	row := "[" + strings.Repeat("12345,", maxClasses-1) + "12345]"
	matrix := "[" + strings.Repeat(row+",", maxClasses-1) + row + "]"
	ready := message{"type": "ready", "protocol": 1, "classes": classes, "data": "wide", "version": "1", "supports": supports}
	p.respond(func() message { return ready }, func(q asked) {
		for n := range q.Epochs {
			p.epoch(q, int(n+1), `1,"val":{"confusion":`+matrix+`}`)
		}
		weights := encode(q.ClassWeights)
		fmt.Printf(`{"type":"result","run":%q,"class_weights":%s,"val":{"confusion":%s},"train":{"confusion":%s}}`+"\n",
			q.Run, weights[:len(weights)-1], matrix, matrix)
	})
}

// TestManyClasses: matrices of a thousand classes for every epoch and for two
// parts cost no more than the limit.
func TestManyClasses(t *testing.T) {
	o := options(t)
	o.Command = command(t, "wide")
	tr := open(t, o, short)
	j := job(tr, 1, nil)
	j.Spec.Model["epochs"] = int64(2)
	most := peak(func() {
		for range 2 {
			if r := mustTrain(t, tr, j); len(r.Epochs) != 2 || r.Train.Classes() != maxClasses {
				t.Errorf("%d epochs, %d classes; want 2 and %d", len(r.Epochs), r.Train.Classes(), maxClasses)
			}
		}
	})
	if most > memoryLimit {
		t.Errorf("the driver took %d MiB; want at most %d", most>>20, memoryLimit>>20)
	}
	t.Logf("matrices of %d classes cost the driver %d MiB", maxClasses, most>>20)
}

// TestFloodOfEpochs: a program may send epochs until its number is used up.
func TestFloodOfEpochs(t *testing.T) {
	tr := open(t, options(t), short)
	j := fault(tr, "flood epochs", nil)
	j.Spec.Model["epochs"] = int64(1_000_000) // the most that a study file takes
	most := peak(func() {
		mustFail(t, tr, j, "epoch is 1000001; want an integer above 99999, the one before, and at most 1000000")
	})
	if most > memoryLimit {
		t.Errorf("the driver took %d MiB; want at most %d", most>>20, memoryLimit>>20)
	}
	t.Logf("a flood of epochs cost the driver %d MiB", most>>20)
	mustTrain(t, tr, job(tr, 1, nil))
}
