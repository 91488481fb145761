//go:build unix

package process

import (
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
